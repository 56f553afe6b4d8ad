"""What are the values of one variable of the proof, which of them meet a test, and what are they called?

A variable is a field, or the fields of a place together, or the day. Its values stand in a fixed order;
sets of them are masks.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Protocol

from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.coverage.diagrams import Mask, indexes, mask_of
from ortoo_daemon.policy.coverage.values import Cell, Value, as_value, in_words
from ortoo_daemon.policy.intervals import Span
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.values import fold, number
from ortoo_daemon.records import FieldValue

MOST_NAMED = 8
"""So many values are named in words; of more only the number is told."""

_ANY_MOMENT = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Domain(Protocol):
    """The values of one variable."""

    @property
    def size(self) -> int: ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The record's fields that the variable stands for; none for the day."""

    def mask(self, test: FieldTest) -> Mask:
        """The values for which a test of one of the fields holds."""

    def cells(self, index: int) -> Mapping[str, Cell]:
        """What the fields hold in one of the values."""

    def words(self, mask: Mask) -> str:
        """The values of a mask in words, the name of the field included."""


@dataclass(frozen=True, slots=True)
class AtMoment:
    """A scope with a clock and nothing else: what a test on one value may look at."""

    now: datetime
    zone: str
    hours: None = None

    def value(self, name: str) -> FieldValue:
        """No other field is known."""
        return None


def holds(test: FieldTest, cell: Cell, *, zone: str, now: datetime = _ANY_MOMENT) -> bool:
    """Whether a test holds for a value."""
    return test.judge(as_value(cell, now), AtMoment(now, zone))


class Column:
    """The different values of one field within a variable, each with the variable's values it stands in."""

    def __init__(self, cells: Sequence[Cell], zone: str) -> None:
        self._zone = zone
        numbers: dict[Cell, list[int]] = defaultdict(list)
        kinds: dict[Cell, type] = {}
        for index, cell in enumerate(cells):
            key = cell if not isinstance(cell, bool) else f"\0{cell}"
            numbers[key].append(index)
            kinds[key] = type(cell)
        self._masks: list[tuple[Cell, Mask]] = [
            (cells[found[0]], mask_of(found)) for found in numbers.values()
        ]
        self._all = mask_of(range(len(cells)))
        self._known: dict[tuple[str, tuple[object, ...]], Mask] = {}

    def mask(self, test: FieldTest) -> Mask:
        key = test.operator, test.operand
        if key not in self._known:
            self._known[key] = self._find(test)
        return self._known[key]

    def _find(self, test: FieldTest) -> Mask:
        if test.kind.takes is Takes.VALUES:
            found = self._equal(test.operand)
            return self._all & ~found if test.kind.negative else found
        if test.operator == "starts_with":
            return self._starting(test.operand)
        found = 0
        for cell, mask in self._masks:
            if holds(test, cell, zone=self._zone):
                found |= mask
        return found

    def _equal(self, wanted: Sequence[object]) -> Mask:
        found = 0
        for each in wanted:
            found |= self._by_key.get(each, 0)
        return found

    def _starting(self, starts: Sequence[str]) -> Mask:
        texts, masks = self._by_text
        found = 0
        for start in starts:
            for index in range(bisect_left(texts, start), len(texts)):
                if not texts[index].startswith(start):
                    break
                found |= masks[index]
        return found

    @cached_property
    def _by_key(self) -> dict[object, Mask]:
        """Texts and numbers never are equal as keys."""
        found: dict[object, Mask] = defaultdict(int)
        for cell, mask in self._masks:
            value = as_value(cell, _ANY_MOMENT)
            found[fold(value)] |= mask
            size = number(value)
            if size is not None:
                found[size] |= mask
        return dict(found)

    @cached_property
    def _by_text(self) -> tuple[list[str], list[Mask]]:
        pairs = sorted((fold(as_value(cell, _ANY_MOMENT)), mask) for cell, mask in self._masks)
        return [text for text, _ in pairs], [mask for _, mask in pairs]


class FieldDomain:
    """One field."""

    def __init__(self, name: str, values: Sequence[Value], *, zone: str, called: str = "") -> None:
        self.fields = (name,)
        self.size = len(values)
        self._values = tuple(values)
        self._called = called or name
        self._column = Column([each.cell for each in values], zone)

    def mask(self, test: FieldTest) -> Mask:
        return self._column.mask(test)

    def cells(self, index: int) -> Mapping[str, Cell]:
        return {self.fields[0]: self._values[index].cell}

    def index_of(self, text: str) -> int | None:
        """The value of a text, None where it is none of its own."""
        wanted = fold(text)
        for index, each in enumerate(self._values):
            if isinstance(each.cell, str) and fold(each.cell) == wanted:
                return index
        return None

    def words(self, mask: Mask) -> str:
        left = self._labels(((1 << self.size) - 1) & ~mask)
        found = self._labels(mask)
        open_end = self._values[-1].label == "any other" and mask >> (self.size - 1) & 1
        if left and (open_end or len(left) + 1 < len(found)):
            return f"{self._called} any but {named(left)}"
        return f"{self._called} {named(found)}"

    def _labels(self, mask: Mask) -> list[str]:
        found: list[str] = []
        run: tuple[Value, Span, int] | None = None
        for index in indexes(mask):
            value = self._values[index]
            if run is not None and value.measure == run[0].measure and index == run[2] + 1:
                assert value.span is not None
                span = Span(
                    low=run[1].low,
                    low_open=run[1].low_open,
                    high=value.span.high,
                    high_open=value.span.high_open,
                )
                run = run[0], span, index
                continue
            if run is not None:
                found.append(in_words(run[0], run[1]))
            run = (value, value.span, index) if value.span is not None else None
            if run is None:
                found.append(value.label)
        return found if run is None else [*found, in_words(run[0], run[1])]


class Answer:
    """A test asked by itself: it holds or it does not."""

    size = 2

    def __init__(self, test: FieldTest, called: str = "") -> None:
        self.test = test
        self.fields: tuple[str, ...] = ()
        self._called = called

    def mask(self, test: FieldTest) -> Mask:
        return 0b10

    def cells(self, index: int) -> Mapping[str, Cell]:
        return {}

    def words(self, mask: Mask) -> str:
        text = f"{self._called or self.test.field}: {self.test.written}"
        return text if mask == 0b10 else f"not {{{text}}}"


class Days:
    """The days to come, between those on which something begins or ends."""

    fields: tuple[str, ...] = ()

    def __init__(self, since: date, begins: Sequence[date]) -> None:
        self.firsts = sorted({since, *(day for day in begins if day > since)})
        self.size = len(self.firsts)

    def mask(self, test: FieldTest) -> Mask:
        raise AssertionError("no test asks for the day")

    def within(self, first: date | None, last: date | None) -> Mask:
        """The days from first to last, both included."""
        return mask_of(
            [
                index
                for index, day in enumerate(self.firsts)
                if (first is None or first <= day) and (last is None or day <= last)
            ]
        )

    def spans(self) -> Iterator[tuple[date, date | None]]:
        """The first and the last day of each value; the last value has no last day."""
        for index, first in enumerate(self.firsts):
            ends = index + 1 < self.size
            yield first, self.firsts[index + 1] - timedelta(days=1) if ends else None

    def cells(self, index: int) -> Mapping[str, Cell]:
        return {}

    def words(self, mask: Mask) -> str:
        return named(list(self._stretches(mask)))

    def _stretches(self, mask: Mask) -> Iterator[str]:
        run: list[int] = []
        for index in [*indexes(mask), self.size + 1]:
            if run and index != run[-1] + 1:
                first, after = self.firsts[run[0]], run[-1] + 1
                if after == self.size:
                    yield f"from {first}"
                else:
                    last = self.firsts[after] - timedelta(days=1)
                    yield f"{first} to {last}" if run[0] else f"until {last}"
                run = []
            run.append(index)


def named(labels: Sequence[str]) -> str:
    """A few of the labels, and how many more there are."""
    shown = ", ".join(labels[:MOST_NAMED])
    more = len(labels) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
