"""Claims about notifications, posts and e-mail alerts of the sandbox org."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.sandbox.schema import Schema
from tests.sandbox.live import METADATA
from tests.sandbox.small_org import Clock, new_lead, new_queue, new_user, served, small_org
from tests.sandbox.test_rest import Client

BELL = "/actions/standard/customNotificationAction"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    clock = Clock()
    org = small_org(tmp_path, clock)
    user = new_user(org, "caller")
    with served(org, user) as url:
        yield Client(url, org, clock, user)
    org.close()


def notification(client: Client, **changes: Any) -> dict[str, Any]:
    kinds = client.org.storage.find("CustomNotificationType")
    values = {"DeveloperName": "Notice", "CustomNotifTypeName": "Notice"}
    system = client.org.system_user_id
    kind = (
        kinds[0]["Id"]
        if kinds
        else client.org.create("CustomNotificationType", values, user_id=system)
    )
    return {
        "customNotifTypeId": kind,
        "recipientIds": [client.user],
        "title": "New lead",
        "body": "Please answer.",
        "targetId": new_lead(client.org),
    } | changes


def test_a_bell_reaches_users_and_queues(client: Client) -> None:
    queue = new_queue(client.org, "Desk", "Lead")
    given = notification(client, recipientIds=[client.user, queue])
    answer = client("POST", BELL, json={"inputs": [given]})
    assert answer.status_code == 200
    (result,) = answer.json()
    assert (result["actionName"], result["isSuccess"], result["errors"]) == (
        "customNotificationAction",
        True,
        None,
    )
    (bell,) = client.org.told.bells
    assert bell.recipients == (client.user, queue)
    assert (bell.title, bell.body, bell.target) == ("New lead", "Please answer.", given["targetId"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"customNotifTypeId": "0ML000000000000AAA"},
        {"recipientIds": []},
        {"recipientIds": ["00Q000000000000AAA"]},
        {"title": "x" * 251},
        {"body": "x" * 751},
        {"body": ""},
        {"targetId": None},
    ],
)
def test_a_wrong_input_is_refused_beside_right_ones(client: Client, wrong: dict[str, Any]) -> None:
    inputs = [notification(client), notification(client, **wrong)]
    answer = client("POST", BELL, json={"inputs": inputs})
    assert answer.status_code == 400
    assert [each["isSuccess"] for each in answer.json()] == [True, False]
    assert answer.json()[1]["errors"][0]["statusCode"] == "INVALID_API_INPUT"
    assert len(client.org.told.bells) == 1


def test_other_actions_are_not_there(client: Client) -> None:
    assert client("POST", "/actions/standard/somethingElse", json={}).status_code == 404
    assert client("POST", "/actions/custom/emailAlert/Lead/Gone", json={}).status_code == 404


def test_an_e_mail_alert_is_sent_for_a_record_of_its_object(client: Client) -> None:
    client.org.told.alerts_known.add("Lead.Hello")
    lead = new_lead(client.org)
    path = "/actions/custom/emailAlert/Lead/Hello"
    assert client("POST", path, json={"inputs": [{"SObjectRowId": lead}]}).status_code == 200
    wrong = client("POST", path, json={"inputs": [{"SObjectRowId": client.user}]})
    assert wrong.status_code == 400
    assert [each.record for each in client.org.told.alerts] == [lead]


def test_a_post_stands_on_the_record_and_names_whom_it_mentions(client: Client) -> None:
    lead = new_lead(client.org)
    segments = [{"type": "Mention", "id": client.user}, {"type": "Text", "text": " please call"}]
    body = {"feedElementType": "FeedItem", "subjectId": lead, "body": {"messageSegments": segments}}
    answer = client("POST", "/chatter/feed-elements", json=body)
    assert answer.status_code == 201
    (item,) = client.org.storage.find("FeedItem")
    assert item["ParentId"] == lead
    assert item["Body"].endswith(" please call")
    assert item["Body"].startswith("@")


def test_a_post_mentions_active_users_only(client: Client) -> None:
    queue = new_queue(client.org, "Desk", "Lead")
    segments = [{"type": "Mention", "id": queue}]
    body = {
        "feedElementType": "FeedItem",
        "subjectId": new_lead(client.org),
        "body": {"messageSegments": segments},
    }
    answer = client("POST", "/chatter/feed-elements", json=body)
    assert answer.json()[0]["errorCode"] == "INVALID_ID_FIELD"


def test_fields_of_activities_stand_on_tasks_and_events() -> None:
    schema = Schema.load(METADATA)
    for kind in ("Task", "Event"):
        assert "Ortoo_Notice_Key__c" in schema.object(kind).fields
