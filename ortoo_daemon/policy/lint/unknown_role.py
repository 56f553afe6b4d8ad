"""A team asks for a role that no active person of the roster has.

A hint, as people come and go.

PASS::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead}]

    assign: {team: {role: desk_lead}}

FAIL::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead}]

    assign: {team: {role: desk_leed}}
    → nobody on the roster has the role 'desk_leed' (did you mean desk_lead?)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.reach import rules_of, steps_of
from ortoo_daemon.policy.sla_model import Reassign
from ortoo_daemon.policy.values import fold

ID = "unknown_role"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    if subject.directory is None:
        return
    people = subject.directory.people.values()
    roles = {person.role for person in people if person.active and person.role}
    known = {fold(role) for role in roles}
    for place, role in sorted(set(_named(subject.policies))):
        if fold(role) not in known:
            yield Problem(
                place=place,
                rule=ID,
                message=f"nobody on the roster has the role {role!r}",
                mend=did_you_mean(role, roles),
                level=Level.HINT,
            )


def _named(policies: PolicySet) -> Iterator[tuple[Place, str]]:
    """Roles of teams, and of the desks to which a clock's step gives a record."""
    for policy in policies.policies:
        for rule in rules_of(policy):
            team = rule.assign.team
            if team is not None and team.role:
                yield team.place, team.role
        for step in steps_of(policy):
            if isinstance(step.action, Reassign) and step.action.desk:
                yield step.action.place, step.action.desk
