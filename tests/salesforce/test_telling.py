"""What the org says of each message counts, not that it answered."""

import pytest
import responses

from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.telling import OrgMessage, OrgTelling
from tests.salesforce.answers import ROOT, KnownTokens, client, problem, run

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
                record=RecordId("00Q000000000001EAA"),
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
