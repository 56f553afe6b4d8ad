"""What is a figure of a report: its unit, which way is good, and how it is worked out? Pure."""

from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.reporting.stories import Length
from ortoo_daemon.reporting.tallies import Count


class Unit(StrEnum):
    COUNT = "records"
    SHARE = "share"
    SECONDS = "seconds"
    INDEX = "index"
    TIMES = "times the mean"
    CHANGE = "change"
    MONEY = "money"


class Better(StrEnum):
    """Which way is good."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


class Topic(StrEnum):
    """Under which heading a figure stands."""

    INTAKE = "What comes in"
    ROUTING = "Routing"
    ANSWERING = "Answering"
    SELLING = "Selling"
    FAIRNESS = "Fairness and coverage"


class Quantile(StrEnum):
    MEDIAN = "median"
    P90 = "p90"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """``share`` is part and whole, ``length`` what is measured and how it is summed up; others are worked out
    by `figures`. ``short`` heads a column."""

    key: str
    title: str
    short: str
    topic: Topic
    unit: Unit
    formula: str
    better: Better = Better.NEITHER
    share: tuple[Count, Count] | None = None
    length: tuple[Length, Quantile] | None = None
