"""What do conditions on other records of a customer say of a customer whom nobody knows?

Coverage looks at those: whoever is known comes to a person only where that person can take them, and else
goes the way of a stranger.
"""

from datetime import UTC, datetime

from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.operators import Takes
from ortoo_daemon.records import FieldValue

_PREFIX = "$match."
_COUNT = "$match.count"


def of_a_match(test: FieldTest) -> bool:
    """Whether the test looks at what intake found."""
    return any(name.startswith(_PREFIX) for name in test.fields())


def holds_of_a_stranger(test: FieldTest) -> bool:
    """Whether the test holds where no other record was found; two empty values are in no relation."""
    if test.kind.takes is Takes.FIELD:
        return False
    return test.judge(0 if test.field == _COUNT else None, _Nothing())


class _Nothing:
    """A scope in which no name means anything; nobody asks an empty value's age."""

    now = datetime(2000, 1, 1, tzinfo=UTC)
    zone = "UTC"
    hours = None

    def value(self, name: str) -> FieldValue:
        return None
