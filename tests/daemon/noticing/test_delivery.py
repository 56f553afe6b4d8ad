"""What becomes of notices whose words, whose store or whose way fails. The rest is told to a real org."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.noticing import delivery as delivery_module
from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.errors import StateError
from ortoo_daemon.records import RecordId
from ortoo_daemon.work.notices.values import KeptNotice, Settled, Waiting
from ortoo_daemon.work.tables import NoticeState
from tests.asynchronous import asynchronous, until

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAD = RecordId("00Q000000000001EAA")
NOTICE = KeptNotice(
    key="n1",
    decision_key=f"{LEAD}:first",
    object="Lead",
    record_id=LEAD,
    outcome="assigned",
    told_to="channel",
    way="desk",
    template="new_record",
    held_at=NOON,
    due_at=NOON,
)


class Box:
    """One notice is due; what came of it is kept."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self.settled: list[Settled] = []

    async def due(self, now: datetime) -> list[KeptNotice]:
        return [] if self.settled else [NOTICE]

    async def settle(self, settled: Sequence[Settled]) -> None:
        self.settled += settled

    async def waiting(self) -> Waiting:
        return Waiting()


class Outbox:
    """``stop`` ends the run at its first look, which the store fails."""

    def __init__(self, stop: asyncio.Event | None = None) -> None:
        self.stop = stop

    async def settle_left_behind(self, org: object, now: datetime, *, at_start: bool) -> None:
        if self.stop is not None:
            self.stop.set()
            raise StateError("the disk is full")


class Words:
    """Reading may fail as nobody foresaw; a template may name what is not there."""

    def __init__(self, *, reading: Exception | None = None) -> None:
        self.reading = reading

    async def read(self, notices: Sequence[KeptNotice]) -> Mapping[str, Mapping[str, Any]]:
        if self.reading is not None:
            raise self.reading
        return {LEAD: {}}

    def is_overtaken(self, notice: KeptNotice, rows: object) -> bool:
        return False

    def message(self, notices: Sequence[KeptNotice], rows: object) -> object:
        raise KeyError("new_record.en.txt")


class Counted:
    def noticed(self, way: str, outcome: str, number: int) -> None:
        assert (way, outcome, number) == ("desk", "given_up", 1)


def delivery(box: Box, *, outbox: Outbox | None = None, words: Words | None = None) -> Delivery:
    parts: dict[str, Any] = {
        "box": box,
        "outbox": outbox or Outbox(),
        "org": None,
        "words": words or Words(),
        "standing_in": None,
        "channels": None,
        "settings": None,
        "meters": Counted(),
    }
    return Delivery(**parts, clock=lambda: NOON)


@asynchronous
async def test_a_notice_without_words_is_given_up_and_says_which_template() -> None:
    box = Box()
    telling = delivery(box)
    with capture_logs() as logs:
        await telling.look()
        await telling.settled()
    (settled,) = box.settled
    assert settled.state is NoticeState.GIVEN_UP
    (said,) = [line for line in logs if line["event"] == "notice.given_up"]
    assert said["keys"] == ["n1"]
    assert "template new_record" in said["error"]


@asynchronous
async def test_a_way_that_fails_as_nobody_foresaw_is_told_and_free_for_the_next_look() -> None:
    box = Box()
    telling = delivery(box, words=Words(reading=RuntimeError("a defect")))
    with capture_logs() as logs:
        await telling.look()
        await telling.settled()
    assert [line["way"] for line in logs if line["event"] == "notice.way_failed"] == ["desk"]
    telling.words = cast(Any, Words())
    await telling.look()
    await telling.settled()
    assert box.settled, "it is tried again"


@asynchronous
async def test_a_store_that_fails_is_told_and_ends_nothing() -> None:
    stop = asyncio.Event()
    with capture_logs() as logs:
        await delivery(Box(), outbox=Outbox(stop)).run(stop)
    (said,) = [line for line in logs if line["event"] == "notice.look_failed"]
    assert "the disk is full" in said["error"]


class Full(Box):
    """A store that can be read and takes nothing, so many times, as on a full disk."""

    def __init__(self, *, times: int) -> None:
        super().__init__()
        self.times = times

    async def settle(self, settled: Sequence[Settled]) -> None:
        if settled and self.times:
            self.times -= 1
            raise StateError("the disk is full")
        await super().settle(settled)


class Worded(Words):
    def message(self, notices: Sequence[KeptNotice], rows: object) -> object:
        return "A lead for you"

    def due_on(self, notices: Sequence[KeptNotice], rows: object) -> None:
        return None


class Desk:
    """A channel, and the keys of what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def tell(self, way: str, address: int, message: object, *, key: str) -> None:
        self.told.append(key)


@asynchronous
async def test_what_was_told_is_not_told_again_while_the_store_can_t_keep_that_it_was() -> None:
    box, desk = Full(times=5), Desk()
    telling = delivery(box, words=Worded())
    telling.channels = cast(Any, desk)
    telling.meters = cast(Any, Silent())
    failed = 0
    for _ in range(8):
        try:
            await telling.look()
        except StateError:
            failed += 1
        await telling.settled()
    assert desk.told == ["n1"]
    assert failed
    assert {settled.state for settled in box.settled} == {NoticeState.TOLD}


class Silent:
    def noticed(self, way: str, outcome: str, number: int) -> None:
        """Figures are others' matter."""


@asynchronous
async def test_of_several_daemons_only_the_one_that_leads_tells() -> None:
    box, leads = Box(), False
    telling = delivery(box)
    telling.leads, telling.alone = (lambda: leads), False
    await telling.look()
    await telling.settled()
    assert box.settled == []
    leads = True
    await telling.look()
    await telling.settled()
    assert len(box.settled) == 1


class Busy(Box):
    """There is always another one due."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    async def due(self, now: datetime) -> list[KeptNotice]:
        self.looks += 1
        self.news.set()
        return [replace(NOTICE, key=f"n{self.looks}")]


@asynchronous
async def test_in_a_burst_notices_gather_between_one_telling_and_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    box, stop = Busy(), asyncio.Event()
    running = asyncio.create_task(delivery(box, words=Words()).run(stop))
    await until(lambda: len(box.settled) == 1)  # the first one at once
    await asyncio.sleep(0.1)
    assert box.looks == 1, "there was news all the time"
    stop.set()
    await asyncio.wait_for(running, 1.0)

    monkeypatch.setattr(delivery_module, "_APART", 0.01)
    stop.clear()
    running = asyncio.create_task(delivery(box, words=Words()).run(stop))
    await until(lambda: len(box.settled) > 3)
    stop.set()
    await running
