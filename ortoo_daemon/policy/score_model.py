"""What is a scorecard, once its YAML has been read? Values of ``enrichment: - score:``.

A card is a sum that anybody can do again with a pencil: points for what holds, part by part.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.evaluation import Condition, Test
from ortoo_daemon.trace import ScoreLine

DECIMALS = 2
"""Points that fade are kept to a hundredth, so that a sum by hand comes out the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fading:
    """Points lose half of their worth each ``half_life`` since the moment or day in a field."""

    since: str
    half_life: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points, which may be negative, for what ``when`` says; ``because`` is told to whoever asks why."""

    because: str
    when: Condition
    add: float
    fades: Fading | None = None
    place: Place

    def line(self, part: str, left: float = 1.0) -> ScoreLine:
        """What they add to the score in ``part`` of a card, with so much of them ``left``."""
        return ScoreLine(self.because, round(self.add * left, DECIMALS), part, self.place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Points that belong together. The sum stays between ``at_least`` and ``at_most``; None: no bound."""

    name: str
    points: tuple[Points, ...]
    at_least: float | None = None
    at_most: float | None = None
    place: Place
    tests: tuple["PointsTest", ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        tests = tuple(PointsTest.of(each, self.name) for each in self.points)
        object.__setattr__(self, "tests", tests)  # asked for every record


class PointsTest(NamedTuple):
    """An entry as a record is held against it: the field and the bare test of its condition, where that is a
    single one, and the line that it gives, where that is always the same."""

    points: Points
    field: str
    test: Test | None
    line: ScoreLine | None

    @classmethod
    def of(cls, points: Points, part: str) -> "PointsTest":
        when, line = points.when, None if points.fades else points.line(part)
        if isinstance(when, FieldTest):
            return cls(points, when.field, when.judge, line)
        return cls(points, "", None, line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A name for all scores from ``at_least`` up to the next band."""

    name: str
    at_least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A whole card. ``lowest`` and ``highest`` bound the score; ``bands`` stand from the highest down.

    ``path`` as the policy writes it, ``file`` where it came from.
    """

    name: str
    path: str
    file: str
    description: str
    base: float
    lowest: float
    highest: float
    parts: tuple[Part, ...]
    bands: tuple[Band, ...]
    place: Place

    def fields(self) -> frozenset[str]:
        """Every field of the record that the card looks at."""
        found: set[str] = set()
        for points in self.points():
            found |= points.when.fields()
            if points.fades is not None:
                found.add(points.fades.since)
        return frozenset(found)

    def points(self) -> tuple[Points, ...]:
        """Those of all parts, in file order."""
        return tuple(each for part in self.parts for each in part.points)

    def band(self, score: float) -> str | None:
        """The name for a score; None where the card has no bands."""
        return next((band.name for band in self.bands if score >= band.at_least), None)
