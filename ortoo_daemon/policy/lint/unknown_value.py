"""A test names a value that the picklist does not have.

For a restricted picklist such a test can't hold; for others it is a hint, since integrations may
write values that are not listed.

PASS (Brand__c lists Peugeot)::

    when: {Brand__c: Peugeot}

FAIL::

    when: {Brand__c: Peugot}
    → Brand__c has no value 'Peugot' (did you mean Peugeot?)
"""

import re
from collections.abc import Iterator

from ortoo_daemon.descriptions import FieldDescription
from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.lint.subject import Need, Subject, described_tests
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.policy.values import choices, fold

ID = "unknown_value"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    for test, field in described_tests(subject):
        if field.values:
            yield from _unlisted(test, field)


def _unlisted(test: FieldTest, field: FieldDescription) -> Iterator[Problem]:
    if test.kind.takes not in (Takes.VALUES, Takes.CHOICES):
        return
    listed = {fold(value) for value in field.values}
    for value in test.operand:
        if choices(value) <= listed:
            continue
        yield Problem(
            place=test.place,
            rule=ID,
            message=f"{test.field} has no value {_as_written(value, test)!r}",
            mend=did_you_mean(str(value), field.values),
            level=Level.ERROR if field.restricted else Level.HINT,
        )


def _as_written(value: object, test: FieldTest) -> object:
    """Operands are kept as they are compared, in small letters; a list stands in the test by its name."""
    if not isinstance(value, str):
        return value
    found = re.search(re.escape(value), test.text, re.IGNORECASE)
    return found[0] if found else value
