"""Which rooftops and people can the rules of a policy choose at all, for whatever record?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.person import Person
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import PersonMethod, RooftopChoice, Rule
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.values import fold

MOST_NAMED = 5
_CUSTOMER_CHOICE = "customer_choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """People of one rooftop (None: the desks) of whom a rule may choose, by role and required skills."""

    rooftop: Rooftop | None
    people: tuple[Person, ...]

    @property
    def name(self) -> str:
        return self.rooftop.name if self.rooftop else "the desks"


def choosing_rules(policy: Policy) -> Iterator[Rule]:
    """Rules that choose people, each place of a choice once."""
    seen = set()
    for rule in rules_of(policy):
        assign = rule.assign
        if assign.target is not None or (assign.team is None and assign.person is None):
            continue
        places = tuple(
            each.place if each else None
            for each in (assign.rooftop, assign.team, assign.person, rule.programme)
        )
        if places not in seen:
            seen.add(places)
            yield rule


def posts_of(subject: Subject, directory: Directory, rule: Rule) -> list[Post]:
    """Where the rule may look for people, and whom it may find there."""
    choice = rule.assign.rooftop
    sites: Sequence[Rooftop | None] = [None]
    if choice is not None:
        sites = choosable(subject, directory, choice)
    return [Post(rooftop=site, people=tuple(_people(directory, rule, site))) for site in sites]


def choosable(subject: Subject, directory: Directory, choice: RooftopChoice) -> list[Rooftop]:
    """Rooftops that may pass every gate for some record, from today on."""
    found = [
        site
        for site in directory.rooftops.values()
        if (choice.brand is None or site.brands) and subject.passes(choice, site)
    ]
    chosen = _CUSTOMER_CHOICE in choice.prefer and _CUSTOMER_CHOICE in subject.policies.signals
    if choice.territories is None or chosen:
        return found
    named, regions = _owners(subject, directory, choice)
    return [
        site
        for site in found
        if named.get(site.id, set()) & _brands(site, choice)
        or regions.get(fold(site.region), set()) & _brands(site, choice)
    ]


def _brands(site: Rooftop, choice: RooftopChoice) -> set[str]:
    """Brands of rows by which a site may be found; empty text is a row of any brand."""
    return {"", *(fold(brand) for brand in site.brands)} if choice.brand is not None else {""}


def _owners(
    subject: Subject, directory: Directory, choice: RooftopChoice
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Brands for which rows name each rooftop by id, and each region."""
    named: dict[str, set[str]] = {}
    regions: dict[str, set[str]] = {}
    assert choice.territories is not None
    for row in choice.territories.rows:
        if row.valid_to is not None and subject.today is not None and row.valid_to < subject.today:
            continue
        if row.region:
            regions.setdefault(fold(row.region), set()).add(fold(row.brand))
        site = directory.rooftop_named(row.rooftop) if row.rooftop else None
        if site is not None:
            named.setdefault(site.id, set()).add(fold(row.brand))
    return named, regions


def _people(directory: Directory, rule: Rule, site: Rooftop | None) -> Iterator[Person]:
    team = rule.assign.team
    role = fold(team.role) if team is not None else ""
    wishes = team.required if team is not None else ()
    skills = {fold(wish.skill) for wish in wishes if wish.skill is not None}
    for person in directory.people_by_rooftop.get(site.id if site else None, ()):
        has_role = not role or fold(person.role) == role
        if person.active and has_role and skills <= {fold(skill) for skill in person.skills}:
            yield person


def may_take(rule: Rule, policy: Policy, person: Person) -> bool:
    """Whether the person's own limit and weight let a record through at all."""
    if person.open_limit is not None and person.open_limit <= 0 and policy.limits.unless is None:
        return False
    choice = rule.assign.person
    weighted = choice is not None and choice.by is PersonMethod.WEIGHTED_ROTATION
    return not weighted or person.weight > 0


def asked_for(rule: Rule) -> str:
    """What the rule wants of people, in words."""
    team = rule.assign.team
    role = team.role if team is not None and team.role else "anybody"
    wishes = team.required if team is not None else ()
    skills = [wish.skill for wish in wishes if wish.skill is not None]
    return f"{role} with {' and '.join(skills)}" if skills else role


def some(names: Sequence[str]) -> str:
    """A few of the names, and how many more there are."""
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
