"""Which clauses of a statement go together? What the platform refuses whatever the fields are."""

from __future__ import annotations

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.refusals import located, malformed

MOST_OFFSET = 2_000
_MOST_FIELDS_ROWS = 200


def check_clauses(select: tree.Select, *, grouped: bool, source: str) -> None:
    """Raises MALFORMED_QUERY or NUMBER_OUTSIDE_VALID_RANGE. `grouped`: rows are groups."""
    if select.offset is not None and select.offset > MOST_OFFSET:
        message = f"SOQL offset must be between 0 and {MOST_OFFSET}"
        raise OrgError("NUMBER_OUTSIDE_VALID_RANGE", message)
    if select.having is not None and not select.group_by:
        raise malformed("HAVING clause requires a GROUP BY clause")
    if grouped and not select.group_by and select.limit is not None:
        raise malformed(
            "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
        )
    if select.counts and (select.group_by or select.order_by or select.offset):
        raise malformed("Grouped or ordered query cannot use COUNT() without a field")
    _check_items(select, grouped=grouped, source=source)


def _check_items(select: tree.Select, *, grouped: bool, source: str) -> None:
    too_many = grouped or select.limit is None or select.limit > _MOST_FIELDS_ROWS
    for item in select.items:
        if isinstance(item, tree.AllFields) and too_many:
            message = f"The SOQL FIELDS function must have a LIMIT of at most {_MOST_FIELDS_ROWS}"
            raise malformed(message)
        if isinstance(item, tree.Item) and item.alias and not grouped:
            assert isinstance(item.what, tree.Path)
            message = f"only aggregate expressions use field aliasing: {item.alias}"
            raise located("MALFORMED_QUERY", source, item.what.at, message)


def refuse_aggregates(where: tree.Condition, source: str) -> None:
    """Raises MALFORMED_QUERY when a WHERE clause tests an aggregate."""
    if isinstance(where, tree.Logical):
        for term in where.terms:
            refuse_aggregates(term, source)
    elif isinstance(where, tree.Negation):
        refuse_aggregates(where.term, source)
    elif isinstance(where.operand, tree.Aggregate):
        message = f"Aggregate functions belong into HAVING: {where.operand.function}"
        raise located("MALFORMED_QUERY", source, where.operand.at, message)
