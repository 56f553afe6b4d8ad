"""What does a query of groups show, and which fields may be grouped or aggregated?"""

from __future__ import annotations

from dataclasses import replace

from ortoo_daemon.sandbox.schema import NUMBERS, Field, FieldType
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.columns import Column, Columns
from ortoo_daemon.sandbox.soql.refusals import located, malformed, unexpected_token
from ortoo_daemon.sandbox.soql.shape import AggregateShape

# Types of which no value is the smallest: nothing to sort by, no MIN and no MAX.
UNORDERED = frozenset({FieldType.BOOLEAN, FieldType.MULTIPICKLIST, FieldType.ADDRESS})
_UNGROUPED = (frozenset(NUMBERS) - {FieldType.INT}) | {
    FieldType.DATETIME,
    FieldType.ADDRESS,
    FieldType.MULTIPICKLIST,
}


def is_grouped(select: tree.Select) -> bool:
    """Whether the rows are groups: by a clause, or all rows as one by an aggregate."""
    return bool(select.group_by) or any(
        isinstance(item, tree.Item) and isinstance(item.what, tree.Aggregate)
        for item in select.items
    )


def grouped_items(
    select: tree.Select, *, columns: Columns, source: str
) -> tuple[list[str], AggregateShape]:
    """The SELECT list as SQL, and how to read it. Raises INVALID_FIELD, MALFORMED_QUERY."""
    groups = {_groupable(path, columns).key for path in select.group_by}
    selected: list[str] = []
    names: list[str] = []
    booleans: list[str] = []
    unnamed = 0
    for item in select.items:
        if isinstance(item, tree.AllFields):
            raise malformed("The FIELDS function is not supported with GROUP BY")
        if isinstance(item, tree.Children):
            raise unexpected_token(source, item.at, "(")
        if isinstance(item.what, tree.Path):
            column = columns.resolve(item.what)
            _require_grouped(column, item.what, groups, what="Field", source=source)
            name = item.alias or column.names[-1]
            # Values that differ in case only are one group: show one of them, always the same.
            selected.append(f"MIN({column.sql})")
        else:
            column = operand_column(item.what, columns=columns, source=source)
            name = item.alias or f"expr{unnamed}"
            unnamed += item.alias is None
            selected.append(column.sql)
        if name.lower() in (each.lower() for each in names):
            raise malformed(f"duplicate alias: {name}")
        names.append(name)
        if column.field.type is FieldType.BOOLEAN:
            booleans.append(name)
    _check_orders(select, groups, columns=columns, source=source)
    return selected, AggregateShape(names, booleans)


def _check_orders(select: tree.Select, groups: set[str], *, columns: Columns, source: str) -> None:
    for order in select.order_by:
        if isinstance(order.operand, tree.Path):
            column = columns.resolve(order.operand)
            _require_grouped(column, order.operand, groups, what="Ordered field", source=source)


def _require_grouped(
    column: Column, path: tree.Path, groups: set[str], *, what: str, source: str
) -> None:
    if column.key not in groups:
        message = f"{what} must be grouped or aggregated: {path}"
        raise located("MALFORMED_QUERY", source, path.at, message)


def _groupable(path: tree.Path, columns: Columns) -> Column:
    column = columns.resolve(path)
    if not column.field.filterable or column.field.type in _UNGROUPED:
        raise columns.refuse(path, "grouped")
    return column


def operand_column(operand: tree.Path | tree.Aggregate, *, columns: Columns, source: str) -> Column:
    """A path or an aggregate as a column; aggregates get the type of their result."""
    if isinstance(operand, tree.Path):
        return columns.resolve(operand)
    inner = columns.resolve(operand.path)
    _check_aggregate(operand, inner.field, source)
    kind = FieldType.INT if operand.function.startswith("COUNT") else inner.field.type
    field = replace(inner.field, name=operand.function, type=kind, filterable=True)
    return Column(_aggregate_sql(operand.function, inner), inner.names, field)


def _check_aggregate(operand: tree.Aggregate, field: Field, source: str) -> None:
    function = operand.function
    supported = {
        "SUM": field.type in NUMBERS,
        "AVG": field.type in NUMBERS,
        "MIN": field.type not in UNORDERED,
        "MAX": field.type not in UNORDERED,
    }.get(function, field.type is not FieldType.ADDRESS)
    if not supported or not field.filterable:
        message = f"field {field.name} does not support aggregate operator {function}"
        raise located("MALFORMED_QUERY", source, operand.at, message)


def _aggregate_sql(function: str, column: Column) -> str:
    if function == "COUNT_DISTINCT":
        return f"COUNT(DISTINCT {column.key})"
    if function in ("MIN", "MAX") and column.folds:
        return f"{function}({column.sql} COLLATE folded)"
    return f"{function}({column.sql})"
