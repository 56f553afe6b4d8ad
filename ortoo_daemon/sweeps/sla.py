"""Which records have a clock that asks for a step now?

One query for each object on the earliest step due, oldest first; nothing due costs one call. What is
found goes on the queue like anything else: what the step is, and whether it is still due, is decided
on the record as it then stands. Pure but for its ports.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut

PAGE = 2000
MOST_PAGES = 25
"""So many pages in one run: what is left is older than anything new and comes first in the next."""

SOON_WITHIN = timedelta(minutes=15)
OVERDUE_AFTER = timedelta(minutes=2)
"""A step that is due is taken by the sweep that finds it; one that is still there so late is not."""

_NEXT_AT = "Ortoo_SLA_Next_At__c"
_EXTRA = {"Lead": "IsConverted = false"}


class OrgCount(Protocol):
    """The number that one ``SELECT COUNT()`` finds. Raises OrgError."""

    def __call__(self, soql: str, /) -> Awaitable[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFigures:
    """What one look found due and put, and how much of it is overdue. ``stopped``: more was due than may be
    put."""

    found: int = 0
    put: int = 0
    pages: int = 0
    overdue: int = 0
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How many records wait overdue for their step, and of how many one is due within SOON_WITHIN."""

    at: datetime
    overdue: int
    soon: int


async def find_due_steps(
    org_query: OrgQuery,
    queue_put: QueuePut,
    objects: Iterable[str],
    *,
    clock: Callable[[], datetime],
    at_most: int | None = None,
) -> DueFigures:
    """Put every record whose next step is due on the queue, up to so many; raises what the ports raise.

    A step has an entry of its own, so the same step found again joins what waits.
    """
    found = put = pages = overdue = 0
    stopped = False
    now = clock()
    for name in sorted(objects):
        after: tuple[datetime, RecordId] | None = None
        for _ in range(MOST_PAGES):
            rows = await org_query(_due(name, now, after))
            items = [_item(name, row, now) for row in rows]
            if at_most is not None and put + len(items) > at_most:
                items, stopped = items[: at_most - put], True
            put += await queue_put(items) if items else 0
            found, pages = found + len(rows), pages + 1
            overdue += sum(now - _next_at(row) > OVERDUE_AFTER for row in rows)
            if len(rows) < PAGE or stopped:
                break
            after = (_next_at(rows[-1]), items[-1].record_id)
    return DueFigures(found=found, put=put, pages=pages, overdue=overdue, stopped=stopped)


async def count_due(org_count: OrgCount, objects: Iterable[str], *, now: datetime) -> int:
    """Of how many records a step is due. One call for each object."""
    number = 0
    for name in sorted(objects):
        where = " AND ".join([f"{_NEXT_AT} <= {instant_text(now)}", *_waiting(name)])
        number += await org_count(f"SELECT COUNT() FROM {name} WHERE {where}")
    return number


async def oldest_due(
    org_query: OrgQuery, objects: Iterable[str], *, now: datetime
) -> datetime | None:
    """Since when the step is due that is due for longest. One call for each object."""
    found: list[datetime] = []
    for name in sorted(objects):
        where = " AND ".join([f"{_NEXT_AT} <= {instant_text(now)}", *_waiting(name)])
        rows = await org_query(f"SELECT MIN({_NEXT_AT}) FROM {name} WHERE {where}")
        found += filter(None, [instant(row.get("expr0")) for row in rows])
    return min(found, default=None)


async def count_due_soon(org_count: OrgCount, objects: Iterable[str], *, now: datetime) -> int:
    """Of how many records a step is due within SOON_WITHIN from now. One call for each object."""
    number = 0
    for name in sorted(objects):
        until = instant_text(now + SOON_WITHIN)
        window = [f"{_NEXT_AT} > {instant_text(now)}", f"{_NEXT_AT} <= {until}"]
        where = " AND ".join([*window, *_waiting(name)])
        number += await org_count(f"SELECT COUNT() FROM {name} WHERE {where}")
    return number


def _waiting(name: str) -> list[str]:
    """What the record must be for its clocks to count. Parked records wait for a person."""
    extra = [_EXTRA[name]] if name in _EXTRA else []
    return ["Ortoo_Parked__c = null", *extra]


def _due(name: str, now: datetime, after: tuple[datetime, RecordId] | None) -> str:
    """Pages follow the last row, so what moves on shifts nothing."""
    conditions = [f"{_NEXT_AT} <= {instant_text(now)}", *_waiting(name)]
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
