"""Claims about what bounds the steps of clocks that are taken up, with the journal's notes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from structlog.testing import capture_logs

from ortoo_daemon.daemon.due_steps import DueSteps
from ortoo_daemon.daemon.settings import SweepSettings
from ortoo_daemon.sweeps.sla import DueFigures
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Notes:
    """The journal's notes, which outlive a restart."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def note(self, name: str, value: str) -> None:
        self.kept[name] = value

    async def noted(self, name: str) -> str | None:
        return self.kept.get(name)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **length: float) -> None:
        self.now += timedelta(**length)


def steps(notes: Notes, clock: Clock, **given: object) -> DueSteps:
    return DueSteps(cast(WorkQueue, notes), SweepSettings.model_validate(given), clock=clock)


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
