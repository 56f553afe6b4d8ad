"""A clock or a condition counts business hours that the org does not have.

PASS::

    directory:
      hours: [Night shift]

    action: {sla: [{clock: first, target: 1h, hours: Night shift}]}

FAIL::

    directory:
      hours: [Night shift]

    action: {sla: [{clock: first, target: 1h, hours: Night shifts}]}
    → the org has no active business hours 'Night shifts' (did you mean Night shift?)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.naming import did_you_mean

ID = "unknown_hours"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = False

_ALWAYS = frozenset({"24x7", "owner", "rooftop"})


def check(subject: Subject) -> Iterator[Problem]:
    if subject.directory is None:
        return
    hours = subject.directory.hours
    known = {week.name for week in hours.values()}
    for policy in subject.policies.policies:
        if policy.hours is not None and policy.hours not in hours:
            yield Problem(
                place=policy.place,
                rule=ID,
                message=f"the org has no active business hours {policy.hours!r}",
                mend=did_you_mean(policy.hours, known),
            )
        for clock in policy.sla:
            if clock.hours not in _ALWAYS and clock.hours not in hours:
                named = (week.name for week in hours.values())
                yield Problem(
                    place=clock.place,
                    rule=ID,
                    message=f"the org has no active business hours {clock.hours!r}",
                    mend=did_you_mean(clock.hours, {*named, *_ALWAYS}),
                )
