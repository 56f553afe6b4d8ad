"""Which records of the org bear a key of these customers? Many share a query, several queries a call.

A key that thousands of records bear (the number of a switchboard) must not hide the others' records: where
a query finds more than it may, its customers are asked for in halves, and of one alone the newest count.
Halving wastes the call that found too much, so how much customers find is remembered (`Plenty`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ortoo_daemon.instants import instant
from ortoo_daemon.matches import (
    EMAIL,
    KEYS,
    MOST_FOUND,
    NAME,
    NUMBER,
    PHONE,
    Customer,
    Found,
    MatchQuestion,
    Searched,
)
from ortoo_daemon.records import record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.queries import query_together
from ortoo_daemon.salesforce.rest import RestClient

MOST_ROWS = 2_000
"""Of a query: one page."""

_AIMED_AT = 0.7
"""Of MOST_ROWS: customers differ, and a query that finds too much is asked again."""

_ENOUGH_TO_TELL = 20
"""Customers."""

_CREATED, _OWNER = "CreatedDate", "OwnerId"
_STILL_THERE: Mapping[str, soql.Condition] = {
    "Lead": soql.equals("IsConverted", False),
    "Opportunity": soql.equals("IsClosed", False),
}
"""A converted lead lives on as its contact; a closed deal is no reason to go to anybody."""

_Paths = tuple[tuple[str, str], ...]


class Plenty:
    """How many records a customer's keys find, by object, lately: so that queries are cut before they find
    more than they may. Where little is found nothing is cut.

    Only whole answers of some customers tell: one switchboard's number says nothing of the others.
    """

    def __init__(self) -> None:
        self._of_one: dict[str, float] = {}

    def most(self, object_name: str) -> int:
        """So many customers a query of this object may have."""
        of_one = self._of_one.get(object_name, 0.0)
        return max(_ENOUGH_TO_TELL, int(MOST_ROWS * _AIMED_AT / of_one)) if of_one else MOST_ROWS

    def note(self, object_name: str, *, customers: int, rows: int) -> None:
        """A query of so many customers has found so many rows."""
        if rows >= MOST_ROWS or customers < _ENOUGH_TO_TELL:
            return
        before, now = self._of_one.get(object_name), rows / customers
        self._of_one[object_name] = now if before is None else (before + now) / 2


@dataclass(frozen=True, slots=True)
class _Search:
    """One query: the customers of these questions on one object, read by these paths."""

    object: str
    paths: _Paths
    questions: tuple[MatchQuestion, ...]

    def text(self) -> str:
        by_kind: dict[str, set[str]] = defaultdict(set)
        for question in self.questions:
            for kind, key in question.customer.all_keys():
                by_kind[kind].add(key)
        paths = dict(self.paths)
        keys = [
            soql.one_of(paths[k], sorted(by_kind[k])) for k in KEYS if k in paths and by_kind[k]
        ]
        return self._text(keys)

    def _text(self, keys: Sequence[soql.Condition]) -> str:
        where = [soql.any_of(keys), *self._since()]
        if self.object in _STILL_THERE:
            where.append(_STILL_THERE[self.object])
        return soql.select(
            self.object,
            ["Id", _OWNER, _CREATED, *sorted({path for _, path in self.paths})],
            where=where,
            order_by=[_CREATED, "Id"],
            newest_first=True,
            limit=MOST_ROWS,
        )

    def text_beside_keys(self) -> str:
        """The query with an empty list for each kind of key."""
        paths = dict(self.paths)
        return self._text([soql.one_of(paths[kind], [""]) for kind in KEYS if kind in paths])

    def halves(self) -> Iterator["_Search"]:
        middle = len(self.questions) // 2
        for part in (self.questions[:middle], self.questions[middle:]):
            yield _Search(self.object, self.paths, part)

    def _since(self) -> Iterator[soql.Condition]:
        spans = [each.since for q in self.questions for each in q.among if self._is(each)]
        if all(since is not None for since in spans):
            yield soql.at_least(_CREATED, min(since for since in spans if since is not None))

    def _is(self, searched: Searched) -> bool:
        return searched.object == self.object and searched.paths == self.paths


async def find_matches(
    rest: RestClient, questions: Sequence[MatchQuestion], plenty: Plenty | None = None
) -> dict[MatchQuestion, tuple[Found, ...]]:
    """The answer to each question, newest records first. ``plenty`` is what earlier searches have taught.

    Raises OrgError.
    """
    plenty = plenty or Plenty()
    found: dict[MatchQuestion, list[Found]] = {question: [] for question in questions}
    pending = list(_searches(questions, plenty))
    while pending:
        asked, pending = pending, []
        answers = await query_together(rest, [search.text() for search in asked])
        for search, rows in zip(asked, answers, strict=True):
            plenty.note(search.object, customers=len(search.questions), rows=len(rows))
            if len(rows) >= MOST_ROWS and len(search.questions) > 1:
                pending += search.halves()
            else:
                _sort_in(search, rows, found)
    return {question: _newest(records) for question, records in found.items()}


def _searches(questions: Iterable[MatchQuestion], plenty: Plenty) -> Iterator[_Search]:
    together: dict[tuple[str, _Paths], list[MatchQuestion]] = defaultdict(list)
    for question in questions:
        for each in question.among:
            together[each.object, each.paths].append(question)
    for (object_name, paths), asked in together.items():
        search = _Search(object_name, paths, tuple(asked))
        yield from _short_enough(search, at_most=plenty.most(object_name))


def _short_enough(search: _Search, *, at_most: int) -> Iterator[_Search]:
    """Cut so that each fits a composite call and has ``at_most`` so many customers, as few as may be; a
    customer's keys stay together."""
    room = soql.LONGEST_IN_COMPOSITE - soql.uri_length(search.text_beside_keys())
    kinds = {kind for kind, _ in search.paths}
    part: list[MatchQuestion] = []
    used = 0
    for question in search.questions:
        keys = [key for kind, key in question.customer.all_keys() if kind in kinds]
        if not keys:
            continue
        cost = sum(soql.uri_length(soql.literal(key)) + 1 for key in keys)
        if part and (used + cost > room or len(part) >= at_most):
            yield _Search(search.object, search.paths, tuple(part))
            part, used = [], 0
        part.append(question)
        used += cost
    if part:
        yield _Search(search.object, search.paths, tuple(part))


def _sort_in(
    search: _Search,
    rows: Iterable[Mapping[str, Any]],
    found: Mapping[MatchQuestion, list[Found]],
) -> None:
    """Give each row to whoever asked for one of its keys."""
    asking: dict[tuple[str, str], list[MatchQuestion]] = defaultdict(list)
    for question in search.questions:
        for key in question.customer.all_keys():
            asking[key].append(question)
    for row in rows:
        record = _found(search, row)
        if record is None:
            continue
        askers = dict.fromkeys(q for key in record.customer.all_keys() for q in asking.get(key, ()))
        for question in askers:
            if question.may_hold(record):
                found[question].append(record)


def _found(search: _Search, row: Mapping[str, Any]) -> Found | None:
    created_at = instant(row[_CREATED])
    if created_at is None or not row[_OWNER]:
        return None
    said = {
        role: str(value).strip()
        for role, path in search.paths
        if (value := row.get(path)) is not None
    }

    def text(role: str) -> str:
        return said.get(role, "")

    phone, name = text(PHONE), text(NAME)
    customer = Customer(
        email=text(EMAIL),
        phones=(phone,) if phone else (),
        name_keys=(name,) if name else (),
        first_name=text("first_name"),
        last_name=text("last_name"),
        company=text("company"),
        postal_code=text("postal_code"),
        number=text(NUMBER),
    )
    return Found(
        object=search.object,
        id=record_id(row["Id"]),
        owner=record_id(row[_OWNER]),
        created_at=created_at,
        customer=customer,
        rooftop=text("rooftop"),
        source=text("source"),
        duplicate_of=text("duplicate_of"),
        brand=text("brand"),
    )


def _newest(records: Sequence[Found]) -> tuple[Found, ...]:
    def age(found: Found) -> tuple[datetime, str]:
        return found.created_at, found.id

    return tuple(sorted(records, key=age, reverse=True)[:MOST_FOUND])
