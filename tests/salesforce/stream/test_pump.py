"""What one batch leads to, and in which order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ortoo_daemon.salesforce.stream.pump import DeliveryError, Gap, GapReason, Pump
from tests.asynchronous import asynchronous
from tests.salesforce.stream.bayeux import CHANNEL, change

OTHER = "/data/Other__chn"
UNREADABLE = {"channel": CHANNEL, "data": {}}


class Batch:
    """A session that has these messages waiting, and then ends."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self.messages = list(messages)

    async def receive(self) -> dict[str, Any]:
        if not self.messages:
            raise ConnectionError
        return self.messages.pop(0)

    def pending(self, at_most: int) -> list[dict[str, Any]]:
        taken, self.messages = self.messages[:at_most], self.messages[at_most:]
        return taken


async def pumped(*messages: dict[str, Any]) -> list[Any]:
    told: list[Any] = []

    async def deliver(events: list[Any]) -> None:
        told.append([event.replay_id for event in events])

    async def gap(gap: Gap) -> None:
        told.append(gap)

    with pytest.raises(ConnectionError):
        await Pump(deliver, gap).run(Batch(*messages))
    return told


@asynchronous
async def test_a_batch_of_overflows_is_one_gap_from_the_first_of_them_on() -> None:
    overflows = [change(n, kind="GAP_OVERFLOW", ids=()) for n in range(5, 60)]
    gap, events = await pumped(change(1), *overflows)
    assert (gap.reason, gap.object) == (GapReason.OVERFLOW, "Lead")
    assert gap.at.microsecond == 5000
    assert events == [1, *range(5, 60)]


@asynchronous
async def test_gaps_of_different_kinds_and_channels_are_told_each_and_before_any_event() -> None:
    wildcard = change(2, kind="UPDATE", ids=("00Q*",), channel=OTHER)
    told = await pumped(change(1), UNREADABLE, wildcard, UNREADABLE)
    assert [(gap.channel, gap.reason) for gap in told[:2]] == [
        (CHANNEL, GapReason.UNREADABLE),
        (OTHER, GapReason.OVERFLOW),
    ]
    assert told[2:] == [[1, 2]]


@asynchronous
async def test_a_gap_that_could_not_be_noted_delivers_nothing() -> None:
    async def deliver(events: list[Any]) -> None:
        raise AssertionError("delivered")

    async def gap(gap: Gap) -> None:
        raise OSError("disk full")

    with pytest.raises(DeliveryError, match="disk full"):
        await Pump(deliver, gap).run(Batch(UNREADABLE, change(1)))


@asynchronous
async def test_the_time_in_which_a_batch_is_taken_is_no_silence() -> None:
    taking, may_end = asyncio.Event(), asyncio.Event()

    async def deliver(events: list[Any]) -> None:
        taking.set()
        await may_end.wait()

    async def gap(gap: Gap) -> None:
        return

    pump = Pump(deliver, gap)
    running = asyncio.ensure_future(pump.run(Batch(change(1))))
    await taking.wait()
    arrived = pump.arrived[CHANNEL]
    assert pump.delivering
    may_end.set()
    with pytest.raises(ConnectionError):
        await running
    assert pump.arrived[CHANNEL] > arrived
