"""Claims about what bounds the steps of clocks that are taken up, with the journal's notes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

from structlog.testing import capture_logs

from ortoo_daemon.daemon.due_steps import DueSteps
from ortoo_daemon.daemon.noticing.summaries import Summary
from ortoo_daemon.daemon.settings import SweepSettings
from ortoo_daemon.sweeps.sla import DueFigures
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous
from tests.clock import NOON, Clock


class Notes:
    """The journal's notes, which outlive a restart."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def note(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def noted(self, name: str) -> str | None:
        return self.kept.get(name)


class Told(list[Summary]):
    """The summaries that were told."""

    async def __call__(self, summary: Summary) -> None:
        self.append(summary)


async def backlog() -> tuple[int, datetime | None]:
    return 3000, NOON - timedelta(hours=2)


def steps(notes: Notes, clock: Clock, told: Told | None = None, **given: object) -> DueSteps:
    return DueSteps(
        cast(WorkQueue, notes),
        SweepSettings.model_validate(given),
        clock=clock,
        backlog=backlog,
        tell=Told() if told is None else told,
    )


@asynchronous
async def test_an_outage_makes_steps_wait_and_is_told_once_whatever_the_restarts():
    notes, clock = Notes(), Clock()
    first = steps(notes, clock)
    assert await first.wait(due=0) is False
    clock.go_on(hours=12)
    again = steps(notes, clock)
    with capture_logs() as logs:
        assert again.must_be_asked
        assert await again.wait(due=3000) is True
        clock.go_on(minutes=5)
        assert again.must_be_asked
        assert await again.wait(due=3000) is True
        clock.go_on(minutes=5)
        assert await again.wait(due=3000) is False
    told = [each for each in logs if each["event"] == "sweep.sla_held_back"]
    assert [(each["due"], each["until"]) for each in told] == [(3000, "2026-11-24T00:10:00.000Z")]
    assert not again.must_be_asked


@asynchronous
async def test_what_is_more_than_the_bound_stays_due_and_is_told():
    notes, clock = Notes(), Clock()
    bounded = steps(notes, clock, sla_at_most=100)
    await bounded.wait(due=0)
    assert bounded.left == 100
    with capture_logs() as logs:
        await bounded.found(DueFigures(found=2000, put=100, pages=1, stopped=True))
    assert [each["event"] for each in logs] == ["sweep.sla", "sweep.sla_stopped"]
    assert bounded.left == 0
    clock.go_on(hours=1)
    assert bounded.left == 100


@asynchronous
async def test_one_summary_tells_of_an_outage_how_much_waits_since_when_and_until_when():
    notes, clock, told = Notes(), Clock(), Told()
    looking = steps(notes, clock, told)
    await looking.wait(due=0)
    clock.go_on(hours=12)
    for _ in range(3):
        assert await looking.wait(due=3000) is True
        clock.go_on(minutes=1)
    (summary,) = told
    assert summary.template == "after_outage"
    assert summary.about == {
        "since_at": "2026-11-23T12:00:00.000Z",
        "until_at": "2026-11-24T00:10:00.000Z",
        "due": 3000,
        "oldest_at": "2026-11-23T10:00:00.000Z",
    }


@asynchronous
async def test_steps_wait_on_through_a_restart_and_whoever_leads_then():
    notes, clock, told = Notes(), Clock(), Told()
    await steps(notes, clock).wait(due=0)
    clock.go_on(hours=12)
    assert await steps(notes, clock, told).wait(due=3000) is True
    clock.go_on(minutes=5)
    again = steps(notes, clock, told)
    assert await again.wait(due=3000) is True
    clock.go_on(minutes=5)
    assert await again.wait(due=3000) is False
    assert await steps(notes, clock).wait(due=3000) is False
    assert len({summary.key for summary in told}) == 1, "which the journal tells once"


@asynchronous
async def test_an_outage_in_which_nothing_fell_due_is_worth_no_summary():
    notes, clock, told = Notes(), Clock(), Told()
    looking = steps(notes, clock, told)
    await looking.wait(due=0)
    clock.go_on(hours=12)
    assert await looking.wait(due=0) is True
    assert told == []


@asynchronous
async def test_what_falls_due_while_steps_wait_is_told_then_and_once():
    notes, clock, told = Notes(), Clock(), Told()
    looking = steps(notes, clock, told)
    await looking.wait(due=0)
    clock.go_on(hours=12)
    for due in (0, 3, 7):
        assert await looking.wait(due=due) is True
        clock.go_on(minutes=1)
    assert [summary.template for summary in told] == ["after_outage"]
    clock.go_on(minutes=10)
    assert await looking.wait(due=7) is False
    assert len(told) == 1


@asynchronous
async def test_steps_that_the_bound_stops_are_told_once_each_time_that_they_are():
    notes, clock, told = Notes(), Clock(), Told()
    looking = steps(notes, clock, told, sla_at_most=5)
    for _ in range(3):
        await looking.found(DueFigures(found=9, put=5, stopped=True))
        clock.go_on(minutes=20)
    assert [summary.template for summary in told] == ["sweep_stopped"]
    assert (told[0].about["at_most"], told[0].about["due"]) == (5, 3000)
    await looking.found(DueFigures(found=2, put=2))
    clock.go_on(hours=2)
    await looking.found(DueFigures(found=9, put=5, stopped=True))
    assert len({summary.key for summary in told}) == len(told) == 2
