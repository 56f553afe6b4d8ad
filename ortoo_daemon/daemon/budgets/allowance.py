"""What is left of the org's allocations at this moment, and what may the daemon still spend?

API calls are looked at in every answer of the org, events in what /limits says now and then. Every change
of a level is told once: in the log, to the service manager, in `status` and in the metrics.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

import structlog

from ortoo_daemon.daemon.budgets.shedding import (
    ASKS_BELOW,
    PUT_OFF,
    STRETCHED,
    TELLS_BELOW,
    TELLS_URGENT_BELOW,
    Budget,
    Level,
    Thresholds,
)
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.settings import BudgetSettings
from ortoo_daemon.errors import OrgError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import WorkReason
from ortoo_daemon.salesforce.allocations import (
    PERIODS,
    Allocation,
    AllocationUse,
    read_allocations,
)
from ortoo_daemon.salesforce.rest import ApiBudget, RestClient

_log = structlog.get_logger("ortoo_daemon.budgets")

_LOOK_EVERY = 1.0
_WORTH_TELLING = 0.5
"""Of a budget that is hardly used, a burst's rate tells nothing."""


class BudgetWatch:
    """The budgets of one org. What it answers is as of the org's last answer."""

    def __init__(
        self,
        rest: RestClient,
        settings: BudgetSettings,
        *,
        notifier: Notifier,
        clock: Callable[[], datetime],
    ) -> None:
        thresholds = Thresholds(
            low=settings.low_from / 100,
            short=settings.short_from / 100,
            scarce=settings.scarce_from / 100,
        )
        self._rest = rest
        self._limits_every = settings.limits_every.total_seconds()
        self._notifier = notifier
        self._clock = clock
        self._seen: tuple[ApiBudget | None, bool] = (None, False)
        self._warned: set[Allocation] = set()
        self._unreadable = ""
        self.budgets = {
            allocation: Budget(thresholds, period=PERIODS[allocation]) for allocation in Allocation
        }

    @property
    def level(self) -> Level:
        """The level of API calls: what is shed follows from it."""
        self._look()
        return self.budgets[Allocation.API_CALLS].level

    def may_refine(self) -> bool:
        """Whether questions may be asked that a decision can do without."""
        return self.level < ASKS_BELOW

    def may_tell(self, urgent: bool) -> bool:
        """Whether notices may go through the org."""
        return self.level < (TELLS_URGENT_BELOW if urgent else TELLS_BELOW)

    def puts_off(self, reason: WorkReason) -> bool:
        """Whether items that came in this way wait for better days."""
        return reason in PUT_OFF.get(self.level, ())

    def stretch(self, sweep: str) -> float:
        """How many times rarer a sweep is to run than its setting says; infinite: not at all."""
        return STRETCHED.get(self.level, {}).get(sweep, 1.0)

    async def run(self, stop: asyncio.Event) -> None:
        """Look until stopped. A call that fails is made again at its next time."""
        ask_at = time.monotonic()
        while not stop.is_set():
            if time.monotonic() >= ask_at:
                await self._ask()
                ask_at = time.monotonic() + self._limits_every
            self._look()
            try:
                await asyncio.wait_for(stop.wait(), _LOOK_EVERY)
            except TimeoutError:
                continue

    async def _ask(self) -> None:
        try:
            found = await read_allocations(self._rest)
        except OrgError as error:
            if error.code != self._unreadable:
                self._unreadable = error.code
                _log.warning("budget.limits_unreadable", error=str(error))
            return
        self._unreadable = ""
        for allocation, use in found.items():
            if allocation is not Allocation.API_CALLS:  # the same answer's header is as new
                self._note(allocation, use)

    def _look(self) -> None:
        """Take in what the last answer said; costs nothing when it said nothing new."""
        heard = self._rest.budget, self._rest.limit_reached
        if heard == self._seen:
            return
        self._seen = heard
        budget, refused = heard
        if budget is not None and budget.maximum > 0:
            use = AllocationUse(used=budget.used, allowed=budget.maximum)
            self._note(Allocation.API_CALLS, use, refused=refused)

    def _note(self, allocation: Allocation, use: AllocationUse, *, refused: bool = False) -> None:
        budget = self.budgets[allocation]
        before = budget.note(use, self._clock(), refused=refused)
        if budget.level is not before:
            self._tell(allocation, before)
        self._project(allocation)

    def _tell(self, allocation: Allocation, before: Level) -> None:
        budget = self.budgets[allocation]
        figures = _figures(allocation, budget)
        if budget.level > before:
            _log.warning("budget.level", before=before.word, **figures)
        else:
            _log.info("budget.level", before=before.word, **figures)
        self._notifier.note(f"budget {allocation}", _sentence(allocation, budget))

    def _project(self, allocation: Allocation) -> None:
        """Say once that it will not last; again only after it would have lasted for a while."""
        budget = self.budgets[allocation]
        runs_out_at = budget.runs_out_at
        if runs_out_at is None:
            self._warned.discard(allocation)
        elif allocation not in self._warned and budget.use and budget.use.share >= _WORTH_TELLING:
            self._warned.add(allocation)
            _log.warning("budget.runs_out", **_figures(allocation, budget))


def _figures(allocation: Allocation, budget: Budget) -> dict[str, object]:
    runs_out_at = budget.runs_out_at
    return {
        "budget": allocation.value,
        "standing": budget.level.word,
        "used": budget.use.used if budget.use else None,
        "allowed": budget.use.allowed if budget.use else None,
        "runs_out_at": instant_text(runs_out_at) if runs_out_at else None,
    }


def _sentence(allocation: Allocation, budget: Budget) -> str:
    """For `systemctl status`; empty while there is enough."""
    if budget.level is Level.ENOUGH or budget.use is None:
        return ""
    noun = allocation.value.replace("_", " ").replace("api", "API")
    return f"{noun} {budget.level.word.replace('_', ' ')}: {budget.use.share:.0%} used"
