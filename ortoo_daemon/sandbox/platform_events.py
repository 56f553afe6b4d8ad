"""How is a platform event published?  Values checked against its fields, then it joins a transaction.

It goes out when the transaction commits, unless its definition says at once. Publishing counts
against the hourly allocation, which `Publishing.admit` asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ortoo_daemon.sandbox.changes import PlatformEvent
from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.row_values import RowValues
from ortoo_daemon.sandbox.schema import FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.storage import Storage
from ortoo_daemon.sandbox.unit import Unit

_PLAIN = WriteOptions()


class Publishing:
    """Publishes the org's platform events; `admit` raises OrgError when no more may go out."""

    def __init__(self, schema: Schema, storage: Storage, clock: Callable[[], datetime]) -> None:
        self._storage = storage
        self._clock = clock
        self._values = RowValues(schema, storage)
        self.admit: Callable[[], None] = lambda: None

    def publish(self, unit: Unit, kind: ObjectType, values: Mapping[str, Any]) -> PlatformEvent:
        """Publish one event as part of a transaction. Raises OrgError."""
        given = self._values.read(kind, values, _PLAIN, creating=True)
        custom = [each for each in kind.stored if each.custom]
        whole = {f.name: given.get(f.name, f.default) for f in custom}
        missing = tuple(f.name for f in custom if f.required and whole[f.name] is None)
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise OrgError("REQUIRED_FIELD_MISSING", message, missing)
        self.admit()
        event = PlatformEvent(
            entity=kind.name,
            id=self._storage.next_id(kind.prefix),
            uuid=str(uuid4()),
            created_at=self._clock(),
            created_by=unit.caller.user_id,
            values=whole,
        )
        (unit.events_at_once if kind.at_once else unit.events).append(event)
        return event


def shown(event: PlatformEvent, kind: ObjectType) -> dict[str, Any]:
    """The payload as subscribers get it: date-times with Z, empty fields as null."""
    payload: dict[str, Any] = {
        "CreatedDate": _moment(event.created_at),
        "CreatedById": event.created_by,
    }
    for name, value in event.values.items():
        payload[name] = with_z(value) if kind.fields[name].type is FieldType.DATETIME else value
    return payload


def with_z(value: str | None) -> str | None:
    """A stored date-time as events write it."""
    return None if value is None else value.removesuffix("+0000") + "Z"


def _moment(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
