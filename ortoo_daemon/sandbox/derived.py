"""Which fields does the org keep itself?  Names, closing, transfer marks; history rows.

Functions take the row before (None on create) and change the row after in place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ortoo_daemon.sandbox.schema import ObjectType
from ortoo_daemon.sandbox.storage import Row

_NAME_LENGTH = 121


def derive(kind: ObjectType, before: Row | None, after: Row, stamp: str) -> None:
    """Bring the org-kept fields of `after` in line with the others. `stamp`: now, API form."""
    if kind.person:
        parts = (after["FirstName"], after["LastName"])
        after["Name"] = " ".join(each for each in parts if each)[:_NAME_LENGTH] or None
    if kind.name in ("Attachment", "ContentVersion"):
        _measure(kind, after)
    if kind.closed_values:
        _close(kind, before, after, stamp)
    if kind.name == "Lead" and before is not None and before["OwnerId"] != after["OwnerId"]:
        after["IsUnreadByOwner"] = True
        after["LastTransferDate"] = stamp[:10]


def _measure(kind: ObjectType, after: Row) -> None:
    """How large a file is, and of which kind."""
    data, size = (
        ("Body", "BodyLength") if kind.name == "Attachment" else ("VersionData", "ContentSize")
    )
    text = after[data] or ""
    after[size] = len(text) * 3 // 4 - text.count("=")
    if kind.name == "ContentVersion":
        name = after["PathOnClient"] or ""
        after["FileExtension"] = name.rpartition(".")[2] if "." in name else None


def _close(kind: ObjectType, before: Row | None, after: Row, stamp: str) -> None:
    closed = after[kind.closed_field] in kind.closed_values
    after["IsClosed"] = closed
    closed_at = {"Case": "ClosedDate", "Task": "CompletedDateTime"}.get(kind.name)
    if closed_at is not None and (before is None or before["IsClosed"] != closed):
        after[closed_at] = stamp if closed else None


def history_entries(
    kind: ObjectType, before: Row | None, after: Row
) -> Iterator[tuple[str, Any, Any]]:
    """(field as history names it, old value, new value) for every watched change.

    The platform writes an owner change twice, by name and by id; here it is one row, by id, so
    that counting rows counts changes.
    """
    if kind.history is None:
        return
    if before is None:
        yield "created", None, None
        return
    for field, shown in kind.history.tracks.items():
        if before[field] != after[field]:
            yield shown, before[field], after[field]
