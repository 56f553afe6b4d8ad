"""What do people do in the org?  Rows created, changed and deleted by hand, under their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.outcomes import Outcome, attempt
from ortoo_daemon.sandbox.unit import Unit
from ortoo_daemon.sandbox.writes import WriteOptions

# What the platform writes as origin for edits in its own user interface.
UI_API, UI_VERSION, UI_CLIENT = "soap", "66.0", "SfdcInternalAPI/"

_KINDS = ("create", "update", "delete", "undelete")

Result = dict[str, Any]


class Persons:
    """People acting on an org, without logging in."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def user_id(self, name: str) -> str | None:
        """The id of a user named by id, user name or full name."""
        record_id = to_18(name)
        if record_id and self._org.storage.get("User", record_id):
            return record_id
        for field in ("Username", "Name"):
            found = self._org.storage.find("User", **{field: name})
            if found:
                return str(found[0]["Id"])
        return None

    def act(self, request: Mapping[str, Any]) -> dict[str, list[Result]]:
        """Carry out one request of the control endpoint. Raises ValueError for a wrong one."""
        unknown = set(request) - {"user", "auto_assign", "audit_fields", *_KINDS}
        if unknown:
            raise ValueError(f"no such member: {', '.join(sorted(unknown))}")
        for kind in _KINDS:
            _check_rows(kind, request.get(kind, []))
        user_id = self.user_id(str(request.get("user", "")))
        if user_id is None:
            raise ValueError(f"no such user: {request.get('user')!r}")
        options = WriteOptions(
            auto_assign=bool(request.get("auto_assign", False)),
            set_audit_fields=bool(request.get("audit_fields", False)),
        )
        results: dict[str, list[Result]] = {}
        for kind, step in (("create", self._create), ("update", self._update)):
            if kind in request:
                results[kind] = step(request[kind], user_id, options)
        if "delete" in request:
            results["delete"] = self._delete(request["delete"], user_id)
        if "undelete" in request:
            results["undelete"] = self._undelete(request["undelete"], user_id)
        return results

    def set_assignment_rule(self, entity: str, owner: str | None) -> None:
        """Make an assignment rule give every Lead or Case to `owner`; None switches it off."""
        if entity not in ("Lead", "Case"):
            raise ValueError(f"no assignment rules for {entity}: Lead or Case")
        if owner is None:
            self._org.assignment_rule_owner.pop(entity, None)
        else:
            self._org.assignment_rule_owner[entity] = owner

    def _create(
        self, rows: Iterable[Mapping[str, Any]], user_id: str, options: WriteOptions
    ) -> list[Result]:
        results: list[Result] = []
        with self._as(user_id):
            for entity, part in groupby(rows, _type_of):
                values = [_without_attributes(row) for row in part]
                if self._org.schema.event(entity) is not None:
                    outcomes = [self._publish(entity, each, user_id) for each in values]
                else:
                    outcomes = self._org.create_many(
                        entity, values, user_id=user_id, options=options
                    )
                results += map(_result, outcomes)
        return results

    def _publish(self, entity: str, values: Mapping[str, Any], user_id: str) -> Outcome:
        kind = self._org.schema.event(entity)
        assert kind is not None, entity
        with self._as(user_id) as unit:
            return attempt(lambda: self._org.events.publish(unit, kind, values).id, created=True)

    def _update(
        self, rows: Iterable[Mapping[str, Any]], user_id: str, options: WriteOptions
    ) -> list[Result]:
        results: list[Result] = []
        with self._as(user_id):
            for entity, part in groupby(rows, self._entity_of):
                values = [_without_attributes(row) for row in part]
                outcomes = self._org.update_many(entity, values, user_id=user_id, options=options)
                results += map(_result, outcomes)
        return results

    def _delete(self, ids: Sequence[str], user_id: str) -> list[Result]:
        results: list[Result] = []
        with self._as(user_id):
            for entity, part in groupby(ids, lambda each: self._entity_of({"Id": each})):
                outcomes = self._org.delete_many(entity, list(part), user_id=user_id)
                results += map(_result, outcomes)
        return results

    def _undelete(self, ids: Sequence[str], user_id: str) -> list[Result]:
        def step(record_id: str) -> str:
            entity = self._entity_of({"Id": record_id})
            self._org.undelete(entity, record_id, user_id=user_id)
            return record_id

        with self._as(user_id):
            return [_result(attempt(step, each)) for each in ids]

    def _as(self, user_id: str) -> AbstractContextManager[Unit]:
        return self._org.transaction(
            user_id=user_id, client=UI_CLIENT, api=UI_API, version=UI_VERSION
        )

    def _entity_of(self, row: Mapping[str, Any]) -> str:
        record_id = str(row.get("Id", row.get("id", "")))
        kind = self._org.schema.of_id(record_id)
        if kind is None:
            raise ValueError(f"no object has ids like {record_id!r}")
        return kind.name


def _check_rows(kind: str, rows: Any) -> None:
    wanted = str if kind in ("delete", "undelete") else Mapping
    if not isinstance(rows, list) or not all(isinstance(each, wanted) for each in rows):
        raise ValueError(f"{kind} must be a list of {'ids' if wanted is str else 'rows'}")


def _type_of(row: Mapping[str, Any]) -> str:
    name = (row.get("attributes") or {}).get("type")
    if not name:
        raise ValueError("a row to create needs attributes.type")
    return str(name)


def _without_attributes(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "attributes"}


def _result(outcome: Outcome) -> Result:
    error: OrgError | None = outcome.error
    errors = [] if error is None else [error.as_row_error()]
    return {"id": outcome.id, "success": error is None, "errors": errors}
