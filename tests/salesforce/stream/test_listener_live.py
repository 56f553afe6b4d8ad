"""The listener on a whole sandbox org: real change events, real tokens."""

from __future__ import annotations

import asyncio

from ortoo_daemon.salesforce.stream.listener import GapReason, Listener, ListenerTimes
from tests.salesforce.answers import run
from tests.salesforce.stream.test_listener import QUICK, until

CHANNEL = "/data/Ortoo__chn"


class Hearer:
    """Listens to the org and remembers which records it heard of."""

    def __init__(self, org):
        self.checkpoint = None
        self.ids = []
        self.gaps = []
        self.listener = Listener(
            [CHANNEL],
            org.tokens,
            checkpoint_of=self.checkpoint_of,
            deliver=self.deliver,
            gap=self.gap,
            times=ListenerTimes(check_every=0.1),
            pauses=QUICK,
        )

    async def checkpoint_of(self, channel):
        return self.checkpoint

    async def deliver(self, events):
        self.checkpoint = events[-1].replay_id
        self.ids.extend(id_ for event in events for id_ in event.record_ids)

    async def gap(self, gap):
        self.gaps.append(gap.reason)

    async def hears(self, ids):
        await until(lambda: set(ids) <= set(self.ids), 10)


def hearing(sandbox, scenario):
    async def whole():
        org, stop = sandbox.org(), asyncio.Event()
        hearer = Hearer(org)
        running = asyncio.create_task(hearer.listener.run(stop))
        try:
            await asyncio.wait_for(hearer.listener.subscribed_event.wait(), 10)
            await scenario(hearer, org)
        finally:
            stop.set()
            await running
            await org.close()

    run(whole())


def test_a_burst_is_heard_whole(sandbox):
    async def scenario(hearer, org):
        ids = await asyncio.to_thread(sandbox.leads, 1000)
        await hearer.hears(ids)
        assert len(hearer.ids) == len(set(hearer.ids)) == 1000

    hearing(sandbox, scenario)


def test_own_writes_are_not_heard_on_the_filtered_channel(sandbox):
    async def scenario(hearer, org):
        (first,) = await asyncio.to_thread(sandbox.leads, 1)
        await org.rest.call("PATCH", f"sobjects/Lead/{first}", body={"Rating": "Hot"})
        (second,) = await asyncio.to_thread(sandbox.leads, 1)
        await hearer.hears([second])
        assert hearer.ids == [first, second]

    hearing(sandbox, scenario)


def test_dropped_sessions_and_revoked_tokens_lose_nothing(sandbox):
    async def scenario(hearer, org):
        ids = await asyncio.to_thread(sandbox.leads, 5)
        await hearer.hears(ids)
        for path in ("streams/drop", "sessions/revoke"):
            await asyncio.to_thread(sandbox.control, "POST", path, {})
            ids += await asyncio.to_thread(sandbox.leads, 5)
        await hearer.hears(ids)
        assert hearer.gaps == [GapReason.NO_POSITION]

    hearing(sandbox, scenario)


def test_an_expired_position_is_told_and_the_stream_goes_on(sandbox):
    async def scenario(hearer, org):
        await hearer.hears(await asyncio.to_thread(sandbox.leads, 1))
        await asyncio.to_thread(sandbox.control, "POST", "streams/expire", {})
        await asyncio.to_thread(sandbox.control, "POST", "streams/drop", {})
        await until(lambda: GapReason.POSITION_EXPIRED in hearer.gaps)
        await hearer.hears(await asyncio.to_thread(sandbox.leads, 2))

    hearing(sandbox, scenario)
