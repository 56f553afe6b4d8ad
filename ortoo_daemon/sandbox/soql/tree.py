"""What does a SOQL statement say?  Its parts as values; nothing here knows the schema.

`at` is the offset of a part in the statement's text, for error messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class LiteralKind(StrEnum):
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"
    DATE = "date"
    DATETIME = "datetime"
    PERIOD = "period"  # TODAY, LAST_N_DAYS:3 ...


@dataclass(frozen=True, slots=True)
class Path:
    """A field, maybe up relationships: `("Owner", "Name")`."""

    names: tuple[str, ...]
    at: int

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True, slots=True)
class Aggregate:
    function: str
    path: Path
    at: int


@dataclass(frozen=True, slots=True)
class Item:
    """A member of the SELECT list."""

    what: Path | Aggregate
    alias: str | None


@dataclass(frozen=True, slots=True)
class AllFields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: str
    at: int


@dataclass(frozen=True, slots=True)
class Children:
    """A subquery of the SELECT list; its `entity` is the name of a relationship downwards."""

    select: Select
    at: int


@dataclass(frozen=True, slots=True)
class Literal:
    kind: LiteralKind
    value: str | float | bool | date | datetime | None
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """`operator` is one of = != < <= > >= LIKE IN INCLUDES."""

    operand: Path | Aggregate
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class SemiJoin:
    operand: Path | Aggregate
    select: Select


@dataclass(frozen=True, slots=True)
class Logical:
    """`operator` is AND or OR."""

    operator: str
    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    term: Condition


Condition = Comparison | SemiJoin | Logical | Negation


@dataclass(frozen=True, slots=True)
class Order:
    operand: Path | Aggregate
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Select:
    """A statement. `items` is empty for COUNT()."""

    items: tuple[Item | AllFields | Children, ...]
    entity: str
    entity_at: int
    where: Condition | None = None
    group_by: tuple[Path, ...] = ()
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None

    @property
    def counts(self) -> bool:
        return not self.items
