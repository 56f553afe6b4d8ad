"""A pattern that no value of the field can have: it is longer than the field, or no listed value has it.

So a rule with `format` would be broken by every record, and a condition with `matches` never hold.

PASS (City holds 40 characters)::

    when: {City: {matches: "*-sur-*"}, Brand__c: {matches: "Peu*"}}

FAIL (Brand__c has the values Peugeot, Audi and BMW only)::

    when: {Brand__c: {matches: ["Reno*", "Ren?"]}}
    → no value of Brand__c is as 'Reno*' (known are Audi, BMW, Peugeot)
    → no value of Brand__c is as 'Ren?' (known are Audi, BMW, Peugeot)

FAIL (City holds 40 characters)::

    govern: {rules: [{name: place, format: {City: "?????????????????????????????????????????"}}]}
    → City holds 40 characters, the pattern asks for 41 at least (shorten the pattern)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import FieldDescription
from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject, described_tests
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.patterns import compiled, shortest
from ortoo_daemon.policy.values import fold

ID = "pattern_out_of_reach"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    for test, field in described_tests(subject):
        if test.kind.takes is not Takes.PATTERNS:
            continue
        for pattern in test.operand:
            wrong = _wrong_with(str(pattern), field)
            if wrong is not None:
                message, mend = wrong
                yield Problem(place=test.place, rule=ID, message=message, mend=mend)


def _wrong_with(pattern: str, field: FieldDescription) -> tuple[str, str] | None:
    if 0 < field.length < shortest(pattern):
        message = (
            f"{field.name} holds {field.length} characters, "
            f"the pattern asks for {shortest(pattern)} at least"
        )
        return message, "shorten the pattern"
    fits = compiled(pattern)
    if field.restricted and field.values and not any(fits(fold(v)) for v in field.values):
        return f"no value of {field.name} is as {pattern!r}", did_you_mean(pattern, field.values)
    return None
