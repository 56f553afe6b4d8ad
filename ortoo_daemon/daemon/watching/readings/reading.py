"""What is one figure that is read off the live parts: its name, its labels, and how it is read?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.daemon.parts import View

Samples = Iterable[tuple[tuple[str, ...], float]]
"""Label values and value; none at all where the value is not known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A gauge, or a counter where the name ends in ``_total``."""

    name: str
    help: str
    read: Callable[[View], Samples]
    labels: tuple[str, ...] = ()


def one(value: float | None) -> Samples:
    """A figure without labels."""
    return () if value is None else (((), value),)


def by(values: Mapping[str, float]) -> Samples:
    """A figure for each value of its one label."""
    return (((label,), value) for label, value in sorted(values.items()))


def at_moment(moment: datetime | None) -> Samples:
    """A moment as seconds since 1970."""
    return one(moment.timestamp() if moment else None)
