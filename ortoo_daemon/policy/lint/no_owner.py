"""A rule chooses a rooftop and nobody in it: a rooftop is an Account and can't own a record.

PASS::

    assign: {rooftop: {brand: Brand__c}, team: {role: sales_adviser}}

FAIL::

    - name: one
    → the rule 'one' finds a rooftop, but nobody to own the record (add team: {role: …} or
    … person: {by: rotation})
      assign: {rooftop: {brand: Brand__c}}
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.reach import rules_of

ID = "no_owner"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = False


def check(subject: Subject) -> Iterator[Problem]:
    for policy in subject.policies.policies:
        for rule in rules_of(policy):
            assign = rule.assign
            if assign.rooftop is not None and assign.team is None and assign.person is None:
                yield Problem(
                    place=rule.place,
                    rule=ID,
                    message=f"the rule {rule.name!r} finds a rooftop, but nobody to own the record",
                    mend="add team: {role: …} or person: {by: rotation}",
                )
