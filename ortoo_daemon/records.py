"""What are the small nouns that everyone shares: record ids, records, owners, work items?

Pure values: nothing here talks to an org, reads a clock or knows a policy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from string import ascii_letters, digits
from typing import NewType

RecordId = NewType("RecordId", str)
"""An 18-character Salesforce id. 15-character ids differ by letter case only, so compare on 18."""

FieldValue = str | int | float | bool | None
"""A field's value as the REST API's JSON gives it: dates and datetimes stay text, multi-selects ``a;b``."""

_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_IS_CAPITAL = {ord(each): str(int(each.isupper())) for each in ascii_letters + digits}


@lru_cache(maxsize=16_384)  # every call of the org about a record looks at its id again
def record_id(text: str) -> RecordId:
    """The 18-character form of a 15- or 18-character id.

    Raises ValueError when the text is no id. The checksum is Salesforce's: one letter for each five
    characters, whose bits say which of them are capitals.
    """
    if len(text) not in (15, 18) or not (text.isascii() and text.isalnum()):
        raise ValueError(f"{text!r} is not a Salesforce record id (15 or 18 letters and digits)")
    base = text[:15]
    capitals = int(base[::-1].translate(_IS_CAPITAL), 2)
    suffix = "".join([_CHECKSUM[capitals >> first & 31] for first in (0, 5, 10)])
    return RecordId(base + suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A record as it was read: fields by API name, parents' fields by path (``Account.Region__c``)."""

    object: str
    id: RecordId
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    def get(self, name: str) -> FieldValue:
        """The value of a field, None where it is empty or was not read."""
        return self.fields.get(name)

    def text(self, name: str) -> str:
        """The value of a field as trimmed text, empty where there is none."""
        value = self.fields.get(name)
        return "" if value is None else str(value).strip()


class OwnerKind(StrEnum):
    USER = "user"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who holds a record: a user or a queue. ``name`` is for people to read."""

    id: RecordId
    kind: OwnerKind
    name: str

    @staticmethod
    def kind_of(owner_id: str) -> OwnerKind:
        """Queues are Groups, key prefix 00G; every other owner is a user (005)."""
        return OwnerKind.QUEUE if owner_id.startswith("00G") else OwnerKind.USER


class WorkReason(StrEnum):
    """Why a record is looked at: its way in. A decision's key follows from the item's entry."""

    CREATED = "created"
    CHANGED = "changed"
    RECONCILED = "reconciled"
    REQUEUED = "requeued"
    SLA = "sla"
    REVIEWED = "reviewed"
    ABSENCE = "absence"
    SPLIT = "split"


FIRST_ENTRY = "first"
"""The entry of every way in by which a record enters for the first time: stream, gap, sweep.

They share one decision key, so that the same record heard of twice is one handling."""


_BY_HAND = "by_hand:"


def entry_by_hand(at: datetime) -> str:
    """The entry of a change of owner by a person: that of the moment, so that one heard twice is one."""
    return f"{_BY_HAND}{at:%Y%m%dT%H%M%S.%fZ}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """A record that should be looked at, and why.

    ``entry`` tells two handlings of one record apart: FIRST_ENTRY, or the moment of a requeue.
    ``heard_at`` is when the daemon heard of it, ``committed_at`` when the org did what it heard of (None:
    no event told); ``attempts`` counts earlier tries of this item. ``changed_fields`` are the API names an
    event named (empty: unknown or a creation).
    """

    object: str
    record_id: RecordId
    reason: WorkReason
    entry: str = FIRST_ENTRY
    heard_at: datetime
    committed_at: datetime | None = None
    changed_fields: frozenset[str] = frozenset()
    attempts: int = 0

    @property
    def happened_at(self) -> datetime:
        """When that happened which the item is about, as far as it is known."""
        return self.committed_at or self.heard_at

    @property
    def names_no_change(self) -> bool:
        """Whether something changed and nobody said what: every field may have."""
        return self.reason is WorkReason.CHANGED and not self.changed_fields

    @property
    def found_by_hand(self) -> bool:
        """Whether a sweep has found that a person holds the record, by comparing it with its decision."""
        return self.entry.startswith(_BY_HAND)

    @property
    def decision_key(self) -> str:
        """The external id of the decision this item leads to; the same after any crash."""
        return f"{self.record_id}:{self.entry}"
