"""Do policies name what the directory file binds of rooftops and people?

A misspelt tag is no mistake the language could see: it is just always empty.
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.person import Sign
from ortoo_daemon.policy.absence_model import USUAL_SIGNS
from ortoo_daemon.policy.conditions import tests_of
from ortoo_daemon.policy.enrichment_model import SetField, SetStep
from ortoo_daemon.policy.lint.subject import conditions_of
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.reach import rules_of, steps_of
from ortoo_daemon.policy.sla_model import Reassign
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
        for back_up in _back_ups(policy):
            if back_up.back_up not in sites:
                name = str(back_up.back_up)
                yield _unbound(back_up.place, name, "rooftops", did_you_mean(name, sites))
        for place, reference in _references(policy):
            name = reference.removeprefix(_OWNER)
            if reference.startswith(_OWNER) and name not in people:
                yield _unbound(place, reference, "people", did_you_mean(name, people))


def unread_signs(policies: PolicySet, mapping: DirectoryMapping) -> Iterator[Problem]:
    """Signs of absence that a policy names and nobody looks at."""
    read = mapping.absences.signs | ({Sign.FIELDS} if mapping.people.away else frozenset())
    for policy in policies.policies:
        absence = policy.absence
        if absence is None or absence.signs == USUAL_SIGNS:
            continue
        for sign in sorted(absence.signs - read):
            where = "people: away" if sign is Sign.FIELDS else f"absences: {sign}"
            yield Problem(
                place=absence.place,
                rule="unread_sign",
                message=f"'signs' names {sign}, but the directory file does not look at it",
                mend=f"add it under {where}, or take it out",
                level=Level.HINT,
            )


def _used_of_rooftops(policy: Policy) -> Iterator[tuple[Place, str]]:
    seen = set()
    conditions = [each.rooftops for each in policy.programmes if each.rooftops is not None]
    for rule in rules_of(policy):
        where = rule.assign.rooftop.where if rule.assign.rooftop else None
        performance = rule.assign.rooftop.performance if rule.assign.rooftop else None
        if performance is not None and performance.of is not None:
            seen.add((performance.place, performance.of))
        conditions += [where] if where is not None else []
    for condition in conditions:
        for test in tests_of(condition):
            found = (name for name in test.fields() if not name.startswith("$"))
            seen.update((test.place, name) for name in found)
    for place, name in _references(policy):
        if name.startswith(_ROOFTOP):
            seen.add((place, name.removeprefix(_ROOFTOP)))
    yield from sorted(seen)


def _back_ups(policy: Policy) -> Iterator[Reassign]:
    """Steps that give a record to the rooftop which the record's own names in a field."""
    for step in steps_of(policy):
        if isinstance(step.action, Reassign) and step.action.back_up is not None:
            yield step.action


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


def _unbound(place: Place, name: str, section: str, mend: str) -> Problem:
    add = f"add it to `{section}` in the directory file"
    return Problem(
        place=place,
        rule="unbound_name",
        message=f"{name} is nothing that the directory file binds",
        mend=f"{mend} or {add}" if mend else add,
    )
