"""Which rows does a condition hold for?  WHERE and HAVING to SQL that is never null.

The platform's logic has two values: a comparison with an empty field is false, `!=` is true, and
NOT turns either round. So every SQL term here is 0 or 1, and still lets SQLite use its indexes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.schema import IDS, NUMBERS, TEXTS, FieldType
from ortoo_daemon.sandbox.soql import periods, tree
from ortoo_daemon.sandbox.soql.columns import Column
from ortoo_daemon.sandbox.soql.refusals import located, wrong_value_type
from ortoo_daemon.sandbox.soql.tree import LiteralKind
from ortoo_daemon.sandbox.values import format_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping

# A value known when compiling, or one that depends on when and for whom the query runs.
Parameter = Any | Callable[[periods.Moment], Any]
Resolve = Callable[[tree.Path | tree.Aggregate], Column]
SubSelect = Callable[[tree.Select], tuple[str, list[Parameter]]]

_ORDERS = ("<", "<=", ">", ">=")
_PLAIN = re.compile(r"\\([\\%_])")
_WANTED: Mapping[FieldType, tuple[str, frozenset[LiteralKind]]] = {
    **dict.fromkeys(TEXTS | IDS, ("string", frozenset({LiteralKind.STRING}))),
    **dict.fromkeys(NUMBERS, ("double", frozenset({LiteralKind.NUMBER}))),
    FieldType.INT: ("int", frozenset({LiteralKind.NUMBER})),
    FieldType.BOOLEAN: ("boolean", frozenset({LiteralKind.BOOLEAN})),
    FieldType.DATE: ("date", frozenset({LiteralKind.DATE, LiteralKind.PERIOD})),
    FieldType.DATETIME: ("dateTime", frozenset({LiteralKind.DATETIME, LiteralKind.PERIOD})),
    FieldType.TIME: ("time", frozenset()),
}


class Conditions:
    """Compiles the conditions of one SELECT; `parameters` fill up in the order of the SQL."""

    def __init__(self, source: str, resolve: Resolve, sub_select: SubSelect) -> None:
        self._source = source
        self._resolve = resolve
        self._sub_select = sub_select
        self.parameters: list[Parameter] = []

    def sql(self, condition: tree.Condition) -> str:
        if isinstance(condition, tree.Logical):
            return "(" + f" {condition.operator} ".join(map(self.sql, condition.terms)) + ")"
        if isinstance(condition, tree.Negation):
            return f"(NOT {self.sql(condition.term)})"
        if isinstance(condition, tree.SemiJoin):
            return self._semi_join(condition)
        return self._comparison(condition)

    def _comparison(self, term: tree.Comparison) -> str:
        column = self._resolve(term.operand)
        if not column.field.filterable or column.field.type is FieldType.ADDRESS:
            message = f"field '{term.operand}' can not be filtered in a query call"
            raise located("INVALID_FIELD", self._source, term.operand.at, message)
        for literal in term.values:
            self._check_type(column, literal, term.operand)
        if term.operator in _ORDERS:
            return self._ordered(column, term)
        if term.operator == "LIKE":
            return self._like(column, term)
        if term.operator == "INCLUDES":
            return self._includes(column, term)
        positive = self._one_of(column, term)
        return f"(NOT {positive})" if term.operator == "!=" else positive

    def _check_type(
        self, column: Column, literal: tree.Literal, operand: tree.Path | tree.Aggregate
    ) -> None:
        if literal.kind is LiteralKind.NULL:
            return
        if literal.kind is LiteralKind.PERIOD and not periods.known(str(literal.value)):
            message = f"unexpected token: '{literal.value}'"
            raise located("MALFORMED_QUERY", self._source, literal.at, message)
        wanted, kinds = _WANTED[column.field.type]
        if literal.kind not in kinds:
            quoted = literal.kind is LiteralKind.STRING
            name = column.names[-1]
            raise wrong_value_type(self._source, operand.at, name, wanted, quoted=quoted)

    def _one_of(self, column: Column, term: tree.Comparison) -> str:
        """= and IN: equal to one of the values, null and '' meaning empty."""
        parts: list[str] = []
        plain: list[Any] = []
        for literal in term.values:
            if literal.kind is LiteralKind.NULL or literal.value == "":
                parts.append(f"{column.sql} IS NULL")
            elif literal.kind is LiteralKind.PERIOD:
                parts.append(self._within(column, str(literal.value)))
            else:
                plain.append(self._bound(column, literal))
        if plain:
            marks = ",".join("?" * len(plain))
            test = f"= {marks}" if len(plain) == 1 else f"IN ({marks})"
            # Kept in textual order with the periods' parameters: plain values come last.
            parts.append(f"({column.key} {test} AND {column.sql} IS NOT NULL)")
            self.parameters += plain
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def _within(self, column: Column, name: str) -> str:
        self.parameters += [_edge(column, name, 0), _edge(column, name, 1)]
        return f"({column.sql} >= ? AND {column.sql} < ? AND {column.sql} IS NOT NULL)"

    def _ordered(self, column: Column, term: tree.Comparison) -> str:
        (literal,) = term.values
        operator = term.operator
        if column.field.type in (FieldType.BOOLEAN, FieldType.MULTIPICKLIST):
            raise self._bad_operator(term, column)
        if literal.kind is LiteralKind.NULL:
            raise self._bad_operator(term, column)
        if literal.kind is LiteralKind.PERIOD:
            # Before a period: before its first day; after it: from the day behind its last.
            edge = 0 if operator in ("<", ">=") else 1
            operator = {"<": "<", "<=": "<", ">": ">=", ">=": ">="}[operator]
            self.parameters.append(_edge(column, str(literal.value), edge))
        else:
            self.parameters.append(self._bound(column, literal))
        return f"({column.key} {operator} ? AND {column.sql} IS NOT NULL)"

    def _like(self, column: Column, term: tree.Comparison) -> str:
        (literal,) = term.values
        allowed = column.field.type in TEXTS - {FieldType.MULTIPICKLIST}
        if not allowed or not isinstance(literal.value, str):
            raise self._bad_operator(term, column)
        self.parameters.append(literal.value.lower())
        # Both sides are folded: SQLite's own LIKE knows no case beyond ASCII.
        return f"(fold({column.sql}) LIKE ? ESCAPE '\\' AND {column.sql} IS NOT NULL)"

    def _includes(self, column: Column, term: tree.Comparison) -> str:
        """INCLUDES ('A;B', 'C'): A and B both chosen, or C."""
        if column.field.type is not FieldType.MULTIPICKLIST:
            raise self._bad_operator(term, column)
        alternatives = []
        for literal in term.values:
            if not isinstance(literal.value, str):
                raise self._bad_operator(term, column)
            wanted = [each.strip() for each in _plain(literal.value).split(";") if each.strip()]
            tests = ["instr(';' || fold(" + column.sql + ") || ';', ?) > 0"] * len(wanted)
            self.parameters += [f";{each.lower()};" for each in wanted]
            alternatives.append("(" + " AND ".join([*tests, f"{column.sql} IS NOT NULL"]) + ")")
        return f"({' OR '.join(alternatives)})"

    def _semi_join(self, term: tree.SemiJoin) -> str:
        column = self._resolve(term.operand)
        if column.field.type not in IDS:
            message = (
                f"The left operand of a semi-join must be an id or reference field: {term.operand}"
            )
            raise located("MALFORMED_QUERY", self._source, term.operand.at, message)
        sql, parameters = self._sub_select(term.select)
        self.parameters += parameters
        return f"({column.sql} IN ({sql}) AND {column.sql} IS NOT NULL)"

    def _bound(self, column: Column, literal: tree.Literal) -> Any:
        value = literal.value
        if literal.kind is LiteralKind.STRING:
            text = _plain(str(value))
            if column.field.type in IDS:
                return self._id(column, literal, text)
            return text.lower() if column.folds else text
        if literal.kind is LiteralKind.DATETIME:
            assert isinstance(value, datetime)
            return _with_fraction(value)
        if literal.kind is LiteralKind.DATE:
            return str(value)
        return value

    def _id(self, column: Column, literal: tree.Literal, text: str) -> str:
        found = to_18(text)
        if found is None:
            message = f"invalid ID field: {text}"
            raise located("INVALID_QUERY_FILTER_OPERATOR", self._source, literal.at, message)
        return found

    def _bad_operator(self, term: tree.Comparison, column: Column) -> OrgError:
        message = f"invalid operator on {column.field.type} field: {term.operator}"
        return located("INVALID_QUERY_FILTER_OPERATOR", self._source, term.operand.at, message)


def _plain(text: str) -> str:
    """A string literal outside LIKE: the escapes kept for LIKE mean the sign itself."""
    return _PLAIN.sub(r"\1", text) if "\\" in text else text


def _with_fraction(moment: datetime) -> str:
    """Rows hold whole seconds; a finer bound must still sort between them."""
    return format_datetime(moment).replace(".000+", f".{moment.microsecond // 1000:03d}+")


def _edge(column: Column, name: str, which: int) -> Parameter:
    """The first (0) or the first following (1) day of a period, as the column stores it."""
    if column.field.type is FieldType.DATE:
        return lambda moment: periods.span(name, moment)[which].isoformat()
    return lambda moment: moment.start_of(periods.span(name, moment)[which])


def bind(parameters: list[Parameter], moment: periods.Moment) -> list[Any]:
    """Parameters as values, for a run at `moment`."""
    return [each(moment) if callable(each) else each for each in parameters]
