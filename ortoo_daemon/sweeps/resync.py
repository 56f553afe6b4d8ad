"""Which records of an object changed since a moment, decided ones included?

Asked where events are missing: after an event that stands for records it does not name, or when the org no
longer keeps what the stream has not brought. What changed is not known, so each record is put as a change
of unknown fields; the record itself tells. Pure but for its ports.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.pages import behind
from ortoo_daemon.sweeps.reconcile import (
    SHIPPED_FIELDS,
    Figures,
    OrgQuery,
    QueuePut,
    StampFields,
)

PAGE = 2000


async def resync(
    org_query: OrgQuery,
    queue_put: QueuePut,
    object_name: str,
    *,
    since: datetime,
    only_undecided: bool,
    clock: Callable[[], datetime],
    fields: StampFields = SHIPPED_FIELDS,
) -> Figures:
    """Put every record changed from ``since`` on, oldest change first; raises what the ports raise.

    Pages follow (SystemModstamp, Id) without an end: a record that is changed meanwhile moves behind, and is
    met again rather than missed.
    """
    figures = Figures()
    undecided = f" AND {fields.decided_at} = null AND {fields.parked} = null"
    scope = undecided if only_undecided else ""
    after: tuple[datetime, RecordId] | None = None
    while True:
        rows = await org_query(_page(object_name, since, after, scope))
        items = [_item(object_name, row, clock()) for row in rows]
        put = await queue_put(items) if items else 0
        figures += Figures(found=len(items), put=put, pages=1)
        if len(rows) < PAGE:
            return figures
        after = (_changed_at(rows[-1]), items[-1].record_id)


def _page(
    object_name: str, since: datetime, after: tuple[datetime, RecordId] | None, scope: str
) -> str:
    where = f"SystemModstamp >= {instant_text(since)}"
    if after is not None:
        where = behind("SystemModstamp", after)
    return (
        f"SELECT Id, SystemModstamp FROM {object_name} WHERE {where}{scope}"
        f" ORDER BY SystemModstamp, Id LIMIT {PAGE}"
    )


def _item(object_name: str, row: Mapping[str, FieldValue], now: datetime) -> WorkItem:
    return WorkItem(
        object=object_name,
        record_id=record_id(str(row["Id"])),
        reason=WorkReason.CHANGED,
        heard_at=now,
    )


def _changed_at(row: Mapping[str, FieldValue]) -> datetime:
    found = instant(row["SystemModstamp"])
    if found is None:
        raise ValueError(f"{row['Id']}: SystemModstamp is no datetime")
    return found
