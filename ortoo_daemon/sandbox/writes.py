"""What happens to one row that is created, changed or deleted?  The steps, in the platform's order.

Each function does one row inside an open unit: it either writes the row, its history and its
change, or raises OrgError having written nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ortoo_daemon.sandbox.changes import Change, ChangeType
from ortoo_daemon.sandbox.derived import derive, history_entries
from ortoo_daemon.sandbox.errors import OrgError, entity_is_deleted
from ortoo_daemon.sandbox.formula import Write
from ortoo_daemon.sandbox.references import check_reference
from ortoo_daemon.sandbox.schema import Field, FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.storage import Row, Storage
from ortoo_daemon.sandbox.unit import Unit
from ortoo_daemon.sandbox.values import Coerce, coercer, parse_datetime

_STAMPS = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")
_AUDIT = frozenset({"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOptions:
    """What a caller may ask of a write, as request headers do.

    `auto_assign`: run the assignment rule on Lead and Case (the platform's default), or a rule id.
    `allow_duplicates`: save in spite of a duplicate rule set to alert.
    `if_unmodified_since`: refuse with 412 when the row was modified after that second.
    `keep_ids`, `set_audit_fields`: for seeding; create with the id and Created/LastModified given.
    """

    auto_assign: bool | str = True
    allow_duplicates: bool = False
    if_unmodified_since: datetime | None = None
    keep_ids: bool = False
    set_audit_fields: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """Rows of one object whose `fields` all equal an earlier row's are duplicates.

    `block` refuses them whatever the caller says; else `allow_duplicates` lets them pass.
    """

    name: str
    fields: tuple[str, ...]
    block: bool = False


class Writer:
    """The row steps, with the org's settings they depend on."""

    def __init__(self, schema: Schema, storage: Storage) -> None:
        self._schema = schema
        self._storage = storage
        self._coercers: dict[str, dict[str, tuple[Field, Coerce]]] = {}
        self._blanks: dict[str, Row] = {}
        self.assignment_rule_owner: dict[str, str] = {}
        self.duplicate_rules: dict[str, list[DuplicateRule]] = {}

    def create(
        self, unit: Unit, kind: ObjectType, values: Mapping[str, Any], options: WriteOptions
    ) -> str:
        """Create one row and return its id."""
        if kind.written_by_org:
            raise _not_allowed(kind, "insert")
        given = self._read_values(unit, kind, values, options, creating=True)
        row = {**self._blank(kind), **given}
        self._stamp_new(unit, kind, row, given)
        self._assign(kind, row, options)
        derive(kind, None, row, unit.stamp)
        self._check(unit, kind, None, row, set(kind.fields))
        self._check_duplicates(kind, row, options)
        self._storage.insert(kind.name, row)
        self._finish(unit, kind, ChangeType.CREATE, None, row)
        return str(row["Id"])

    def update(
        self,
        unit: Unit,
        kind: ObjectType,
        before: Row,
        values: Mapping[str, Any],
        options: WriteOptions,
    ) -> None:
        """Change one row. A write that changes nothing moves the stamps and makes no change."""
        _check_updatable(kind, before, options)
        given = self._read_values(unit, kind, values, options, creating=False)
        self.apply(unit, kind, before, given, options)

    def apply(
        self, unit: Unit, kind: ObjectType, before: Row, given: Row, options: WriteOptions
    ) -> None:
        """The second half of an update: values that are already checked against their fields."""
        after = {**before, **given}
        self._assign(kind, after, options)
        derive(kind, before, after, unit.stamp)
        changed = {name for name, value in after.items() if value != before[name]}
        self._check(unit, kind, before, after, changed)
        _stamp(unit, after)
        written = {name: after[name] for name in (*sorted(changed), *_STAMPS)}
        self._storage.update(kind.name, after["Id"], written)
        if changed:
            self._finish(
                unit,
                kind,
                ChangeType.UPDATE,
                before,
                after,
                tuple(name for name in kind.fields if name in changed),
            )

    def delete(self, unit: Unit, kind: ObjectType, before: Row) -> None:
        """Put one row into the recycle bin."""
        if not kind.deletable or kind.written_by_org:
            raise _not_allowed(kind, "delete")
        if before["IsDeleted"]:
            raise entity_is_deleted()
        self._mark(unit, kind, before, deleted=True)

    def undelete(self, unit: Unit, kind: ObjectType, before: Row) -> None:
        """Take one row out of the recycle bin."""
        if not before["IsDeleted"]:
            raise OrgError("UNDELETE_FAILED", "Entity is not in the recycle bin")
        self._mark(unit, kind, before, deleted=False)

    def _mark(self, unit: Unit, kind: ObjectType, before: Row, *, deleted: bool) -> None:
        after = {**before, "IsDeleted": deleted}
        _stamp(unit, after)
        written = {name: after[name] for name in ("IsDeleted", *_STAMPS)}
        self._storage.update(kind.name, after["Id"], written)
        kind_of_change = ChangeType.DELETE if deleted else ChangeType.UNDELETE
        self._finish(unit, kind, kind_of_change, before, after)

    def _read_values(
        self,
        unit: Unit,
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
                given.update(self._by_external_id(unit, kind, name, value))
                continue
            field, coerce = entry
            if not _writable(field, options, creating=creating):
                locked.append(field.name)
            else:
                given[field.name] = coerce(value)
        if locked:
            raise _not_writable(locked)
        return given

    def _by_external_id(self, unit: Unit, kind: ObjectType, name: str, value: Any) -> Row:
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

    def _blank(self, kind: ObjectType) -> Row:
        blank = self._blanks.get(kind.name)
        if blank is None:
            blank = {f.name: f.default for f in kind.stored}
            self._blanks[kind.name] = blank
        return blank

    def _stamp_new(self, unit: Unit, kind: ObjectType, row: Row, given: Row) -> None:
        row["Id"] = given.get("Id") or self._storage.next_id(kind.prefix)
        for field in kind.stored:
            if field.auto_number is not None:
                first = 1001 if kind.name == "Case" else 1
                sequence = f"{kind.name}.{field.name}"
                number = self._storage.next_number(sequence, first=first)
                row[field.name] = _numbered(field.auto_number, number)
        if "OwnerId" in row and not given.get("OwnerId"):
            if "OwnerId" in given:
                message = "Owner ID: owner cannot be blank"
                raise OrgError("INVALID_CROSS_REFERENCE_KEY", message, ("OwnerId",))
            if kind.fields["OwnerId"].createable:
                row["OwnerId"] = unit.caller.user_id
        if kind.custom and not row["Name"]:
            row["Name"] = row["Id"][:15]
        row["CreatedDate"] = given.get("CreatedDate") or unit.stamp
        row["CreatedById"] = given.get("CreatedById") or unit.caller.user_id
        row["LastModifiedDate"] = given.get("LastModifiedDate") or row["CreatedDate"]
        row["LastModifiedById"] = given.get("LastModifiedById") or row["CreatedById"]
        row["SystemModstamp"] = row["LastModifiedDate"]

    def _assign(self, kind: ObjectType, row: Row, options: WriteOptions) -> None:
        """The assignment rule's owner takes the record, unless the caller switched it off."""
        if options.auto_assign is not False:
            owner = self.assignment_rule_owner.get(kind.name)
            if owner is not None:
                row["OwnerId"] = owner

    def _check(
        self, unit: Unit, kind: ObjectType, before: Row | None, after: Row, changed: set[str]
    ) -> None:
        missing = [
            f.name
            for f in kind.stored
            if f.required and after[f.name] is None and (before is None or f.name in changed)
        ]
        if missing:
            message = f"Required fields are missing: [{', '.join(missing)}]"
            raise OrgError("REQUIRED_FIELD_MISSING", message, tuple(missing))
        if after.get("OwnerId") is None and "OwnerId" in changed and before is not None:
            message = "Owner ID: owner cannot be blank"
            raise OrgError("INVALID_CROSS_REFERENCE_KEY", message, ("OwnerId",))
        for field in kind.stored:
            value = after[field.name]
            if field.name not in changed or value is None:
                continue
            if field.type is FieldType.REFERENCE and _checked_reference(field, before, unit, value):
                check_reference(self._schema, unit, kind, field, value)
            if field.unique:
                self._check_unique(kind, field, after)
        self._check_rules(unit, kind, before, after)

    def _check_unique(self, kind: ObjectType, field: Field, row: Row) -> None:
        others = self._storage.ids_by_value(kind.name, field, row[field.name])
        other = next((each for each in others if each != row["Id"]), None)
        if other is not None:
            code = "DUPLICATE_USERNAME" if field.name == "Username" else "DUPLICATE_VALUE"
            message = (
                f"duplicate value found: {field.name} duplicates value on record "
                f"with id: {other[:15]}"
            )
            raise OrgError(code, message, (field.name,))

    def _check_rules(self, unit: Unit, kind: ObjectType, before: Row | None, after: Row) -> None:
        if not kind.validation_rules:
            return
        user = unit.looked_up.get("user")
        if user is None:
            user = self._storage.get("User", unit.caller.user_id) or {"Id": unit.caller.user_id}
            unit.looked_up["user"] = user
        write = Write(before=before, after=after, user=user, now=unit.started_at)
        for rule in kind.validation_rules:
            if rule.condition.holds(write):
                fields = (rule.error_field,) if rule.error_field else ()
                raise OrgError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message, fields)

    def _check_duplicates(self, kind: ObjectType, row: Row, options: WriteOptions) -> None:
        for rule in self.duplicate_rules.get(kind.name, ()):
            if options.allow_duplicates and not rule.block:
                continue
            first, *others = rule.fields
            if any(row[name] is None for name in rule.fields):
                continue
            candidates = self._storage.ids_by_value(kind.name, kind.fields[first], row[first])
            for found in self._storage.get_many(kind.name, candidates).values():
                if all(_alike(found[name], row[name]) for name in others):
                    raise _duplicate(kind, rule, found)

    def _finish(
        self,
        unit: Unit,
        kind: ObjectType,
        change_type: ChangeType,
        before: Row | None,
        after: Row,
        changed: tuple[str, ...] = (),
    ) -> None:
        if change_type in (ChangeType.CREATE, ChangeType.UPDATE):
            self._write_history(unit, kind, before, after)
        if changed:
            stamps = [n for n in ("LastModifiedById",) if before and before[n] != after[n]]
            changed = (*changed, "LastModifiedDate", *stamps)
        unit.record(
            Change(
                entity=kind.name,
                record_id=after["Id"],
                change_type=change_type,
                changed_fields=changed,
                before=before,
                after=after,
            )
        )

    def _write_history(self, unit: Unit, kind: ObjectType, before: Row | None, after: Row) -> None:
        for field, old, new in history_entries(kind, before, after):
            assert kind.history is not None
            history = self._schema.object(kind.history.entity)
            row = self._blank(history) | {
                "Id": self._storage.next_id(history.prefix),
                kind.history.parent_field: after["Id"],
                "Field": field,
                "OldValue": old,
                "NewValue": new,
                "CreatedDate": unit.stamp,
                "CreatedById": unit.caller.user_id,
                "LastModifiedDate": unit.stamp,
                "LastModifiedById": unit.caller.user_id,
                "SystemModstamp": unit.stamp,
            }
            self._storage.insert(history.name, row)


def _checked_reference(field: Field, before: Row | None, unit: Unit, value: str) -> bool:
    """Whether a reference is worth a look: stamps and the caller's own default owner are not."""
    if field.name in ("CreatedById", "LastModifiedById"):
        return False
    return not (before is None and field.name == "OwnerId" and value == unit.caller.user_id)


def _check_updatable(kind: ObjectType, before: Row, options: WriteOptions) -> None:
    if kind.written_by_org:
        raise _not_allowed(kind, "update")
    if before["IsDeleted"]:
        raise entity_is_deleted()
    if before.get("IsConverted"):
        raise OrgError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    since = options.if_unmodified_since
    if since is not None and parse_datetime(before["LastModifiedDate"]) > since:
        raise OrgError(
            "PRECONDITION_FAILED",
            "The requested resource has been modified since the given date",
            status=412,
        )


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


def _not_allowed(kind: ObjectType, what: str) -> OrgError:
    message = f"entity type {kind.name} does not support {what}"
    return OrgError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message)


def _duplicate(kind: ObjectType, rule: DuplicateRule, found: Row) -> OrgError:
    match = {"record": {"attributes": {"type": kind.name}, "Id": found["Id"]}}
    result = {
        "allowSave": not rule.block,
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": kind.name,
        "errorMessage": "Use one of these records?",
        "matchResults": [{"entityType": kind.name, "matchRecords": [match]}],
    }
    message = "Use one of these records?"
    return OrgError("DUPLICATES_DETECTED", message, extra={"duplicateResult": result})


def _alike(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return bool(left == right)


def _numbered(pattern: str, number: int) -> str:
    head, _, rest = pattern.partition("{")
    zeros, _, tail = rest.partition("}")
    return f"{head}{number:0{max(len(zeros), 1)}d}{tail}"


def _stamp(unit: Unit, row: Row) -> None:
    row["LastModifiedDate"] = row["SystemModstamp"] = unit.stamp
    row["LastModifiedById"] = unit.caller.user_id
