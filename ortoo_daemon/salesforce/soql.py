"""How is a query put together so that data can never become part of its grammar?

Every value passes `literal`, every name passes `name`; callers combine conditions, they never write SOQL.
Pure.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NewType
from urllib.parse import quote_plus

from simple_salesforce.format import quote_soql_value

Condition = NewType("Condition", str)
"""A part of a WHERE clause built by this module."""

Literal = NewType("Literal", str)
"""A value as it may stand in a query, as `literal` gives it."""

Value = str | int | float | bool | date | datetime | None

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*")
_EXPRESSION = re.compile(r"COUNT\(\)|(?:COUNT|SUM|MIN|MAX)\(([^()]+)\)")

LONGEST_URI = 8_000
"""Bytes. The org refuses request lines above 16,384 (414), many a proxy in between above 8 KB."""

LONGEST_IN_COMPOSITE = 15_000
"""Bytes of a query in a composite call: no proxy sees it as an address, the org's own limit stays."""

PLAIN_IN_URI = "'(),"
"""Marks of SOQL that a query string may hold as they are: escaping them makes lists a fifth longer."""

_MARKS = re.compile(rf"[^A-Za-z0-9_.~{re.escape(PLAIN_IN_URI)}-]")
"""What stands in a request line otherwise than in a query."""

_ADDRESS_RESERVE = 300


@lru_cache(maxsize=2048)  # the same few, for every row
def name(text: str) -> str:
    """An API name or path as it may stand in a query. Raises ValueError for anything else."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not an API name or a path of API names")
    return text


def literal(value: Value) -> Literal:
    """A value as a SOQL literal. Datetimes must be aware; they are written in UTC to the second."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without time zone can't be asked for")
        return Literal(value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    return Literal(str(quote_soql_value(value)))


def equals(field: str, value: Value) -> Condition:
    return Condition(f"{name(field)} = {literal(value)}")


def differs(field: str, value: Value) -> Condition:
    return Condition(f"{name(field)} != {literal(value)}")


def at_least(field: str, value: Value) -> Condition:
    return Condition(f"{name(field)} >= {literal(value)}")


def above(field: str, value: Value) -> Condition:
    return Condition(f"{name(field)} > {literal(value)}")


def below(field: str, value: Value) -> Condition:
    return Condition(f"{name(field)} < {literal(value)}")


def starts_with(field: str, text: str) -> Condition:
    """Whatever the case, as the platform compares. Raises ValueError for a text that holds a placeholder."""
    if set(text) & set("%_\\"):
        raise ValueError(f"{text!r} holds a placeholder")
    return Condition(f"{name(field)} LIKE {literal(text + '%')}")


def one_of(field: str, values: Collection[Value]) -> Condition:
    """``field IN (...)``. Raises ValueError for no values at all: SOQL has no empty list."""
    if not values:
        raise ValueError(f"no values to look for in {field}")
    return one_of_literals(field, [literal(value) for value in values])


def one_of_literals(field: str, literals: Iterable[Literal]) -> Condition:
    """The same of values that are literals already; there must be one."""
    return Condition(f"{name(field)} IN ({','.join(literals)})")


def among(field: str, object_name: str, where: Iterable[Condition]) -> Condition:
    """``field`` holds the id of such a record. At most two of these may stand in one query."""
    return Condition(f"{name(field)} IN ({select(object_name, ['Id'], where=where)})")


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Conditions joined by AND; parenthesised, as SOQL refuses AND and OR side by side."""
    return Condition(" AND ".join(f"({part})" for part in conditions))


def any_of(conditions: Iterable[Condition]) -> Condition:
    return Condition(" OR ".join(f"({part})" for part in conditions))


def select(
    object_name: str,
    fields: Iterable[str],
    *,
    where: Iterable[Condition] = (),
    group_by: Sequence[str] = (),
    order_by: Sequence[str] = (),
    newest_first: bool = False,
    limit: int | None = None,
) -> str:
    """A whole query; ``where`` conditions must all hold. ``fields`` may hold COUNT(Id) and the like.

    ``newest_first`` turns the order round.
    """
    query = f"SELECT {','.join(_column(field) for field in fields)} FROM {name(object_name)}"
    conditions = tuple(where)
    if conditions:
        query += f" WHERE {conditions[0] if len(conditions) == 1 else all_of(conditions)}"
    if group_by:
        query += f" GROUP BY {','.join(name(field) for field in group_by)}"
    if order_by:
        after = " DESC" if newest_first else ""
        query += f" ORDER BY {','.join(name(field) + after for field in order_by)}"
    return query if limit is None else f"{query} LIMIT {int(limit)}"


def chunks(
    values: Iterable[str], *, beside: str = "", at_most: int = 200
) -> Iterator[tuple[str, ...]]:
    """Cut values so that an IN list of each part fits the URI beside the rest of its query."""
    room = LONGEST_URI - _ADDRESS_RESERVE - uri_length(beside)
    part: list[str] = []
    used = 0
    for value in values:
        plain = value.isascii() and value.isalnum()  # ids: quotes and comma stay as they are
        cost = len(value) + 3 if plain else uri_length(literal(value) + ",")
        if part and (len(part) >= at_most or used + cost > room):
            yield tuple(part)
            part, used = [], 0
        part.append(value)
        used += cost
    if part:
        yield tuple(part)


def in_uri(query: str) -> str:
    """The query as a request line takes it."""
    return _MARKS.sub(_escaped, query)


def uri_length(query: str) -> int:
    """Bytes the query takes in a request line."""
    if query.isascii() and query.isalnum():
        return len(query)
    marks = _MARKS.findall(query)
    return len(query) + sum(len(_escape(mark)) - 1 for mark in marks)


def _escaped(mark: re.Match[str]) -> str:
    return _escape(mark[0])


@lru_cache(maxsize=1024)  # few marks, in thousands of keys
def _escape(mark: str) -> str:
    return quote_plus(mark, safe=PLAIN_IN_URI)


def _column(field: str) -> str:
    aggregate = _EXPRESSION.fullmatch(field)
    if aggregate is None:
        return name(field)
    if aggregate.group(1) is not None:
        name(aggregate.group(1))
    return field
