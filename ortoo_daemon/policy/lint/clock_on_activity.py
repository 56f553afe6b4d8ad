"""A policy starts SLA clocks on tasks or events, or lets them be given back.

The platform gives activities no long text area, so there is nowhere to keep a clock, or who has had the
record. Do it with the record that the task is about.

PASS::

    object: Task

FAIL::

    object: Task
    action: {sla: [{clock: first_response, target: 30m, hours: 24x7}]}
    → no clock can run on Task records (start it on the record that it is about)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject

ID = "clock_on_activity"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = False

_ACTIVITIES = frozenset({"Task", "Event"})


def check(subject: Subject) -> Iterator[Problem]:
    for policy in subject.policies.policies:
        if policy.object not in _ACTIVITIES:
            continue
        if policy.sla:
            yield Problem(
                place=policy.sla[0].place,
                rule=ID,
                message=f"no clock can run on {policy.object} records",
                mend="start it on the record that it is about",
            )
        if policy.returns is not None:
            yield Problem(
                place=policy.returns.place,
                rule=ID,
                message=f"no {policy.object} record knows who has given it back",
                mend="let the record that it is about be given back",
            )
