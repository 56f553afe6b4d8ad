"""What does this text say?  SOQL text to a `Select`, or MALFORMED_QUERY."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.soql import tree
from ortoo_daemon.sandbox.soql.refusals import located, malformed, unexpected_token
from ortoo_daemon.sandbox.soql.tree import LiteralKind

LONGEST = 100_000
_LONGEST_LITERAL = 4_000
_STRING = re.compile(r"'([^'\\]*(?:\\.[^'\\]*)*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def parse(source: str) -> tree.Select:
    """The statement as a tree. Raises MALFORMED_QUERY."""
    if len(source) > LONGEST:
        raise malformed(f"SOQL statement cannot be longer than {LONGEST} characters.")
    try:
        parsed = _grammar().parse(source)
        select: tree.Select = _Builder(source).transform(parsed)
        return select
    except VisitError as error:
        if isinstance(error.orig_exc, OrgError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput as error:
        raise _unexpected(source, error) from None


@cache
def _grammar() -> Lark:
    text = files("ortoo_daemon.sandbox.soql").joinpath("grammar.lark").read_text("utf-8")
    return Lark(text, parser="lalr", maybe_placeholders=False)


def _unexpected(source: str, error: UnexpectedInput) -> OrgError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return unexpected_token(source, error.token.start_pos or 0, str(error.token)[:60])
    if isinstance(error, UnexpectedCharacters):
        word = re.match(r"\w+|.", source[error.pos_in_stream or 0 :], re.DOTALL)
        return unexpected_token(source, error.pos_in_stream or 0, word[0] if word else "<EOF>")
    return unexpected_token(source, len(source), "<EOF>")


@v_args(inline=True)
class _Builder(Transformer[Token, Any]):
    def __init__(self, source: str) -> None:
        super().__init__()
        self._source = source

    def start(self, select: tree.Select) -> tree.Select:
        return select

    def select(self, *parts: Any) -> tree.Select:
        _select, items, _from, entity, *clauses = parts
        return tree.Select(
            items=items,
            entity=str(entity),
            entity_at=entity.start_pos,
            **dict(clauses),
        )

    def count_all(self, _count: Token) -> tuple[tree.Item, ...]:
        return ()

    def items(self, *items: Any) -> tuple[Any, ...]:
        return items

    def field_item(self, path: tree.Path, alias: Token | None = None) -> tree.Item:
        return tree.Item(path, None if alias is None else str(alias))

    aggregate_item = field_item

    def fields_item(self, fields: Token, group: Token) -> tree.AllFields:
        return tree.AllFields(group.upper(), fields.start_pos or 0)

    def children_item(self, select: tree.Select) -> tree.Children:
        return tree.Children(select, select.entity_at)

    def function(self, name: Token) -> Token:
        return name

    def aggregate(self, name: Token, path: tree.Path) -> tree.Aggregate:
        return tree.Aggregate(name.upper(), path, name.start_pos or 0)

    def path(self, *names: Token) -> tree.Path:
        return tree.Path(tuple(map(str, names)), names[0].start_pos or 0)

    def where(self, _where: Token, condition: tree.Condition) -> tuple[str, tree.Condition]:
        return "where", condition

    def having(self, _having: Token, condition: tree.Condition) -> tuple[str, tree.Condition]:
        return "having", condition

    def group_by(self, _group: Token, *paths: tree.Path) -> tuple[str, tuple[tree.Path, ...]]:
        return "group_by", paths

    def order_by(self, _order: Token, *orders: tree.Order) -> tuple[str, tuple[tree.Order, ...]]:
        return "order_by", orders

    def limit(self, _limit: Token, number: Token) -> tuple[str, int]:
        return "limit", self._count(number)

    def offset(self, _offset: Token, number: Token) -> tuple[str, int]:
        return "offset", self._count(number)

    def _count(self, number: Token) -> int:
        if not number.isdecimal():
            raise unexpected_token(self._source, number.start_pos or 0, str(number))
        return int(number)

    def direction(self, word: Token) -> Token:
        return word

    nulls = membership = multi = direction

    def order_item(self, operand: tree.Path | tree.Aggregate, *words: Token) -> tree.Order:
        kinds = {word.type for word in words}
        descending = "DESC" in kinds
        # Null counts as the lowest value unless the query says otherwise.
        first = "NULLS_FIRST" in kinds or (not descending and "NULLS_LAST" not in kinds)
        return tree.Order(operand, descending, first)

    def all_of(self, *terms: Any) -> tree.Logical:
        return tree.Logical("AND", tuple(t for t in terms if not isinstance(t, Token)))

    def any_of(self, *terms: Any) -> tree.Logical:
        return tree.Logical("OR", tuple(t for t in terms if not isinstance(t, Token)))

    def negation(self, _not: Token, term: tree.Condition) -> tree.Negation:
        return tree.Negation(term)

    def compare(self, operand: Any, symbol: Token, value: tree.Literal) -> tree.Comparison:
        operator = "!=" if symbol == "<>" else str(symbol)
        return tree.Comparison(operand, operator, (value,))

    def like(self, operand: Any, _like: Token, value: tree.Literal) -> tree.Comparison:
        return tree.Comparison(operand, "LIKE", (value,))

    def member(self, operand: Any, word: Token, values: Any) -> tree.Condition:
        return _maybe_not(word, tree.Comparison(operand, "IN", values))

    def multi_member(self, operand: Any, word: Token, values: Any) -> tree.Condition:
        return _maybe_not(word, tree.Comparison(operand, "INCLUDES", values))

    def semi_join(self, operand: Any, word: Token, select: tree.Select) -> tree.Condition:
        return _maybe_not(word, tree.SemiJoin(operand, select))

    def strings(self, token: Token) -> tuple[tree.Literal, ...]:
        at = token.start_pos or 0
        return tuple(self._string(m[1], at + m.start()) for m in _STRING.finditer(token))

    def value_list(self, *values: tree.Literal) -> tuple[tree.Literal, ...]:
        return values

    def value(self, token: Token) -> tree.Literal:
        at = token.start_pos or 0
        if token.type == "STRING":
            return self._string(token[1:-1], at)
        try:
            kind, value = _LITERALS[token.type](str(token))
        except ValueError:
            raise located(
                "MALFORMED_QUERY", self._source, at, f"Invalid date/time: {token}"
            ) from None
        return tree.Literal(kind, value, at)

    def _string(self, text: str, at: int) -> tree.Literal:
        if len(text) > _LONGEST_LITERAL:
            raise located("MALFORMED_QUERY", self._source, at, "string literal is too long")
        if "\\" in text:
            text = _ESCAPE.sub(self._unescape, text)
        return tree.Literal(LiteralKind.STRING, text, at)

    def _unescape(self, match: re.Match[str]) -> str:
        sign = match[1]
        if len(sign) > 1:
            return chr(int(sign[1:], 16))
        if sign in "%_":
            return match[0]  # means something to LIKE only: see compile's `_plain`
        if sign == "\\":
            return match[0]
        if sign in "'\"":
            return sign
        if sign.lower() in _ESCAPED:
            return _ESCAPED[sign.lower()]
        raise malformed(f"Invalid string literal: illegal character sequence '\\{sign}'")


def _maybe_not(word: Token, condition: tree.Condition) -> tree.Condition:
    return tree.Negation(condition) if word.type in ("NOT_IN", "EXCLUDES") else condition


_LITERALS: dict[str, Any] = {
    "NUMBER": lambda text: (LiteralKind.NUMBER, float(text)),
    "TRUE": lambda text: (LiteralKind.BOOLEAN, True),
    "FALSE": lambda text: (LiteralKind.BOOLEAN, False),
    "NULL": lambda text: (LiteralKind.NULL, None),
    "DATE": lambda text: (LiteralKind.DATE, date.fromisoformat(text)),
    "DATETIME": lambda text: (LiteralKind.DATETIME, datetime.fromisoformat(text.upper())),
    "NAME": lambda text: (LiteralKind.PERIOD, text.upper()),
    "DATE_N": lambda text: (LiteralKind.PERIOD, text.upper()),
}
