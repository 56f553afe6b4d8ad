"""The org itself: rows under rules, one transaction at a time.  No HTTP, no events, one thread.

Everything that writes goes through a transaction; after its commit the callbacks given to
`on_commit` get one `Transaction` with the net changes and the platform events published in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ortoo_daemon.sandbox.changes import Transaction
from ortoo_daemon.sandbox.errors import OrgError, entity_is_deleted, not_found
from ortoo_daemon.sandbox.first_rows import first_rows
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.outcomes import Outcome, attempt
from ortoo_daemon.sandbox.platform_events import Publishing
from ortoo_daemon.sandbox.schema import Field, ObjectType, Schema
from ortoo_daemon.sandbox.soql.query import Queries
from ortoo_daemon.sandbox.storage import Row, Storage
from ortoo_daemon.sandbox.told import Told
from ortoo_daemon.sandbox.unit import Caller, Unit, transaction_key
from ortoo_daemon.sandbox.writes import DuplicateRule, WriteOptions, Writer

Clock = Callable[[], datetime]
OnCommit = Callable[[Transaction], None]


_DEFAULTS = WriteOptions()


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Org:
    """A local org over a schema; rows in memory or in a SQLite file.

    `clock` may be replaced at any time. `before_commit` is called in every transaction before it
    commits and undoes it by raising. `assignment_rule_owner` maps Lead/Case to the owner that
    the active assignment rule gives (no entry: no active rule).
    """

    def __init__(
        self, schema: Schema, path: Path | str = ":memory:", *, clock: Clock = _utc_now
    ) -> None:
        self.schema = schema
        self.clock = clock
        self.storage = Storage(schema, path)
        self._writer = Writer(schema, self.storage)
        self.queries = Queries(schema, self.storage, lambda: self.clock())
        self.events = Publishing(schema, self.storage, lambda: self.clock())
        self.told = Told()
        self._callbacks: list[OnCommit] = []
        self.before_commit: Callable[[Unit], None] = lambda _unit: None
        self._unit: Unit | None = None
        self.organization_id, self.system_user_id = first_rows(self)

    @property
    def assignment_rule_owner(self) -> dict[str, str]:
        return self._writer.assignment_rule_owner

    @property
    def duplicate_rules(self) -> dict[str, list[DuplicateRule]]:
        return self._writer.duplicate_rules

    def on_commit(self, callback: OnCommit) -> None:
        """Call `callback` after every committed transaction that changed something."""
        self._callbacks.append(callback)

    def close(self) -> None:
        self.storage.close()

    @contextmanager
    def transaction(
        self,
        *,
        user_id: str,
        client: str | None = None,
        api: str = "rest",
        version: str = "66.0",
    ) -> Iterator[Unit]:
        """All writes inside are one transaction; an exception undoes them all.

        Inside another transaction it joins that one, and the outer caller's name stands.
        """
        if self._unit is not None:
            yield self._unit
            return
        caller = Caller(user_id=user_id, client=client, api=api, version=version)
        unit = Unit(caller=caller, started_at=self.clock(), storage=self.storage)
        self.storage.begin()
        self._unit = unit
        number = self.storage.next_number("transaction")
        try:
            yield unit
            self.before_commit(unit)
            self.storage.commit()
        except BaseException:
            self.storage.rollback()
            unit.undone()
            raise
        finally:
            self._unit = None
            ended = unit.ended(transaction_key(number))
            if ended is not None:
                self._publish(ended)

    def create(
        self,
        entity: str,
        values: Mapping[str, Any],
        *,
        user_id: str,
        options: WriteOptions = _DEFAULTS,
    ) -> str:
        """Create one record and return its id. Raises OrgError."""
        kind = self.schema.object(entity)
        with self.transaction(user_id=user_id) as unit:
            return self._writer.create(unit, kind, values, options)

    def update(
        self,
        entity: str,
        record_id: str,
        values: Mapping[str, Any],
        *,
        user_id: str,
        options: WriteOptions = _DEFAULTS,
    ) -> None:
        """Change one record. Raises OrgError."""
        kind = self.schema.object(entity)
        with self.transaction(user_id=user_id) as unit:
            before = self._existing(kind, record_id)
            self._writer.update(unit, kind, before, values, options)

    def delete(self, entity: str, record_id: str, *, user_id: str) -> None:
        """Put one record into the recycle bin. Raises OrgError."""
        kind = self.schema.object(entity)
        with self.transaction(user_id=user_id) as unit:
            self._writer.delete(unit, kind, self._existing(kind, record_id))

    def undelete(self, entity: str, record_id: str, *, user_id: str) -> None:
        """Take one record out of the recycle bin. Raises OrgError."""
        kind = self.schema.object(entity)
        with self.transaction(user_id=user_id) as unit:
            self._writer.undelete(unit, kind, self._existing(kind, record_id))

    def upsert(
        self,
        entity: str,
        field: str,
        value: Any,
        values: Mapping[str, Any],
        *,
        user_id: str,
        options: WriteOptions = _DEFAULTS,
    ) -> Outcome:
        """Update the one record whose `field` is `value`, or create it. Raises OrgError.

        More than one such record: MULTIPLE_CHOICES (status 300) with the ids in `extra`.
        """
        kind = self.schema.object(entity)
        key = kind.lookup_field(field)
        with self.transaction(user_id=user_id) as unit:
            found = self.matching(kind, key, value)
            if len(found) > 1:
                raise OrgError("MULTIPLE_CHOICES", "", status=300, extra={"ids": found})
            if found:
                before = self._existing(kind, found[0])
                self._writer.update(unit, kind, before, values, options)
                return Outcome(id=found[0], created=False)
            if key.name == "Id":
                raise not_found()
            row = {**values, key.name: value}
            return Outcome(id=self._writer.create(unit, kind, row, options), created=True)

    def create_many(
        self,
        entity: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        user_id: str,
        auto_assign: bool | str = False,
        options: WriteOptions | None = None,
    ) -> list[Outcome]:
        """Create rows in one transaction, each for itself. For seeds and tests; same rules."""
        options = options or WriteOptions(auto_assign=auto_assign)
        kind = self.schema.object(entity)
        with self.transaction(user_id=user_id) as unit:
            create = self._writer.create
            return [attempt(create, unit, kind, row, options, created=True) for row in rows]

    def update_many(
        self,
        entity: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        user_id: str,
        options: WriteOptions = _DEFAULTS,
    ) -> list[Outcome]:
        """Change rows, each named by its `Id`, in one transaction, each for itself."""
        kind = self.schema.object(entity)
        with self.transaction(user_id=user_id) as unit:
            unit.together = max(unit.together, len(rows))
            ids = [to_18(str(_id_of(row))) for row in rows]
            current = self.storage.get_many(kind.name, [each for each in ids if each])
            return [
                attempt(self._update_row, unit, kind, current, row, record_id, options)
                for row, record_id in zip(rows, ids, strict=True)
            ]

    def delete_many(self, entity: str, record_ids: Sequence[str], *, user_id: str) -> list[Outcome]:
        """Delete records in one transaction, each for itself."""
        with self.transaction(user_id=user_id):
            return [attempt(self._delete_one, entity, each, user_id) for each in record_ids]

    def read(self, entity: str, record_id: str) -> Row | None:
        """The row as it stands, deleted ones included; None when there is none."""
        kind = self.schema.object(entity)
        found = to_18(record_id)
        return None if found is None else self.storage.get(kind.name, found)

    def query(self, soql: str, *, user_id: str | None = None) -> list[dict[str, Any]]:
        """All records of a query, past any page limit. For seeds and tests. Raises OrgError."""
        user_id = user_id or self.system_user_id
        answer = self.queries.query(soql, user_id=user_id, page_size=sys.maxsize)
        return list(answer["records"])

    def matching(self, kind: ObjectType, field: Field, value: Any) -> list[str]:
        """Ids of the undeleted records whose `field` equals `value`."""
        if field.name == "Id":
            value = to_18(str(value))
        return self.storage.ids_by_value(kind.name, field, value)

    def existing(self, entity: str, record_id: str) -> Row:
        """The undeleted row of that id. Raises NOT_FOUND, ENTITY_IS_DELETED."""
        row = self._existing(self.schema.object(entity), record_id)
        if row["IsDeleted"]:
            raise entity_is_deleted()
        return row

    def writer(self) -> Writer:
        """The row steps, for org processes of their own such as lead conversion."""
        return self._writer

    def _update_row(
        self,
        unit: Unit,
        kind: ObjectType,
        current: dict[str, Row],
        row: Mapping[str, Any],
        record_id: str | None,
        options: WriteOptions,
    ) -> str:
        if record_id is None:
            raise OrgError("MALFORMED_ID", f"malformed id {_id_of(row)}", ("Id",))
        before = current.get(record_id)
        if before is None:
            raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        values = {name: value for name, value in row.items() if name.lower() != "id"}
        # The same record may come twice in one call: the second time it is read as changed.
        current[record_id] = self._writer.update(unit, kind, before, values, options)
        return record_id

    def _delete_one(self, entity: str, record_id: str, user_id: str) -> str:
        try:
            self.delete(entity, record_id, user_id=user_id)
        except OrgError as error:
            if error.code == "NOT_FOUND":
                raise OrgError(
                    "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"
                ) from None
            raise
        return str(to_18(record_id))

    def _existing(self, kind: ObjectType, record_id: str) -> Row:
        found = to_18(record_id)
        if found is None:
            raise OrgError("MALFORMED_ID", f"malformed id {record_id}", status=404)
        row = self.storage.get(kind.name, found)
        if row is None:
            raise not_found()
        return row

    def _publish(self, transaction: Transaction) -> None:
        for callback in self._callbacks:
            callback(transaction)


def _id_of(row: Mapping[str, Any]) -> Any:
    return row.get("Id", row.get("id"))
