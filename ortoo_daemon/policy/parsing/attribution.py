"""How does ``attribution:`` become a step of ``enrichment:``?

::

    - attribution:
        table: tables/sources.csv
        from: LeadSource
        url: Landing_Page__c
        utm: {source: Utm_Source__c, medium: Utm_Medium__c, campaign: Utm_Campaign__c}
        into: {source: Ortoo_Source__c, channel: Ortoo_Channel__c}
        first_touch: Ortoo_First_Touch__c
        last_touch: Ortoo_Last_Touch__c
"""

from collections.abc import Sequence

from ortoo_daemon.policy.attribution_model import COLUMNS, ENTRY, UTM, Attribution
from ortoo_daemon.policy.naming import did_you_mean, is_field_name
from ortoo_daemon.policy.nodes import MapNode, Scalar
from ortoo_daemon.policy.parsing.conditions import ConditionReader
from ortoo_daemon.policy.parsing.sections import Section, name_in
from ortoo_daemon.policy.resources import Resources

ATTRIBUTION_KEYS = ("table", "when", "from", "url", "utm", "into", "first_touch", "last_touch")


def read_attribution(
    node: MapNode, conditions: ConditionReader, resources: Resources
) -> Attribution | None:
    problems = conditions.problems
    inner = Section(node, problems, what="'attribution'", known=ATTRIBUTION_KEYS)
    file = inner.required("table", "name the table of sources, for example tables/sources.csv")
    inner.required("from", "name the field that entry points write, for example LeadSource")
    field, into = inner.name("from"), _pairs(inner, "into", COLUMNS)
    when = inner.get("when")
    if not isinstance(file, Scalar):
        inner.text("table")
        return None
    table = resources.table(file)
    if table is None or field is None:
        return None
    for column in (ENTRY, *(column for column, _ in into)):
        if column not in table.columns:
            message = f"{table.path} has no column {column!r}"
            problems.add(file, "unknown_column", message, did_you_mean(column, table.columns))
            return None
    return Attribution(
        table=table,
        field=field,
        when=None if when is None else conditions.read(when, what="'when'"),
        url=inner.name("url"),
        utm=_pairs(inner, "utm", UTM),
        into=into,
        first_touch=inner.name("first_touch"),
        last_touch=inner.name("last_touch"),
        place=node.place,
    )


def _pairs(section: Section, key: str, known: Sequence[str]) -> tuple[tuple[str, str], ...]:
    node = section.mapping(key)
    found = []
    for word, (at, value) in node.entries.items() if node else ():
        if word not in known:
            message = f"{key!r} knows no {word!r}"
            section.problems.add(at, "unknown_name", message, did_you_mean(word, known))
            continue
        field = name_in(value, section.problems, what=f"{word!r}")
        if field is not None and is_field_name(field):
            found.append((word, field))
    return tuple(found)
