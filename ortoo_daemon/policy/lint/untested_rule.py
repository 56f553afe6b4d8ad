"""No case of the tests beside a policy reaches a rule, or nothing tests the policy at all.

Asked where the tests could be run. A hint.

PASS::

    - {name: fleet, when: {FleetSize__c: {at_least: 10}}, assign: {queue: Fleet_Desk}}

    cases:
      - {name: forty cars, given: {FleetSize__c: 40}, expect: {rule: fleet}}

FAIL::

    - {name: fleet, when: {FleetSize__c: {at_least: 10}}, assign: {queue: Fleet_Desk}}
    → no case reaches the rule 'fleet' (write one that expects it)

    cases:
      - {name: nothing known, given: {}, expect: {queue: Unrouted_Leads}}
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.reach import rules_of

ID = "untested_rule"
NEEDS = (Need.RESULTS,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    if subject.reached is None:
        return
    tested = {each.policy for each in subject.tests}
    for policy in subject.policies.policies:
        if policy.name not in tested:
            yield Problem(
                place=policy.place,
                rule=ID,
                message=f"no case tests the policy {policy.name!r}",
                mend="write a file of tests beside it",
                level=Level.HINT,
            )
            continue
        for rule in rules_of(policy):
            if (policy.name, rule.name) not in subject.reached and not rule.is_off:
                yield Problem(
                    place=rule.place,
                    rule=ID,
                    message=f"no case reaches the rule {rule.name!r}",
                    mend="write one that expects it",
                    level=Level.HINT,
                )
