"""Which values of a field do the tests of a policy tell apart? One value for each class of them.

Complete for equality, numbers, days and moments, ages, beginnings of text, multi-selects of a few choices,
and for every test where the field's values are a closed list. Other tests (parts and ends of text,
patterns, comparisons of two fields) are left out here and said to be `hard`: each is asked by itself.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

from ortoo_daemon.descriptions import FieldDescription
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.intervals import Span
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.values import fold, moment
from ortoo_daemon.records import FieldValue

MOST_CHOICES = 5
"""Multi-selects of more choices have too many combinations to be listed."""

Cell = FieldValue | timedelta
"""A value of a field; a length of time stands for the moment so long ago."""

_NUMBERS = frozenset({"int", "double", "currency", "percent", "long"})
_MOMENTS = frozenset({"date", "datetime"})
_SENSIBLE = {"email": "someone@example.com", "phone": "+33123456789", "url": "https://example.com"}
"""Filled fields of these types are looked at by more than tests."""

ANY_OTHER = ("any other", "filled")
"""What the class of all values is called that nothing names."""

_OTHERS = ("Anything else", "Something else", "Whatever")

_WORDS = re.compile(r"""[^\[\]{},"']+""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A class of values by one of them. ``span`` are its bounds where values are measured.

    ``measure`` says what is measured: ``number``, ``time`` or ``age``.
    """

    cell: Cell
    label: str
    measure: str = ""
    span: Span | None = None


@dataclass(frozen=True, kw_only=True)
class FieldTests:
    """What is asked of one field, and what is known of it. ``more`` are values it may have as well."""

    name: str
    tests: Sequence[FieldTest]
    described: FieldDescription | None = None
    more: Sequence[str] = ()
    zone: str = "UTC"

    def of(self, *kinds: Takes) -> list[FieldTest]:
        return [test for test in self.tests if test.kind.takes in kinds]

    @property
    def type(self) -> str:
        return self.described.type if self.described else ""

    @property
    def closed(self) -> tuple[FieldValue, ...] | None:
        """Every value the field can have, where that is a list."""
        if self.type == "boolean":
            return True, False
        if self.described and self.described.restricted and self.type == "picklist":
            return self.described.values or None
        return None

    def is_hard(self, test: FieldTest) -> bool:
        """Whether the values listed here may not show every answer of the test."""
        takes = test.kind.takes
        if takes in (Takes.FIELD, Takes.OPEN_AGE, Takes.AHEAD):
            return True
        if self.closed is not None:
            return False
        if takes is Takes.PATTERNS or test.operator in ("contains", "ends_with"):
            return True
        if takes is Takes.TEXTS:
            return self._measures or bool(self._choices)
        if takes is Takes.CHOICES:
            return self._measures or len(self._choices) > MOST_CHOICES
        if takes is Takes.AGE:
            return self._mixes_time
        return False

    @cached_property
    def _measures(self) -> bool:
        kinds = (Takes.NUMBER, Takes.BETWEEN, Takes.MOMENT, Takes.AGE)
        return bool(self.of(*kinds)) or any(not isinstance(each, str) for each in self._literals)

    @cached_property
    def _literals(self) -> list[str | int | float]:
        """Values that the field is compared with, each once, in the order written."""
        found = (value for test in self.of(Takes.VALUES) for value in test.operand)
        return list(dict.fromkeys(found))

    @cached_property
    def _choices(self) -> list[str]:
        """What multi-selects are asked for, each once."""
        return list(dict.fromkeys(each for test in self.of(Takes.CHOICES) for each in test.operand))

    @cached_property
    def _mixes_time(self) -> bool:
        """Whether moments are compared as such: then ages can't be told apart from them."""
        texts = (text for text in self._literals if isinstance(text, str))
        return bool(self._bounds_in_time()) or any(moment(text) for text in texts)

    def _bounds_in_time(self) -> list[date | datetime]:
        bounds = [bound for test in self.of(Takes.MOMENT) for bound in test.operand]
        between = [bound for test in self.of(Takes.BETWEEN) for bound in test.operand]
        return bounds + [bound for bound in between if isinstance(bound, date)]

    def values(self) -> list[Value]:
        """One value for each class, the empty one first, any other last."""
        closed = self.closed
        nothing = [] if self._is_never_empty else [Value(cell=None, label="empty")]
        if closed is not None:
            return nothing + [Value(cell=each, label=_shown(each)) for each in closed]
        found = [*nothing, *self._texts(), *self._numbers(), *self._times(), *self._ages()]
        if self.type not in _NUMBERS | _MOMENTS or len(found) == len(nothing):
            found.append(self._other(found))
        return found

    @property
    def _is_never_empty(self) -> bool:
        return self.described is not None and (
            not self.described.nillable or self.type == "boolean"
        )

    def _texts(self) -> Iterator[Value]:
        spelled = self._spelled()
        texts = [each for each in self._literals if isinstance(each, str)]
        texts += [fold(each) for each in self.more]
        starts = [
            start
            for test in self.of(Takes.TEXTS)
            if not self.is_hard(test)
            for start in test.operand
        ]
        for text in dict.fromkeys(texts):
            yield Value(cell=spelled.get(text, text), label=spelled.get(text, text))
        listed, known = set(texts), sorted({*texts, *starts})
        for start in dict.fromkeys(starts):
            word = spelled.get(start, start)
            if start not in listed:
                yield Value(cell=word, label=word)
            longer = start + "~"
            while _begins_one(known, longer):
                longer += "~"
            yield Value(cell=word + longer[len(start) :], label=f"{word}…")
        yield from self._chosen(spelled)

    def _chosen(self, spelled: dict[str, str]) -> Iterator[Value]:
        if not any(not self.is_hard(test) for test in self.of(Takes.CHOICES)):
            return
        names = self._choices
        for number_ in range(1, 1 << len(names)):
            chosen = [name for bit, name in enumerate(names) if number_ >> bit & 1]
            text = ";".join(spelled.get(name, name) for name in chosen)
            yield Value(cell=text, label=text.replace(";", " and "))
            yield Value(cell=f"{text};~", label=f"{text.replace(';', ' and ')} and others")

    def _numbers(self) -> Iterator[Value]:
        points = {each for each in self._literals if not isinstance(each, str)}
        texts = {each for each in self._literals if isinstance(each, str)}
        bounds = {bound for test in self.of(Takes.NUMBER) for bound in test.operand}
        for test in self.of(Takes.BETWEEN):
            bounds |= {bound for bound in test.operand if isinstance(bound, int | float)}
        ordered = sorted(points | bounds)
        if not ordered:
            return
        below = _written_apart(ordered[0] - 1, texts)
        yield _number(below, Span(high=ordered[0], high_open=True))
        for low, high in pairwise([*ordered, None]):
            assert low is not None
            yield _number(low, Span(low=low, high=low))
            if fold(low) in texts:
                yield _number(_written_apart(low, texts), Span(low=low, high=low))
            above = low + 1 if high is None or high - low > 1 else (low + high) / 2
            between = Span(low=low, high=high, low_open=True, high_open=True)
            yield _number(_written_apart(above, texts), between)

    def _times(self) -> Iterator[Value]:
        zone = ZoneInfo(self.zone)
        bounds: set[datetime] = set()
        for bound in self._bounds_in_time():
            if isinstance(bound, datetime):
                bounds |= {bound.astimezone(UTC), bound.astimezone(UTC) + timedelta(seconds=1)}
            else:
                for day in (bound, bound + timedelta(days=1)):
                    bounds.add(datetime.combine(day, time(), tzinfo=zone).astimezone(UTC))
        ordered = sorted(bounds)
        if not ordered:
            return
        yield self._time(ordered[0] - timedelta(days=1), Span(high=ordered[0], high_open=True))
        for low, high in pairwise([*ordered, None]):
            assert low is not None
            yield self._time(low, Span(low=low, high=high, high_open=True))

    def _time(self, at: datetime, span: Span) -> Value:
        day = at.astimezone(ZoneInfo(self.zone)).date()
        cell = day.isoformat() if self.type == "date" else instant_text(at)
        return Value(cell=cell, label=cell, measure="time", span=span)

    def _ages(self) -> Iterator[Value]:
        tests = [test for test in self.of(Takes.AGE) if not self.is_hard(test)]
        ordered = sorted({bound for test in tests for bound in test.operand})
        if not ordered:
            return
        yield _age(ordered[0], Span(high=ordered[0]))
        for low, high in pairwise([*ordered, None]):
            assert low is not None
            found = low + timedelta(days=1) if high is None else high
            yield _age(found, Span(low=low, high=high, low_open=True))

    def _other(self, found: Sequence[Value]) -> Value:
        starts = tuple(start for test in self.of(Takes.TEXTS) for start in test.operand)
        literals = set(self._literals) | {fold(each) for each in self.more}
        texts = (_SENSIBLE.get(self.type, ""), *_OTHERS, *map(chr, range(0x30A1, 0x30FB)))
        text = next(
            text
            for text in texts
            if text and fold(text) not in literals and not fold(text).startswith(starts)
        )
        if any(each.cell is not None for each in found):
            return Value(cell=text, label=ANY_OTHER[0])
        cells: dict[bool, Cell] = {self.type in _NUMBERS: 1, self.type in _MOMENTS: timedelta(1)}
        return Value(cell=cells.get(True, text), label=ANY_OTHER[1])

    def _spelled(self) -> dict[str, str]:
        """Folded words as people write them: by the org, else by the policy."""
        listed = self.described.values if self.described else ()
        written = (word.strip() for test in self.tests for word in _WORDS.findall(test.written))
        return {fold(word): word for word in (*written, *self.more, *listed) if word}


def as_value(cell: Cell, now: datetime) -> FieldValue:
    """The value a field has at that moment."""
    return instant_text(now - cell) if isinstance(cell, timedelta) else cell


def _begins_one(texts: Sequence[str], start: str) -> bool:
    """Whether one of the sorted texts begins so."""
    at = bisect_left(texts, start)
    return at < len(texts) and texts[at].startswith(start)


def _shown(value: FieldValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _written_apart(number: int | float, texts: Set[str]) -> Cell:
    """The number, written as none of the texts: as a text each is one value, as a number it has many
    spellings."""
    if fold(number) not in texts:
        return number
    digits = str(number) if "." in str(number) else f"{number}.0"
    while fold(digits) in texts:
        digits += "0"
    return digits


def _number(cell: Cell, span: Span) -> Value:
    return Value(cell=cell, label=str(cell), measure="number", span=span)


def _age(length: timedelta, span: Span) -> Value:
    return Value(cell=length, label=str(length), measure="age", span=span)


def in_words(value: Value, span: Span) -> str:
    """A stretch of measured values, in the words of the language."""
    low, high = _bound(value, span.low), _bound(value, span.high)
    if value.measure == "age":
        parts = ([f"older than {low}"] if low else []) + ([f"at most {high} old"] if high else [])
        return ", ".join(parts)
    if low == high:
        return low
    if not low:
        return f"{'before' if value.measure == 'time' else 'below'} {high}"
    if not high:
        return f"{'above' if span.low_open else 'from'} {low}"
    return f"{'above' if span.low_open else 'from'} {low} {'to below' if span.high_open else 'to'} {high}"


def _bound(value: Value, bound: object) -> str:
    if bound is None:
        return ""
    if isinstance(bound, timedelta):
        seconds = int(bound.total_seconds())
        for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
            if seconds % length == 0:
                return f"{seconds // length}{unit}"
        return f"{seconds}s"
    return instant_text(bound) if isinstance(bound, datetime) else str(bound)
