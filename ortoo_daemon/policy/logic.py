"""In which ways can a condition hold, and does one condition follow from another?

A condition is unfolded into alternatives, each a list of literals (a test, and whether it must hold);
`policy.contradictions` judges the literals on one field. Nothing is claimed that is not certain.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import product

from ortoo_daemon.policy.conditions import AllOf, AnyOf, FieldTest, Named, Not
from ortoo_daemon.policy.contradictions import Literal, cannot_hold
from ortoo_daemon.policy.evaluation import Condition

MOST_ALTERNATIVES = 64
"""More than so many alternatives are not unfolded: nothing is claimed then."""


Alternative = tuple[Literal, ...]


def alternatives(condition: Condition | None, holds: bool = True) -> list[Alternative] | None:
    """The ways in which a condition can hold (or not); None when they are too many to tell."""
    match condition:
        case None:
            return [()] if holds else []
        case FieldTest():
            return [(Literal(condition, holds),)]
        case Named():
            return alternatives(condition.condition, holds)
        case Not():
            return alternatives(condition.part, not holds)
        case AllOf():
            return _joined(condition.parts, holds, every=holds)
        case AnyOf():
            return _joined(condition.parts, holds, every=not holds)
    return None


def both(
    first: list[Alternative] | None, second: list[Alternative] | None
) -> list[Alternative] | None:
    """The ways in which two conditions hold together."""
    if first is None or second is None or len(first) * len(second) > MOST_ALTERNATIVES:
        return None
    return [one + other for one, other in product(first, second)]


def _joined(parts: Sequence[Condition], holds: bool, *, every: bool) -> list[Alternative] | None:
    result: list[Alternative] | None = [()] if every else []
    for part in parts:
        found = alternatives(part, holds)
        if every:
            result = both(result, found)
        elif result is not None and found is not None:
            result = result + found
        if result is None or found is None or len(result) > MOST_ALTERNATIVES:
            return None
    return result


def excludes_itself(alternative: Alternative) -> list[Literal]:
    """Literals on one field that cannot hold together, as few as were found; empty: none."""
    for literals in _by_field(alternative).values():
        if not cannot_hold(literals):
            continue
        for index, literal in enumerate(literals):
            for other in literals[:index]:
                if cannot_hold([other, literal]):
                    return [other, literal]
        return literals
    return []


def follows(literal: Literal, given: Iterable[Literal]) -> bool:
    """Whether the literal must hold wherever all given ones (on its field) do."""
    same_field = [known for known in given if known.test.field == literal.test.field]
    return cannot_hold([*same_field, literal.denied()])


def _by_field(alternative: Alternative) -> dict[str, list[Literal]]:
    found: dict[str, list[Literal]] = defaultdict(list)
    for literal in alternative:
        found[literal.test.field].append(literal)
    return found
