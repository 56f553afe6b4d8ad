"""A field can't hold what a policy writes to it: another type, a longer text, or it can't be written.

For what earlier records of a customer get (`repeats`), for the quality of records, for scores and for touches
of attribution. The org would refuse the value every time: that costs the field, never the owner. Texts that
may be longer than the field are a hint.

PASS::

    find: {duplicates: {on: [Email], among: [Lead], within: 60d}}

    action: {repeats: {of: Lead, count: FleetSize__c, merge: {Country: {from: City, keep: oldest}}}}

FAIL (City holds 40 characters, Country 80)::

    find: {duplicates: {on: [Email], among: [Lead], within: 60d}}

    action:
      repeats:
        of: Lead
        merge:
          FleetSize__c: {from: City, keep: newest}
          → FleetSize__c is a number: City, which is text, does not fit
          City: {from: Country, keep: newest}
          → City holds 40 characters, and Country 80: what is longer is refused
          CreatedDate: oldest
          → Lead.CreatedDate can't be written (take it out, or give the daemon's user edit access)
        set:
          Brand__c: Lada
          → Brand__c has no value 'Lada' (known are Audi, BMW, Peugeot)
          IsConverted: maybe
          → IsConverted is a checkbox: 'maybe' does not fit

FAIL::

    find: {duplicates: {on: [Email], among: [Lead], within: 60d}}

    action: {repeats: {of: Lead, count: City}}
    → City is text: a count is a number

FAIL::

    govern: {score: City, flags: FleetSize__c, rules: [{name: place, required: City}]}
    → City is text: a score is a number
    → FleetSize__c is a number: names of rules are text
"""

from collections.abc import Iterator
from typing import NamedTuple

from ortoo_daemon.descriptions import FieldDescription, OrgDescription
from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.attribution_model import Attribution
from ortoo_daemon.policy.enrichment_model import ScoreStep, SetField
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.repeat_model import RepeatRule
from ortoo_daemon.policy.values import fold

ID = "unfit_field"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True

_NUMBER, _TEXT = "number", "text"
_KINDS = {
    **dict.fromkeys(("int", "double", "currency", "percent", "long"), _NUMBER),
    **dict.fromkeys(
        ("string", "textarea", "picklist", "combobox", "email", "phone", "url", "encryptedstring"),
        _TEXT,
    ),
    **dict.fromkeys(("reference", "id"), "id"),
}
_WHAT = {
    _NUMBER: "a number",
    _TEXT: "text",
    "id": "an id",
    "boolean": "a checkbox",
    "date": "a date",
    "datetime": "a date and time",
    "multipicklist": "a multi-select",
}
_TAKEN = frozenset(
    {("id", _TEXT), (_NUMBER, _TEXT), ("date", "datetime"), ("multipicklist", _TEXT)}
)
"""(kind of a value, kind of the field) that the org takes beside the same ones."""


class _Wrong(NamedTuple):
    place: Place
    message: str
    mend: str = ""
    level: Level = Level.ERROR


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    for policy in subject.policies.policies if org is not None else ():
        assert org is not None
        for wrong in _of_policy(policy, org):
            yield Problem(
                place=wrong.place,
                rule=ID,
                message=wrong.message,
                mend=wrong.mend,
                level=wrong.level,
            )


def _of_policy(policy: Policy, org: OrgDescription) -> Iterator[_Wrong]:
    for rule in policy.repeats:
        yield from _of_repeat(rule, policy.object, org)
    for place, name, kind, what in _results(policy):
        field = org.resolve(policy.object, name)
        if field is not None and _kind(field) != kind:
            yield _Wrong(place, f"{name} is {_named(field)}: {what}")


def _results(policy: Policy) -> Iterator[tuple[Place, str, str, str]]:
    """Fields that take what steps find out: where, which, of which kind they must be, and why."""
    govern = policy.govern
    if govern is not None and govern.score:
        yield govern.place, govern.score, _NUMBER, "a score is a number"
    if govern is not None and govern.flags:
        yield govern.place, govern.flags, _TEXT, "names of rules are text"
    for step in policy.enrichment:
        if isinstance(step, ScoreStep):
            yield step.place, step.into, _NUMBER, "a score is a number"
            if step.band:
                yield step.place, step.band, _TEXT, "a band is text"
        if isinstance(step, Attribution):
            for name in (step.first_touch, step.last_touch):
                if name:
                    yield step.place, name, _TEXT, "a touch is text"


def _of_repeat(rule: RepeatRule, object_name: str, org: OrgDescription) -> Iterator[_Wrong]:
    counted = org.resolve(rule.object, rule.count) if rule.count else None
    if counted is not None and _kind(counted) != _NUMBER:
        yield _Wrong(rule.place, f"{counted.name} is {_named(counted)}: a count is a number")
    for merged in rule.merge:
        field = org.resolve(rule.object, merged.field)
        of = org.resolve(object_name, merged.of)
        if field is not None:
            yield from _unwritten(rule, field, merged.place)
        if field is not None and of is not None and field.updateable:
            yield from _misfit(field, of, merged.place)
    for each in rule.sets:
        field = org.resolve(rule.object, each.field)
        if field is not None:
            yield from _unwritten(rule, field, each.place)
            yield from _constant(field, each)


def _unwritten(rule: RepeatRule, field: FieldDescription, place: Place) -> Iterator[_Wrong]:
    if not field.updateable:
        message = f"{rule.object}.{field.name} can't be written"
        yield _Wrong(place, message, "take it out, or give the daemon's user edit access")


def _misfit(field: FieldDescription, of: FieldDescription, place: Place) -> Iterator[_Wrong]:
    kind, given = _kind(field), _kind(of)
    if kind != given and (given, kind) not in _TAKEN:
        message = f"{field.name} is {_named(field)}: {of.name}, which is {_named(of)}, does not fit"
        yield _Wrong(place, message)
    elif 0 < field.length < of.length and field.values == ():
        message = f"{field.name} holds {field.length} characters, and {of.name} {of.length}"
        yield _Wrong(place, f"{message}: what is longer is refused", level=Level.HINT)
    elif field.restricted and of.values:
        known = {fold(value) for value in field.values}
        odd = [value for value in of.values if fold(value) not in known]
        if odd:
            message = f"{field.name} has no value {odd[0]!r}, which {of.name} has"
            yield _Wrong(place, message, level=Level.HINT)


def _constant(field: FieldDescription, given: SetField) -> Iterator[_Wrong]:
    """A value that is written out."""
    value = given.value.value if isinstance(given.value, Constant) else None
    if value is None:
        return
    kind = _kind(field)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    wrong = kind == _NUMBER and not is_number
    wrong |= kind == "boolean" and not isinstance(value, bool)
    if wrong:
        yield _Wrong(given.place, f"{field.name} is {_named(field)}: {value!r} does not fit")
    elif field.restricted and fold(str(value)) not in {fold(each) for each in field.values}:
        mend = did_you_mean(str(value), field.values)
        yield _Wrong(given.place, f"{field.name} has no value {str(value)!r}", mend)
    elif kind == _TEXT and 0 < field.length < len(str(value)):
        message = f"{field.name} holds {field.length} characters, not {len(str(value))}"
        yield _Wrong(given.place, message)


def _kind(field: FieldDescription) -> str:
    return _KINDS.get(field.type, field.type)


def _named(field: FieldDescription) -> str:
    return _WHAT.get(_kind(field), f"of type {field.type}")
