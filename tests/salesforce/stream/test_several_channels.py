"""Several channels over one session: what goes wrong with one of them is no matter of the others."""

from __future__ import annotations

import asyncio

from ortoo_daemon.salesforce.stream.listener import GapReason
from tests.salesforce.stream.bayeux import BAD_REPLAY, CHANNEL, change
from tests.salesforce.stream.test_listener import listening, until

OTHER = "/event/New_Lead__e"
THIRD = "/topic/NewLeads"


def by_channel(daemon):
    """Each channel has its own checkpoint."""
    positions = dict.fromkeys((CHANNEL, OTHER, THIRD), 0)

    async def checkpoint_of(channel):
        return positions[channel]

    async def deliver(events):
        for event in events:
            positions[event.channel] = event.replay_id
            daemon.heard.append((event.channel, event.replay_id))

    daemon.positions = positions
    daemon.checkpoint_of, daemon.deliver = checkpoint_of, deliver
    daemon.listener = daemon.listening(CHANNEL, OTHER, THIRD)


def published(replay_id):
    payload = {"CreatedDate": "2026-11-21T10:00:00.123Z", "RecordId__c": "00Q000000000001"}
    data = {"schema": "s", "payload": payload, "event": {"replayId": replay_id}}
    return {"channel": OTHER, "data": data}


def pushed(replay_id):
    event = {"createdDate": "2026-11-21T10:00:00Z", "replayId": replay_id, "type": "updated"}
    return {"channel": THIRD, "data": {"event": event, "sobject": {"Id": "00Q000000000001"}}}


def test_all_channels_are_heard_and_each_resumes_where_it_was():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.publish(change(1), published(2), pushed(3))
        await until(lambda: len(daemon.heard) == 3)
        bayeux.forget_clients()
        bayeux.positions.clear()
        bayeux.publish(published(4))
        await until(lambda: len(daemon.heard) == 4)
        assert daemon.heard == [(CHANNEL, 1), (OTHER, 2), (THIRD, 3), (OTHER, 4)]
        await until(lambda: sorted(bayeux.positions) == [1, 2, 3])
        assert daemon.gaps == []

    listening(scenario, before=lambda b, d: by_channel(d))


def test_an_expired_position_is_a_gap_of_its_channel_alone():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        assert [(gap.channel, gap.reason) for gap in daemon.gaps] == [
            (CHANNEL, GapReason.POSITION_EXPIRED)
        ]
        assert bayeux.positions == [-2, 0, 0]

    def before(bayeux, daemon):
        by_channel(daemon)
        bayeux.fail("/meta/subscribe", {"error": BAD_REPLAY % 0})

    listening(scenario, before=before)


def test_it_is_known_for_how_long_each_live_channel_has_been_quiet():
    async def scenario(bayeux, daemon):
        listener = daemon.listener
        await asyncio.wait_for(listener.subscribed_event.wait(), 5)
        await until(lambda: min(listener.quiet_for.values()) > 0.2)
        bayeux.publish(change(1))
        await until(lambda: daemon.heard)
        quiet = listener.quiet_for
        assert quiet[CHANNEL] < 0.2 < quiet[OTHER]
        assert quiet.keys() == {CHANNEL, OTHER, THIRD}

    listening(scenario, before=lambda b, d: by_channel(d))


def test_a_silence_that_the_daemon_tells_of_ends_the_session_and_the_next_one_resumes():
    asked = []

    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.publish(change(1))
        await until(lambda: daemon.heard)
        asked.append("silent: X")
        await until(lambda: daemon.listener.rebuilds == 1)
        assert daemon.listener.last_error == "silent: X"
        await until(lambda: bayeux.positions[3:] == [1, 0, 0])

    def before(bayeux, daemon):
        by_channel(daemon)
        daemon.listener._is_silent = lambda quiet: asked.pop() if asked else None

    listening(scenario, before=before)


def test_a_position_from_which_nothing_comes_session_after_session_is_left():
    """An org that was moved counts its events anew, and may take a position that it will not reach for
    years. The other channel, which brings something, keeps its own."""
    asked = []

    async def silent_session(bayeux, daemon, number):
        await until(lambda: daemon.listener.rebuilds == number)
        await until(daemon.listener.subscribed_event.is_set)
        bayeux.publish(published(number + 1))
        await until(lambda: daemon.positions[OTHER] == number + 1)
        asked.append("silent: X")

    async def scenario(bayeux, daemon):
        for number in range(2):
            await silent_session(bayeux, daemon, number)
        await until(lambda: len(bayeux.positions) == 9)
        assert bayeux.positions == [1000, 0, 0, 1000, 1, 0, -1, 2, -1]
        await until(lambda: len(daemon.gaps) == 2)
        assert {gap.reason for gap in daemon.gaps} == {GapReason.POSITION_EXPIRED}
        assert {gap.channel for gap in daemon.gaps} == {CHANNEL, THIRD}
        bayeux.publish(change(3))
        await until(lambda: daemon.positions[CHANNEL] == 3)
        bayeux.forget_clients()
        await until(lambda: bayeux.positions[9:] == [3, 2, -1])

    def before(bayeux, daemon):
        by_channel(daemon)
        daemon.positions[CHANNEL] = 1000
        daemon.listener._is_silent = lambda quiet: asked.pop() if asked else None

    listening(scenario, before=before)
