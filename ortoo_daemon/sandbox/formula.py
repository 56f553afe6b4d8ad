"""Does a validation rule refuse this write?  The part of the formula language that the org speaks.

A formula is compiled once to closures over a `Write`; a function, field or operator outside the
supported part raises FormulaError at load, so that no rule is ever silently ignored.
Like the platform: text compares with case, a blank text equals "", a comparison with a blank
number is false, and id fields yield 15 characters (compare through CASESAFEID).
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError, VisitError

from ortoo_daemon.sandbox.ids import to_18

if TYPE_CHECKING:
    from ortoo_daemon.sandbox.schema import Field

_ID_TYPES = ("id", "reference")
_NUMBER_TYPES = ("int", "double", "currency", "percent")


class FormulaError(Exception):
    """The formula cannot be read, or needs something the sandbox does not speak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What a formula sees: the row before (None on create) and after, who writes and when."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    user: Mapping[str, Any]
    now: datetime


_Step = Callable[[Write], Any]
_KnownField = Callable[[str], "Field | None"]


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled formula."""

    source: str
    _evaluate: _Step

    @classmethod
    def parse(cls, source: str, *, known_field: _KnownField) -> Formula:
        """Compile `source`. Raises FormulaError for anything not understood."""
        try:
            tree = _grammar().parse(source)
            return cls(source, _Compiler(known_field).transform(tree))
        except VisitError as error:
            raise FormulaError(str(error.orig_exc)) from error
        except LarkError as error:
            raise FormulaError(f"cannot read {source!r}: {error}") from error

    def holds(self, write: Write) -> bool:
        return bool(self._evaluate(write))


def literal_default(text: str | None) -> Any:
    """A field's `defaultValue` in API form: a literal; None when there is none."""
    if not text:
        return None
    if text in ("true", "false"):
        return text == "true"
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise FormulaError(f"{text!r} is not a literal") from error


@cache
def _grammar() -> Lark:
    text = files("ortoo_daemon.sandbox").joinpath("formula.lark").read_text("utf-8")
    return Lark(text, parser="lalr", propagate_positions=True)


def _blank(value: Any) -> bool:
    return value is None or value == ""


def _compare(symbol: str, left: Any, right: Any) -> bool:
    if symbol in ("=", "=="):
        return _same(left, right)
    if symbol in ("<>", "!="):
        return not _same(left, right)
    if _blank(left) or _blank(right):
        return False
    return bool(_ORDER[symbol](left, right))


_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def _same(left: Any, right: Any) -> bool:
    return (_blank(left) and _blank(right)) or bool(left == right)


class _Compiler(Transformer[Token, _Step]):
    def __init__(self, known_field: _KnownField) -> None:
        super().__init__()
        self._known_field = known_field

    def any_of(self, steps: list[_Step]) -> _Step:
        return _any(steps)

    def all_of(self, steps: list[_Step]) -> _Step:
        return _all(steps)

    def compare(self, parts: list[Any]) -> _Step:
        left, symbol, right = parts
        return lambda w: _compare(str(symbol), left(w), right(w))

    def arithmetic(self, parts: list[Any]) -> _Step:
        first, *rest = parts
        pairs = [(str(s), step) for s, step in zip(rest[::2], rest[1::2], strict=True)]

        def run(w: Write) -> Any:
            total = first(w)
            for symbol, step in pairs:
                total = _calculate(symbol, total, step(w))
            return total

        return run

    def negate(self, steps: list[_Step]) -> _Step:
        return lambda w: not steps[0](w)

    def minus(self, steps: list[_Step]) -> _Step:
        return lambda w: _calculate("-", 0, steps[0](w))

    def string(self, tokens: list[Token]) -> _Step:
        value = ast.literal_eval(str(tokens[0]))
        return lambda w: value

    def number(self, tokens: list[Token]) -> _Step:
        value = float(tokens[0])
        return lambda w: value

    def user(self, tokens: list[Token]) -> _Step:
        source, _, name = str(tokens[0]).partition(".")
        if source.lower() != "$user":
            raise FormulaError(f"{tokens[0]}: only $User is supported")
        return lambda w: _shown(w.user.get(name), is_id=name.endswith("Id"))

    def field(self, tokens: list[Token]) -> _Step:
        name = str(tokens[0])
        if name.upper() in _CONSTANTS:
            value = _CONSTANTS[name.upper()]
            return lambda w: value
        known = self._known(name)
        return _FieldStep(known.name, known.type in _ID_TYPES, known.type in _NUMBER_TYPES)

    def call(self, parts: list[Any]) -> _Step:
        name, *arguments = parts
        steps = [each for each in arguments if each is not None]
        build = _FUNCTIONS.get(str(name).upper())
        if build is None:
            raise FormulaError(f"function {name}() is not supported by the sandbox org")
        try:
            return build(*steps)
        except TypeError as error:
            raise FormulaError(f"{name}(): wrong number of arguments") from error

    def _known(self, name: str) -> Field:
        known = self._known_field(name)
        if known is None:
            raise FormulaError(f"field {name} does not exist")
        return known


_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None}


def _calculate(symbol: str, left: Any, right: Any) -> Any:
    if symbol == "&" or (symbol == "+" and isinstance(left, str)):
        return f"{'' if left is None else left}{'' if right is None else right}"
    if left is None or right is None:
        return None
    return {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}[symbol](
        left, right
    )


def _shown(value: Any, *, is_id: bool) -> Any:
    return value[:15] if is_id and value else value


@dataclass(frozen=True, slots=True)
class _FieldStep:
    """Reads a field; ISCHANGED and PRIORVALUE ask it for the value before."""

    name: str
    is_id: bool
    is_number: bool

    def __call__(self, write: Write) -> Any:
        return _shown(write.after.get(self.name), is_id=self.is_id)

    def before(self, write: Write) -> Any:
        row = write.after if write.before is None else write.before
        return _shown(row.get(self.name), is_id=self.is_id)


def _field_of(step: _Step, function: str) -> _FieldStep:
    if not isinstance(step, _FieldStep):
        raise FormulaError(f"{function}() takes a field")
    return step


def _any(steps: list[_Step]) -> _Step:
    return lambda w: any(step(w) for step in steps)


def _all(steps: list[_Step]) -> _Step:
    return lambda w: all(step(w) for step in steps)


def _is_changed(step: _Step) -> _Step:
    field = _field_of(step, "ISCHANGED")
    return lambda w: w.before is not None and not _same(field.before(w), field(w))


def _prior_value(step: _Step) -> _Step:
    return _field_of(step, "PRIORVALUE").before


def _is_pick_value(step: _Step, value: _Step) -> _Step:
    return lambda w: _same(step(w), value(w))


def _if(condition: _Step, then: _Step, otherwise: _Step) -> _Step:
    return lambda w: then(w) if condition(w) else otherwise(w)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _case_safe(step: _Step) -> _Step:
    return lambda w: to_18(_text(step(w))) or step(w)


_FUNCTIONS: dict[str, Callable[..., _Step]] = {
    "AND": lambda *steps: _all(list(steps)),
    "OR": lambda *steps: _any(list(steps)),
    "NOT": lambda step: lambda w: not step(w),
    "IF": _if,
    "ISBLANK": lambda step: lambda w: _blank(step(w)),
    "ISNULL": lambda step: lambda w: _blank(step(w)),
    "BLANKVALUE": lambda step, other: lambda w: other(w) if _blank(step(w)) else step(w),
    "ISNEW": lambda: lambda w: w.before is None,
    "ISCHANGED": _is_changed,
    "PRIORVALUE": _prior_value,
    "ISPICKVAL": _is_pick_value,
    "TEXT": lambda step: lambda w: _text(step(w)),
    "LEN": lambda step: lambda w: len(_text(step(w))),
    "LEFT": lambda step, n: lambda w: _text(step(w))[: int(n(w))],
    "BEGINS": lambda step, n: lambda w: _text(step(w)).startswith(_text(n(w))),
    "CONTAINS": lambda step, n: lambda w: _text(n(w)) in _text(step(w)),
    "CASESAFEID": _case_safe,
}
