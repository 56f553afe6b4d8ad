"""Does a record meet a condition, and if not, where did it fail? The parts conditions are built of.

Logic is two-valued: every part holds or does not, ``not`` is plain negation. The parts are also data
that the linter reasons about (`policy.lint`); reading them from YAML is `policy.parse_conditions`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition, Scope, Test
from ortoo_daemon.policy.operators import TESTS, Operator, Takes
from ortoo_daemon.policy.programme_days import ASKED
from ortoo_daemon.trace import FailedCondition


class FieldTest:
    """One operator on one field. ``operand`` is normalised, ``written`` as the admin wrote it.

    ``judge`` is the bare test on a value.
    """

    __slots__ = (
        "_of_empty", "_text", "field", "judge", "operand", "operator", "place", "written"
    )  # fmt: skip

    def __init__(
        self, field: str, operator: str, operand: tuple[Any, ...], *, place: Place, written: str
    ) -> None:
        self.field = field
        self.operator = operator
        self.operand = operand
        self.place = place
        self.written = written
        self.judge: Test = TESTS[operator].build(operand)
        self._text: str | None = None
        self._of_empty: FailedCondition | None = None

    @property
    def kind(self) -> Operator:
        return TESTS[self.operator]

    @property
    def text(self) -> str:
        """The test as it stands in the file, in one line; put together once, for all records that fail it."""
        if self._text is None:
            self._text = f"{self.field}: {self.written}"
        return self._text

    def holds(self, scope: Scope) -> bool:
        return self.judge(scope.value(self.field), scope)

    def failure(self, scope: Scope) -> FailedCondition | None:
        value = scope.value(self.field)
        if self.judge(value, scope):
            return None
        if value is not None:
            return FailedCondition(self.place, self.text, self.field, value)
        if self._of_empty is None:
            self._of_empty = FailedCondition(self.place, self.text, self.field, None)
        return self._of_empty  # most fields of most records are empty

    def fields(self) -> frozenset[str]:
        if self.kind.takes is Takes.FIELD:
            return frozenset((self.field, self.operand[0]))
        return frozenset((self.field,))

    def _key(self) -> tuple[object, ...]:
        return self.field, self.operator, self.operand, self.place

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, FieldTest) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"FieldTest({self.text!r} at {self.place})"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Holds when every part does."""

    place: Place
    parts: tuple[Condition, ...]
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = "all: [" + "; ".join(_text(part) for part in self.parts) + "]"
        object.__setattr__(self, "text", text)  # shown of every record that fails it

    def holds(self, scope: Scope) -> bool:
        for part in self.parts:  # noqa: SIM110  # a generator would cost more than the tests
            if not part.holds(scope):
                return False
        return True

    def failure(self, scope: Scope) -> FailedCondition | None:
        for part in self.parts:
            failed = part.failure(scope)
            if failed is not None:
                return failed
        return None

    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.fields() for part in self.parts))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds when one part does. When none does, the whole is named and the first part's value shown."""

    place: Place
    parts: tuple[Condition, ...]
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = "any: [" + "; ".join(_text(part) for part in self.parts) + "]"
        object.__setattr__(self, "text", text)  # shown of every record that fails it

    def holds(self, scope: Scope) -> bool:
        for part in self.parts:  # noqa: SIM110  # as above
            if part.holds(scope):
                return True
        return False

    def failure(self, scope: Scope) -> FailedCondition | None:
        if self.holds(scope):
            return None
        first = self.parts[0].failure(scope)
        assert first is not None
        return FailedCondition(self.place, self.text, first.field, first.value)

    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.fields() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when its part does not."""

    place: Place
    part: Condition

    @property
    def text(self) -> str:
        return f"not: {{{_text(self.part)}}}"

    def holds(self, scope: Scope) -> bool:
        return not self.part.holds(scope)

    def failure(self, scope: Scope) -> FailedCondition | None:
        if not self.part.holds(scope):
            return None
        names = self.part.fields()
        field = min(names, default=ASKED)
        value = scope.value(field) if names else "running"
        return FailedCondition(self.place, self.text, field, value)

    def fields(self) -> frozenset[str]:
        return self.part.fields()


@dataclass(frozen=True, slots=True)
class Named:
    """``use: name``. ``place`` is where it is used; a failure names the place in the definition.

    ``size`` is the number of tests the name stands for, other names unfolded.
    """

    place: Place
    name: str
    condition: Condition
    size: int

    @property
    def text(self) -> str:
        return f"use: {self.name}"

    def holds(self, scope: Scope) -> bool:
        return self.condition.holds(scope)

    def failure(self, scope: Scope) -> FailedCondition | None:
        failed = self.condition.failure(scope)
        if failed is None:
            return None
        place, text, field, value = failed
        return FailedCondition(place, _within(self.name, text), field, value)

    def fields(self) -> frozenset[str]:
        return self.condition.fields()


def size_of(condition: Condition) -> int:
    """How many tests are asked at most."""
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            return sum(size_of(part) for part in parts)
        case Not(part=part):
            return size_of(part)
        case Named(size=size):
            return size
    return 1


def tests_of(condition: Condition) -> Iterator[FieldTest]:
    """The tests a condition is built of, in order."""
    match condition:
        case FieldTest():
            yield condition
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from tests_of(part)
        case Not(part=part) | Named(condition=part):
            yield from tests_of(part)


@lru_cache(maxsize=4096)  # the same few, for every record
def _within(name: str, text: str) -> str:
    return f"{name} ({text})"


def _text(condition: Condition) -> str:
    return str(getattr(condition, "text", condition))
