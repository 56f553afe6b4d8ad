"""How many steps of clocks may be taken up now? Joins what bounds them to the journal, the log and whom the
settings name."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from ortoo_daemon.daemon.noticing.summaries import Summary
from ortoo_daemon.daemon.settings import SweepSettings
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.notify_model import AFTER_OUTAGE, SWEEP_STOPPED
from ortoo_daemon.sweeps.grace import Grace, HourlyMost, Waits
from ortoo_daemon.sweeps.sla import DueFigures
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

_SEEN_AT = "sla_seen_at"
_WAITS = "sla_waits"
_NOTE_EVERY = timedelta(minutes=1)


class Backlog(Protocol):
    """Of how many records a step is due now, and since when the first is. Raises OrgError."""

    def __call__(self) -> Awaitable[tuple[int, datetime | None]]: ...


class DueSteps:
    """``clock`` is the machine's: outages are measured by it, whatever the org's own clock says.

    ``tell`` gets one summary for each outage and each time that the bound stops steps.
    """

    def __init__(
        self,
        queue: WorkQueue,
        every: SweepSettings,
        *,
        clock: Callable[[], datetime],
        backlog: Backlog,
        tell: Callable[[Summary], Awaitable[None]],
    ) -> None:
        self._queue, self._clock, self._every = queue, clock, every
        self._backlog, self._tell = backlog, tell
        self._is_stopped = False
        self._is_untold = False
        """Steps wait, and so far none was due of which to tell."""
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
            await self._begin()
        waits = self._grace.seen()
        if (
            waits is not None and waits.begins
        ):  # before the org was seen: a kill in between sees it anew
            since, until = instant_text(waits.since), instant_text(waits.until)
            await self._queue.note(_WAITS, f"{since} {until}")
        self._waits_until = waits.until if waits else None
        await self._note()
        if waits is None or waits.begins:
            self._is_untold = waits is not None
        if waits is not None and self._is_untold and due:
            self._is_untold = False
            _log.warning(
                "sweep.sla_held_back",
                since=instant_text(waits.since),
                until=instant_text(waits.until),
                due=due,
            )
            await self._tell_of_outage(waits)
        return waits is not None

    async def _begin(self) -> None:
        """With what an earlier run, or who led before, has noted: it may have been told, or not."""
        self._grace.began(instant(await self._queue.noted(_SEEN_AT)))
        since, _, until = (await self._queue.noted(_WAITS) or "").partition(" ")
        began_at, ends_at = instant(since), instant(until)
        if began_at is not None and ends_at is not None and self._clock() < ends_at:
            self._grace.goes_on(since=began_at, until=ends_at)
            self._is_untold = True

    async def found(self, figures: DueFigures) -> None:
        """What a look has found and put."""
        self._grace.seen()
        self._most.add(figures.put)
        await self._note()
        if figures.found:
            _log.info(
                "sweep.sla",
                found=figures.found,
                put=figures.put,
                again=figures.again,
                pages=figures.pages,
            )
        if figures.stopped:
            _log.error(
                "sweep.sla_stopped",
                found=figures.found,
                put=figures.put,
                at_most=self._most.at_most,
            )
        if figures.stopped and not self._is_stopped:
            await self._tell_of_stop()
        self._is_stopped = figures.stopped

    async def _tell_of_outage(self, waits: Waits) -> None:
        since = instant_text(waits.since)
        about = {"since_at": since, "until_at": instant_text(waits.until)}
        await self._tell_with_backlog(f"after_outage:{since}", AFTER_OUTAGE, about)

    async def _tell_of_stop(self) -> None:
        """Once for each time that it is stopped; a restart within the hour tells it no second time."""
        about = {"at_most": self._most.at_most}
        await self._tell_with_backlog(
            f"sweep_stopped:{self._clock():%Y%m%dT%H}", SWEEP_STOPPED, about
        )

    async def _tell_with_backlog(
        self, key: str, template: str, about: Mapping[str, str | int]
    ) -> None:
        due, oldest_at = await self._backlog()
        oldest = instant_text(oldest_at) if oldest_at else ""
        known = {**about, "due": due, "oldest_at": oldest}
        await self._tell(Summary(key=key, template=template, about=known))

    async def _note(self) -> None:
        now = self._seen_at = self._clock()
        if self._noted_at is None or now - self._noted_at >= _NOTE_EVERY:
            self._noted_at = now
            await self._queue.note(_SEEN_AT, instant_text(now))
