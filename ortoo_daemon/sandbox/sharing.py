"""What is special about rows that share a record by hand?

There is one for each record and receiver: making it again changes the one that is there. A record that gets
another owner loses them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.schema import ObjectType, Schema
from ortoo_daemon.sandbox.storage import Row, Storage

_PARENTS = {"LeadShare": "Lead", "CaseShare": "Case", "OpportunityShare": "Opportunity"}
_SHARES = {parent: share for share, parent in _PARENTS.items()}
_MANUAL = "Manual"


def same_share(storage: Storage, kind: ObjectType, given: Mapping[str, Any]) -> Row | None:
    """The row that shares the same record with the same receiver already. Raises OrgError for rows that only
    the org itself makes."""
    parent = _PARENTS.get(kind.name)
    if parent is None:
        return None
    level = f"{parent}AccessLevel"
    if given.get(level) == "All" or given.get("RowCause", _MANUAL) not in (_MANUAL, None):
        message = "only Read and Edit can be given, by hand"
        raise OrgError("FIELD_INTEGRITY_EXCEPTION", message, (level,))
    record = f"{parent}Id"
    same = {name: given.get(name) for name in (record, "UserOrGroupId")}
    found = storage.find(kind.name, **same, RowCause=_MANUAL)
    return dict(found[0]) if found else None


def lost_shares(
    schema: Schema, storage: Storage, kind: ObjectType, before: Row, after: Row
) -> Iterator[tuple[ObjectType, Row]]:
    """Rows that go, as the record has another owner."""
    name = _SHARES.get(kind.name)
    if name is None or before["OwnerId"] == after["OwnerId"]:
        return
    share = schema.object(name)
    ids = storage.ids_by_value(name, share.fields[f"{kind.name}Id"], after["Id"])
    for row in storage.get_many(name, ids).values() if ids else ():
        if row["RowCause"] == _MANUAL:
            yield share, dict(row)
