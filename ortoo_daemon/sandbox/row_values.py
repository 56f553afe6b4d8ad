"""Which values did the caller give?  Field names resolved, writability and types checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.schema import Field, ObjectType, Schema
from ortoo_daemon.sandbox.storage import Row, Storage
from ortoo_daemon.sandbox.values import Coerce, coercer

_AUDIT = frozenset({"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"})


class RowValues:
    """Turns a caller's JSON object into values of a row."""

    def __init__(self, schema: Schema, storage: Storage) -> None:
        self._schema = schema
        self._storage = storage
        self._coercers: dict[str, dict[str, tuple[Field, Coerce]]] = {}

    def read(
        self,
        kind: ObjectType,
        values: Mapping[str, Any],
        options: WriteOptions,
        *,
        creating: bool,
    ) -> Row:
        """The caller's values by canonical field name, checked and in API form."""
        known = self._known(kind)
        given: Row = {}
        locked: list[str] = []
        for name, value in values.items():
            if name == "attributes":
                continue
            entry = known.get(name) or known.get(name.lower())
            if entry is None:
                given.update(self._by_external_id(kind, name, value))
                continue
            field, coerce = entry
            if not _writable(field, options, creating=creating):
                locked.append(field.name)
            else:
                given[field.name] = coerce(value)
        if locked:
            raise _not_writable(locked)
        return given

    def _by_external_id(self, kind: ObjectType, name: str, value: Any) -> Row:
        """A reference given as `{"Account": {"Dealer_Code__c": "R1"}}`."""
        reference = kind.relationships.get(name.lower())
        if reference is None or not isinstance(value, Mapping):
            kind.field(name)  # raises INVALID_FIELD
            raise AssertionError(f"{name} is known")
        keys = {k: v for k, v in value.items() if k != "attributes"}
        target = self._schema.object(reference.reference_to[0])
        if len(keys) != 1 or reference.polymorphic:
            raise OrgError("INVALID_FIELD", f"{name}: exactly one external id field is needed")
        ((key, wanted),) = keys.items()
        ids = self._storage.ids_by_value(target.name, target.lookup_field(key), wanted)
        if len(ids) != 1:
            message = f"Foreign key external ID: {wanted} not found for field {key} in entity {target.name}"
            raise OrgError("INVALID_FIELD", message)
        return {reference.name: ids[0]}

    def _known(self, kind: ObjectType) -> dict[str, tuple[Field, Coerce]]:
        """Fields and their checks by name, canonical and lower-case."""
        known = self._coercers.get(kind.name)
        if known is None:
            known = {}
            for field in kind.stored:
                entry = (field, coercer(field))
                known[field.name] = known[field.name.lower()] = entry
            for field in kind.compounds:
                known[field.name] = known[field.name.lower()] = (field, lambda value: value)
            self._coercers[kind.name] = known
        return known


def _writable(field: Field, options: WriteOptions, *, creating: bool) -> bool:
    if creating and options.keep_ids and field.name == "Id":
        return True
    if creating and options.set_audit_fields and field.name in _AUDIT:
        return True
    return field.createable if creating else field.updateable


def _not_writable(names: list[str]) -> OrgError:
    message = (
        f"Unable to create/update fields: {', '.join(names)}. Please check the security settings "
        "of this field and verify that it is read/write for your profile or permission set."
    )
    return OrgError("INVALID_FIELD_FOR_INSERT_UPDATE", message, tuple(names))
