"""How does an item come to wait, and when is the next one due?

Batch functions for `work.thread`. A record that already waits under the same entry is not queued
twice: the waiting row takes over what the newcomer knows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.work.checkpoints import Checkpoint, save_checkpoints
from ortoo_daemon.work.leadership import is_led_under
from ortoo_daemon.work.tables import State, in_state, item_of, work_item

_c = work_item.c

# A creation must not be forgotten for a change, nor a change for a mere sweep.
_WEIGHT = {
    WorkReason.REQUEUED: 3,
    WorkReason.CREATED: 2,
    WorkReason.CHANGED: 1,
    WorkReason.RECONCILED: 0,
    WorkReason.SLA: 0,
    WorkReason.REVIEWED: 0,
    WorkReason.ABSENCE: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """Items and a checkpoint for one transaction. ``most``: refuse while more than this wait.

    ``fence``: only under this epoch of leadership.

    ``skip_parked`` leaves out items of records that are parked; ``unpark`` takes them off that list.
    """

    items: Sequence[WorkItem]
    now: datetime
    checkpoint: Checkpoint | None = None
    most: int | None = None
    fence: int | None = None
    unpark: bool = False
    skip_parked: bool = False


def merged(waiting: WorkItem, newcomer: WorkItem) -> WorkItem:
    """One item that stands for both: earliest ``heard_at``, latest ``committed_at``, weightier reason, all
    changed fields.

    A change whose fields are unknown stays unknown (empty), as "some of them" would be a lie; it may be a
    creation, too, so it stands for one.
    """
    both = (waiting, newcomer)
    reason = max((item.reason for item in both), key=_WEIGHT.__getitem__)
    unknown = any(item.names_no_change for item in both)
    commits = [item.committed_at for item in both if item.committed_at is not None]
    return replace(
        waiting,
        reason=WorkReason.CHANGED if unknown and reason is WorkReason.CREATED else reason,
        heard_at=min(waiting.heard_at, newcomer.heard_at),
        committed_at=max(commits, default=None),
        changed_fields=frozenset() if unknown else waiting.changed_fields | newcomer.changed_fields,
        attempts=max(waiting.attempts, newcomer.attempts),
    )


class Refusal(Enum):
    """Why nothing of a put was taken."""

    FULL = auto()
    NOT_LEADING = auto()


def put(connection: Connection, puts: Sequence[Put]) -> list[int | Refusal]:
    """New rows of each put, or why it was refused."""
    fences = {put.fence for put in puts if put.fence is not None}
    passed = {fence for fence in fences if is_led_under(connection, fence)}
    led = [put for put in puts if put.fence is None or put.fence in passed]
    rows = dict(zip(map(id, led), _put(connection, led), strict=True))
    return [rows.get(id(put), Refusal.NOT_LEADING) for put in puts]


def _put(connection: Connection, puts: Sequence[Put]) -> list[int | Refusal]:
    ready = _count_ready(connection) if any(put.most is not None for put in puts) else 0
    taken = [put.most is None or ready <= put.most for put in puts]
    accepted = [put for put, fits in zip(puts, taken, strict=True) if fits]
    fresh = iter(_insert(connection, _without_parked(connection, accepted)))
    unparked = {item.record_id for put in accepted if put.unpark for item in put.items}
    for some in _slices(sorted(unparked)):
        connection.execute(_UNPARK, {"records": some})
    save_checkpoints(connection, [put.checkpoint for put in accepted if put.checkpoint])
    return [next(fresh) if fits else Refusal.FULL for fits in taken]


# Made once, as in `leases`.
_OF_THESE = _c.record_id.in_(bindparam("records", expanding=True))
_PARKED = select(_c.record_id).where(in_state(State.PARKED), _OF_THESE)
_UNPARK = delete(work_item).where(in_state(State.PARKED), _OF_THESE)
_WAITING = (
    select(work_item)
    # Found by record, filtered by state: PostgreSQL's statistics lag behind a burst, and for an
    # index over "no ready rows" it would read all of them.
    .where(_OF_THESE, func.coalesce(_c.state, "") == State.READY.value)
    .order_by(_c.id)
    .with_for_update()
)


def _without_parked(connection: Connection, puts: Sequence[Put]) -> list[Put]:
    asked = {item.record_id for put in puts if put.skip_parked for item in put.items}
    parked: set[str] = set()
    for some in _slices(sorted(asked)):
        parked.update(connection.execute(_PARKED, {"records": some}).scalars())
    if not parked:
        return list(puts)
    return [
        replace(put, items=[item for item in put.items if item.record_id not in parked])
        if put.skip_parked
        else put
        for put in puts
    ]


def waiting_rows(connection: Connection, records: Iterable[str]) -> dict[tuple[str, str], Any]:
    """Ready rows of these records by (record id, entry), locked until the transaction ends."""
    found = {}
    for some in _slices(sorted(set(records))):
        for row in connection.execute(_WAITING, {"records": some}):
            found[row.record_id, row.entry] = row
    return found


def _slices(ids: Sequence[str], size: int = 5000) -> Iterable[Sequence[str]]:
    # Databases bound the number of values in one statement (SQLite 32,766, PostgreSQL 65,535).
    return (ids[at : at + size] for at in range(0, len(ids), size))


_MERGE = update(work_item).where(_c.id == bindparam("row_id"))  # sets the other keys of the values


def _insert(connection: Connection, puts: Sequence[Put]) -> list[int]:
    if not any(put.items for put in puts):
        return [0] * len(puts)
    waiting = waiting_rows(connection, (item.record_id for put in puts for item in put.items))
    was = {key: item_of(row) for key, row in waiting.items()}
    will: dict[tuple[str, str], WorkItem] = dict(was)
    at: dict[tuple[str, str], datetime] = {}
    counts = []
    for each in puts:
        before = len(will)
        for item in each.items:
            key = (item.record_id, item.entry)
            will[key] = merged(will[key], item) if key in will else item
            at.setdefault(key, each.now)
        counts.append(len(will) - before)
    new = [_row(item, at[key]) for key, item in will.items() if key not in was]
    changed = [
        {"row_id": waiting[key].id, **_merge_values(will[key])}
        for key in was
        if will[key] != was[key]
    ]
    if new:
        connection.execute(insert(work_item), new)
    if changed:
        connection.execute(_MERGE, changed)
    return counts


def _row(item: WorkItem, now: datetime) -> dict[str, Any]:
    return {
        "object": item.object,
        "record_id": item.record_id,
        "reason": item.reason.value,
        "entry": item.entry,
        "heard_at": item.heard_at,
        "committed_at": item.committed_at,
        "changed_fields": item.changed_fields,
        "state": State.READY.value,
        "available_at": now,
        "attempts": item.attempts,
    }


def _merge_values(item: WorkItem) -> dict[str, Any]:
    return {
        "reason": item.reason.value,
        "heard_at": item.heard_at,
        "committed_at": item.committed_at,
        "changed_fields": item.changed_fields,
    }


def _count_ready(connection: Connection) -> int:
    query = select(func.count()).select_from(work_item).where(in_state(State.READY))
    return int(connection.execute(query).scalar_one())


def next_due(connection: Connection, asked: Sequence[None]) -> list[datetime | None]:
    """When the first waiting item may be claimed (its record may still be held then)."""
    query = select(func.min(_c.available_at, type_=_c.available_at.type))
    found = connection.execute(query.where(in_state(State.READY))).scalar_one_or_none()
    return [found for _ in asked]
