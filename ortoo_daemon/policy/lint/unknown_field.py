"""A policy, or a case of its tests, names an object or a field that the org does not have.

Asked only where the org's description is known. Paths are followed through their relationships;
names of rooftops (`where`, `$rooftop`) are bound in the directory file and not asked here.

PASS (Brand__c is a field of Lead)::

    when: {Brand__c: Peugeot}

FAIL::

    when: {Brnd__c: Peugeot}
    → Lead has no field 'Brnd__c' (did you mean Brand__c?)

FAIL (a field of the daemon's own, which nobody has deployed)::

    action: {share: {with: {group: Launch_Partners}, consent: {Brand__c: Peugeot}}}
    → Lead has no field 'Ortoo_Sharing__c' (it is the daemon's own: deploy it as config/salesforce has it for
    … Lead)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import Place, Problem
from ortoo_daemon.policy.handoff_model import HANDOFF_FIELDS
from ortoo_daemon.policy.lint.subject import Need, Subject, known_uses_of, uses_of
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.share_model import SHARING

ID = "unknown_field"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = False

_OWN = HANDOFF_FIELDS | {SHARING}
"""Written where a policy hands records over, or shares them by consent; no policy names them."""


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    if org is None:
        return
    for policy in subject.policies.policies:
        described = org.objects.get(policy.object)
        if described is None:
            yield _no_object(policy.place, policy.object, org)
            continue
        uses = [(policy.object, use) for use in uses_of(policy)]
        for object_name, use in (*uses, *known_uses_of(policy)):
            if object_name not in org.objects:
                yield _no_object(use.place, object_name, org)
            elif org.resolve(object_name, use.name) is None:
                yield _no_field(use.place, object_name, use.name, org)
        for name, place in _in_cases(subject, policy.name):
            if org.resolve(policy.object, name) is None:
                yield _no_field(place, policy.object, name, org)


def _in_cases(subject: Subject, policy: str) -> Iterator[tuple[str, Place]]:
    """Each field that cases give or expect, where the first of a file does."""
    for tests in subject.tests:
        seen: dict[str, Place] = {}
        for case in tests.cases if tests.policy == policy else ():
            for name in (*case.given, *case.expect.fields):
                seen.setdefault(name, case.place)
            for later in case.then:
                for name in (*later.given, *later.expect.fields):
                    seen.setdefault(name, later.place)
        yield from seen.items()


def _no_field(place: Place, object_name: str, name: str, org: OrgDescription) -> Problem:
    message = f"{object_name} has no field {name!r}"
    return Problem(place=place, rule=ID, message=message, mend=_mend(org, object_name, name))


def _no_object(place: Place, name: str, org: OrgDescription) -> Problem:
    message = f"the org has no object {name!r}"
    return Problem(place=place, rule=ID, message=message, mend=did_you_mean(name, org.objects))


def _mend(org: OrgDescription, object_name: str, path: str) -> str:
    fields = org.objects[object_name].fields.values()
    if path in _OWN:
        return "it is the daemon's own: deploy it as config/salesforce has it for Lead"
    first, point, rest = path.partition(".")
    if not point:
        return did_you_mean(path, (field.name for field in fields))
    ways = {field.relationship: field for field in fields if field.relationship}
    if first not in ways:
        return did_you_mean(first, ways)
    known = [org.objects[name] for name in ways[first].refers_to if name in org.objects]
    return did_you_mean(rest, {name for described in known for name in described.fields})
