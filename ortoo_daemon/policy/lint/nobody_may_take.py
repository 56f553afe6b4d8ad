"""Everybody whom a rule could choose at a place has a limit or a weight of nothing: no record fits.

An `open_limit` of 0 on the person keeps every record out, unless the policy's limits have an `unless`; a
weight of 0 takes no turn in weighted rotation. A hint, as it may be meant for a while.

PASS::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead, open_limit: 5}]

    assign: {team: {role: desk_lead}}

FAIL::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead, open_limit: 0}]

    assign: {team: {role: desk_lead}}
    → everybody whom the rule 'one' can choose at the desks has an open limit or a weight of 0 (raise
    … one of them)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.sites import choosing_rules, may_take, posts_of, some
from ortoo_daemon.policy.lint.subject import Need, Subject

ID = "nobody_may_take"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    directory = subject.directory
    if directory is None:
        return
    for policy in subject.policies.policies:
        for rule in choosing_rules(policy):
            shut = [
                post.name
                for post in posts_of(subject, directory, rule)
                if post.people and not any(may_take(rule, policy, each) for each in post.people)
            ]
            if shut:
                team = rule.assign.team
                yield Problem(
                    place=team.place if team is not None else rule.assign.place,
                    rule=ID,
                    message=f"everybody whom the rule {rule.name!r} can choose at "
                    f"{some(sorted(shut))} has an open limit or a weight of 0",
                    mend="raise one of them",
                    level=Level.HINT,
                )
