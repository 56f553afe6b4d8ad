"""What is parked, how much waits, and what is old enough to be forgotten?

Batch functions for `work.thread`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from ortoo_daemon.work.claims import ParkedItem, QueueStats
from ortoo_daemon.work.tables import State, item_of, work_item

_c = work_item.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedQuery:
    object: str | None
    reason: str | None
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """Rows of ``state`` that were settled before ``before``, at most ``limit`` of them."""

    state: State
    before: datetime
    limit: int


def parked(connection: Connection, queries: Sequence[ParkedQuery]) -> list[list[ParkedItem]]:
    """Latest first."""
    return [_parked(connection, query) for query in queries]


def _parked(connection: Connection, query: ParkedQuery) -> list[ParkedItem]:
    rows = select(work_item).where(_c.state == State.PARKED)
    if query.object is not None:
        rows = rows.where(_c.object == query.object)
    if query.reason is not None:
        rows = rows.where(_c.outcome == query.reason)
    rows = rows.order_by(_c.settled_at.desc(), _c.id.desc()).limit(query.limit)
    return [
        ParkedItem(
            id=row.id,
            item=item_of(row),
            reason=row.outcome,
            note=row.note,
            parked_at=row.settled_at,
        )
        for row in connection.execute(rows)
    ]


def stats(connection: Connection, asked: Sequence[None]) -> list[QueueStats]:
    counted = select(_c.state, func.count().label("rows")).group_by(_c.state)
    rows = {row.state: row.rows for row in connection.execute(counted)}
    oldest = select(func.min(_c.heard_at, type_=_c.heard_at.type)).where(_c.state == State.READY)
    found = QueueStats(
        ready=rows.get(State.READY, 0),
        leased=rows.get(State.LEASED, 0),
        parked=rows.get(State.PARKED, 0),
        finished=rows.get(State.FINISHED, 0),
        oldest_ready_at=connection.execute(oldest).scalar_one_or_none(),
    )
    return [found for _ in asked]


def purge(connection: Connection, purges: Sequence[Purge]) -> list[int]:
    """Rows deleted by each."""
    return [_purge(connection, each) for each in purges]


def _purge(connection: Connection, purge: Purge) -> int:
    old = select(_c.id).where(_c.state == purge.state, _c.settled_at < purge.before)
    chosen = old.order_by(_c.settled_at).limit(purge.limit).scalar_subquery()
    return connection.execute(delete(work_item).where(_c.id.in_(chosen))).rowcount
