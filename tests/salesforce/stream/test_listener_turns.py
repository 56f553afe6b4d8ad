"""Whoever looks after the process can tell a supervisor that waits from one that hangs."""

from __future__ import annotations

import asyncio
from math import inf
from time import monotonic

from tests.salesforce.stream.bayeux import CHANNEL
from tests.salesforce.stream.test_listener import listening, until


def test_a_live_supervisor_keeps_saying_when_it_turns_next():
    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        for _ in range(3):
            before = daemon.listener.turns_by
            await until(lambda before=before: daemon.listener.turns_by > before)
        assert daemon.listener.turns_by < monotonic() + 1

    listening(scenario, checkpoint=0)


def test_a_pause_is_known_to_its_end():
    limit = {"error": "403::Organization total events daily limit exceeded"}

    async def scenario(bayeux, daemon):
        await asyncio.wait_for(daemon.listener.subscribed_event.wait(), 5)
        bayeux.fail("/meta/connect", limit)
        await until(lambda: daemon.listener.rebuilds == 1)
        assert 0.2 < daemon.listener.turns_by - monotonic() <= 0.6 * 1.3

    listening(scenario, checkpoint=0)


def test_a_gap_that_is_being_reconciled_is_waited_for_without_end():
    async def scenario(bayeux, daemon):
        may_end = asyncio.Event()
        begun = asyncio.Event()

        async def reconciling(gap):
            begun.set()
            await may_end.wait()

        daemon.note_gap = reconciling
        listener = daemon.listening(CHANNEL)
        stop = asyncio.Event()
        running = asyncio.create_task(listener.run(stop))
        await asyncio.wait_for(begun.wait(), 5)
        assert listener.turns_by == inf
        may_end.set()
        await until(lambda: listener.turns_by < inf)
        stop.set()
        await running
        assert listener.turns_by == inf

    listening(scenario)


def test_it_is_known_since_when_the_stream_is_lost():
    async def scenario(bayeux, daemon):
        listener = daemon.listener
        assert not listener.was_subscribed
        await asyncio.wait_for(listener.subscribed_event.wait(), 5)
        assert listener.was_subscribed
        began = monotonic()
        bayeux.forget_clients()
        await until(lambda: listener.rebuilds == 1)
        assert listener.lost_at >= began

    listening(scenario, checkpoint=0)
