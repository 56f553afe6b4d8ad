"""Which rules of a long list can hold for a record at all? Found without asking them one by one.

For each field that rules test in a simple way, every value has a number whose bit i says whether rule i
accepts it; rules that do not test the field accept all of them. The numbers of a record's values, joined by
AND, leave the rules worth asking. They are asked in full then, so that the index decides nothing: it only
leaves out rules with a test that certainly fails.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ortoo_daemon.policy.conditions import AllOf, FieldTest, Named
from ortoo_daemon.policy.evaluation import Condition, Scope
from ortoo_daemon.policy.ownership_model import Rule
from ortoo_daemon.policy.values import choices, fold, is_blank, number
from ortoo_daemon.records import FieldValue

LONG = 32
"""Shorter lists are asked one by one: that is as quick, and every rule stands in the trace."""

Mask = int
"""Bit i stands for rule i of the list."""


_LookUp = Callable[[FieldValue, tuple[int, ...]], Iterable[Any]]
"""The keys of a value; the lengths are those of the prefixes that are asked for."""


@dataclass(slots=True)
class _Tests:
    """All rules' tests of one kind on one field."""

    name: str
    look_up: _LookUp
    free: Mask
    accepts: dict[Any, Mask] = field(default_factory=lambda: defaultdict(int))
    lengths: tuple[int, ...] = ()

    def accepting(self, value: FieldValue) -> Mask:
        """Rules whose test on this field holds for the value, or who have none."""
        mask = self.free
        for key in self.look_up(value, self.lengths):
            mask |= self.accepts.get(key, 0)
        return mask


class RuleList(tuple[Rule, ...]):
    """Rules side by side, in the order in which they are tried, with the index that finds among them."""

    _tests: tuple[_Tests, ...]

    def __new__(cls, rules: Iterable[Rule]) -> "RuleList":
        found = super().__new__(cls, rules)
        found._tests = _indexed(found)
        return found

    def worth_asking(self, scope: Scope) -> Iterator[int]:
        """Numbers of rules, in order, none of whose indexed tests fails."""
        mask = (1 << len(self)) - 1
        for tests in self._tests:
            mask &= tests.accepting(scope.value(tests.name))
            if not mask:
                return
        while mask:
            lowest = mask & -mask
            yield lowest.bit_length() - 1
            mask ^= lowest


def in_order(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules as a tuple, with an index where they are many."""
    found = tuple(rules)
    return RuleList(found) if len(found) >= LONG else found


def _same(value: FieldValue, _: tuple[int, ...]) -> Iterable[Any]:
    """Texts and numbers never are equal as keys, so that one table holds both."""
    return fold(value), number(value)


def _beginnings(value: FieldValue, lengths: tuple[int, ...]) -> Iterable[Any]:
    text = fold(value)
    return [text[:length] for length in lengths if length <= len(text)]


def _chosen(value: FieldValue, _: tuple[int, ...]) -> Iterable[Any]:
    return choices(value)


def _blank(value: FieldValue, _: tuple[int, ...]) -> Iterable[Any]:
    return (is_blank(value),)


_LOOK_UPS: dict[str, _LookUp] = {
    "is": _same,
    "in": _same,
    "starts_with": _beginnings,
    "includes": _chosen,
    "blank": _blank,
}
"""Operators that hold when one of their operands is among the keys of the value."""


def _indexed(rules: tuple[Rule, ...]) -> tuple[_Tests, ...]:
    """The tables, those that leave out most rules first."""
    everyone = (1 << len(rules)) - 1
    found: dict[tuple[str, _LookUp], _Tests] = {}
    for index, rule in enumerate(rules):
        for key, test in _simple_tests(rule.when):
            tests = found.setdefault(key, _Tests(key[0], key[1], everyone))
            if not tests.free >> index & 1:
                continue  # a second test of the kind; one is enough to leave the rule out
            tests.free ^= 1 << index
            for operand in test.operand:
                tests.accepts[operand] |= 1 << index
    for tests in found.values():
        if tests.look_up is _beginnings:
            tests.lengths = tuple(sorted({len(prefix) for prefix in tests.accepts}))
    return tuple(sorted(found.values(), key=lambda tests: tests.free.bit_count()))


def _simple_tests(condition: Condition | None) -> Iterator[tuple[tuple[str, _LookUp], FieldTest]]:
    """Tests without which the condition can't hold, as far as the index knows their kind."""
    match condition:
        case FieldTest() if condition.operator in _LOOK_UPS:
            yield (condition.field, _LOOK_UPS[condition.operator]), condition
        case AllOf():
            for part in condition.parts:
                yield from _simple_tests(part)
        case Named():
            yield from _simple_tests(condition.condition)
