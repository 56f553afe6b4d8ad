"""How near is an allocation of the org to its end, and what is left undone so that owners are still written?

Pure: told of each reading, it says the level. The order of shedding is written in two tables below.
"""

import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from ortoo_daemon.records import WorkReason
from ortoo_daemon.salesforce.allocations import AllocationUse

MARGIN = 0.02
"""A level is left when the share is so much below the one at which it began: no level comes and goes."""

_PROJECTED_FROM = timedelta(hours=1)
_ENOUGH_HISTORY = timedelta(minutes=10)
_SAMPLE_EVERY = timedelta(minutes=1)


class Level(IntEnum):
    """From good to bad; a level sheds all that the one before it sheds."""

    ENOUGH = 0
    LOW = 1
    SHORT = 2
    SCARCE = 3
    USED_UP = 4

    @property
    def word(self) -> str:
        """As it stands in the log and in `status`."""
        return self.name.lower()


_PAUSED = math.inf
_SCARCE_SWEEPS: Mapping[str, float] = {
    "reconcile": 12,
    "recover": _PAUSED,
    "directory": _PAUSED,
    "workload": _PAUSED,
    "review": _PAUSED,
    "parked": _PAUSED,
    "sla": _PAUSED,
    "returns": _PAUSED,
    "by_hand": _PAUSED,
    "answers": _PAUSED,
    "absence": _PAUSED,
    "absences_ahead": _PAUSED,
    "archive": _PAUSED,
}

STRETCHED: Mapping[Level, Mapping[str, float]] = {
    Level.SHORT: {
        "reconcile": 6,
        "recover": 6,
        "directory": 10,
        "workload": 10,
        "parked": 6,
        "review": _PAUSED,
        "answers": 6,
        "absences_ahead": _PAUSED,
        "archive": _PAUSED,
    },
    Level.SCARCE: _SCARCE_SWEEPS,
    Level.USED_UP: _SCARCE_SWEEPS,
}
"""How many times rarer a sweep runs than its setting says. The reconciliation never ends: it alone finds
new records of which the stream says nothing. Gaps of the stream are filled at once at any level."""

PUT_OFF: Mapping[Level, frozenset[WorkReason]] = {
    Level.SHORT: frozenset({WorkReason.REVIEWED}),
    Level.SCARCE: frozenset({WorkReason.REVIEWED, WorkReason.SLA, WorkReason.ABSENCE}),
    Level.USED_UP: frozenset({WorkReason.REVIEWED, WorkReason.SLA, WorkReason.ABSENCE}),
}
"""What waits in the queue meanwhile. Their steps stay due in the org."""

TELLS_BELOW, TELLS_URGENT_BELOW = Level.SHORT, Level.SCARCE
"""Notices go through the org below this level; they wait meanwhile."""

ASKS_BELOW = Level.SHORT
"""Questions that only refine a decision (who had the customer before) are asked below this level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """The shares from which the levels begin; ascending, below 1."""

    low: float = 0.80
    short: float = 0.90
    scarce: float = 0.97

    def level(self, share: float) -> Level:
        """The worst level whose share is reached."""
        begins = ((Level.LOW, self.low), (Level.SHORT, self.short), (Level.SCARCE, self.scarce))
        reached = [level for level, at in (*begins, (Level.USED_UP, 1.0)) if share >= at]
        return max(reached, default=Level.ENOUGH)


class Budget:
    """One allocation over time. ``use`` is None until the org has told."""

    def __init__(self, thresholds: Thresholds, *, period: timedelta) -> None:
        self._thresholds = thresholds
        self._period = period
        self._samples: deque[tuple[datetime, int]] = deque()
        self.use: AllocationUse | None = None
        self.noted_at: datetime | None = None
        self.level = Level.ENOUGH

    def note(self, use: AllocationUse, at: datetime, *, refused: bool = False) -> Level:
        """A reading; the level that was left, or the same as now. ``refused``: the org has said no."""
        before = self.level
        self._remember(use.used, at)
        self.use, self.noted_at = use, at
        share = max(use.share, 1.0) if refused else use.share
        rises_to = self._thresholds.level(share)
        falls_to = self._thresholds.level(share + MARGIN)
        self.level = rises_to if rises_to > before else min(before, falls_to)
        return before

    @property
    def runs_out_at(self) -> datetime | None:
        """When all is used if it goes on as in the last hour; None when it lasts for the whole period.

        What rolls out of the period meanwhile is reckoned with: it is part of how the figure moved.
        """
        if self.use is None or len(self._samples) < 2:
            return None
        (first_at, first), (last_at, last) = self._samples[0], self._samples[-1]
        grown = last - first
        if last_at - first_at < _ENOUGH_HISTORY or grown <= 0:
            return None
        left_for = (last_at - first_at) * (max(self.use.allowed - last, 0) / grown)
        return last_at + left_for if left_for <= self._period else None

    def _remember(self, used: int, at: datetime) -> None:
        samples = self._samples
        if samples and used < samples[-1][1] / 2:
            samples.clear()  # the org began to count anew
        if len(samples) > 1 and at - samples[-2][0] < _SAMPLE_EVERY:
            samples.pop()
        samples.append((at, used))
        while at - samples[0][0] > _PROJECTED_FROM:
            samples.popleft()
