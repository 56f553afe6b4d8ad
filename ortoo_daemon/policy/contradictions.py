"""Can tests on one field hold together?

Only certain answers: "cannot hold" is said when no value whatever makes all tests true. Where the
reasoning ends the answer is that they may. It rests on how values compare (`policy.values`): every
test sees a value as folded text, as a number, as choices or as a moment, each derived from the text.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import Any, NamedTuple, cast

from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.evaluation import Scope
from ortoo_daemon.policy.intervals import Span, complement_meets, meet
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.values import number


class Literal(NamedTuple):
    """A test, and whether it must hold."""

    test: FieldTest
    holds: bool

    @property
    def text(self) -> str:
        return self.test.text if self.holds else f"not {{{self.test.text}}}"

    def denied(self) -> "Literal":
        return Literal(self.test, not self.holds)


class _NoScope:
    """Stands where a test must not look beyond the value it is given."""

    @property
    def now(self) -> datetime:
        raise AssertionError("this test needs no clock")

    @property
    def zone(self) -> str:
        raise AssertionError("this test needs no zone")

    @property
    def hours(self) -> None:
        raise AssertionError("this test needs no hours")

    def value(self, name: str) -> None:
        """Another field, for ``same_as``: unknown, and asked for filled values only."""


_NO_SCOPE = cast(Scope, _NoScope())


def cannot_hold(literals: Sequence[Literal]) -> bool:
    """Whether no value of the one field all literals are about makes all of them true."""
    if _opposed(literals):
        return True
    if all(literal.test.judge(None, _NO_SCOPE) is literal.holds for literal in literals):
        return False
    if any(_wants_blank(literal) for literal in literals):
        return True
    finite = [found for found in map(_values, literals) if found is not None]
    if finite:
        candidates = min(finite, key=len)
        return all(_refuted(candidate, literals) for candidate in candidates)
    return any(judge(literals) for judge in _JUDGES)


def _opposed(literals: Sequence[Literal]) -> bool:
    """The same test both ways."""
    asked = {(test.operator, test.operand) for test, holds in literals if holds}
    return any((test.operator, test.operand) in asked for test, holds in literals if not holds)


def _wants_blank(literal: Literal) -> bool:
    return literal.test.operator == "blank" and literal.test.operand[0] is literal.holds


def _is_positive(literal: Literal) -> bool:
    """Whether a value is asked to be, rather than not to be, something."""
    return literal.holds is not literal.test.kind.negative


def _values(literal: Literal) -> tuple[Any, ...] | None:
    """The only values a literal allows, None when it allows others too."""
    if literal.test.kind.takes is Takes.VALUES and _is_positive(literal):
        return literal.test.operand
    return None


_OF_TEXT = frozenset(
    (Takes.VALUES, Takes.TEXTS, Takes.PATTERNS, Takes.CHOICES, Takes.FLAG, Takes.NUMBER)
)


def _refuted(candidate: Any, literals: Sequence[Literal]) -> bool:
    """Whether some literal is certainly false for every value equal to the candidate."""
    if isinstance(candidate, str):
        return any(
            literal.test.judge(candidate, _NO_SCOPE) is not literal.holds
            for literal in literals
            if _depends_on_text_only(literal.test)
        )
    return any(_refutes_number(literal, candidate) for literal in literals)


def _depends_on_text_only(test: FieldTest) -> bool:
    if test.kind.takes is Takes.BETWEEN:
        return number(test.operand[0]) is not None
    return test.kind.takes in _OF_TEXT


def _refutes_number(literal: Literal, candidate: float) -> bool:
    """For all ways to write the number (``10``, ``10.0``, ``010``), not for one of them only."""
    test = literal.test
    if test.kind.takes is Takes.VALUES:
        if _is_positive(literal):
            return all(item != candidate for item in map(number, test.operand))
        return any(item == candidate for item in test.operand if not isinstance(item, str))
    is_numeric = test.kind.takes is Takes.NUMBER or (
        test.kind.takes is Takes.BETWEEN and number(test.operand[0]) is not None
    )
    return is_numeric and test.judge(candidate, _NO_SCOPE) is not literal.holds


_AGES = {"older_than": "above", "newer_than": "at_most"}
_DAYS = {"before": "below", "after": "above"}


def _span(test: FieldTest) -> tuple[str, Span] | None:
    """What is measured, and the span it must lie in; None for tests that measure nothing."""
    word = test.operator
    if word == "between":
        low, high = test.operand
        return _measured(low), Span(low=low, high=high)
    takes = test.kind.takes
    if takes not in (Takes.NUMBER, Takes.MOMENT, Takes.AGE):
        return None
    bound = test.operand[0]
    what = "age" if takes is Takes.AGE else _measured(bound)
    match _AGES.get(word) or _DAYS.get(word) or word:
        case "at_least":
            return what, Span(low=bound)
        case "above":
            return what, Span(low=bound, low_open=True)
        case "at_most":
            return what, Span(high=bound)
        case _:
            return what, Span(high=bound, high_open=True)


def _measured(bound: object) -> str:
    if isinstance(bound, datetime):
        return "instant"
    return "number" if isinstance(bound, int | float) else "day"


def _no_span_left(literals: Sequence[Literal]) -> bool:
    """Numbers, days, instants and ages: the spans asked for do not meet."""
    inside: dict[str, list[Span]] = defaultdict(list)
    outside: dict[str, list[Span]] = defaultdict(list)
    for literal in literals:
        found = _span(literal.test)
        if found is not None:
            (inside if literal.holds else outside)[found[0]].append(found[1])
    # A test that must not hold says something only about a value known to be of its kind.
    for what, spans in inside.items():
        left = meet(spans)
        if left is None or not complement_meets(left, outside[what]):
            return True
    return False


def _no_text_left(literals: Sequence[Literal]) -> bool:
    """Beginnings, ends and parts of text that exclude each other."""
    allowed = [literal.test for literal in literals if literal.holds]
    denied = [literal.test for literal in literals if not literal.holds]
    starts = _common_starts([t.operand for t in allowed if t.operator == "starts_with"])
    ends = _common_starts(
        [tuple(e[::-1] for e in t.operand) for t in allowed if t.operator == "ends_with"]
    )
    for test in denied:
        if test.operator == "starts_with" and starts is not None:
            starts = {start for start in starts if not start.startswith(test.operand)}
        elif test.operator == "ends_with" and ends is not None:
            turned = tuple(end[::-1] for end in test.operand)
            ends = {end for end in ends if not end.startswith(turned)}
        elif test.operator == "contains" and _always_contains(allowed, test.operand):
            return True
    return starts == set() or ends == set()


def _common_starts(operands: Sequence[tuple[str, ...]]) -> set[str] | None:
    """The beginnings that satisfy every list of beginnings; None when there is no list."""
    result: set[str] | None = None
    for operand in operands:
        if result is None:
            result = set(operand)
            continue
        result = {
            max(one, other, key=len)
            for one, other in product(result, operand)
            if one.startswith(other) or other.startswith(one)
        }
    return result


def _always_contains(tests: Sequence[FieldTest], parts: tuple[str, ...]) -> bool:
    """Whether one of the tests holds only for text with one of the parts in it."""
    return any(
        all(any(part in text for part in parts) for text in test.operand)
        for test in tests
        if test.operator in ("contains", "starts_with", "ends_with")
    )


def _no_choice_left(literals: Sequence[Literal]) -> bool:
    """Multi-selects: what must be chosen against what must not be."""
    needed: set[str] = set()
    refused: set[str] = set()
    one_of: list[set[str]] = []
    not_all: list[set[str]] = []
    for literal in literals:
        if literal.test.kind.takes is not Takes.CHOICES:
            continue
        chosen = set(literal.test.operand)
        if literal.test.operator == "includes_all":
            if literal.holds:
                needed |= chosen
            else:
                not_all.append(chosen)
        elif _is_positive(literal):
            one_of.append(chosen)
        else:
            refused |= chosen
    needed |= {choice for chosen in one_of if len(chosen) == 1 for choice in chosen}
    return (
        bool(needed & refused)
        or any(chosen <= refused for chosen in one_of)
        or any(chosen <= needed for chosen in not_all)
    )


_JUDGES = (_no_span_left, _no_text_left, _no_choice_left)
