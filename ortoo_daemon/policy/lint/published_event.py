"""A policy publishes an event, or fills a field of one, that the org does not have or does not take.

What the event demands must be filled, and fixed text must fit. A field that the org fills can't be given.

PASS::

    action: {publish: {event: Lead_Routed__e, set: {Lead__c: "{{ Id }}"}}}

FAIL::

    action: {publish: {event: Lead_Ruoted__e, set: {Lead__c: "{{ Id }}"}}}
    → the org has no event 'Lead_Ruoted__e' (did you mean Lead_Routed__e?)

FAIL (Lead_Routed__e demands Lead__c and has a number Count__c)::

    action: {publish: {event: Lead_Routed__e, set: {Owner__c: $owner.Id, Count__c: many, CreatedById: me}}}
    → Lead_Routed__e has no field 'Owner__c' (did you mean Count__c?)
    → Count__c is a number: it is never 'many' (write a number)
    → Lead_Routed__e.CreatedById is filled by the org (take it out)
    → Lead_Routed__e demands Lead__c, which is not set (add Lead__c: "…" to set)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import FieldDescription, ObjectDescription
from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.publish_model import PublishRule

ID = "published_event"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = False

_NUMBERS = frozenset({"int", "double", "currency", "percent", "long"})


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    for policy in subject.policies.policies if org is not None else ():
        for rule in policy.publish:
            described = org.objects.get(rule.event) if org is not None else None
            if described is None:
                known = {name for name in (org.objects if org else ()) if name.endswith("__e")}
                message = f"the org has no event {rule.event!r}"
                mend = did_you_mean(rule.event, known)
                yield Problem(place=rule.place, rule=ID, message=message, mend=mend)
            else:
                yield from _wrong_with(rule, described)


def _wrong_with(rule: PublishRule, event: ObjectDescription) -> Iterator[Problem]:
    for each in rule.sets:
        field = event.fields.get(each.field)
        wrong = _unknown(each, event) if field is None else _refused(each, event, field)
        if wrong is not None:
            message, mend = wrong
            yield Problem(place=each.place, rule=ID, message=message, mend=mend)
    given = {each.field for each in rule.sets}
    for field in event.fields.values():
        if _demanded(field) and field.name not in given:
            message = f"{event.name} demands {field.name}, which is not set"
            mend = f'add {field.name}: "…" to set'
            yield Problem(place=rule.place, rule=ID, message=message, mend=mend)


def _demanded(field: FieldDescription) -> bool:
    return field.createable and not field.nillable and field.type != "boolean"


def _unknown(each: SetField, event: ObjectDescription) -> tuple[str, str]:
    known = (field.name for field in event.fields.values() if field.createable)
    return f"{event.name} has no field {each.field!r}", did_you_mean(each.field, known)


def _refused(
    each: SetField, event: ObjectDescription, field: FieldDescription
) -> tuple[str, str] | None:
    if not field.createable:
        return f"{event.name}.{field.name} is filled by the org", "take it out"
    value = each.value.value if isinstance(each.value, Constant) else None
    if value is None:
        return None
    if field.type in _NUMBERS and not isinstance(value, int | float):
        return f"{field.name} is a number: it is never {value!r}", "write a number"
    if field.type == "boolean" and not isinstance(value, bool):
        return f"{field.name} is a checkbox: it is never {value!r}", "write true or false"
    if 0 < field.length < len(str(value)):
        return f"{field.name} holds {field.length} characters, not {len(str(value))}", ""
    return None
