"""The days of a rule are over: it no longer matches anything.

A hint, as rules of programmes that have ended are often kept for a while. The last day counts until it is
over everywhere.

PASS::

    today: 2026-11-23

    - {name: launch, during: 2026-11-01 .. 2027-03-31, assign: {queue: Fleet_Desk}}

FAIL::

    today: 2026-11-23

    - {name: launch, during: 2026-01-01 .. 2026-06-30, assign: {queue: Fleet_Desk}}
    → the rule 'launch' no longer matches: its last day was 2026-06-30 (take it out, or give it new days)
"""

from collections.abc import Iterator
from datetime import timedelta

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.reach import rules_of

ID = "during_over"
NEEDS = (Need.TODAY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    if subject.today is None:
        return
    for policy in subject.policies.policies:
        for rule in rules_of(policy):
            if rule.during is not None and rule.during[1] < subject.today - timedelta(days=1):
                yield Problem(
                    place=rule.place,
                    rule=ID,
                    message=f"the rule {rule.name!r} no longer matches: "
                    f"its last day was {rule.during[1]}",
                    mend="take it out, or give it new days",
                    level=Level.HINT,
                )
