"""Change events that stand for many records, or for changes that nobody can tell."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox import seed
from tests.sandbox.live import CHANNEL, Live, live

PLAIN = "/data/LeadChangeEvent"


def header(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message["data"]["payload"]["ChangeEventHeader"]
    return found


def bulk(org: Live, ids: list[str], **values: Any) -> None:
    rows = [{"Id": each, **values} for each in ids]
    org.sandbox.org.update_many("Lead", rows, user_id=seed.DISPATCHER_USER_ID)


@live()
async def test_one_change_to_many_records_in_one_transaction_is_one_event(org: Live) -> None:
    ids = [org.lead() for _ in range(3)]
    client = await org.bayeux().opened()
    await client.subscribe()
    bulk(org, ids, Rating="Hot")
    org.sandbox.org.delete_many("Lead", ids[:2], user_id=seed.DISPATCHER_USER_ID)
    updated, deleted = await client.events(2)
    assert (header(updated)["changeType"], header(updated)["recordIds"]) == ("UPDATE", ids)
    assert updated["data"]["payload"]["Rating"] == "Hot"
    assert (header(deleted)["changeType"], header(deleted)["recordIds"]) == ("DELETE", ids[:2])
    assert org.sandbox.usage.delivered == 2


@live()
async def test_different_changes_and_new_records_stay_events_of_their_own(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    row = {"LastName": "Roy", "Company": "Private"}
    made = org.sandbox.org.create_many("Lead", [row] * 3, user_id=seed.WEB_FORMS_USER_ID)
    ids = [str(each.id) for each in made]
    rows = [{"Id": i, "Rating": r} for i, r in zip(ids, ("Hot", "Cold", "Hot"), strict=True)]
    org.sandbox.org.update_many("Lead", rows, user_id=seed.DISPATCHER_USER_ID)
    events = [header(each) for each in await client.events(5)]
    assert [each["recordIds"] for each in events] == [
        [ids[0]],
        [ids[1]],
        [ids[2]],
        [ids[0], ids[2]],
        [ids[1]],
    ]
    assert [each["sequenceNumber"] for each in events] == [1, 2, 3, 1, 2]


@live()
async def test_a_gap_event_has_a_header_and_nothing_else(org: Live) -> None:
    lead = org.lead()
    client = await org.bayeux().opened()
    await client.subscribe()
    for kind in ("GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE"):
        await org.control("/streams/gap", {"object": "lead", "kind": kind, "ids": [lead]})
    events = await client.events(4)
    assert [header(each)["changeType"] for each in events] == [
        "GAP_CREATE",
        "GAP_UPDATE",
        "GAP_DELETE",
        "GAP_UNDELETE",
    ]
    for event in events:
        shown = header(event)
        assert list(event["data"]["payload"]) == ["ChangeEventHeader"]
        assert (shown["entityName"], shown["recordIds"]) == ("Lead", [lead])
        assert (shown["changedFields"], shown["sequenceNumber"]) == ([], 1)
    assert len({header(each)["transactionKey"] for each in events}) == 4


@live()
async def test_the_next_changes_are_told_as_gaps_when_asked(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await org.control("/streams/gap", {"object": "Lead", "next": 2})
    lead = org.lead()
    org.sandbox.org.create("Case", {"Subject": "S"}, user_id=seed.ADMIN_USER_ID)
    org.change(lead, Rating="Hot")
    org.change(lead, Rating="Cold")
    events = await client.events(4)
    assert [header(each)["changeType"] for each in events] == [
        "GAP_CREATE",
        "CREATE",
        "GAP_UPDATE",
        "UPDATE",
    ]
    assert list(events[2]["data"]["payload"]) == ["ChangeEventHeader"]
    assert header(events[2])["recordIds"] == [lead]


@live()
async def test_the_channels_filter_holds_for_gaps_by_their_header(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await client.subscribe(PLAIN)
    await org.control("/streams/gap", {"object": "Lead", "next": 1})
    lead = org.lead(user_id=seed.DAEMON_USER_ID)
    (event,) = await client.events(1)
    assert (event["channel"], header(event)["recordIds"]) == (PLAIN, [lead])


@live()
async def test_the_next_events_say_what_a_test_wants_in_their_headers(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    damage = {"object": "Lead", "next": 1, "header": {"recordIds": [5]}}
    await org.control("/streams/damage", damage)
    org.lead()
    lead = org.lead()
    damaged, whole = [header(each) for each in await client.events(2)]
    assert (damaged["recordIds"], whole["recordIds"]) == ([5], [lead])


@live()
async def test_an_overflow_names_the_entity_and_the_empty_record(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await org.control("/streams/gap", {"object": "Lead", "kind": "GAP_OVERFLOW"})
    await org.control("/streams/gap", {"object": "Case", "kind": "GAP_UPDATE", "ids": ["500*"]})
    overflow, wildcard = [header(each) for each in await client.events(2)]
    assert (overflow["changeType"], overflow["entityName"]) == ("GAP_OVERFLOW", "Lead")
    assert overflow["recordIds"] == ["000000000000000AAA"]
    assert (wildcard["entityName"], wildcard["recordIds"]) == ("Case", ["500*"])


@live()
async def test_a_transaction_beyond_the_threshold_overflows_once_per_entity(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await org.control("/streams/gap", {"overflow_after": 3})
    rows = [{"LastName": f"L{n}", "Company": "x"} for n in range(5)]
    with org.sandbox.org.transaction(user_id=seed.WEB_FORMS_USER_ID):
        org.sandbox.org.create_many("Lead", rows, user_id=seed.WEB_FORMS_USER_ID)
        for subject in "ab":
            org.sandbox.org.create("Case", {"Subject": subject}, user_id=seed.WEB_FORMS_USER_ID)
    shown = [header(each) for each in await client.events(5)]
    assert [(each["entityName"], each["changeType"]) for each in shown] == [
        *[("Lead", "CREATE")] * 3,
        ("Lead", "GAP_OVERFLOW"),
        ("Case", "GAP_OVERFLOW"),
    ]
    assert len({each["transactionKey"] for each in shown}) == 1
    lead = shown[0]["recordIds"][0]
    org.change(lead, Rating="Hot", City="Lyon", Phone="1")  # three fields and their stamp
    assert header((await client.events(1))[0])["changeType"] == "GAP_OVERFLOW"


@live()
async def test_a_gap_that_cannot_be_is_refused(org: Live) -> None:
    for body, words in (
        ({"object": "Lead", "kind": "GAP"}, "kind must be one of GAP_CREATE"),
        ({"object": "Lead", "kind": "GAP_UPDATE"}, "ids must be a list"),
        ({"object": "Nope", "next": 1}, "no such object: 'Nope'"),
        ({"object": "Lead", "nxt": 1}, "no such member: nxt"),
    ):
        async with org.http.post(f"{org.url}/sandbox/streams/gap", json=body) as response:
            assert response.status == 400
            assert (await response.text()).startswith(words)


@live()
async def test_one_channels_positions_expire_without_the_others(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await client.subscribe(PLAIN)
    org.lead()
    ids = {e["channel"]: e["data"]["event"]["replayId"] for e in await client.events(2)}
    assert await org.control("/streams/expire", {"channel": PLAIN}) == {"expired": 1}
    assert (await client.subscribe(CHANNEL, replay=ids[CHANNEL]))["successful"]
    assert (await client.subscribe(PLAIN, replay=ids[PLAIN]))["error"].startswith("400::The replay")


@live()
async def test_the_position_of_one_channel_is_no_position_of_another(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe(PLAIN)
    org.lead(user_id=seed.DAEMON_USER_ID)  # which the filtered channel leaves out
    (event,) = await client.events(1)
    known = event["data"]["event"]["replayId"]
    assert (await client.subscribe(CHANNEL, replay=known))["error"].startswith("400::The replayId")
