"""A rule asks for a skill that no active person of the roster has.

A hint, as people come and go.

PASS::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead, skills: [ev]}]

    assign: {team: {role: desk_lead, skills: {required: [ev]}}}

FAIL::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead, skills: [ev]}]

    assign: {team: {role: desk_lead, skills: {wished: [eva]}}}
    → nobody on the roster has the skill 'eva' (did you mean ev?)

FAIL::

    directory:
      people: [{id: 005000000000001AAA, name: Ana, role: desk_lead, skills: [ev]}]

    assign: {person: {by: best_match, match: [{has: senior, points: 3}]}}
    → nobody on the roster has the skill 'senior' (known are ev)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.values import fold

ID = "unknown_skill"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    if subject.directory is None:
        return
    people = subject.directory.people.values()
    skills = {skill for person in people if person.active for skill in person.skills}
    known = {fold(skill) for skill in skills}
    rules = [rule for policy in subject.policies.policies for rule in rules_of(policy)]
    teams = {rule.assign.team for rule in rules if rule.assign.team is not None}
    choices = {rule.assign.person for rule in rules if rule.assign.person is not None}
    asked = {(team.place, wish.skill) for team in teams for wish in (*team.required, *team.wished)}
    asked |= {(each.place, points.wish.skill) for each in choices for points in each.match}
    for place, skill in sorted((place, skill) for place, skill in asked if skill):
        if fold(skill) not in known:
            yield Problem(
                place=place,
                rule=ID,
                message=f"nobody on the roster has the skill {skill!r}",
                mend=did_you_mean(skill, skills),
                level=Level.HINT,
            )
