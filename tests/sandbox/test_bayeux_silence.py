"""A stream that is silent, loses or doubles events, or is refused on one of its channels."""

from __future__ import annotations

import asyncio
from typing import Any

from ortoo_daemon.sandbox import seed
from tests.asynchronous import until
from tests.sandbox.live import CHANNEL, Live, live

PLAIN = "/data/LeadChangeEvent"
AT_ONCE = {"timeout": 0}


def ids(messages: list[dict[str, Any]]) -> list[str]:
    return [
        each["data"]["payload"]["ChangeEventHeader"]["recordIds"][0]
        for each in messages
        if "data" in each
    ]


@live()
async def test_a_silent_stream_connects_and_hears_nothing_until_the_fault_is_removed(
    org: Live,
) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    fault = await org.control("/faults", {"kind": "silent"})
    lead = org.lead()
    (reply,) = await client.connect(advice=AT_ONCE)
    assert reply["successful"] is True
    held = asyncio.create_task(client.connect())
    await until(org.holding)
    org.change(lead, Rating="Hot")
    assert not held.done()
    await org.control(f"/faults/{fault['id']}", method="DELETE")
    assert ids(await asyncio.wait_for(held, 5)) == [lead, lead]
    assert org.sandbox.usage.delivered == 2


@live()
async def test_a_new_handshake_ends_a_silence_that_lasts_until_then(org: Live) -> None:
    old = await org.bayeux().opened()
    await old.subscribe(replay=-2)
    await org.control("/faults", {"kind": "silent", "until": "handshake"})
    lead = org.lead()
    assert ids(await old.connect(advice=AT_ONCE)) == []
    await old.subscribe(replay=-2)  # only a new handshake helps
    assert ids(await old.connect(advice=AT_ONCE)) == []
    new = await org.bayeux().opened()
    await new.subscribe(replay=-2)
    assert ids(await new.events(1)) == [lead]


@live()
async def test_one_channel_may_fall_silent_beside_others(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await client.subscribe(PLAIN)
    await org.control("/faults", {"kind": "silent", "channel": CHANNEL})
    org.lead()
    assert [each["channel"] for each in await client.events(1)] == [PLAIN]
    assert ids(await client.connect(advice=AT_ONCE)) == []


@live()
async def test_a_dropped_event_is_lost_for_the_listener_and_comes_when_replayed(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await org.control("/faults", {"kind": "dropped", "times": 1})
    lost, kept = org.lead(), org.lead()
    assert ids(await client.events(1)) == [kept]
    again = await org.bayeux().opened()
    await again.subscribe(replay=-2)
    assert ids(await again.events(2)) == [lost, kept]


@live()
async def test_a_duplicated_event_arrives_twice_under_one_replay_id(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await client.subscribe(PLAIN)
    await org.control("/faults", {"kind": "duplicated", "channel": CHANNEL, "times": 1})
    org.lead()
    org.lead()
    events = await client.events(5)
    replay_ids = [e["data"]["event"]["replayId"] for e in events if e["channel"] == CHANNEL]
    assert replay_ids == [replay_ids[0], replay_ids[0], replay_ids[2]]
    assert len([each for each in events if each["channel"] == PLAIN]) == 2


@live()
async def test_reordered_events_come_last_first_once(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await org.control("/faults", {"kind": "reordered"})
    for turn in (reversed, list):
        leads = [org.lead() for _ in range(3)]
        assert ids(await client.connect(advice=AT_ONCE)) == list(turn(leads))


@live()
async def test_one_subscription_is_refused_with_the_words_asked_for_and_others_are_not(
    org: Live,
) -> None:
    client = await org.bayeux().opened()
    for error in (
        "403::User not allowed to subscribe CDC without View All Data permissions",
        "403::Restricted channel",
        "403::User not enabled for streaming",
        "403::Subscriber does not have access to the entity in this topic",
    ):
        fault = {"kind": "bayeux", "channel": "/meta/subscribe", "subscription": PLAIN}
        await org.control("/faults", fault | {"error": error})
        assert (await client.subscribe(CHANNEL))["successful"]
        refused = await client.subscribe(PLAIN)
        assert (refused["error"], refused["subscription"]) == (error, PLAIN)
        assert (await client.subscribe(PLAIN))["successful"]


@live()
async def test_a_silence_that_cannot_be_is_refused(org: Live) -> None:
    async with org.http.post(
        f"{org.url}/sandbox/faults", json={"kind": "silent", "until": "noon"}
    ) as response:
        assert (response.status, await response.text()) == (
            400,
            "until must be one of removed, handshake",
        )


@live()
async def test_each_channel_of_a_client_keeps_its_own_position(org: Live) -> None:
    made = {"Name": "All", "Query": "SELECT Id FROM Lead", "ApiVersion": 66.0}
    org.sandbox.org.create("PushTopic", made, user_id=seed.ADMIN_USER_ID)
    await org.control("/flows", {"name": "Ortoo_Lead_Changed"})
    channels = [CHANNEL, PLAIN, "/topic/All", "/event/Ortoo_Record__e"]
    first, second = org.lead(), org.lead()
    client = await org.bayeux().opened()
    for channel in channels:
        await client.subscribe(channel, replay=-2)
    events = await client.events(8)
    assert [each["channel"] for each in events].count("/topic/All") == 2
    begun = {c: next(e for e in events if e["channel"] == c)["data"] for c in channels}
    again = await org.bayeux().opened()
    replay = {channel: begun[channel]["event"]["replayId"] for channel in channels[:3]}
    answers = await again.post(
        *(again.subscribing(c) | {"ext": {"replay": replay}} for c in channels)
    )
    assert all(each["successful"] for each in answers)
    later = await again.events(3)
    assert {each["channel"] for each in later} == set(channels[:3])  # the fourth began at the tip
    assert ids([each for each in later if each["channel"] in channels[:2]]) == [second, second]
    assert first != second


@live()
async def test_the_generic_channels_are_unknown(org: Live) -> None:
    client = await org.bayeux().opened()
    assert (await client.subscribe("/u/Mine"))["error"] == "404::Unknown channel"


@live()
async def test_beyond_the_orgs_clients_handshakes_and_subscriptions_are_refused(org: Live) -> None:
    first = await org.bayeux().opened()
    await org.bayeux().opened()
    await org.control("/limits", {"clients": 1})
    denied = await org.bayeux().handshake()
    assert "number of simultaneous connections" in denied["ext"]["sfdc"]["failureReason"]
    reply = await first.subscribe()
    assert reply["error"] == "403::Organization concurrent user limit exceeded"
