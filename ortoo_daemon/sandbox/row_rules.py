"""May this row stand?  Required fields, references, uniqueness, duplicates, the org's own rules."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError, entity_is_deleted
from ortoo_daemon.sandbox.formula import Write
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.references import check_reference
from ortoo_daemon.sandbox.schema import Field, FieldType, ObjectType, Schema
from ortoo_daemon.sandbox.storage import Row, Storage
from ortoo_daemon.sandbox.unit import Unit
from ortoo_daemon.sandbox.values import parse_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """Rows of one object whose `fields` all equal an earlier row's are duplicates.

    `block` refuses them whatever the caller says; else `allow_duplicates` lets them pass.
    """

    name: str
    fields: tuple[str, ...]
    block: bool = False


class RowRules:
    """The checks of a row about to be written; each raises OrgError."""

    def __init__(self, schema: Schema, storage: Storage) -> None:
        self._schema = schema
        self._storage = storage
        self.duplicate_rules: dict[str, list[DuplicateRule]] = {}

    def check(
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
        if before is None and kind.name == "CampaignMember":
            self._check_member(after)
        self._check_rules(unit, kind, before, after)

    def _check_member(self, row: Row) -> None:
        """Nobody is a member of one campaign twice."""
        who = "LeadId" if row["LeadId"] else "ContactId"
        same = {"CampaignId": row["CampaignId"], who: row[who]}
        if self._storage.find("CampaignMember", **same):
            raise OrgError("DUPLICATE_VALUE", "Already a campaign member.")

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

    def check_duplicates(
        self, kind: ObjectType, row: Row, changed: Set[str], options: WriteOptions
    ) -> None:
        """A rule looks at rows that are made, and at those edited in a field that it compares."""
        for rule in self.duplicate_rules.get(kind.name, ()):
            if changed.isdisjoint(rule.fields) or (options.allow_duplicates and not rule.block):
                continue
            first, *others = rule.fields
            if any(row[name] is None for name in rule.fields):
                continue
            candidates = self._storage.ids_by_value(kind.name, kind.fields[first], row[first])
            for found in self._storage.get_many(kind.name, candidates).values():
                if found["Id"] != row["Id"] and all(
                    _alike(found[name], row[name]) for name in others
                ):
                    raise _duplicate(kind, rule, found)


def _checked_reference(field: Field, before: Row | None, unit: Unit, value: str) -> bool:
    """Whether a reference is worth a look: stamps and the caller's own default owner are not."""
    if field.name in ("CreatedById", "LastModifiedById"):
        return False
    return not (before is None and field.name == "OwnerId" and value == unit.caller.user_id)


def check_updatable(kind: ObjectType, before: Row, options: WriteOptions) -> None:
    if kind.written_by_org:
        raise not_allowed(kind, "update")
    if before["IsDeleted"]:
        raise entity_is_deleted()
    if before.get("IsConverted"):
        raise OrgError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    since = options.if_unmodified_since
    if since is not None and parse_datetime(before["LastModifiedDate"]) > since:
        raise precondition_failed()


def precondition_failed() -> OrgError:
    """The row was modified after the moment that the caller named."""
    message = "The requested resource has been modified since the given date"
    return OrgError("PRECONDITION_FAILED", message, status=412)


def not_allowed(kind: ObjectType, what: str) -> OrgError:
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
