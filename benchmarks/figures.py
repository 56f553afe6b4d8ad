"""What was measured, what should it be, and how does it grow?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A bound that a figure should keep: a ceiling, or a floor."""

    bound: float
    floor: bool = False

    def met(self, value: float) -> bool:
        return value >= self.bound if self.floor else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.floor else '≤'} {shown(self.bound)}"


def at_least(bound: float) -> Goal:
    return Goal(bound=bound, floor=True)


def at_most(bound: float) -> Goal:
    return Goal(bound=bound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number. ``unit`` is plain words (``records/s``, ``MiB``); ``goal`` None: for information.

    ``growth`` is by what it was multiplied when the input doubled; None where that was not measured.
    """

    name: str
    value: float
    unit: str
    goal: Goal | None = None
    growth: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one benchmark found. ``about`` says in a sentence what was measured, and how."""

    name: str
    about: str
    figures: Sequence[Figure]

    def as_json(self) -> dict[str, Any]:
        figures = [
            asdict(figure)
            | {"goal": None if figure.goal is None else str(figure.goal)}
            | {"met": None if figure.goal is None else figure.goal.met(figure.value)}
            for figure in self.figures
        ]
        return {"name": self.name, "about": self.about, "figures": figures}


def with_growth(half: Sequence[Figure], whole: Sequence[Figure]) -> list[Figure]:
    """The figures of the whole input, each held against the one of that name at half of it."""
    before = {figure.name: figure.value for figure in half}
    return [
        replace(figure, growth=figure.value / before[figure.name])
        if before.get(figure.name)
        else figure
        for figure in whole
    ]


def shown(value: float) -> str:
    """Three or four digits that matter, thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile. Raises ValueError for no values."""
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
