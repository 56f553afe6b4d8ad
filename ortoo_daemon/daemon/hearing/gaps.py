"""What is asked of the org itself where events of its stream may be missing?

Undecided records are found by the reconciliation, whenever they were made. Changes of decided records are
not: where policies watch such records, those changed since the last event that was heard are looked at. Which
gaps are open is kept in the journal: the checkpoint moves on, whoever fills them.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.stream.pump import Gap, GapReason
from ortoo_daemon.sweeps.resync import resync
from ortoo_daemon.sweeps.schedule import Schedule
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

RESYNC = "resync"
RECONCILE = "reconcile"

_OPEN = "gaps_open"

_BEFORE_ITS_COMMIT = timedelta(minutes=15)
"""A long transaction stamps its records when it writes them, and commits later."""


class Gaps:
    """Fills gaps by sweeps of the schedule. What fails stays on the list for the sweep's next turn, and for
    the next life or leader."""

    def __init__(
        self,
        org: Org,
        queue: WorkQueue,
        knowledge: Knowledge,
        schedule: Schedule,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._org = org
        self._queue = queue
        self._knowledge = knowledge
        self._schedule = schedule
        self._now = now
        self._open: dict[str, datetime] = {}
        self._kept = "{}"

    async def fill(self, gap: Gap) -> None:
        """Returns when what the gap may have hidden waits in the queue, or its sweep failed.

        Before the schedule has begun a new channel asks for nothing: the first reconciliation comes yet.
        Raises StateError.
        """
        if gap.reason is GapReason.NO_POSITION and not self._schedule.started:
            return
        self._note(gap)
        await self._keep()
        if gap.waits:
            return
        if gap.reason is not GapReason.OVERFLOW:
            await self._schedule.run_now(RECONCILE)
        if self._open:
            await self._schedule.run_now(RESYNC)

    def _note(self, gap: Gap) -> None:
        """Of each object the earliest moment from which its changes are not known."""
        if gap.at is None:
            return
        policies, since = self._knowledge.policies, gap.at - _BEFORE_ITS_COMMIT
        watching = {name for name in policies.objects if policies.watches_decided(name)}
        for name in {gap.object} & policies.objects if gap.object else watching:
            self._open[name] = min(since, self._open.get(name, since))

    async def _keep(self) -> None:
        """As they stand now, before anything moves on behind them."""
        text = json.dumps({name: instant_text(at) for name, at in sorted(self._open.items())})
        if text != self._kept:
            await self._queue.note(_OPEN, text)
            self._kept = text

    async def _take_up(self) -> None:
        """Those that an earlier run, or who led before, has left."""
        kept = await self._queue.noted(_OPEN)
        for name, text in (json.loads(kept) if kept else {}).items():
            since = instant(text)
            if since is not None and name in self._knowledge.policies.objects:
                self._open[name] = min(since, self._open.get(name, since))
        self._kept = kept or "{}"

    async def resync(self) -> None:
        """Look at what changed in each open gap. Raises OrgError and StateError."""
        await self._take_up()
        for name, since in list(self._open.items()):
            figures = await resync(
                self._org.query,
                self._queue.put,
                name,
                since=since,
                only_undecided=not self._knowledge.policies.watches_decided(name),
                clock=self._now,
            )
            if self._open.get(name) == since:
                del self._open[name]
                await self._keep()
            _log.info(
                "sweep.resync",
                object=name,
                since=instant_text(since),
                found=figures.found,
                put=figures.put,
                pages=figures.pages,
            )
