"""Which records of the org bear a key of these customers? Many share a query, several queries a call.

A key that thousands of records bear (the number of a switchboard) must not hide the others' records: where
a query finds more than it may, its customers are asked for in halves, and of one alone the newest count.
Halving wastes the call that found too much, so how much customers find is remembered (`Plenty`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple

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

_SAID = (
    *(EMAIL, PHONE, NAME, NUMBER, "first_name", "last_name", "company", "postal_code"),
    *("rooftop", "source", "duplicate_of", "brand"),
)
"""What may be read of a record: of its customer, then as `Found` holds it."""

_AGE = attrgetter("created_at", "id")

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


class _Key(NamedTuple):
    """A customer's key, as a query writes it, and how many bytes of a call it takes there."""

    kind: str
    literal: soql.Literal
    cost: int

    @classmethod
    def of(cls, kind: str, key: str) -> "_Key":
        literal = soql.literal(key)
        return cls(kind, literal, soql.uri_length(literal) + 1)  # and a comma


class _Asked(NamedTuple):
    """A question with its customer's keys, which more than one query names."""

    question: MatchQuestion
    keys: tuple[_Key, ...]

    @classmethod
    def of(cls, question: MatchQuestion) -> "_Asked":
        return cls(question, tuple(_Key.of(*key) for key in question.customer.all_keys()))


@dataclass(frozen=True, slots=True)
class _Search:
    """One query: the customers of these questions on one object, read by these paths."""

    object: str
    paths: _Paths
    asked: tuple[_Asked, ...]

    def text(self) -> str:
        by_kind: dict[str, set[soql.Literal]] = defaultdict(set)
        for asked in self.asked:
            for kind, literal, _ in asked.keys:
                by_kind[kind].add(literal)
        paths = dict(self.paths)
        return self._text(
            [
                soql.one_of_literals(paths[k], sorted(by_kind[k]))
                for k in KEYS
                if by_kind[k] and k in paths
            ]
        )

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
        middle = len(self.asked) // 2
        for part in (self.asked[:middle], self.asked[middle:]):
            yield _Search(self.object, self.paths, part)

    def _since(self) -> Iterator[soql.Condition]:
        spans = [each.since for q, _ in self.asked for each in q.among if self._is(each)]
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
            plenty.note(search.object, customers=len(search.asked), rows=len(rows))
            if len(rows) >= MOST_ROWS and len(search.asked) > 1:
                pending += search.halves()
            elif rows:
                _sort_in(search, rows, found)
    return {question: _newest(records) for question, records in found.items()}


def _searches(questions: Iterable[MatchQuestion], plenty: Plenty) -> Iterator[_Search]:
    together: dict[tuple[str, _Paths], list[_Asked]] = defaultdict(list)
    for asked in map(_Asked.of, questions):
        for each in asked.question.among:
            together[each.object, each.paths].append(asked)
    for (object_name, paths), of_these in together.items():
        search = _Search(object_name, paths, tuple(of_these))
        yield from _short_enough(search, at_most=plenty.most(object_name))


def _short_enough(search: _Search, *, at_most: int) -> Iterator[_Search]:
    """Cut so that each fits a composite call and has ``at_most`` so many customers, as few as may be; a
    customer's keys stay together."""
    room = soql.LONGEST_IN_COMPOSITE - soql.uri_length(search.text_beside_keys())
    kinds = {kind for kind, _ in search.paths}
    part: list[_Asked] = []
    used = 0
    for asked in search.asked:
        cost = sum(key.cost for key in asked.keys if key.kind in kinds)
        if not cost:
            continue
        if part and (used + cost > room or len(part) >= at_most):
            yield _Search(search.object, search.paths, tuple(part))
            part, used = [], 0
        part.append(asked)
        used += cost
    if part:
        yield _Search(search.object, search.paths, tuple(part))


def _sort_in(
    search: _Search,
    rows: Iterable[Mapping[str, Any]],
    found: Mapping[MatchQuestion, list[Found]],
) -> None:
    """Give each row to whoever asked for one of its keys."""
    asking: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, (question, _) in enumerate(search.asked):
        for key in question.customer.all_keys():
            asking[key].append(number)
    answers = [found[question] for question, _ in search.asked]
    paths = dict(search.paths)
    columns = [paths.get(role, "") for role in _SAID]
    for row in rows:
        record = _found(search.object, columns, row)
        if record is None:
            continue
        for number in {n for key in record.customer.all_keys() for n in asking.get(key, ())}:
            if search.asked[number].question.may_hold(record):
                answers[number].append(record)


def _found(object_name: str, columns: Sequence[str], row: Mapping[str, Any]) -> Found | None:
    """``columns`` are where a row holds what is _SAID, "" for nowhere."""
    created_at = instant(row[_CREATED])
    if created_at is None or not row[_OWNER]:
        return None
    email, phone, name, number, first_name, last_name, company, postal_code, *about = [
        "" if (value := row.get(path)) is None else str(value).strip() for path in columns
    ]
    phones, name_keys = (phone,) if phone else (), (name,) if name else ()
    customer = Customer(
        email, phones, name_keys, first_name, last_name, company, postal_code, number
    )
    id_, owner = record_id(row["Id"]), record_id(row[_OWNER])
    return Found(object_name, id_, owner, created_at, customer, *about)


def _newest(records: Sequence[Found]) -> tuple[Found, ...]:
    return tuple(sorted(records, key=_AGE, reverse=True)[:MOST_FOUND])
