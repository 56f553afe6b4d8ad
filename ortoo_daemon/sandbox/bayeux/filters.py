"""Which change events does a channel member's filter expression let through?

The format is the platform's: field expressions of SOQL joined by AND, OR and NOT; AND and OR are
not mixed without parentheses; header fields are written ``ChangeEventHeader.commitUser``. The four
header fields that hold lists can't be filtered on. Text compares without case.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput, VisitError

HEADER = "ChangeEventHeader"
_LIST_HEADERS = frozenset({"recordIds", "nulledFields", "diffFields", "changedFields"})

_GRAMMAR = r"""
?start: expression
?expression: unary | conjunction | disjunction
conjunction: unary (_AND unary)+
disjunction: unary (_OR unary)+
?unary: negation | comparison | "(" expression ")"
negation: _NOT unary
comparison: FIELD OPERATOR value              -> compared
          | FIELD _LIKE STRING                -> like
          | FIELD _IN "(" value ("," value)* ")"        -> among
          | FIELD _NOT _IN "(" value ("," value)* ")"   -> not_among
?value: STRING -> text
      | DATETIME -> moment
      | DATE -> day
      | TIME -> clock
      | NUMBER -> number
      | TRUE -> yes
      | FALSE -> no
      | NULL -> nothing

_AND.2: /AND\b/i
_OR.2: /OR\b/i
_NOT.2: /NOT\b/i
_LIKE.2: /LIKE\b/i
_IN.2: /IN\b/i
TRUE.2: /true\b/i
FALSE.2: /false\b/i
NULL.2: /null\b/i
OPERATOR: "!=" | "<>" | "<=" | ">=" | "=" | "<" | ">"
FIELD: /[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*/
STRING: /'(\\.|[^'\\])*'/
DATETIME.3: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)/
DATE.2: /\d{4}-\d\d-\d\d/
TIME.2: /\d\d:\d\d:\d\d(\.\d+)?Z/
NUMBER: /-?\d+(\.\d+)?/
%import common.WS
%ignore WS
"""

Fields = Mapping[str, Any]
_Test = Callable[[Fields], bool]
_ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class FilterError(ValueError):
    """The expression is not one that a channel member accepts."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One parsed filter: `matches` tells, `fields` are the record fields it reads."""

    text: str
    fields: tuple[str, ...]
    test: _Test

    def matches(self, record: Fields, header: Fields) -> bool:
        """Whether an event with these record and header fields passes."""
        values = dict(record)
        values.update((f"{HEADER}.{name}", value) for name, value in header.items())
        return self.test(values)


@lru_cache(maxsize=64)
def parse_filter(text: str) -> Filter:
    """Parse one filter expression; FilterError says where it can't be read."""
    builder = _Builder()
    try:
        test = builder.transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise FilterError(
            f"filter expression, line {error.line} column {error.column}: cannot read {text!r}"
        ) from error
    except VisitError as error:
        raise FilterError(str(error.orig_exc)) from error
    return Filter(text=text, fields=tuple(dict.fromkeys(builder.fields)), test=test)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr")


def comparable(value: Any) -> Any:
    """A value in the form comparisons use: text without case, date text as moments."""
    if isinstance(value, str):
        return _as_moment(value) if _MOMENT.match(value) else value.casefold()
    return value


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def _as_moment(text: str) -> Any:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text.casefold()


class _Builder(Transformer[Token, Any]):
    """Turns the parse tree into one test function."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[str] = []

    def _field(self, token: Token) -> str:
        name = str(token)
        head, _, rest = name.partition(".")
        if head != HEADER:
            self.fields.append(name)
        elif rest in _LIST_HEADERS:
            raise FilterError(f"filter expression: {name} is a list and can't be filtered on")
        return name

    def conjunction(self, tests: list[_Test]) -> _Test:
        return lambda values: all(test(values) for test in tests)

    def disjunction(self, tests: list[_Test]) -> _Test:
        return lambda values: any(test(values) for test in tests)

    def negation(self, tests: list[_Test]) -> _Test:
        return lambda values: not tests[0](values)

    def compared(self, parts: list[Any]) -> _Test:
        name, sign, wanted = self._field(parts[0]), str(parts[1]), parts[2]
        if sign == "=":
            return lambda values: bool(comparable(values.get(name)) == wanted)
        if sign in ("!=", "<>"):
            return lambda values: bool(comparable(values.get(name)) != wanted)
        return lambda values: _ordered(_ORDERINGS[sign], comparable(values.get(name)), wanted)

    def like(self, parts: list[Any]) -> _Test:
        name = self._field(parts[0])
        pattern = _like_pattern(_unquoted(parts[1]))
        return lambda values: bool(pattern.fullmatch(str(values.get(name) or "")))

    def among(self, parts: list[Any]) -> _Test:
        name, wanted = self._field(parts[0]), parts[1:]
        return lambda values: comparable(values.get(name)) in wanted

    def not_among(self, parts: list[Any]) -> _Test:
        name, wanted = self._field(parts[0]), parts[1:]
        return lambda values: comparable(values.get(name)) not in wanted

    def text(self, parts: list[Token]) -> str:
        return _unquoted(parts[0]).casefold()

    def moment(self, parts: list[Token]) -> datetime:
        return datetime.fromisoformat(parts[0])

    def day(self, parts: list[Token]) -> date:
        return date.fromisoformat(parts[0])

    def clock(self, parts: list[Token]) -> time:
        return time.fromisoformat(parts[0])

    def number(self, parts: list[Token]) -> float:
        return float(parts[0])

    def yes(self, _parts: list[Token]) -> bool:
        return True

    def no(self, _parts: list[Token]) -> bool:
        return False

    def nothing(self, _parts: list[Token]) -> None:
        return None


def _ordered(compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    """An empty or differently typed value is in no order with anything."""
    if value is None or wanted is None:
        return False
    try:
        return compare(value, wanted)
    except TypeError:
        return False


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def _like_pattern(text: str) -> re.Pattern[str]:
    escaped = re.escape(text).replace("%", ".*").replace("_", ".")
    return re.compile(escaped, re.IGNORECASE | re.DOTALL)
