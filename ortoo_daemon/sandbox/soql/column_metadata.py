"""What are the columns of a query's answer?  What `columns=true` asks for instead of the rows.

Clients that draw tables (the Salesforce CLI) ask for it before they show a result.
"""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox.schema import NUMBERS, TEXTS, Field, FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.children import child_reference
from ortoo_daemon.sandbox.soql.columns import Columns
from ortoo_daemon.sandbox.soql.compile import compile_query
from ortoo_daemon.sandbox.soql.grouping import is_grouped, operand_column
from ortoo_daemon.sandbox.soql.parse import parse

_APEX = {
    FieldType.ID: "Id", FieldType.REFERENCE: "Id", FieldType.BOOLEAN: "Boolean", FieldType.INT: "Integer",
    FieldType.DATE: "Date", FieldType.DATETIME: "Datetime", FieldType.TIME: "Time",
    FieldType.ADDRESS: "Address",
}  # fmt: skip
JsonObject = dict[str, Any]


def column_metadata(schema: Schema, source: str) -> JsonObject:
    """The columns of a statement that could be run. Raises OrgError as the query itself would."""
    compile_query(schema, source)
    select = parse(source)
    kind = schema.find(select.entity)
    assert kind is not None
    columns = _columns(schema, source, select, kind)
    return {
        "columnMetadata": columns,
        "entityName": kind.name,
        "groupBy": bool(select.group_by),
        "idSelected": any(each["columnName"] == "Id" for each in columns),
        "keyPrefix": kind.prefix,
    }


def _columns(
    schema: Schema, source: str, select: tree.Select, kind: ObjectType
) -> list[JsonObject]:
    paths = Columns(schema, source, kind)
    grouped, unnamed, found = is_grouped(select), 0, list[JsonObject]()
    for item in select.items:
        if isinstance(item, tree.AllFields):
            found.extend(_column(each) for each in paths.all_fields(item.group))
        elif isinstance(item, tree.Children):
            field, child = child_reference(schema, source, kind, item.select)
            below = _columns(schema, source, item.select, child)
            found.append(_joined(field.children or "", below, aggregate=True))
        elif isinstance(item.what, tree.Aggregate) or grouped:
            column = operand_column(item.what, columns=paths, source=source)
            aggregate = isinstance(item.what, tree.Aggregate)
            name = item.alias or (f"expr{unnamed}" if aggregate else column.names[-1])
            unnamed += aggregate and item.alias is None
            found.append(_column(column.field, name=name, aggregate=aggregate))
        else:
            column = paths.resolve(item.what)
            _add(found, column.names, _column(column.field, name=column.names[-1]), kind)
    return found


def _add(
    columns: list[JsonObject], names: tuple[str, ...], leaf: JsonObject, kind: ObjectType | None
) -> None:
    """Put a column where its path leads; parents stand as columns that join others."""
    if len(names) == 1:
        columns.append(leaf)
        return
    parent = next((each for each in columns if each["columnName"] == names[0]), None)
    if parent is None:
        reference = None if kind is None else kind.relationships.get(names[0].lower())
        parent = _joined(names[0], [], foreign_key=None if reference is None else reference.name)
        columns.append(parent)
    _add(parent["joinColumns"], names[1:], leaf, None)


def _column(field: Field, *, name: str | None = None, aggregate: bool = False) -> JsonObject:
    numeric = field.type in NUMBERS
    return _shown(
        name or field.name,
        aggregate=aggregate,
        apexType=_APEX.get(field.type, "Double" if numeric else "String"),
        booleanType=field.type is FieldType.BOOLEAN,
        custom=field.custom,
        insertable=field.createable and not aggregate,
        numberType=numeric,
        textType=field.type in TEXTS,
        updatable=field.updateable and not aggregate,
    )


def _joined(
    name: str,
    below: list[JsonObject],
    *,
    foreign_key: str | None = None,
    aggregate: bool = False,
) -> JsonObject:
    return _shown(
        name,
        aggregate=aggregate,
        custom=name.endswith("__r"),
        foreignKeyName=foreign_key,
        joinColumns=below,
    )


def _shown(name: str, **known: Any) -> JsonObject:
    """A column as the platform shows it; what is not known of it is empty or false."""
    return {
        "aggregate": False,
        "apexType": None,
        "booleanType": False,
        "columnName": name,
        "custom": False,
        "displayName": name,
        "foreignKeyName": None,
        "insertable": False,
        "joinColumns": [],
        "numberType": False,
        "textType": False,
        "updatable": False,
    } | known
