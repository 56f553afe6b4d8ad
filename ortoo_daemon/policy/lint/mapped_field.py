"""A row of a map writes what its field can't take: another type, a longer text, a value that is not listed.

For maps of what e-mails, enquiries and texts say. Such a value would be refused by the org, or cut; the
owner lands all the same. A length that the field does not reach is cut to what the row says, not to what the
org has, so it is told, too. An error where the value can never be written, else a hint.

PASS::

    tables/wishes.csv
    field,about,type,length,values
    Brand__c,the brand,,,peugeot=Peugeot; audi=Audi
    FleetSize__c,how many,number,,
    Country,the country,text,80,

FAIL::

    tables/wishes.csv
    field,about,type,length,values
    Brand__c,the brand,,,peugeot=Peugot
    → Brand__c has no value 'Peugot' (did you mean Peugeot?)
    FleetSize__c,how many,text,,
    → FleetSize__c is a number: text does not fit (write number as its type)
    IsConverted,whether,number,,
    → IsConverted is a checkbox: number does not fit (write checkbox as its type)
    Country,the country,text,200,
    → Country holds 80 characters, the row lets 200 pass (write 80 as its length)
"""

from collections.abc import Iterator

from ortoo_daemon.descriptions import FieldDescription
from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.mapped import MappedField, MappedType
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.values import fold

ID = "mapped_field"
NEEDS = (Need.ORG,)
MAY_BE_ALLOWED = True

_NUMBERS = frozenset({"int", "double", "currency", "percent", "long"})
_FITS = {
    MappedType.NUMBER: _NUMBERS,
    MappedType.CHECKBOX: frozenset({"boolean"}),
    MappedType.DATE: frozenset({"date"}),
    MappedType.DATETIME: frozenset({"datetime"}),
    MappedType.LIST: frozenset({"multipicklist"}),
}
_TEXTS = frozenset(
    {"string", "textarea", "picklist", "combobox", "email", "phone", "url", "reference", "id"}
)
"""Types that take any text; what they hold besides text may be written to them as well."""

_WHAT = {"boolean": "a checkbox", "multipicklist": "a multi-select", "textarea": "a long text"}
_RIGHT = {
    "boolean": "checkbox",
    "multipicklist": "list",
    "date": "date",
    "datetime": "datetime",
    **dict.fromkeys(_NUMBERS, "number"),
}


def check(subject: Subject) -> Iterator[Problem]:
    org = subject.description
    for policy in subject.policies.policies if org is not None else ():
        for row in _rows(policy):
            field = org.resolve(policy.object, row.field) if org is not None else None
            if field is not None:
                yield from _wrong_with(row, field)


def _rows(policy: Policy) -> Iterator[MappedField]:
    """Each row of each map, in file order."""
    if policy.triage is not None:
        yield from policy.triage.map
    if policy.adf is not None:
        yield from policy.adf.map
    for step in policy.enrichment:
        if isinstance(step, AiStep):
            yield from (row.mapped for row in step.fields)


def _wrong_with(row: MappedField, field: FieldDescription) -> Iterator[Problem]:
    if not _fits(row.type, field.type):
        what = _WHAT.get(field.type, "a number" if field.type in _NUMBERS else "")
        message = f"{row.field} is {what or f'of type {field.type}'}: {row.type.value} does not fit"
        right = _RIGHT.get(field.type, "text")
        yield _problem(row, message, f"write {right} as its type", Level.ERROR)
        return
    yield from _too_long(row, field)
    yield from _unlisted(row, field)


def _fits(written: MappedType, kind: str) -> bool:
    if written is MappedType.TEXT:
        return kind not in _RIGHT
    return kind in _FITS[written] or kind in _TEXTS


def _too_long(row: MappedField, field: FieldDescription) -> Iterator[Problem]:
    if row.type is MappedType.TEXT and row.length > field.length > 0:
        message = f"{row.field} holds {field.length} characters, the row lets {row.length} pass"
        yield _problem(row, message, f"write {field.length} as its length", Level.HINT)


def _unlisted(row: MappedField, field: FieldDescription) -> Iterator[Problem]:
    """Values that the row writes; what else is found, nobody knows before."""
    if not field.values:
        return
    listed = {fold(value) for value in field.values}
    written = [*row.values.values(), *([row.otherwise] if row.otherwise else [])]
    for value in dict.fromkeys(filter(None, written)):
        if fold(value) not in listed:
            message = f"{row.field} has no value {value!r}"
            level = Level.ERROR if field.restricted else Level.HINT
            yield _problem(row, message, did_you_mean(value, field.values), level)


def _problem(row: MappedField, message: str, mend: str, level: Level) -> Problem:
    return Problem(place=row.place, rule=ID, message=message, mend=mend, level=level)
