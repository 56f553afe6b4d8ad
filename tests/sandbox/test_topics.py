"""PushTopics tell the changes that their query and their row ask for."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox import seed
from tests.sandbox.live import CHANNEL, Bayeux, Live, live
from tests.sandbox.rest_client import DATA, Rest

QUERY = "SELECT Id, Status, Rating FROM Lead WHERE Rating = 'Hot'"


def topic(name: str = "HotLeads", query: str = QUERY, **values: Any) -> dict[str, Any]:
    return {"Name": name, "Query": query, "ApiVersion": 66.0} | values


async def subscribed(org: Live, *names: str) -> Bayeux:
    client = await org.bayeux().opened()
    for name in names or ("HotLeads",):
        assert (await client.subscribe(f"/topic/{name}"))["successful"]
    return client


def seen(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(e["data"]["event"]["type"], e["data"]["sobject"]["Id"]) for e in events]


def made(org: Live, **values: Any) -> None:
    org.sandbox.org.create("PushTopic", topic(**values), user_id=seed.ADMIN_USER_ID)


@live()
async def test_a_topic_made_by_rest_tells_matching_records_with_the_selected_fields(
    org: Live,
) -> None:
    status, _ = await Rest(org).call("POST", f"{DATA}/sobjects/PushTopic", topic())
    assert status == 201
    client = await subscribed(org)
    org.lead(Rating="Cold")
    lead = org.lead(Rating="Hot")
    (event,) = await client.events(1)
    assert event["channel"] == "/topic/HotLeads"
    assert set(event["data"]) == {"event", "sobject"}
    assert event["data"]["sobject"] == {"Id": lead, "Status": "New", "Rating": "Hot"}
    assert event["data"]["event"] == {
        "createdDate": event["data"]["event"]["createdDate"],
        "replayId": org.sandbox.log.last_id,
        "type": "created",
    }
    assert event["data"]["event"]["createdDate"].endswith("Z")


@live()
async def test_every_kind_of_change_is_told_and_each_can_be_switched_off(org: Live) -> None:
    made(org)
    off = {"NotifyForOperationCreate": False, "NotifyForOperationDelete": False}
    made(org, name="Quiet", **off)
    client = await subscribed(org, "HotLeads", "Quiet")
    lead = org.lead(Rating="Hot")
    org.change(lead, Status="Open")
    org.sandbox.org.delete("Lead", lead, user_id=seed.ADMIN_USER_ID)
    org.sandbox.org.undelete("Lead", lead, user_id=seed.ADMIN_USER_ID)
    events = await client.events(6)
    by_topic = {
        name: [e["data"]["event"]["type"] for e in events if e["channel"] == f"/topic/{name}"]
        for name in ("HotLeads", "Quiet")
    }
    assert by_topic == {
        "HotLeads": ["created", "updated", "deleted", "undeleted"],
        "Quiet": ["updated", "undeleted"],
    }


@live()
async def test_notify_for_fields_says_which_changes_of_a_record_count(org: Live) -> None:
    for kind in ("All", "Referenced", "Select", "Where"):
        query = "SELECT Id, Status FROM Lead WHERE Rating IN ('Hot', 'Warm')"
        made(org, name=kind, query=query, NotifyForFields=kind)
    lead = org.lead(Rating="Hot")
    client = await subscribed(org, "All", "Referenced", "Select", "Where")
    for values in ({"City": "Lyon"}, {"Status": "Open"}, {"Rating": "Warm"}, {"Rating": "Cold"}):
        org.change(lead, **values)
    told: dict[str, int] = {}
    for event in await client.events(7):
        told[event["channel"]] = told.get(event["channel"], 0) + 1
    assert told == {"/topic/All": 3, "/topic/Referenced": 2, "/topic/Select": 1, "/topic/Where": 1}
    assert not [e for e in await client.connect(advice={"timeout": 0}) if "data" in e]


@live()
async def test_an_inactive_topic_is_silent_until_it_is_active_again(org: Live) -> None:
    made(org, IsActive=False)
    client = await subscribed(org)
    org.lead(Rating="Hot")
    (row,) = org.sandbox.org.query("SELECT Id FROM PushTopic")
    org.sandbox.org.update("PushTopic", row["Id"], {"IsActive": True}, user_id=seed.ADMIN_USER_ID)
    lead = org.lead(Rating="Hot")
    assert seen(await client.events(1)) == [("created", lead)]
    org.sandbox.org.delete("PushTopic", row["Id"], user_id=seed.ADMIN_USER_ID)
    org.lead(Rating="Hot")
    assert not [e for e in await client.connect(advice={"timeout": 0}) if "data" in e]
    assert (
        "does not exist {/topic/HotLeads}" in (await client.subscribe("/topic/HotLeads"))["error"]
    )


@live()
async def test_dates_are_written_as_events_write_them(org: Live) -> None:
    made(org, query="SELECT Id, CreatedDate FROM Lead")
    client = await subscribed(org)
    org.lead()
    (event,) = await client.events(1)
    assert event["data"]["sobject"]["CreatedDate"].endswith(".000Z")


@live()
async def test_a_topic_that_cannot_be_is_refused(org: Live) -> None:
    rest = Rest(org)
    for values, code in (
        ({"name": "x" * 26}, "STRING_TOO_LONG"),
        ({"query": f"SELECT Id FROM Lead WHERE City = '{'x' * 1300}'"}, "STRING_TOO_LONG"),
        ({"query": "SELECT Status FROM Lead"}, "INVALID_FIELD"),
        ({"query": "SELECT Id, Owner.Name FROM Lead"}, "INVALID_FIELD"),
        ({"query": "SELECT COUNT() FROM Lead"}, "INVALID_FIELD"),
        ({"query": "SELECT Id FROM Lead ORDER BY Id"}, "INVALID_FIELD"),
        ({"query": "SELECT Id FROM Lead LIMIT 1"}, "INVALID_FIELD"),
        ({"query": "SELECT Id, Nope__c FROM Lead"}, "INVALID_FIELD"),
        ({"query": "SELECT Id FROM Nope"}, "INVALID_TYPE"),
        ({"query": "SELECT"}, "MALFORMED_QUERY"),
        ({"NotifyForFields": "Some"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
    ):
        status, answer = await rest.call("POST", f"{DATA}/sobjects/PushTopic", topic(**values))
        assert (status, answer[0]["errorCode"]) == (400, code), values
    made(org)
    status, answer = await rest.call("POST", f"{DATA}/sobjects/PushTopic", topic())
    assert (status, answer[0]["errorCode"]) == (400, "DUPLICATE_VALUE")


@live()
async def test_topics_are_retained_for_a_day_and_change_events_for_three(org: Live) -> None:
    made(org)
    client = await subscribed(org)
    await client.subscribe(CHANNEL)
    org.lead(Rating="Hot")
    ids = {e["channel"]: e["data"]["event"]["replayId"] for e in await client.events(2)}
    await org.control("/clock", {"shift_seconds": 25 * 3600})
    assert (await client.subscribe(CHANNEL, replay=ids[CHANNEL]))["successful"]
    refused = await client.subscribe("/topic/HotLeads", replay=ids["/topic/HotLeads"])
    assert refused["error"].startswith("400::The replayId {")
    await org.control("/clock", {"shift_seconds": 73 * 3600})
    assert not (await client.subscribe(CHANNEL, replay=ids[CHANNEL]))["successful"]


@live()
async def test_a_topic_takes_so_many_subscribers(org: Live) -> None:
    made(org)
    await org.control("/limits", {"clients_per_topic": 1})
    first = await subscribed(org)
    second = await org.bayeux().opened()
    reply = await second.subscribe("/topic/HotLeads")
    assert reply["error"] == "403::Subscription limit exceeded for this topic"
    assert (await first.subscribe("/topic/HotLeads"))["successful"]
    assert (await second.subscribe(CHANNEL))["successful"]
