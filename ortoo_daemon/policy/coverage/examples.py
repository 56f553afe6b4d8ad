"""Which record stands for a region? Fields with values, found by trying a few for each field."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import islice, product
from zoneinfo import ZoneInfo

from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.coverage.diagrams import Mask, indexes
from ortoo_daemon.policy.coverage.domains import holds
from ortoo_daemon.policy.coverage.regions import Masks
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.stages import Key
from ortoo_daemon.policy.coverage.values import Cell, as_value
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import FieldValue

MOST_TRIED = 1_000
_FIRST_VALUES = 12

Asked = Mapping[Key, Sequence[tuple[FieldTest, bool]]]
"""Tests with the answers that are wanted of each variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A record that should be in a region: its fields as it comes in, at a moment."""

    fields: Mapping[str, FieldValue]
    now: datetime


def example(space: Space, masks: Masks) -> Example | None:
    """A record of the region; None when none was found."""
    now = _moment(space, masks)
    asked: dict[Key, list[tuple[FieldTest, bool]]] = defaultdict(list)
    for level, key, test in space.variables.hard_tests():
        if level in masks:
            asked[key].append((test, masks[level] == 0b10))
    names = {name for tests in asked.values() for test, _ in tests for name in test.fields()}
    levels = {
        level: keys
        for level, keys in space.variables.versions().items()
        if level in masks or any(key[0] in names for key in keys)
    }
    compared = {
        name
        for tests in asked.values()
        for test, _ in tests
        if test.kind.takes is Takes.FIELD
        for name in test.fields()
    }
    search = _Search(space, masks, asked, compared)
    choices = [list(search.candidates(level, keys)) for level, keys in levels.items()]
    for tried in islice(product(*choices), MOST_TRIED):
        cells = {key: cell for found in tried for key, cell in found.items()}
        if _answers(cells, asked, space.policy.zone, now):
            return Example(fields=_fields(cells, now), now=now)
    return None


def _moment(space: Space, masks: Masks) -> datetime:
    """Of the first day of the region, or one soon after it, noon or an hour of the region, in UTC."""
    mask = masks.get(space.variables.day_level)
    index = next(indexes(mask)) if mask is not None else 0
    first, last = list(space.variables.days.spans())[index]
    hours = None if space.variables.hours_level is None else masks.get(space.variables.hours_level)
    if space.variables.hours is not None and hours is not None:
        found = space.variables.hours.moment(hours, first, last)
        if found is not None:
            return found
    return datetime.combine(first, time(12), tzinfo=ZoneInfo(space.policy.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for. ``compared`` are fields whose values are held against each other."""

    space: Space
    masks: Masks
    asked: Asked
    compared: Set[str]

    def candidates(self, level: int, keys: Sequence[Key]) -> Iterator[Mapping[Key, Cell]]:
        """Values of a variable that may stand for its mask, likely ones first."""
        domain = self.space.variables.domains[level]
        mask = self.masks.get(level, self.space.sets.full[level])
        for index in islice(indexes(mask), _FIRST_VALUES):
            cells = domain.cells(index)
            yield {key: cells[key[0]] for key in keys}
        if len(keys) == 1:
            variables, (name, _) = self.space.variables, keys[0]
            tests = [t for t in variables.tests(name) if not variables.is_hard(keys[0], t)]
            for text in dict.fromkeys(self._texts(keys[0], level, mask)):
                if text.strip() and self._is_in(level, mask, tests, text):
                    yield {keys[0]: text}

    def _texts(self, key: Key, level: int, mask: Mask) -> Iterator[str]:
        domain = self.space.variables.domains[level]
        cells = (domain.cells(index)[key[0]] for index in islice(indexes(mask), _FIRST_VALUES))
        texts = [fold(cell) for cell in cells if isinstance(cell, str)]
        if key[0] in self.compared:
            yield from (f"{text}~" for text in texts)
            yield from self._of_compared()
        asked = self.asked.get(key, ())
        if asked:
            yield from _composed(texts, [test for test, wanted in asked if wanted])

    def _of_compared(self) -> Iterator[str]:
        """Texts that fields have to which this one is compared."""
        for domain in self.space.variables.domains:
            for name in self.compared & set(domain.fields):
                cells = (domain.cells(index)[name] for index in range(min(domain.size, 50)))
                yield from (cell for cell in cells if isinstance(cell, str))

    def _is_in(self, level: int, mask: Mask, tests: Sequence[FieldTest], text: str) -> bool:
        """Whether the text answers all tests as some value of the mask does."""
        domain = self.space.variables.domains[level]
        for test in tests:
            found = domain.mask(test)
            mask &= found if holds(test, text, zone=self.space.policy.zone) else ~found
        return bool(mask)


def _composed(texts: Sequence[str], wanted: Sequence[FieldTest]) -> Iterator[str]:
    """Texts with the parts that the tests ask for, put together in the simplest ways."""
    parts = [test.operand for test in wanted if test.operator == "contains"]
    ends = [test.operand for test in wanted if test.operator == "ends_with"]
    starts = [test.operand for test in wanted if test.operator == "starts_with"]
    patterns = [
        _plain(text)
        for test in wanted
        if test.kind.takes is Takes.PATTERNS
        for text in test.operand
    ]
    yield from patterns
    chosen = [t.operand for t in wanted if t.kind.takes is Takes.CHOICES]
    for choice in islice(product(*chosen), 50):
        yield ";".join(choice)
    for start in (*texts, *patterns, ""):
        for middle in islice(product(*starts, *parts, *ends), 200):
            whole = "".join(middle)
            yield from (start + whole, whole + start, start + " " + whole)


def _plain(pattern: str) -> str:
    """A text that matches a pattern: one character for each sign."""
    text, at = "", 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\" and at + 1 < len(pattern):
            at += 1
            text += pattern[at]
        elif sign == "[" and "]" in pattern[at:]:
            end = pattern.index("]", at)
            text += _one_of(pattern[at + 1 : end])
            at = end
        elif sign == "?":
            text += "x"
        elif sign != "*":
            text += sign
        at += 1
    return text


def _one_of(listed: str) -> str:
    if listed.startswith("!"):
        return next(sign for sign in "xyz0189" if sign not in listed)
    return listed[:1]


def _answers(cells: Mapping[Key, Cell], asked: Asked, zone: str, now: datetime) -> bool:
    for key, tests in asked.items():
        if any(test.kind.takes is Takes.OPEN_AGE for test, _ in tests):
            return False  # nothing is known of hours here
        scope = _Fields(cells, key[1], now, zone)
        value = as_value(cells.get(key), now)
        if any(test.judge(value, scope) is not wanted for test, wanted in tests):
            return False
    return True


@dataclass(frozen=True, slots=True)
class _Fields:
    """A scope that knows the other fields, for tests of two."""

    cells: Mapping[Key, Cell]
    written: int
    now: datetime
    zone: str
    hours: None = None

    def value(self, name: str) -> FieldValue:
        for written in range(self.written, -1, -1):
            if (name, written) in self.cells:
                return as_value(self.cells[name, written], self.now)
        return next(
            (as_value(cell, self.now) for key, cell in self.cells.items() if key[0] == name), None
        )


def _fields(cells: Mapping[Key, Cell], now: datetime) -> dict[str, FieldValue]:
    """What the record must come in with: what a field is in the end, as long as no earlier test asked."""
    found: dict[str, FieldValue] = {}
    for (name, _), cell in sorted(cells.items(), key=lambda item: item[0]):
        found.setdefault(name, as_value(cell, now))
        if found[name] is None:
            found[name] = as_value(cell, now)
    return found
