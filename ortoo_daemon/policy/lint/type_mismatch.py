"""A test can't hold because of the field's type, or holds for other reasons than it seems.

Types come from the org's description. Numbers in text fields may be compared as numbers. What `keep`
names must be able to name a person.

PASS (FleetSize__c is a number, CreatedDate a date and time)::

    when: {FleetSize__c: {at_least: 10}, CreatedDate: {newer_than: 2d}}

FAIL (IsConverted is a checkbox, Brand__c is no multi-select)::

    when: {IsConverted: {at_least: 1}, Brand__c: {includes: Audi}}
    → IsConverted is a checkbox: 'at_least' compares numbers
    → Brand__c is of type picklist: 'includes' is for multi-selects (use in or not_in)

FAIL (FleetSize__c names nobody)::

    assign: {keep: [FleetSize__c]}
    → FleetSize__c is a number: it names no person (name a field with a user's id or username)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import FieldDescription
from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.lint.subject import Need, Subject, described_tests
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.values import moment, number

ID = "type_mismatch"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = False

_NUMBERS = frozenset({"int", "double", "currency", "percent", "long"})
_MOMENTS = frozenset({"date", "datetime"})
_NEVER_A_NUMBER = _MOMENTS | {"boolean", "multipicklist", "reference", "id", "time"}
_NEVER_A_MOMENT = _NUMBERS | {"boolean", "multipicklist", "reference", "id", "email", "phone"}
_ASK_MOMENTS = frozenset({Takes.MOMENT, Takes.AGE, Takes.OPEN_AGE, Takes.AHEAD})
_NAMES_A_PERSON = frozenset({"reference", "id", "string", "email"})
_WHAT = {"boolean": "a checkbox", "multipicklist": "a multi-select", "double": "a number"}


def check(subject: Subject) -> Iterator[Problem]:
    for test, field in described_tests(subject):
        wrong = _wrong_with(test, field)
        if wrong is not None:
            message, mend = wrong
            yield Problem(place=test.place, rule=ID, message=message, mend=mend)
    yield from _keepers(subject)


def _keepers(subject: Subject) -> Iterator[Problem]:
    """Fields of ``keep`` that hold no ids or text."""
    org = subject.description
    for policy in subject.policies.policies if org else ():
        kept = {rule.assign.keep for rule in rules_of(policy) if rule.assign.keep is not None}
        for keep in sorted(kept, key=lambda each: each.place):
            for holder in keep.holders:
                field = org.resolve(policy.object, holder.field) if org else None
                if field is None or field.type in _NAMES_A_PERSON:
                    continue
                what = _WHAT.get(field.type, f"of type {field.type}")
                message = f"{holder.field} is {what}: it names no person"
                mend = "name a field with a user's id or username"
                yield Problem(place=keep.place, rule=ID, message=message, mend=mend)


def _wrong_with(test: FieldTest, field: FieldDescription) -> tuple[str, str] | None:
    takes, kind = test.kind.takes, field.type
    what = f"{test.field} is {_WHAT.get(kind, f'of type {kind}')}"
    asks_number = takes is Takes.NUMBER or (
        takes is Takes.BETWEEN and number(test.operand[0]) is not None
    )
    asks_moment = takes in _ASK_MOMENTS or (takes is Takes.BETWEEN and not asks_number)
    if asks_number and kind in _NEVER_A_NUMBER:
        return f"{what}: {test.operator!r} compares numbers", _instead(kind)
    if asks_moment and kind in _NEVER_A_MOMENT:
        return f"{what}: {test.operator!r} compares dates", ""
    if takes is Takes.CHOICES and kind != "multipicklist":
        return f"{what}: {test.operator!r} is for multi-selects", "use in or not_in"
    if takes in (Takes.TEXTS, Takes.PATTERNS) and kind == "boolean":
        return f"{what}: {test.operator!r} compares text", "write true or false"
    return _wrong_value(test, kind, what) if takes is Takes.VALUES else None


def _wrong_value(test: FieldTest, kind: str, what: str) -> tuple[str, str] | None:
    for value in test.operand:
        if kind == "boolean" and value not in ("true", "false"):
            return f"{what}: it is never {value!r}", "write true or false"
        if kind in _NUMBERS and number(value) is None:
            return f"{what}: it is never {value!r}", "write a number"
        if kind == "date" and moment(value) is None:
            return f"{what}: it is never {value!r}", "write 2026-11-23"
    if kind == "datetime":
        return f"{what}: text of a moment is hardly ever the same", "use before, after or between"
    return None


def _instead(kind: str) -> str:
    return "use before, after or between" if kind in _MOMENTS else ""
