"""A policy names an object or a field that the org does not have.

Asked only where the org's description is known. Paths are followed through their relationships;
names of rooftops (`where`, `$rooftop`) are bound in the directory file and not asked here.

PASS (Brand__c is a field of Lead)::

    when: {Brand__c: Peugeot}

FAIL::

    when: {Brnd__c: Peugeot}
    → Lead has no field 'Brnd__c' (did you mean Brand__c?)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import OrgDescription
from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Need, Subject, uses_of
from ortoo_daemon.policy.naming import did_you_mean

ID = "unknown_field"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = False


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    if org is None:
        return
    for policy in subject.policies.policies:
        described = org.objects.get(policy.object)
        if described is None:
            yield Problem(
                place=policy.place,
                rule=ID,
                message=f"the org has no object {policy.object!r}",
                mend=did_you_mean(policy.object, org.objects),
            )
            continue
        for use in uses_of(policy):
            if org.resolve(policy.object, use.name) is None:
                yield Problem(
                    place=use.place,
                    rule=ID,
                    message=f"{policy.object} has no field {use.name!r}",
                    mend=_mend(org, policy.object, use.name),
                )


def _mend(org: OrgDescription, object_name: str, path: str) -> str:
    fields = org.objects[object_name].fields.values()
    first, point, rest = path.partition(".")
    if not point:
        return did_you_mean(path, (field.name for field in fields))
    ways = {field.relationship: field for field in fields if field.relationship}
    if first not in ways:
        return did_you_mean(first, ways)
    known = [org.objects[name] for name in ways[first].refers_to if name in org.objects]
    return did_you_mean(rest, {name for described in known for name in described.fields})
