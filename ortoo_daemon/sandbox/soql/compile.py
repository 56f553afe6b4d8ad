"""What does this statement ask of SQLite?  A `Select` and the schema to SQL and a record shape.

Raises the platform's INVALID_FIELD, INVALID_TYPE, MALFORMED_QUERY for what it cannot honour: a
query either means what Salesforce would make of it, or it is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.schema import IDS, NUMBERS, Field, FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.columns import Column, Columns
from ortoo_daemon.sandbox.soql.conditions import Conditions, Parameter
from ortoo_daemon.sandbox.soql.parse import parse
from ortoo_daemon.sandbox.soql.refusals import located, malformed, no_such_type
from ortoo_daemon.sandbox.soql.shape import AggregateShape, Shape, part_name

MOST_OFFSET = 2_000
_MOST_FIELDS_ROWS = 200
_SMALLEST = (*NUMBERS, FieldType.DATE, FieldType.DATETIME, FieldType.TIME)
_SUMMED = frozenset(NUMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """SQL with its parameters, and how to read the rows. `counts`: COUNT(), no records."""

    entity: str
    sql: str
    parameters: list[Parameter]
    shape: Shape | AggregateShape
    counts: bool = False
    aggregates: bool = False


def compile_query(schema: Schema, source: str, *, deleted_too: bool = False) -> Compiled:
    """Compile SOQL text. `deleted_too`: as queryAll. Raises OrgError."""
    return _Compiler(schema, source, deleted_too).statement(parse(source))


class _Compiler:
    def __init__(self, schema: Schema, source: str, deleted_too: bool) -> None:
        self._schema = schema
        self._source = source
        self._deleted_too = deleted_too
        self._level = 0

    def statement(self, select: tree.Select) -> Compiled:
        kind = self._kind(select)
        self._columns = Columns(self._schema, self._source, kind)
        conditions = Conditions(self._source, self._operand, self._sub_select)
        grouped = bool(select.group_by) or any(
            isinstance(item, tree.Item) and isinstance(item.what, tree.Aggregate)
            for item in select.items
        )
        self._check_clauses(select, grouped)
        if select.counts:
            selected, shape = ["1"], AggregateShape([], [])
        elif grouped:
            selected, shape = self._grouped_items(select)
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
        selected, shape = self._plain_items(select, kind)
        tail = self._tail(select, conditions, grouped=False)
        sql = f"SELECT {', '.join(selected)}{tail}"
        return Compiled(entity=kind.name, sql=sql, parameters=conditions.parameters, shape=shape)

    def _kind(self, select: tree.Select) -> ObjectType:
        kind = self._schema.find(select.entity)
        if kind is None:
            raise no_such_type(self._source, select.entity_at, select.entity)
        return kind

    def _check_clauses(self, select: tree.Select, grouped: bool) -> None:
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
        for item in select.items:
            if isinstance(item, tree.AllFields) and self._too_many(select, grouped):
                message = (
                    f"The SOQL FIELDS function must have a LIMIT of at most {_MOST_FIELDS_ROWS}"
                )
                raise malformed(message)
            if isinstance(item, tree.Item) and item.alias and not grouped:
                assert isinstance(item.what, tree.Path)
                message = f"only aggregate expressions use field aliasing: {item.alias}"
                raise located("MALFORMED_QUERY", self._source, item.what.at, message)

    @staticmethod
    def _too_many(select: tree.Select, grouped: bool) -> bool:
        return grouped or select.limit is None or select.limit > _MOST_FIELDS_ROWS

    def _plain_items(self, select: tree.Select, kind: ObjectType) -> tuple[list[str], Shape]:
        reader = _Reader(self._columns, kind)
        for item in select.items:
            if isinstance(item, tree.AllFields):
                if item.group not in ("ALL", "STANDARD", "CUSTOM"):
                    raise malformed(f"unexpected token: FIELDS({item.group})")
                for field in self._columns.all_fields(item.group):
                    reader.add(self._columns.resolve(tree.Path((field.name,), item.at)))
            else:
                assert isinstance(item.what, tree.Path)
                reader.add(self._columns.resolve(item.what), at=item.what)
        return reader.selected, reader.shape

    def _grouped_items(self, select: tree.Select) -> tuple[list[str], AggregateShape]:
        groups = {self._groupable(path).key for path in select.group_by}
        selected: list[str] = []
        names: list[str] = []
        booleans: list[str] = []
        unnamed = 0
        for item in select.items:
            if isinstance(item, tree.AllFields):
                raise malformed("The FIELDS function is not supported with GROUP BY")
            if isinstance(item.what, tree.Path):
                column = self._columns.resolve(item.what)
                self._require_grouped(column, item.what, groups, "Field")
                name = item.alias or column.names[-1]
                # Values that differ in case only are one group: show one of them, always the same.
                selected.append(f"MIN({column.sql})")
            else:
                column = self._operand(item.what)
                name = item.alias or f"expr{unnamed}"
                unnamed += item.alias is None
                selected.append(column.sql)
            if name.lower() in (each.lower() for each in names):
                raise malformed(f"duplicate alias: {name}")
            names.append(name)
            if column.field.type is FieldType.BOOLEAN:
                booleans.append(name)
        for order in select.order_by:
            if isinstance(order.operand, tree.Path):
                column = self._columns.resolve(order.operand)
                self._require_grouped(column, order.operand, groups, "Ordered field")
        return selected, AggregateShape(names, booleans)

    def _require_grouped(
        self, column: Column, path: tree.Path, groups: set[str], what: str
    ) -> None:
        if column.key not in groups:
            message = f"{what} must be grouped or aggregated: {path}"
            raise located("MALFORMED_QUERY", self._source, path.at, message)

    def _groupable(self, path: tree.Path) -> Column:
        column = self._columns.resolve(path)
        field = column.field
        groupless = (*_SUMMED - {FieldType.INT}, FieldType.DATETIME, FieldType.ADDRESS)
        if not field.filterable or field.type in groupless or field.type is FieldType.MULTIPICKLIST:
            raise self._columns.refuse(path, "grouped")
        return column

    def _operand(self, operand: tree.Path | tree.Aggregate) -> Column:
        """A path or an aggregate as a column; aggregates get the type of their result."""
        if isinstance(operand, tree.Path):
            return self._columns.resolve(operand)
        inner = self._columns.resolve(operand.path)
        self._check_aggregate(operand, inner.field)
        kind = FieldType.INT if operand.function.startswith("COUNT") else inner.field.type
        field = replace(inner.field, name=operand.function, type=kind, filterable=True)
        return Column(_aggregate_sql(operand.function, inner), inner.names, field)

    def _check_aggregate(self, operand: tree.Aggregate, field: Field) -> None:
        function = operand.function
        supported = {
            "SUM": field.type in _SUMMED,
            "AVG": field.type in _SUMMED,
            "MIN": field.type in _SMALLEST or (field.type not in _NEVER_SMALLEST),
            "MAX": field.type in _SMALLEST or (field.type not in _NEVER_SMALLEST),
        }.get(function, field.type is not FieldType.ADDRESS)
        if not supported or not field.filterable:
            message = f"field {field.name} does not support aggregate operator {function}"
            raise located("MALFORMED_QUERY", self._source, operand.at, message)

    def _tail(self, select: tree.Select, conditions: Conditions, *, grouped: bool) -> str:
        """Everything behind the SELECT list. Joins are known only when all paths are resolved."""
        tests = [] if self._deleted_too else [f"{self._columns.deleted_sql()} = 0"]
        if select.where is not None:
            self._refuse_aggregates(select.where)
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

    def _refuse_aggregates(self, condition: tree.Condition) -> None:
        if isinstance(condition, tree.Logical):
            for term in condition.terms:
                self._refuse_aggregates(term)
        elif isinstance(condition, tree.Negation):
            self._refuse_aggregates(condition.term)
        elif isinstance(condition.operand, tree.Aggregate):
            message = f"Aggregate functions belong into HAVING: {condition.operand.function}"
            raise located("MALFORMED_QUERY", self._source, condition.operand.at, message)

    def _order(self, order: tree.Order) -> str:
        column = self._operand(order.operand)
        sortable = column.field.filterable and column.field.type not in _NEVER_SMALLEST
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


_NEVER_SMALLEST = frozenset({FieldType.BOOLEAN, FieldType.MULTIPICKLIST, FieldType.ADDRESS})


def _aggregate_sql(function: str, column: Column) -> str:
    if function == "COUNT_DISTINCT":
        return f"COUNT(DISTINCT {column.key})"
    if function in ("MIN", "MAX") and column.folds:
        return f"{function}({column.sql} COLLATE folded)"
    return f"{function}({column.sql})"


class _Reader:
    """Collects the SELECT list of plain columns and the shape that reads it back."""

    def __init__(self, columns: Columns, kind: ObjectType) -> None:
        self._columns = columns
        self.selected: list[str] = []
        self._positions: dict[str, int] = {}
        self.shape = Shape(entity=kind.name, id_at=self._position(columns.root.id_sql()))

    def add(self, column: Column, at: tree.Path | None = None) -> None:
        level = self._level(column.names[:-1])
        name = column.names[-1]
        if any(name == each for each, _ in (*level.plain, *level.booleans)):
            if at is not None:
                raise malformed(f"duplicate field selected: {name}")
            return
        if column.field.type is FieldType.ADDRESS:
            self._add_compound(level, column)
        elif column.field.type is FieldType.BOOLEAN:
            level.booleans.append((name, self._position(column.sql)))
        else:
            level.plain.append((name, self._position(column.sql)))

    def _add_compound(self, level: Shape, column: Column) -> None:
        alias = column.sql.partition(".")[0]
        parts = {
            part_name(column.field.name, part): self._position(f'{alias}."{part}"')
            for part in column.field.parts
        }
        level.compounds.append((column.field.name, parts))

    def _level(self, names: tuple[str, ...]) -> Shape:
        level = self.shape
        for depth, name in enumerate(names, start=1):
            if name not in level.parents:
                parent = self._columns.parent(names[:depth])
                entity = "Name" if parent.polymorphic else parent.tables[0][0].name
                level.parents[name] = Shape(entity=entity, id_at=self._position(parent.id_sql()))
            level = level.parents[name]
        return level

    def _position(self, sql: str) -> int:
        if sql not in self._positions:
            self._positions[sql] = len(self.selected)
            self.selected.append(sql)
        return self._positions[sql]
