"""Which records may be of one customer, and what is known of them? Values that everyone shares.

Nothing here judges: a `MatchQuestion` says what is looked for, its answer are all records that bear one of
the customer's keys, and `intake.matching` says which of them are of the same person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import RecordId

EMAIL, PHONE, NAME, NUMBER = "email", "phone", "name", "number"
KEYS = (EMAIL, PHONE, NAME, NUMBER)
"""Kinds of keys: what a record is found by."""

MOST_FOUND = 20
"""Of more records that bear a customer's keys the newest count."""


class Customer(NamedTuple):
    """Who somebody says to be. ``email``, ``phones`` and ``name_keys`` are keys, in the one form that
    `intake.keys` gives them, ``number`` one as it stands; the other values are as typed. "" and () where
    nothing is said.
    """

    email: str = ""
    phones: tuple[str, ...] = ()
    name_keys: tuple[str, ...] = ()
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    postal_code: str = ""
    number: str = ""

    def all_keys(self) -> list[tuple[str, str]]:
        """Each key with its kind."""
        found = [(EMAIL, self.email)] if self.email else []
        if self.phones:
            found += [(PHONE, phone) for phone in self.phones]
        if self.name_keys:
            found += [(NAME, key) for key in self.name_keys]
        if self.number:
            found.append((NUMBER, self.number))
        return found


class Found(NamedTuple):
    """A record that bears a key of a customer. ``duplicate_of`` is what it repeats, "" for nothing."""

    object: str
    id: RecordId
    owner: RecordId
    created_at: datetime
    customer: Customer
    rooftop: str = ""
    source: str = ""
    duplicate_of: str = ""
    brand: str = ""


class Searched(NamedTuple):
    """One object that is looked through: records since ``since`` (None: all), and by which path each thing
    that is said of a customer is read there. The paths of ``email``, ``phone`` and ``name`` are keys."""

    object: str
    since: datetime | None
    paths: tuple[tuple[str, str], ...]


class MatchQuestion(NamedTuple):
    """Which records bear a key of this customer?

    The record at hand, ``beside``, does not count, and none made from ``until`` on (None: all do). Answer:
    at most MOST_FOUND records, the newest; None for none.
    """

    object: str
    beside: RecordId
    customer: Customer
    among: tuple[Searched, ...]
    until: datetime | None = None

    def __hash__(self) -> int:
        """By what nearly always tells questions apart: looked up a dozen times for every record."""
        return hash(self.beside)

    def may_hold(self, found: Found) -> bool:
        """Whether such a record is asked for."""
        created_at = found.created_at
        if found.id == self.beside or (self.until is not None and created_at >= self.until):
            return False
        for name, since, _ in self.among:
            if name == found.object and (since is None or created_at >= since):
                return True
        return False


class How(StrEnum):
    """By what a record was found to be of the same customer; HOUSEHOLD and COMPANY: of the same family, of
    the same company, but of somebody else."""

    NUMBER = "number"
    EMAIL_AND_PHONE = "email_and_phone"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    HOUSEHOLD = "household"
    COMPANY = "company"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The record that counts as the customer's, from 0 to 1 how ``sure``, and of how many it is one."""

    found: Found
    how: How
    sure: float
    count: int


def found_kept(found: Found) -> list[Any]:
    """As a decision's facts keep it."""
    return [
        found.object,
        found.id,
        found.owner,
        instant_text(found.created_at),
        list(found.customer),
        found.rooftop,
        found.source,
        found.duplicate_of,
        found.brand,
    ]


def found_unkept(saved: list[Any]) -> Found:
    """What `found_kept` gave. Raises ValueError, KeyError, IndexError or TypeError for anything else."""
    at = instant(saved[3])
    if at is None:
        raise ValueError(f"no moment: {saved[3]!r}")
    return Found(
        str(saved[0]),
        RecordId(saved[1]),
        RecordId(saved[2]),
        at,
        customer_of(saved[4]),
        *map(str, saved[5:9]),
    )


def customer_of(saved: list[Any]) -> Customer:
    email, phones, names, *rest = saved
    return Customer(str(email), tuple(phones), tuple(names), *map(str, rest))


def question_kept(question: MatchQuestion) -> Mapping[str, Any]:
    """As a decision's facts keep it, without what the record at hand says already."""
    return {
        "customer": list(question.customer),
        "until": None if question.until is None else instant_text(question.until),
        "among": [
            [
                each.object,
                None if each.since is None else instant_text(each.since),
                each.paths,
            ]
            for each in question.among
        ],
    }


def question_unkept(
    saved: Mapping[str, Any], *, object_name: str, beside: RecordId
) -> MatchQuestion:
    return MatchQuestion(
        object_name,
        beside,
        customer_of(saved["customer"]),
        tuple(
            Searched(name, instant(since), tuple((role, path) for role, path in paths))
            for name, since, paths in saved["among"]
        ),
        instant(saved["until"]),
    )
