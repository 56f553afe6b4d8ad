"""What change event does a committed change become?

Follows the platform's CometD form: compound names and addresses nested (``Name.LastName`` in
changedFields), only new and changed fields, emptied ones listed with null, and none of IsDeleted,
SystemModstamp, the id itself or fields that are computed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ortoo_daemon.sandbox.changes import Change, ChangeType, Transaction
from ortoo_daemon.sandbox.schema import FieldType, ObjectType

_LEFT_OUT = frozenset({"Id", "IsDeleted", "SystemModstamp"})
_NAME_PARTS = ("Salutation", "FirstName", "MiddleName", "LastName", "Suffix")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field of an object sits in an event: field -> (compound or None, member).

    `moments` are the date-time fields, which events write with Z instead of +0000.
    """

    places: Mapping[str, tuple[str | None, str]]
    moments: frozenset[str]

    def path(self, field: str) -> str:
        """The name of a field in changedFields."""
        compound, member = self.places[field]
        return member if compound is None else f"{compound}.{member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Changes of one entity in one transaction that are told in one event.

    `gap`: told without their fields, as a gap event.
    """

    changes: tuple[Change, ...]
    gap: bool = False

    @property
    def change(self) -> Change:
        """The first of them, which shows what all of them show."""
        return self.changes[0]


def header_of(
    transaction: Transaction, group: Group, *, layout: Layout, sequence: int, commit_number: int
) -> dict[str, Any]:
    """The ChangeEventHeader of one event; `sequence` counts from 1 within the transaction."""
    change = group.change
    header = gap_header(
        transaction,
        change.entity,
        change_type=change.change_type.value,
        record_ids=[each.record_id for each in group.changes],
        commit_number=commit_number,
    )
    if group.gap:
        return header | {"changeType": f"GAP_{change.change_type.value}"}
    changed = [layout.path(n) for n in change.changed_fields if n in layout.places]
    return header | {
        "changeOrigin": _origin(transaction),
        "sequenceNumber": sequence,
        "changedFields": changed,
    }


def gap_header(
    transaction: Transaction,
    entity: str,
    *,
    change_type: str,
    record_ids: Sequence[str],
    commit_number: int,
) -> dict[str, Any]:
    """The ChangeEventHeader of an event that has nothing else: always the first of its kind."""
    return {
        "entityName": entity,
        "recordIds": list(record_ids),
        "changeType": change_type,
        "changeOrigin": "",
        "transactionKey": transaction.key,
        "sequenceNumber": 1,
        "commitTimestamp": int(transaction.committed_at.timestamp() * 1000),
        "commitNumber": commit_number,
        "commitUser": transaction.user_id,
        "changedFields": [],
    }


def groups_of(changes: Iterable[Change]) -> list[Group]:
    """Changes in their order, those that change several records alike in one group.

    The platform merges the same update of many records, and their deletion.
    """
    groups: dict[Hashable, list[Change]] = {}
    for change in changes:
        groups.setdefault(_likeness(change), []).append(change)
    return [Group(changes=tuple(each)) for each in groups.values()]


def _likeness(change: Change) -> Hashable:
    """Equal for changes that can be told in one event."""
    if change.change_type not in (ChangeType.UPDATE, ChangeType.DELETE):
        return change.record_id
    values = tuple(change.after[name] for name in change.changed_fields)
    return change.entity, change.change_type, change.changed_fields, values


def payload_of(
    change: Change, header: Mapping[str, Any], layout: Layout, extra: Iterable[str] = ()
) -> dict[str, Any]:
    """The payload: header, then the fields that are new or changed, and the `extra` ones."""
    payload: dict[str, Any] = {"ChangeEventHeader": dict(header)}
    for name, value in _shown(change, layout, extra):
        compound, member = layout.places[name]
        if value is not None and name in layout.moments:
            value = value.removesuffix("+0000") + "Z"
        if compound is None:
            payload[member] = value
        else:
            payload.setdefault(compound, {})[member] = value
    return payload


def _shown(change: Change, layout: Layout, extra: Iterable[str]) -> Iterator[tuple[str, Any]]:
    values = change.after
    if change.change_type in (ChangeType.CREATE, ChangeType.UNDELETE):
        yield from ((n, values[n]) for n in layout.places if values.get(n) is not None)
        return
    changed = frozenset(change.changed_fields)
    yield from ((name, values.get(name)) for name in layout.places if name in changed)
    for name in extra:
        if name in layout.places and name not in changed and values.get(name) is not None:
            yield name, values[name]


def layout_of(entity: ObjectType) -> Layout:
    """The event layout of an object."""
    places: dict[str, tuple[str | None, str]] = {}
    for compound in entity.compounds:
        prefix = compound.name.removesuffix("Address")
        for part in compound.parts:
            places[part] = (compound.name, part.removeprefix(prefix))
    for each in entity.stored:
        if each.name in places or each.name in _LEFT_OUT:
            continue
        if entity.person and each.name == "Name":
            continue
        in_name = entity.person and each.name in _NAME_PARTS
        places[each.name] = ("Name" if in_name else None, each.name)
    moments = frozenset(f.name for f in entity.stored if f.type is FieldType.DATETIME)
    return Layout(places, moments)


@lru_cache(maxsize=256)
def schema_id(event: str) -> str:
    """A stable stand-in for the event schema's id."""
    digest = hashlib.sha256(event.encode()).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _origin(transaction: Transaction) -> str:
    """Only API clients leave an origin; changes by the org itself have none."""
    if not transaction.api:
        return ""
    origin = f"com/salesforce/api/{transaction.api}/{transaction.version}"
    return f"{origin};client={transaction.client}" if transaction.client else origin
