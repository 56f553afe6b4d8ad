"""A rooftop that no rule can choose: it has no brand, no territory row, or fails every `where`.

Rows count that hold today or later. Where the customer's own choice is bound and wished for, a territory
is not needed. A hint: a site may be served by hand.

PASS::

    directory:
      rooftops: [{id: 001000000000001AAA, name: Lyon, code: R1, brands: [Kia]}]
      people: [{id: 005000000000001AAA, name: Ana, rooftop: 001000000000001AAA}]

    tables/sites.csv
    country,prefix,rooftop
    FR,6,R1

    rooftop: {brand: Brand__c, territory: PostalCode, territories: tables/sites.csv}

FAIL::

    directory:
      rooftops:
        - {id: 001000000000001AAA, name: Lyon, code: R1, brands: [Kia]}
        - {id: 001000000000002AAA, name: Metz, code: R2, brands: [Kia]}
      people: [{id: 005000000000001AAA, name: Ana, rooftop: 001000000000001AAA}]

    tables/sites.csv
    country,prefix,rooftop
    FR,6,R1

    rooftop: {brand: Brand__c, territory: PostalCode, territories: tables/sites.csv}
    → no rule can choose 1 of 2 rooftops: Metz (give it a territory row, or a rule that finds it)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.sites import choosable, choosing_rules, some
from ortoo_daemon.policy.lint.subject import Need, Subject

ID = "unreachable_rooftop"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    directory = subject.directory
    if directory is None:
        return
    choices = [
        rule.assign.rooftop
        for policy in subject.policies.policies
        for rule in choosing_rules(policy)
        if rule.assign.rooftop is not None
    ]
    if not choices:
        return
    reached = {site.id for each in choices for site in choosable(subject, directory, each)}
    left = [site.name for site in directory.rooftops.values() if site.id not in reached]
    if left:
        yield Problem(
            place=max(choices, key=lambda each: each.territories is not None).place,
            rule=ID,
            message=f"no rule can choose {len(left)} of {len(directory.rooftops)} rooftops: "
            f"{some(sorted(left))}",
            mend="give it a territory row, or a rule that finds it",
            level=Level.HINT,
        )
