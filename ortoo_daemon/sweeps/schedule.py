"""When does each sweep run, and how did it last go?

An adapter around APScheduler, whose defaults would skip a late run and let exceptions end in a log
line of its own. Here a late run takes place once, a sweep never overlaps itself, and every outcome
is kept for the health report. What failed is tried again soon: it may be all that finds a record of
which no event was heard. Sweeps must be safe to cancel and to repeat.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from ortoo_daemon.errors import OrtooError

Sweep = Callable[[], Awaitable[object]]
Stretch = Callable[[str], float]
Clock = Callable[[], datetime]

_LOOK_AT_CLOCK_EVERY = 10.0
"""Seconds that pass on this machine, whatever is done to its clock."""
_SLACK = timedelta(seconds=1)

_AGAIN_AFTER = timedelta(seconds=30)
"""A sweep that failed; twice as long after each failure in a row, up to its own time."""

_log = structlog.get_logger("ortoo_daemon.sweeps")


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """How a sweep last ended. ``error`` is empty when it went well; the counters are since start, but
    ``in_a_row``: failures since it last went well."""

    ended_at: datetime
    took_for: timedelta
    error: str = ""
    runs: int = 1
    failures: int = 0
    in_a_row: int = 0


class Schedule:
    """Sweeps by name. Add them, `start`, and `stop` at the end; all on one event loop.

    ``stretch`` says at each of a sweep's times how many times rarer it is to run just now than was asked
    for; infinite: not at all. Runs that are asked for by `run_now` take place in any case.
    """

    def __init__(self, *, clock: Clock, stretch: Stretch = lambda name: 1.0) -> None:
        self._clock = clock
        self._stretch = stretch
        self._every: dict[str, timedelta] = {}
        self._jitter: dict[str, timedelta] = {}
        self._began_at: dict[str, datetime] = {}
        self._sweeps: dict[str, Sweep] = {}
        self._at_start: list[str] = []
        self._alone: dict[str, asyncio.Lock] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._last: dict[str, LastRun] = {}
        self._stopping = False
        self._watch: asyncio.Task[None] | None = None
        self._scheduler = AsyncIOScheduler(
            jobstores={"default": MemoryJobStore()},
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(self._done, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)

    def add(
        self,
        name: str,
        sweep: Sweep,
        every: timedelta,
        *,
        jitter: timedelta = timedelta(0),
        at_start: bool = False,
    ) -> None:
        """Run ``sweep`` each ``every``, up to ``jitter`` earlier or later; also at once if ``at_start``.

        Raises ValueError for a name that is taken.
        """
        if name in self._sweeps:
            raise ValueError(f"there is a sweep {name!r} already")
        self._sweeps[name] = sweep
        self._alone[name] = asyncio.Lock()
        self._every[name], self._jitter[name] = every, jitter
        if at_start:
            self._at_start.append(name)
        first = {"next_run_time": datetime.now(UTC)} if at_start else {}
        trigger = IntervalTrigger(
            seconds=every.total_seconds(), jitter=jitter.total_seconds() or None, timezone=UTC
        )
        self._scheduler.add_job(self._scheduled, trigger, args=[name], id=name, **first)

    @property
    def started(self) -> bool:
        """Whether sweeps run at their times by now."""
        return bool(self._scheduler.running)

    @property
    def last_run(self) -> dict[str, LastRun]:
        """The last run of every sweep that has run."""
        return dict(self._last)

    async def run_now(self, name: str) -> None:
        """Run a sweep now, after the run under way if there is one; returns when it has ended.

        Once stopped it runs nothing: nobody would make room for what it finds, and the next start looks.
        A failure is logged and counted like a scheduled run's and does not reach the caller.
        """
        if self._stopping:
            return
        task = asyncio.create_task(self._run(name), name=f"ortoo-sweep-{name}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    async def run_first(self) -> None:
        """Run what runs at the start, one after the other."""
        for name in self._at_start:
            await self.run_now(name)

    def start(self) -> None:
        self._scheduler.start()
        self._watch = asyncio.create_task(self._watch_clock(), name="ortoo-schedule-clock")

    async def stop(self) -> None:
        """Start nothing more, cancel what runs and wait until it has ended."""
        self._stopping = True
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait([self._watch])
        if self._scheduler.running:
            self._scheduler.pause()
        while running := set(self._running):
            for task in running:
                task.cancel()
            await asyncio.wait(running)
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # it stops by a callback on this loop

    async def _watch_clock(self) -> None:
        """The scheduler goes by the machine's clock: set back an hour, it would run nothing for one."""
        while True:
            await asyncio.sleep(_LOOK_AT_CLOCK_EVERY)
            self._run_what_is_too_far_ahead()

    def _run_what_is_too_far_ahead(self) -> None:
        now = datetime.now(UTC)
        furthest = {name: every + self._jitter[name] for name, every in self._every.items()}
        ahead = [
            job
            for job in self._scheduler.get_jobs()
            if job.next_run_time - now > furthest[job.id] + _SLACK
        ]
        if not ahead:
            return
        set_back = max(job.next_run_time - now - furthest[job.id] for job in ahead)
        _log.warning("schedule.clock_set_back", by=round(set_back.total_seconds()))
        for job in ahead:
            job.modify(next_run_time=now)

    def _is_stretched(self, name: str) -> bool:
        """Whether this one of its times is to be left out."""
        times = self._stretch(name)
        began_at = self._began_at.get(name)
        if times <= 1 or began_at is None:
            return math.isinf(times)
        # Half a period early is in time: jitter must not cost a whole one.
        return math.isinf(times) or self._clock() - began_at < self._every[name] * (times - 0.5)

    async def _scheduled(self, name: str) -> None:
        if self._is_stretched(name):
            return
        task = asyncio.current_task()
        assert task is not None
        self._running.add(task)
        try:
            await self._run(name)
        except asyncio.CancelledError:
            if not self._stopping:
                raise  # else APScheduler would report our own stop as an error
        finally:
            self._running.discard(task)

    async def _run(self, name: str) -> None:
        async with self._alone[name]:
            began_at = self._began_at[name] = self._clock()
            try:
                await self._sweeps[name]()
            except asyncio.CancelledError:
                self._ended(name, began_at, error="cancelled")
                raise
            except OrtooError as error:  # the org or the store: no defect, so without a traceback
                _log.error("sweep.failed", sweep=name, error=str(error))
                self._ended(name, began_at, error=str(error))
            except Exception as error:
                _log.error("sweep.failed", sweep=name, exc_info=error)
                self._ended(name, began_at, error=f"{type(error).__name__}: {error}")
            else:
                self._ended(name, began_at, error="")

    def _ended(self, name: str, began_at: datetime, *, error: str) -> None:
        before = self._last.get(name)
        now = self._clock()
        self._last[name] = LastRun(
            ended_at=now,
            took_for=now - began_at,
            error=error,
            runs=(before.runs if before else 0) + 1,
            failures=(before.failures if before else 0) + bool(error),
            in_a_row=(before.in_a_row if before else 0) + 1 if error else 0,
        )
        if error and not self._stopping:
            self._try_again(name, self._last[name].in_a_row)

    def _try_again(self, name: str, failures: int) -> None:
        after = min(_AGAIN_AFTER * 2 ** min(failures - 1, 20), self._every[name])
        job, at = self._scheduler.get_job(name), datetime.now(UTC) + after
        planned = getattr(job, "next_run_time", None)  # none before the scheduler runs
        if job is not None and (planned is None or at < planned):
            job.modify(next_run_time=at)

    def _done(self, event: JobExecutionEvent) -> None:
        # Every failure of a sweep is caught above; what arrives here is the scheduler's own.
        if event.exception is None or isinstance(event.exception, asyncio.CancelledError):
            return
        _log.error("sweep.failed", sweep=event.job_id, exc_info=event.exception)
        self._ended(event.job_id, self._clock(), error=repr(event.exception))
