"""What did a transaction change?  The values handed to whoever publishes change events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

_STAMPS = frozenset({"LastModifiedDate", "LastModifiedById"})


class ChangeType(StrEnum):
    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    UNDELETE = "UNDELETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The net change of one record in one transaction.

    `changed_fields` names what an UPDATE changed, LastModifiedDate included, and is empty
    otherwise. Rows are complete and in API JSON form; `before` is None for a CREATE.
    """

    entity: str
    record_id: str
    change_type: ChangeType
    changed_fields: tuple[str, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEvent:
    """One published platform event. `values` has every field that the event declares."""

    entity: str
    id: str
    uuid: str
    created_at: datetime
    created_by: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A committed transaction: who, through which API, when, what. `key` is unique."""

    key: str
    user_id: str
    client: str | None
    api: str
    version: str
    committed_at: datetime
    changes: tuple[Change, ...]
    events: tuple[PlatformEvent, ...] = ()


def cost_of(change: Change) -> int:
    """How many changes it counts for: each field of an update, one for everything else."""
    return max(len(change.changed_fields), 1)


def merge(first: Change, second: Change) -> Change | None:
    """Two changes of one record in one transaction as one; None when nothing is left."""
    kinds = (first.change_type, second.change_type)
    if kinds == (ChangeType.CREATE, ChangeType.DELETE):
        return None
    if kinds[0] is ChangeType.CREATE:
        return replace(first, after=second.after)
    if kinds[1] is not ChangeType.UPDATE:
        return replace(second, before=first.before)
    if kinds[0] is not ChangeType.UPDATE:
        return replace(first, after=second.after)
    fields = _still_different(first, second)
    return replace(first, changed_fields=fields, after=second.after) if fields else None


def _still_different(first: Change, second: Change) -> tuple[str, ...]:
    """What two updates changed together; a field that was set back is no change."""
    assert first.before is not None
    either = {*first.changed_fields, *second.changed_fields} - _STAMPS
    fields = [n for n in second.after if n in either and first.before[n] != second.after[n]]
    stamps = [n for n in (*first.changed_fields, *second.changed_fields) if n in _STAMPS]
    return tuple(dict.fromkeys((*fields, *stamps))) if fields else ()
