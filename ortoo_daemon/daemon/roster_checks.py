"""Do policies name what rooftops and people of this org really have?

A misspelt tag, role or skill is no mistake the language could see: it just never finds anybody.
"""

from collections.abc import Iterator

from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.enrichment_model import SetField, SetStep
from ortoo_daemon.policy.lint.subject import conditions_of, tests_of
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.scope import OWNER_NAMES, ROOFTOP_NAMES

_ROOFTOP, _OWNER = "$rooftop.", "$owner."


def unbound_names(policies: PolicySet, mapping: DirectoryMapping) -> Iterator[Problem]:
    """Names of rooftops and owners that neither the directory file nor the program knows."""
    sites = ROOFTOP_NAMES | {"Id", *mapping.rooftops.tags, *mapping.rooftops.api_names()}
    people = OWNER_NAMES | {"Id", *mapping.people.api_names()}
    for policy in policies.policies:
        for place, name in _used_of_rooftops(policy):
            if name not in sites:
                yield _unbound(place, f"{_ROOFTOP}{name}", "rooftops", did_you_mean(name, sites))
        for place, reference in _references(policy):
            name = reference.removeprefix(_OWNER)
            if reference.startswith(_OWNER) and name not in people:
                yield _unbound(place, reference, "people", did_you_mean(name, people))


def names_nobody_has(policies: PolicySet, directory: Directory) -> Iterator[Problem]:
    """Roles and skills that no active person has: a hint, as people come and go."""
    active = [person for person in directory.people.values() if person.active]
    roles = {person.role for person in active if person.role}
    skills = {skill for person in active for skill in person.skills}
    for place, kind, name in _asked_of_people(policies):
        known = roles if kind == "role" else skills
        if name.casefold() not in {each.casefold() for each in known}:
            yield Problem(
                place=place,
                rule=f"unknown_{kind}",
                message=f"nobody on the roster has the {kind} {name!r}",
                mend=did_you_mean(name, known),
                level=Level.HINT,
            )


def _used_of_rooftops(policy: Policy) -> Iterator[tuple[Place, str]]:
    seen = set()
    for rule in rules_of(policy):
        where = rule.assign.rooftop.where if rule.assign.rooftop else None
        for test in tests_of(where) if where is not None else ():
            for name in test.fields():
                if not name.startswith("$"):
                    seen.add((test.place, name))
    for place, name in _references(policy):
        if name.startswith(_ROOFTOP):
            seen.add((place, name.removeprefix(_ROOFTOP)))
    yield from sorted(seen)


def _references(policy: Policy) -> list[tuple[Place, str]]:
    """Every ``$`` name with its place, in file order."""
    tests = (test for condition in conditions_of(policy) for test in tests_of(condition))
    found = {(test.place, name) for test in tests for name in test.fields()}
    found |= {(each.place, name) for each in _sets(policy) for name in each.value.fields()}
    return sorted((place, name) for place, name in found if name.startswith("$"))


def _sets(policy: Policy) -> Iterator[SetField]:
    for step in policy.enrichment:
        if isinstance(step, SetStep):
            yield from step.sets
    yield from policy.sets


def _asked_of_people(policies: PolicySet) -> list[tuple[Place, str, str]]:
    """Each role and skill once for each place it is written at; rules inherit teams."""
    found = set()
    for policy in policies.policies:
        for rule in rules_of(policy):
            team = rule.assign.team
            if team is None:
                continue
            if team.role:
                found.add((team.place, "role", team.role))
            for wish in (*team.required, *team.wished):
                if wish.skill:
                    found.add((team.place, "skill", wish.skill))
    return sorted(found)


def _unbound(place: Place, name: str, section: str, mend: str) -> Problem:
    add = f"add it to `{section}` in the directory file"
    return Problem(
        place=place,
        rule="unbound_name",
        message=f"{name} is nothing that the directory file binds",
        mend=f"{mend} or {add}" if mend else add,
    )
