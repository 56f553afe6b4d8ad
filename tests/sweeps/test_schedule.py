"""The schedule: what runs when, never twice at once, and nothing ends unnoticed."""

import asyncio
import math
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.errors import LoginError
from ortoo_daemon.sweeps.schedule import Schedule
from tests.asynchronous import asynchronous, until

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=0.02)


def now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def started(schedule: Schedule):
    schedule.start()
    try:
        yield
    finally:
        await schedule.stop()


@asynchronous
async def test_a_sweep_runs_at_start_if_asked_and_else_after_its_interval():
    ran: list[str] = []

    async def at_start():
        ran.append("at_start")

    async def later():
        ran.append("later")

    schedule = Schedule(clock=now)
    schedule.add("at_start", at_start, HOUR, jitter=timedelta(minutes=5), at_start=True)
    schedule.add("later", later, HOUR)
    async with started(schedule):
        await until(lambda: "at_start" in schedule.last_run)
    assert ran == ["at_start"]


@asynchronous
async def test_a_sweep_repeats_and_its_last_run_is_known():
    async def sweep():
        pass

    schedule = Schedule(clock=now)
    schedule.add("often", sweep, SOON, jitter=timedelta(seconds=0.01))
    began = now()
    async with started(schedule):
        await until(lambda: "often" in schedule.last_run and schedule.last_run["often"].runs >= 3)
    last = schedule.last_run["often"]
    assert (last.error, last.failures) == ("", 0)
    assert last.ended_at >= began


@asynchronous
async def test_a_failing_sweep_is_logged_counted_and_runs_again():
    async def sweep():
        raise OSError("org is down")

    schedule = Schedule(clock=now)
    schedule.add("reconcile", sweep, SOON, at_start=True)
    with capture_logs() as logs:
        async with started(schedule):
            await until(
                lambda: (
                    "reconcile" in schedule.last_run
                    and schedule.last_run["reconcile"].failures >= 2
                )
            )
    assert schedule.last_run["reconcile"].error == "OSError: org is down"
    assert {(log["event"], log["sweep"]) for log in logs} == {("sweep.failed", "reconcile")}


@asynchronous
async def test_what_the_org_refuses_a_sweep_is_told_in_one_line_and_no_defect():
    async def sweep():
        raise LoginError("LOGIN_UNREACHABLE", "no answer from the login host")

    schedule = Schedule(clock=now)
    schedule.add("reconcile", sweep, HOUR, at_start=True)
    with capture_logs() as logs:
        async with started(schedule):
            await until(lambda: "reconcile" in schedule.last_run)
    why = "LOGIN_UNREACHABLE: no answer from the login host"
    assert schedule.last_run["reconcile"].error == why
    (said,) = logs
    assert (said["event"], said["error"]) == ("sweep.failed", why)
    assert "exc_info" not in said


@asynchronous
async def test_a_sweep_never_overlaps_itself():
    running = most = runs = 0

    async def sweep():
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1

    schedule = Schedule(clock=now)
    schedule.add("reconcile", sweep, timedelta(seconds=0.01), at_start=True)
    async with started(schedule):
        await asyncio.gather(*(schedule.run_now("reconcile") for _ in range(10)))
    assert runs >= 10
    assert most == 1


@asynchronous
async def test_a_run_that_comes_late_takes_place_once():
    runs = 0

    async def sweep():
        nonlocal runs
        runs += 1

    schedule = Schedule(clock=now)
    schedule.add("reconcile", sweep, timedelta(seconds=0.3))
    async with started(schedule):
        await asyncio.sleep(0)
        time.sleep(1.0)  # noqa: ASYNC251 - a loop that is kept busy, for three intervals
        await until(lambda: runs == 1)
        assert runs == 1


@asynchronous
async def test_a_stop_cancels_what_runs_and_is_no_failure_of_the_scheduler(caplog):
    entered = asyncio.Event()
    cleaned = False

    async def sweep():
        nonlocal cleaned
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned = True

    schedule = Schedule(clock=now)
    schedule.add("long", sweep, HOUR, at_start=True)
    schedule.start()
    await asyncio.wait_for(entered.wait(), 5)
    await schedule.stop()
    assert cleaned
    assert schedule.last_run["long"].error == "cancelled"
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
    await schedule.stop()


def test_two_sweeps_of_one_name_are_refused():
    async def sweep():
        pass

    schedule = Schedule(clock=now)
    schedule.add("reconcile", sweep, HOUR)
    with pytest.raises(ValueError, match="'reconcile' already"):
        schedule.add("reconcile", sweep, HOUR)


@asynchronous
async def test_a_stretched_sweep_runs_so_many_times_rarer():
    clock, runs = [now()], []

    async def sweep():
        runs.append(clock[0])

    schedule = Schedule(clock=lambda: clock[0], stretch=lambda name: 3.0)
    schedule.add("reconcile", sweep, HOUR)
    for _ in range(9):
        await schedule._scheduled("reconcile")
        clock[0] += HOUR - timedelta(minutes=5)  # jitter
    assert [(at - runs[0]) // HOUR for at in runs] == [0, 2, 5]


@asynchronous
async def test_a_paused_sweep_runs_only_when_it_is_asked_for():
    runs = []

    async def sweep():
        runs.append(1)

    schedule = Schedule(clock=now, stretch=lambda name: math.inf)
    schedule.add("reconcile", sweep, SOON, at_start=True)
    schedule.add("other", sweep, HOUR)
    async with started(schedule):
        await schedule.run_now("other")
        await asyncio.sleep(3 * SOON.total_seconds())
    assert runs == [1]


@asynchronous
async def test_a_clock_that_is_set_back_keeps_no_sweep_from_its_time(monkeypatch):
    behind = timedelta(0)
    runs = {"often": 0, "daily": 0}

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) - behind

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", Clock)
    monkeypatch.setattr("ortoo_daemon.sweeps.schedule.datetime", Clock)
    monkeypatch.setattr("ortoo_daemon.sweeps.schedule._LOOK_AT_CLOCK_EVERY", 0.05)

    def sweep(name: str):
        async def run():
            runs[name] += 1

        return run

    schedule = Schedule(clock=now)
    schedule.add("often", sweep("often"), timedelta(seconds=0.1), jitter=timedelta(seconds=0.01))
    schedule.add("daily", sweep("daily"), timedelta(days=1))
    with capture_logs() as logs:
        async with started(schedule):
            await until(lambda: runs["often"] >= 2)
            behind, before = HOUR, runs["often"]
            await until(lambda: runs["often"] >= before + 5)
    assert runs["daily"] == 1  # it would have come an hour late
    (said,) = [log for log in logs if log["event"] == "schedule.clock_set_back"]
    assert said["by"] == pytest.approx(3600, abs=5)


@asynchronous
async def test_a_clock_that_goes_on_runs_no_sweep_before_its_time(monkeypatch):
    monkeypatch.setattr("ortoo_daemon.sweeps.schedule._LOOK_AT_CLOCK_EVERY", 0.01)
    runs = 0

    async def sweep():
        nonlocal runs
        runs += 1

    schedule = Schedule(clock=now)
    schedule.add("hourly", sweep, HOUR, jitter=HOUR / 2)
    with capture_logs() as logs:
        async with started(schedule):
            await asyncio.sleep(0.3)
    assert (runs, logs) == (0, [])


@asynchronous
async def test_a_sweep_that_failed_runs_again_long_before_its_time(monkeypatch):
    monkeypatch.setattr("ortoo_daemon.sweeps.schedule._AGAIN_AFTER", SOON)
    failures = [LoginError("LOGIN_UNREACHABLE", "no answer")]

    async def sweep():
        if failures:
            raise failures.pop()

    schedule = Schedule(clock=now)
    schedule.add("seldom", sweep, HOUR, at_start=True)
    async with started(schedule):
        await until(lambda: "seldom" in schedule.last_run and schedule.last_run["seldom"].runs == 2)
    assert schedule.last_run["seldom"].error == ""
    assert schedule.last_run["seldom"].in_a_row == 0


@asynchronous
async def test_a_sweep_that_fails_in_a_row_is_tried_ever_more_rarely(monkeypatch):
    monkeypatch.setattr("ortoo_daemon.sweeps.schedule._AGAIN_AFTER", SOON)
    began = []

    async def sweep():
        began.append(time.monotonic())
        raise LoginError("LOGIN_UNREACHABLE", "no answer from the login host")

    schedule = Schedule(clock=now)
    schedule.add("seldom", sweep, HOUR, at_start=True)
    async with started(schedule):
        await until(lambda: len(began) == 5)
    for number, (earlier, later) in enumerate(pairwise(began)):
        assert later - earlier >= SOON.total_seconds() * 2**number * 0.9


@asynchronous
async def test_a_sweep_that_fails_runs_at_its_own_times_at_least(monkeypatch):
    monkeypatch.setattr("ortoo_daemon.sweeps.schedule._AGAIN_AFTER", HOUR)

    async def sweep():
        raise LoginError("LOGIN_UNREACHABLE", "no answer from the login host")

    schedule = Schedule(clock=now)
    schedule.add("often", sweep, SOON)
    async with started(schedule):
        await until(lambda: "often" in schedule.last_run and schedule.last_run["often"].runs == 3)
