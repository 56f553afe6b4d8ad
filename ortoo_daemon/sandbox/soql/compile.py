"""What does this statement ask of SQLite?  A `Select` and the schema to SQL and a record shape.

Raises the platform's INVALID_FIELD, INVALID_TYPE, MALFORMED_QUERY for what it cannot honour: a
query either means what Salesforce would make of it, or it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

from ortoo_daemon.sandbox.schema import IDS, Field, ObjectType, Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.children import child_reference
from ortoo_daemon.sandbox.soql.clauses import check_clauses, refuse_aggregates
from ortoo_daemon.sandbox.soql.columns import Column, Columns
from ortoo_daemon.sandbox.soql.conditions import Conditions, Parameter
from ortoo_daemon.sandbox.soql.grouping import (
    UNORDERED,
    grouped_items,
    is_grouped,
    operand_column,
)
from ortoo_daemon.sandbox.soql.parse import parse
from ortoo_daemon.sandbox.soql.refusals import malformed, no_such_type
from ortoo_daemon.sandbox.soql.selection import plain_items
from ortoo_daemon.sandbox.soql.shape import AggregateShape, Shape

_DEEPEST_CHILDREN = 5  # a query and four levels below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """SQL with its parameters, and how to read the rows.

    `counts`: COUNT(), no records. `children` are the subqueries of the SELECT list by the name of
    their relationship; the SQL of each takes the parent's id before its own parameters.
    """

    entity: str
    sql: str
    parameters: list[Parameter]
    shape: Shape | AggregateShape
    counts: bool = False
    aggregates: bool = False
    children: tuple[tuple[str, Compiled], ...] = ()


def compile_query(schema: Schema, source: str, *, deleted_too: bool = False) -> Compiled:
    """Compile SOQL text. `deleted_too`: as queryAll. Raises OrgError."""
    return _Compiler(schema, source, deleted_too).statement(parse(source))


def compile_select(schema: Schema, select: tree.Select, *, deleted_too: bool = False) -> Compiled:
    """Compile a statement that was parsed before. Raises OrgError."""
    return _Compiler(schema, "", deleted_too).statement(select)


class _Compiler:
    def __init__(self, schema: Schema, source: str, deleted_too: bool, *, above: int = 0) -> None:
        """`above`: how many statements this one is a child of."""
        self._schema = schema
        self._source = source
        self._deleted_too = deleted_too
        self._above = above
        self._level = 0
        self._child_of: Field | None = None

    def statement(self, select: tree.Select) -> Compiled:
        return self._statement(select, self._kind(select))

    def children_of(self, parent: ObjectType, select: tree.Select) -> tuple[str, Compiled]:
        """The name of the relationship in its own case, and the rows of one parent."""
        field, kind = child_reference(self._schema, self._source, parent, select)
        self._child_of = field
        compiled = self._statement(select, kind)
        if compiled.counts or compiled.aggregates:
            raise malformed("A subquery of the SELECT list takes no aggregates")
        return field.children or "", compiled

    def _statement(self, select: tree.Select, kind: ObjectType) -> Compiled:
        self._columns = Columns(self._schema, self._source, kind)
        conditions = Conditions(self._source, self._operand, self._sub_select)
        grouped = is_grouped(select)
        check_clauses(select, grouped=grouped, source=self._source)
        if select.counts:
            selected, shape = ["1"], AggregateShape([], [])
        elif grouped:
            selected, shape = grouped_items(select, columns=self._columns, source=self._source)
        else:
            return self._plain(select, kind, conditions)
        tail = self._tail(select, conditions, grouped=grouped)
        sql = f"SELECT {', '.join(selected)}{tail}"
        return Compiled(
            entity=kind.name,
            sql=sql,
            parameters=conditions.parameters,
            shape=shape,
            counts=select.counts,
            aggregates=grouped,
        )

    def _plain(self, select: tree.Select, kind: ObjectType, conditions: Conditions) -> Compiled:
        selected, shape = plain_items(select, self._columns)
        tail = self._tail(select, conditions, grouped=False)
        sql = f"SELECT {', '.join(selected)}{tail}"
        return Compiled(
            entity=kind.name,
            sql=sql,
            parameters=conditions.parameters,
            shape=shape,
            children=self._children(select, kind),
        )

    def _children(self, select: tree.Select, kind: ObjectType) -> tuple[tuple[str, Compiled], ...]:
        below = [item.select for item in select.items if isinstance(item, tree.Children)]
        if below and self._above + 1 == _DEEPEST_CHILDREN:
            raise malformed(f"Only {_DEEPEST_CHILDREN} levels of child relationships are allowed")
        compiled = tuple(
            _Compiler(
                self._schema, self._source, self._deleted_too, above=self._above + 1
            ).children_of(kind, each)
            for each in below
        )
        if len({name for name, _ in compiled}) < len(compiled):
            raise malformed("Cannot follow the same child relationship twice")
        return compiled

    def _kind(self, select: tree.Select) -> ObjectType:
        kind = self._schema.find(select.entity)
        if kind is None:
            raise no_such_type(self._source, select.entity_at, select.entity)
        return kind

    def _operand(self, operand: tree.Path | tree.Aggregate) -> Column:
        """Resolved where we are: in the statement, or in the sub-select being compiled."""
        return operand_column(operand, columns=self._columns, source=self._source)

    def _tail(self, select: tree.Select, conditions: Conditions, *, grouped: bool) -> str:
        """Everything behind the SELECT list. Joins are known only when all paths are resolved."""
        tests = [] if self._deleted_too else [f"{self._columns.deleted_sql()} = 0"]
        if self._child_of is not None and self._level == 0:
            path = tree.Path((self._child_of.name,), select.entity_at)
            tests.insert(0, f"{self._columns.resolve(path).sql} = ?")
        if select.where is not None:
            refuse_aggregates(select.where, self._source)
            tests.append(conditions.sql(select.where))
        groups = [self._columns.resolve(path).key for path in select.group_by]
        having = "" if select.having is None else f" HAVING {conditions.sql(select.having)}"
        orders = [self._order(order) for order in select.order_by]
        if orders and not grouped:
            orders.append(f"{self._columns.root.id_sql()} ASC")  # pages never shuffle ties
        sql = f" FROM {self._columns.from_sql()}{self._columns.joins()}"
        sql += f" WHERE {' AND '.join(tests)}" if tests else ""
        sql += f" GROUP BY {', '.join(groups)}" if groups else ""
        sql += having
        sql += f" ORDER BY {', '.join(orders)}" if orders else ""
        if select.limit is not None or select.offset is not None:
            sql += f" LIMIT {-1 if select.limit is None else select.limit}"
            sql += f" OFFSET {select.offset or 0}"
        return sql

    def _order(self, order: tree.Order) -> str:
        column = self._operand(order.operand)
        sortable = column.field.filterable and column.field.type not in UNORDERED
        if isinstance(order.operand, tree.Path) and not sortable:
            raise self._columns.refuse(order.operand, "sorted")
        direction = "DESC" if order.descending else "ASC"
        return f"{column.key} {direction} NULLS {'FIRST' if order.nulls_first else 'LAST'}"

    def _sub_select(self, select: tree.Select) -> tuple[str, list[Parameter]]:
        """The inner statement of a semi-join: one id field, no more clauses than a filter."""
        outer, self._level = self._columns, self._level + 1
        kind = self._kind(select)
        self._columns = Columns(self._schema, self._source, kind, self._level)
        try:
            return self._semi_join_sql(select)
        finally:
            self._columns = outer

    def _semi_join_sql(self, select: tree.Select) -> tuple[str, list[Parameter]]:
        plain = len(select.items) == 1 and isinstance(select.items[0], tree.Item)
        extra = select.group_by or select.order_by or select.limit is not None or select.offset
        if not plain or extra:
            raise malformed("A semi-join sub-select names one id field and a WHERE clause only")
        item = select.items[0]
        assert isinstance(item, tree.Item)
        column = self._operand(item.what)
        if column.field.type not in IDS or isinstance(item.what, tree.Aggregate):
            raise malformed("A semi-join sub-select must return an id or reference field")
        conditions = Conditions(self._source, self._operand, self._sub_select)
        tail = self._tail(select, conditions, grouped=False)
        return f"SELECT {column.sql}{tail}", conditions.parameters
