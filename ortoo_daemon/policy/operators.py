"""What can be asked of one field? Each operator of the language as a test on a value.

Text compares without case and outer blanks. A test on an empty field is false, except for the
negative operators (``is_not``, ``not_in``, ``excludes``), which are true, and ``blank``. Tests are
closures made once, when the policy is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ortoo_daemon.policy import patterns, time_tests
from ortoo_daemon.policy.evaluation import Scope, Test
from ortoo_daemon.policy.values import (
    choices,
    fold,
    is_blank,
    local_date,
    moment,
    number,
)
from ortoo_daemon.records import FieldValue


class Takes(StrEnum):
    """What an operator wants to be compared with; also how the linter reasons about it."""

    VALUES = "values"
    NUMBER = "number"
    BETWEEN = "between"
    TEXTS = "texts"
    PATTERNS = "patterns"
    CHOICES = "choices"
    FLAG = "flag"
    MOMENT = "moment"
    AGE = "age"
    OPEN_AGE = "open_age"
    AHEAD = "ahead"
    FIELD = "field"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One word of the language. ``build`` makes the test from a normalised operand (a tuple).

    ``negative`` operators hold for an empty field; ``single`` ones take one value, no list.
    """

    name: str
    takes: Takes
    build: Callable[[tuple[Any, ...]], Test]
    negative: bool = False
    single: bool = False


def _one_of(operand: tuple[Any, ...]) -> Test:
    texts = frozenset(item for item in operand if isinstance(item, str))
    numbers = frozenset(item for item in operand if not isinstance(item, str))
    if not numbers:
        blank = "" in texts
        return lambda value, _: blank if value is None else fold(value) in texts
    if not texts:
        return lambda value, _: number(value) in numbers
    return lambda value, _: fold(value) in texts or number(value) in numbers


def _none_of(operand: tuple[Any, ...]) -> Test:
    one_of = _one_of(operand)
    return lambda value, scope: not one_of(value, scope)


def _at_least(operand: tuple[Any, ...]) -> Test:
    (bound,) = operand
    return lambda value, _: (found := number(value)) is not None and found >= bound


def _above(operand: tuple[Any, ...]) -> Test:
    (bound,) = operand
    return lambda value, _: (found := number(value)) is not None and found > bound


def _at_most(operand: tuple[Any, ...]) -> Test:
    (bound,) = operand
    return lambda value, _: (found := number(value)) is not None and found <= bound


def _below(operand: tuple[Any, ...]) -> Test:
    (bound,) = operand
    return lambda value, _: (found := number(value)) is not None and found < bound


def _between(operand: tuple[Any, ...]) -> Test:
    low, high = operand
    if isinstance(low, date):
        return lambda value, scope: (
            (found := moment(value)) is not None
            and time_tests.in_step(low, found, scope) <= 0
            and time_tests.in_step(high, found, scope) >= 0
        )
    return lambda value, _: (found := number(value)) is not None and low <= found <= high


def _starts_with(operand: tuple[Any, ...]) -> Test:
    return lambda value, _: fold(value).startswith(operand)


def _ends_with(operand: tuple[Any, ...]) -> Test:
    return lambda value, _: fold(value).endswith(operand)


def _contains(operand: tuple[Any, ...]) -> Test:
    def contains(value: FieldValue, _: Scope) -> bool:
        text = fold(value)
        return any(part in text for part in operand)

    return contains


def _matches(operand: tuple[Any, ...]) -> Test:
    tests = [patterns.compiled(pattern) for pattern in operand]

    def matches(value: FieldValue, _: Scope) -> bool:
        text = fold(value)
        return bool(text) and any(test(text) for test in tests)

    return matches


def _includes(operand: tuple[Any, ...]) -> Test:
    wanted = frozenset(operand)
    return lambda value, _: not wanted.isdisjoint(choices(value))


def _includes_all(operand: tuple[Any, ...]) -> Test:
    wanted = frozenset(operand)
    return lambda value, _: wanted <= choices(value)


def _excludes(operand: tuple[Any, ...]) -> Test:
    wanted = frozenset(operand)
    return lambda value, _: wanted.isdisjoint(choices(value))


def _blank(operand: tuple[Any, ...]) -> Test:
    (wanted,) = operand
    return lambda value, _: is_blank(value) is wanted


def _same_as(operand: tuple[Any, ...]) -> Test:
    (other,) = operand

    def same(value: FieldValue, scope: Scope) -> bool:
        text = fold(value)
        return bool(text) and text == fold(scope.value(other))

    return same


OPERATORS = {
    operator.name: operator
    for operator in (
        Operator(name="is", takes=Takes.VALUES, build=_one_of, single=True),
        Operator(name="is_not", takes=Takes.VALUES, build=_none_of, negative=True, single=True),
        Operator(name="in", takes=Takes.VALUES, build=_one_of),
        Operator(name="not_in", takes=Takes.VALUES, build=_none_of, negative=True),
        Operator(name="at_least", takes=Takes.NUMBER, build=_at_least),
        Operator(name="above", takes=Takes.NUMBER, build=_above),
        Operator(name="at_most", takes=Takes.NUMBER, build=_at_most),
        Operator(name="below", takes=Takes.NUMBER, build=_below),
        Operator(name="between", takes=Takes.BETWEEN, build=_between),
        Operator(name="starts_with", takes=Takes.TEXTS, build=_starts_with),
        Operator(name="ends_with", takes=Takes.TEXTS, build=_ends_with),
        Operator(name="contains", takes=Takes.TEXTS, build=_contains),
        Operator(name="matches", takes=Takes.PATTERNS, build=_matches),
        Operator(name="includes", takes=Takes.CHOICES, build=_includes),
        Operator(name="includes_all", takes=Takes.CHOICES, build=_includes_all),
        Operator(name="excludes", takes=Takes.CHOICES, build=_excludes, negative=True),
        Operator(name="blank", takes=Takes.FLAG, build=_blank, single=True),
        Operator(name="before", takes=Takes.MOMENT, build=time_tests.before),
        Operator(name="after", takes=Takes.MOMENT, build=time_tests.after),
        Operator(name="older_than", takes=Takes.AGE, build=time_tests.older_than),
        Operator(name="newer_than", takes=Takes.AGE, build=time_tests.newer_than),
        Operator(name="within_next", takes=Takes.AHEAD, build=time_tests.within_next),
        Operator(name="same_as", takes=Takes.FIELD, build=_same_as),
    )
}
"""Every operator by the word an admin writes."""


def _beside_field(holds: Callable[[int], bool]) -> Callable[[tuple[Any, ...]], Test]:
    """A test that compares with another field: as numbers where both are, else in time."""

    def build(operand: tuple[Any, ...]) -> Test:
        (other,) = operand

        def compare(value: FieldValue, scope: Scope) -> bool:
            order = _order(value, scope.value(other), scope)
            return order is not None and holds(order)

        return compare

    return build


def _order(value: FieldValue, other: FieldValue, scope: Scope) -> int | None:
    """-1, 0, 1 as the value is below, equal to or above the other; None where they can't be compared.

    Where one of two moments is a day, days are compared.
    """
    here, there = number(value), number(other)
    if here is not None and there is not None:
        return (here > there) - (here < there)
    at, against = moment(value), moment(other)
    if at is None or against is None:
        return None
    if isinstance(at, datetime) and isinstance(against, datetime):
        return (at > against) - (at < against)
    day, other_day = local_date(at, scope.zone), local_date(against, scope.zone)
    return (day > other_day) - (day < other_day)


IN_OPEN_TIME = {"older_than": "older_than_open", "newer_than": "newer_than_open"}
"""Which operator a word means where its length is open time (``3 open hours``)."""

_IN_ORDER: dict[str, Callable[[int], bool]] = {
    "at_least": lambda order: order >= 0,
    "above": lambda order: order > 0,
    "at_most": lambda order: order <= 0,
    "below": lambda order: order < 0,
    "before": lambda order: order < 0,
    "after": lambda order: order > 0,
}

BESIDE_FIELD = {word: f"{word}_field" for word in _IN_ORDER}
"""Which operator a word means where it is compared with another field (``{field: Other__c}``)."""

TESTS = OPERATORS | {
    operator.name: operator
    for operator in (
        Operator(name="older_than_open", takes=Takes.OPEN_AGE, build=time_tests.older_than_open),
        Operator(name="newer_than_open", takes=Takes.OPEN_AGE, build=time_tests.newer_than_open),
        *(
            Operator(name=f"{word}_field", takes=Takes.FIELD, build=_beside_field(holds))
            for word, holds in _IN_ORDER.items()
        ),
    )
}
"""Every operator by the name that a test bears."""
