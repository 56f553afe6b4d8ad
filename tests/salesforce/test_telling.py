"""What the org says of each message counts, not that it answered."""

import json

import pytest
import responses

from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.telling import OrgMessage, OrgTelling
from tests.salesforce.answers import ROOT, KnownTokens, client, problem, run

LEAD = RecordId("00Q000000000001EAA")
BELL = f"{ROOT}actions/standard/customNotificationAction"
DONE = {"actionName": "customNotificationAction", "isSuccess": True, "errors": None}
NOT_DONE = {"isSuccess": False, "errors": [{"statusCode": "INVALID_INPUT", "message": "no"}]}


def told(*keys):
    async def work():
        org = Org(KnownTokens(), client())
        messages = [
            OrgMessage(
                key=key,
                object="Lead",
                record=LEAD,
                recipients=(RecordId("005000000000001AAA"),),
                title="New",
                text="",
            )
            for key in keys
        ]
        try:
            return [
                error and error.code for error in await OrgTelling(org).bells(messages, kind="X")
            ]
        finally:
            await org.close()

    return run(work())


@responses.activate
@pytest.mark.parametrize(
    ("status", "answer", "outcomes"),
    [
        (200, [DONE, DONE], [None, None]),
        (400, [DONE, NOT_DONE], [None, "INVALID_INPUT"]),
        (200, [DONE, NOT_DONE], [None, "INVALID_INPUT"]),
        (200, [DONE], [None, None]),
        (400, [NOT_DONE], ["ACTION_FAILED", "ACTION_FAILED"]),
        (400, problem("INVALID_TYPE"), ["INVALID_TYPE", "INVALID_TYPE"]),
    ],
)
def test_each_bell_has_the_outcome_that_the_org_tells(status, answer, outcomes):
    found = {"done": True, "records": [{"Id": "0ML000000000001AAA"}]}
    responses.get(f"{ROOT}query", json=found)
    responses.post(BELL, status=status, json=answer)
    assert told("a", "b") == outcomes


MEMBERS = {
    "00G000000000001EAA": ["005000000000002AAA", "00G000000000002EAA"],
    "00G000000000002EAA": ["005000000000001AAA", "00G000000000001EAA", "00G000000000003EAA"],
}


def posted_to(*recipients):
    """Who is mentioned in a post to these."""

    def members(request):
        asked = [each for each in MEMBERS if each in request.url]
        ids = [member for group in asked for member in MEMBERS[group]]
        rows = [{"UserOrGroupId": each} for each in ids]
        return 200, {}, json.dumps({"done": True, "records": rows})

    async def work():
        org = Org(KnownTokens(), client())
        ids = tuple(map(RecordId, recipients))
        message = OrgMessage(
            key="a", object="Lead", record=LEAD, recipients=ids, title="New", text=""
        )
        try:
            await OrgTelling(org).post(message)
        finally:
            await org.close()

    responses.add_callback("GET", f"{ROOT}query", callback=members)
    responses.post(f"{ROOT}chatter/feed-elements", status=201, json={"id": "0D5"})
    run(work())
    segments = json.loads(responses.calls[-1].request.body)["body"]["messageSegments"]
    return [each["id"] for each in segments if each["type"] == "Mention"]


@responses.activate
def test_of_a_queue_those_are_told_who_are_in_it_by_a_public_group_too():
    """Groups may hold one another."""
    assert posted_to("00G000000000001EAA") == ["005000000000002AAA", "005000000000001AAA"]


@responses.activate
def test_a_queue_of_nobody_is_told_as_such():
    with pytest.raises(PermanentOrgError, match="NOBODY_TO_TELL"):
        posted_to("00G000000000003EAA")
