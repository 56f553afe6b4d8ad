"""A boundary that no assignment can be outside of: no rule of the policy chooses a rooftop.

PASS::

    policy: leads
    object: Lead
    take_from: 2026-11-01T00:00:00+01:00
    boundaries: {of: territory, notify: manager}
    ownership:
      rules:
        - {name: sites, assign: {rooftop: {brand: Brand__c}, team: {role: sales_adviser}}}
      otherwise: {queue: Unrouted_Leads}

FAIL::

    policy: leads
    object: Lead
    take_from: 2026-11-01T00:00:00+01:00
    boundaries: {of: territory, notify: manager}
    → no rule of 'leads' chooses a rooftop, so that nobody is outside the territory (write of: limits, or
    … take it out)
    ownership:
      otherwise: {queue: Unrouted_Leads}
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.boundary_model import Boundary
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.reach import rules_of

ID = "idle_boundary"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    for policy in subject.policies.policies:
        boundaries = policy.boundaries
        if boundaries is None or Boundary.TERRITORY not in boundaries.of:
            continue
        if not any(rule.assign.rooftop is not None for rule in rules_of(policy)):
            yield Problem(
                place=boundaries.place,
                rule=ID,
                message=f"no rule of {policy.name!r} chooses a rooftop, "
                "so that nobody is outside the territory",
                mend="write of: limits, or take it out",
                level=Level.HINT,
            )
