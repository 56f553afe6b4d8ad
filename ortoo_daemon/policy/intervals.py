"""Do spans of numbers, days or times meet?"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From ``low`` to ``high``, None for no bound; an open end does not belong to the span."""

    low: Any = None
    high: Any = None
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return bool(
            self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))
        )

    def meet(self, other: "Span") -> "Span":
        """What both have in common (perhaps empty)."""
        low, low_open = self.low, self.low_open
        if other.low is not None and (low is None or (other.low, other.low_open) > (low, low_open)):
            low, low_open = other.low, other.low_open
        high, high_open = self.high, self.high_open
        if other.high is not None and (
            high is None or (other.high, not other.high_open) < (high, not high_open)
        ):
            high, high_open = other.high, other.high_open
        return Span(low=low, high=high, low_open=low_open, high_open=high_open)

    def without(self, other: "Span") -> list["Span"]:
        """The parts of this span below and above the other."""
        parts = []
        if other.low is not None:
            parts.append(self.meet(Span(high=other.low, high_open=not other.low_open)))
        if other.high is not None:
            parts.append(self.meet(Span(low=other.high, low_open=not other.high_open)))
        return [part for part in parts if not part.is_empty]


def meet(spans: Iterable[Span]) -> Span | None:
    """What all spans have in common; None when that is nothing."""
    result = Span()
    for span in spans:
        result = result.meet(span)
    return None if result.is_empty else result


def complement_meets(span: Span, holes: Iterable[Span]) -> bool:
    """Whether anything of the span is left outside all holes."""
    left = [span]
    for hole in holes:
        left = [part for piece in left for part in piece.without(hole)]
    return bool(left)
