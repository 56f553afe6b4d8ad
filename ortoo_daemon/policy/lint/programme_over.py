"""The days of a programme are over: its rules no longer match anything, and no condition finds it running.

A hint, as programmes that have ended are often kept for a while; one that is switched off is not told. The
last day counts until it is over everywhere.

PASS::

    today: 2026-11-23

    policy: leads
    object: Lead
    take_from: 2026-11-01T00:00:00+01:00
    programmes:
      ev-launch: {from: 2026-11-01, until: 2027-03-31}
    ownership:
      rules:
        - {name: launch, programme: ev-launch, assign: {queue: EV_Desk}}
      otherwise: {queue: Unrouted_Leads}

FAIL::

    today: 2026-11-23

    policy: leads
    object: Lead
    take_from: 2026-11-01T00:00:00+01:00
    programmes:
      ev-launch: {from: 2026-01-01, until: 2026-06-30}
      → the programme 'ev-launch' no longer runs: its last day was 2026-06-30 (take it and its rules out, or
      … give it new days)
    ownership:
      rules:
        - {name: launch, programme: ev-launch, assign: {queue: EV_Desk}}
      otherwise: {queue: Unrouted_Leads}
"""

from collections.abc import Iterator
from datetime import timedelta

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject

ID = "programme_over"
NEEDS = (Need.TODAY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    if subject.today is None:
        return
    over = subject.today - timedelta(days=1)
    for policy in subject.policies.policies:
        for days in (programme.days for programme in policy.programmes):
            if not days.off and days.last is not None and days.last < over:
                yield Problem(
                    place=days.place,
                    rule=ID,
                    message=f"the programme {days.name!r} no longer runs: "
                    f"its last day was {days.last}",
                    mend="take it and its rules out, or give it new days",
                    level=Level.HINT,
                )
