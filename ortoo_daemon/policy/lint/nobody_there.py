"""A rule can choose a rooftop (or the desks) where nobody has the role and the required skills.

Asked for rooftops that the rule may choose for some record, and for active people. What nobody on the
whole roster has is told by `unknown_role` and `unknown_skill`. A hint: people come and go, and a rule's
`else` may be meant for such places.

PASS::

    directory:
      rooftops: [{id: 001000000000001AAA, name: Lyon, brands: [Kia]}]
      people: [{id: 005000000000001AAA, name: Ana, role: sales_adviser, rooftop: 001000000000001AAA}]

    assign: {rooftop: {brand: Brand__c}, team: {role: sales_adviser}}

FAIL::

    directory:
      rooftops:
        - {id: 001000000000001AAA, name: Lyon, brands: [Kia]}
        - {id: 001000000000002AAA, name: Metz, brands: [Kia]}
      people: [{id: 005000000000001AAA, name: Ana, role: sales_adviser, rooftop: 001000000000001AAA}]

    assign: {rooftop: {brand: Brand__c}, team: {role: sales_adviser}}
    → 1 of 2 rooftops that the rule 'one' can choose has no sales_adviser: Metz (hire there, or let the
    … rule's else be meant for it)
"""

from collections.abc import Iterator

from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.sites import asked_for, choosing_rules, posts_of, some
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.ownership_model import Rule
from ortoo_daemon.policy.values import fold

ID = "nobody_there"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    directory = subject.directory
    if directory is None:
        return
    for policy in subject.policies.policies:
        for rule in choosing_rules(policy):
            posts = posts_of(subject, directory, rule)
            empty = [post for post in posts if not post.people]
            if not empty or _is_told_elsewhere(directory, rule):
                continue
            team = rule.assign.team
            yield Problem(
                place=team.place if team is not None else rule.assign.place,
                rule=ID,
                message=_message(rule, len(posts), [post.name for post in empty]),
                mend="hire there, or let the rule's else be meant for it",
                level=Level.HINT,
            )


def _message(rule: Rule, posts: int, empty: list[str]) -> str:
    wanted = asked_for(rule)
    if rule.assign.rooftop is None:
        return f"the desks, where the rule {rule.name!r} looks, have no {wanted}"
    verb = "has" if len(empty) == 1 else "have"
    sites = f"{len(empty)} of {posts} rooftops that the rule {rule.name!r} can choose {verb}"
    return f"{sites} no {wanted}: {some(sorted(empty))}"


def _is_told_elsewhere(directory: Directory, rule: Rule) -> bool:
    """Whether nobody at all has the role or one of the skills."""
    team = rule.assign.team
    if team is None:
        return False
    active = [person for person in directory.people.values() if person.active]
    roles = {fold(person.role) for person in active}
    skills = {fold(skill) for person in active for skill in person.skills}
    wanted = {fold(wish.skill) for wish in team.required if wish.skill is not None}
    return bool(team.role and fold(team.role) not in roles) or not wanted <= skills
