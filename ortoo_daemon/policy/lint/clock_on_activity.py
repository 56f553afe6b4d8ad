"""A policy starts SLA clocks on tasks or events.

The platform gives activities no long text area, so there is nowhere to keep a clock. Start it on the
record that the task is about.

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
        if policy.object in _ACTIVITIES and policy.sla:
            yield Problem(
                place=policy.sla[0].place,
                rule=ID,
                message=f"no clock can run on {policy.object} records",
                mend="start it on the record that it is about",
            )
