"""What happens to one row that is created, changed or deleted?  The steps, in the platform's order.

Each function does one row inside an open unit: it either writes the row, its history and its
change, or raises OrgError having written nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ortoo_daemon.sandbox.changes import Change, ChangeType
from ortoo_daemon.sandbox.derived import derive, history_entries
from ortoo_daemon.sandbox.errors import OrgError, entity_is_deleted
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.row_rules import DuplicateRule, RowRules, check_updatable, not_allowed
from ortoo_daemon.sandbox.row_values import RowValues
from ortoo_daemon.sandbox.schema import ObjectType, Schema
from ortoo_daemon.sandbox.sharing import lost_shares, same_share
from ortoo_daemon.sandbox.storage import Row, Storage
from ortoo_daemon.sandbox.unit import Unit

__all__ = ["DuplicateRule", "WriteOptions", "Writer"]

Disturb = Callable[[Unit, ObjectType, Row, Collection[str]], None]
"""Gets the transaction, the object, the row as it would be, and the names of the fields that were given."""

_STAMPS = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")


class Writer:
    """The row steps, with the org's settings they depend on.

    `row_checks` are further checks by object; each gets the row to be written, or raises OrgError.
    `disturb` sees every row last, and raises OrgError where a fault is set for it.
    """

    def __init__(self, schema: Schema, storage: Storage) -> None:
        self._schema = schema
        self._storage = storage
        self._values = RowValues(schema, storage)
        self._rules = RowRules(schema, storage)
        self._blanks: dict[str, Row] = {}
        self.row_checks: dict[str, Callable[[Row], None]] = {}
        self.disturb: Disturb = lambda _unit, _kind, _row, _given: None
        self.assignment_rule_owner: dict[str, str] = {}

    @property
    def duplicate_rules(self) -> dict[str, list[DuplicateRule]]:
        return self._rules.duplicate_rules

    def create(
        self, unit: Unit, kind: ObjectType, values: Mapping[str, Any], options: WriteOptions
    ) -> str:
        """Create one row and return its id."""
        if kind.written_by_org:
            raise not_allowed(kind, "insert")
        given = self._values.read(kind, values, options, creating=True)
        shared = same_share(self._storage, kind, given)
        if shared is not None:
            return str(self.apply(unit, kind, shared, given, options)["Id"])
        row = {**self._blank(kind), **given}
        self._stamp_new(unit, kind, row, given)
        self._assign(kind, row, options)
        derive(kind, None, row, unit.stamp)
        self._rules.check(unit, kind, None, row, set(kind.fields))
        self._check_row(kind, row)
        self._rules.check_duplicates(kind, row, set(kind.fields), options)
        self.disturb(unit, kind, row, given)
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
    ) -> Row:
        """Change one row. A write that changes nothing moves the stamps and makes no change.

        Returns the row as it stands now.
        """
        check_updatable(kind, before, options)
        given = self._values.read(kind, values, options, creating=False)
        return self.apply(unit, kind, before, given, options)

    def apply(
        self, unit: Unit, kind: ObjectType, before: Row, given: Row, options: WriteOptions
    ) -> Row:
        """The second half of an update: values that are already checked against their fields."""
        after = {**before, **given}
        self._assign(kind, after, options)
        derive(kind, before, after, unit.stamp)
        changed = {name for name, value in after.items() if value != before[name]}
        self._rules.check(unit, kind, before, after, changed)
        self._check_row(kind, after)
        self._rules.check_duplicates(kind, after, changed, options)
        self.disturb(unit, kind, after, given)
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
        if "OwnerId" in changed:
            for share, row in lost_shares(self._schema, self._storage, kind, before, after):
                self._mark(unit, share, row, deleted=True)
        return after

    def delete(self, unit: Unit, kind: ObjectType, before: Row) -> None:
        """Put one row into the recycle bin."""
        if not kind.deletable or kind.written_by_org:
            raise not_allowed(kind, "delete")
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

    def _check_row(self, kind: ObjectType, row: Row) -> None:
        check = self.row_checks.get(kind.name)
        if check is not None:
            check(row)

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


def _numbered(pattern: str, number: int) -> str:
    head, _, rest = pattern.partition("{")
    zeros, _, tail = rest.partition("}")
    return f"{head}{number:0{max(len(zeros), 1)}d}{tail}"


def _stamp(unit: Unit, row: Row) -> None:
    row["LastModifiedDate"] = row["SystemModstamp"] = unit.stamp
    row["LastModifiedById"] = unit.caller.user_id
