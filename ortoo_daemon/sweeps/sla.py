"""Which records have a clock that asks for a step now?

One query for each object on the earliest step due, oldest first; nothing due costs one call. What is
found goes on the queue like anything else: what the step is, and whether it is still due, is decided
on the record as it then stands. Pure but for its ports.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.reconcile import Figures, OrgQuery, QueuePut

PAGE = 2000
MOST_PAGES = 25
"""So many pages in one run: what is left is older than anything new and comes first in the next."""

_NEXT_AT = "Ortoo_SLA_Next_At__c"
_EXTRA = {"Lead": "IsConverted = false"}


async def find_due_steps(
    org_query: OrgQuery,
    queue_put: QueuePut,
    objects: Iterable[str],
    *,
    clock: Callable[[], datetime],
) -> Figures:
    """Put every record whose next step is due on the queue; raises what the ports raise.

    A step has an entry of its own, so the same step found again joins what waits.
    """
    figures = Figures()
    now = clock()
    for name in sorted(objects):
        after: tuple[datetime, RecordId] | None = None
        for _ in range(MOST_PAGES):
            rows = await org_query(_due(name, now, after))
            items = [_item(name, row, now) for row in rows]
            put = await queue_put(items) if items else 0
            figures += Figures(found=len(items), put=put, pages=1)
            if len(rows) < PAGE:
                break
            after = (_next_at(rows[-1]), items[-1].record_id)
    return figures


def _due(name: str, now: datetime, after: tuple[datetime, RecordId] | None) -> str:
    """Parked records wait for a person; pages follow the last row, so what moves on shifts nothing."""
    conditions = [f"{_NEXT_AT} <= {instant_text(now)}", "Ortoo_Parked__c = null"]
    if name in _EXTRA:
        conditions.append(_EXTRA[name])
    if after is not None:
        at = instant_text(after[0])
        conditions.append(f"({_NEXT_AT} > {at} OR ({_NEXT_AT} = {at} AND Id > '{after[1]}'))")
    return (
        f"SELECT Id, {_NEXT_AT} FROM {name} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {_NEXT_AT}, Id LIMIT {PAGE}"
    )


def _item(name: str, row: Mapping[str, FieldValue], now: datetime) -> WorkItem:
    return WorkItem(
        object=name,
        record_id=record_id(str(row["Id"])),
        reason=WorkReason.SLA,
        entry=f"sla:{_next_at(row):%Y%m%dT%H%M%S.%fZ}",
        heard_at=now,
    )


def _next_at(row: Mapping[str, FieldValue]) -> datetime:
    found = instant(row[_NEXT_AT])
    if found is None:
        raise ValueError(f"{row['Id']}: {_NEXT_AT} is no datetime")
    return found
