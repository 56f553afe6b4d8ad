"""What is a whole report? Figures of everything, of each group, and of each stretch of time. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ortoo_daemon.reporting.asked import Dimension, Trend
from ortoo_daemon.reporting.figures import Figures
from ortoo_daemon.reporting.periods import Period
from ortoo_daemon.reporting.uncovered import Uncovered

NETWORK = "network"
"""The baseline that is everything together."""

COMPARED = "compared"
"""The baseline that is the same group in the period compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """``before`` are its figures in the period compared with; None where there is none, or no such group."""

    key: str
    name: str
    figures: Figures
    before: Figures | None = None

    @property
    def records(self) -> int:
        return self.figures["volume"].whole or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Groups of one dimension, those with most records first."""

    dimension: Dimension
    groups: Sequence[Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A day, week or month of the trend. ``whole``: the period did not cut it short."""

    name: str
    period: Period
    whole: bool
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What it took: ``calls`` of the org, groups and rows it answered."""

    calls: int
    groups: int
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``unknown`` and ``unknown_before`` say by measure why it is not known. ``few``: with fewer records a
    figure says little. ``baseline`` is what lift is held to, in words. ``uncovered`` is None where no rule
    goes by territories."""

    object: str
    zone: str
    made_at: datetime
    period: Period
    compared: Period | None
    trend: Trend | None
    whole: Group
    sections: Sequence[Section]
    stretches: Sequence[Stretch]
    baseline: str
    few: int
    unknown: Mapping[str, str] = field(default_factory=dict)
    unknown_before: Mapping[str, str] = field(default_factory=dict)
    notes: Sequence[str] = ()
    uncovered: Uncovered | None = None
    reading: Reading
