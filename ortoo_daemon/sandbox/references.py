"""May this row point there?  Lookups, owners and queues."""

from __future__ import annotations

from typing import Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.schema import Field, ObjectType, Schema
from ortoo_daemon.sandbox.storage import Row
from ortoo_daemon.sandbox.unit import Unit


def check_reference(schema: Schema, unit: Unit, kind: ObjectType, field: Field, value: str) -> None:
    """Raise unless `value` may stand in a reference field. Answers are kept in the unit."""
    key = (kind.name if field.name == "OwnerId" else "", field.reference_to, value)
    refusal = unit.looked_up.get(key, _UNKNOWN)
    if refusal is _UNKNOWN:
        refusal = unit.looked_up[key] = _refusal(schema, unit, kind, field, value)
    if refusal is not None:
        raise OrgError(refusal.code, refusal.message, refusal.fields)


_UNKNOWN: Any = object()


def _refusal(
    schema: Schema, unit: Unit, kind: ObjectType, field: Field, value: str
) -> OrgError | None:
    target = schema.of_id(value)
    if target is None or target.name not in field.reference_to:
        message = f"{field.label}: id value of incorrect type: {value}"
        return OrgError("FIELD_INTEGRITY_EXCEPTION", message, (field.name,))
    row = unit.storage.get(target.name, value)
    if row is None:
        return OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
    if row["IsDeleted"]:
        return OrgError("ENTITY_IS_DELETED", "entity is deleted", (field.name,))
    if field.name == "OwnerId":
        return _owner_refusal(unit, kind, target, row)
    return None


def _owner_refusal(unit: Unit, kind: ObjectType, target: ObjectType, owner: Row) -> OrgError | None:
    if target.name == "User":
        if owner["IsActive"]:
            return None
        message = (
            f"operation performed with inactive user [{owner['Id'][:15]}] "
            f"as owner of {kind.label.lower()}"
        )
        return OrgError("INACTIVE_OWNER_OR_USER", message)
    listed = unit.storage.find("QueueSobject", QueueId=owner["Id"], SobjectType=kind.name)
    if owner["Type"] == "Queue" and listed:
        return None
    return OrgError("INVALID_OPERATION", "Queue not associated with this SObject type")
