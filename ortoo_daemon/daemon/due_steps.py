"""How many steps of clocks may be taken up now? Joins what bounds them to the journal and the log."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.daemon.settings import SweepSettings
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.sweeps.grace import Grace, HourlyMost
from ortoo_daemon.sweeps.sla import DueFigures
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

_SEEN_AT = "sla_seen_at"
_NOTE_EVERY = timedelta(minutes=1)


class DueSteps:
    """``clock`` is the machine's: outages are measured by it, whatever the org's own clock says."""

    def __init__(
        self, queue: WorkQueue, every: SweepSettings, *, clock: Callable[[], datetime]
    ) -> None:
        self._queue, self._clock, self._every = queue, clock, every
        self._grace = Grace(outage_after=every.sla_outage_after, lasts=every.sla_grace, clock=clock)
        self._most = HourlyMost(every.sla_at_most, clock=clock)
        self._seen_at: datetime | None = None
        self._noted_at: datetime | None = None
        self._waits_until: datetime | None = None

    @property
    def left(self) -> int:
        """So many more may be put now."""
        return self._most.left

    @property
    def must_be_asked(self) -> bool:
        """Whether `wait` may say that steps wait: after a pause of looking, and while they do."""
        if self._seen_at is None or self._waits_until is not None:
            return True
        return self._clock() - self._seen_at >= self._every.sla_outage_after

    async def wait(self, *, due: int) -> bool:
        """The org has just said that so many steps are due: whether they wait."""
        if self._seen_at is None:
            self._grace.began(instant(await self._queue.noted(_SEEN_AT)))
        waits = self._grace.seen()
        self._waits_until = waits.until if waits else None
        await self._note()
        if waits is not None and waits.begins and due:
            _log.warning(
                "sweep.sla_held_back",
                since=instant_text(waits.since),
                until=instant_text(waits.until),
                due=due,
            )
        return waits is not None

    async def found(self, figures: DueFigures) -> None:
        """What a look has found and put."""
        self._grace.seen()
        self._most.add(figures.put)
        await self._note()
        if figures.found:
            _log.info("sweep.sla", found=figures.found, put=figures.put, pages=figures.pages)
        if figures.stopped:
            _log.error(
                "sweep.sla_stopped",
                found=figures.found,
                put=figures.put,
                at_most=self._most.at_most,
            )

    async def _note(self) -> None:
        now = self._seen_at = self._clock()
        if self._noted_at is None or now - self._noted_at >= _NOTE_EVERY:
            self._noted_at = now
            await self._queue.note(_SEEN_AT, instant_text(now))
