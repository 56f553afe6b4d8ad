"""A negation also holds for records in which the field is empty. Is that meant?

`is_not`, `not_in`, `excludes` and `not` hold for an empty field. A hint; say `blank: false` beside it
when only filled fields are meant, and it goes away. Asked where the org's description is known.

PASS::

    when: {Brand__c: {blank: false, not_in: [Audi, BMW]}}

FAIL::

    when: {Brand__c: {not_in: [Audi, BMW]}}
    → this also holds where Brand__c is empty (add {blank: false} if only filled fields are meant)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.conditions import AllOf, AnyOf, FieldTest, Named, Not
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.lint.subject import Need, Subject, conditions_of

ID = "negation_of_empty"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    if org is None:
        return
    for policy in subject.policies.policies:
        found = {
            (test.place, test.text): test
            for condition in conditions_of(policy)
            for test in _open(condition, holds=True, filled=frozenset())
        }
        for test in found.values():
            field = org.resolve(policy.object, test.field)
            if field is not None and field.nillable and field.type != "boolean":
                yield Problem(
                    place=test.place,
                    rule=ID,
                    message=f"this also holds where {test.field} is empty",
                    mend="add {blank: false} if only filled fields are meant",
                    level=Level.HINT,
                )


def _open(condition: Condition, *, holds: bool, filled: frozenset[str]) -> Iterator[FieldTest]:
    """Tests that hold for an empty field, where nothing beside them asks for a filled one."""
    match condition:
        case FieldTest():
            negated = holds is condition.kind.negative
            if negated and condition.operator != "blank" and condition.field not in filled:
                yield condition
        case Named(condition=part):
            yield from _open(part, holds=holds, filled=filled)
        case Not(part=part):
            yield from _open(part, holds=not holds, filled=filled)
        case AllOf(parts=parts) | AnyOf(parts=parts):
            known = filled | _filled(parts) if isinstance(condition, AllOf) and holds else filled
            for part in parts:
                yield from _open(part, holds=holds, filled=known)


def _filled(parts: tuple[Condition, ...]) -> frozenset[str]:
    """Fields of which a part asks something that an empty field does not meet."""
    return frozenset(
        part.field
        for part in parts
        if isinstance(part, FieldTest)
        and not part.kind.negative
        and (part.operator != "blank" or part.operand == (False,))
    )
