"""What is parked, how much waits, and what is old enough to be forgotten?

Batch functions for `work.thread`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, delete, func, select

from ortoo_daemon.work.claims import ParkedItem, QueueStats
from ortoo_daemon.work.tables import State, in_state, item_of, work_item

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
    rows = select(work_item).where(in_state(State.PARKED))
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
    oldest = select(func.min(_c.heard_at, type_=_c.heard_at.type)).where(in_state(State.READY))
    row = connection.execute(
        select(
            *(_count(state).label(state.value) for state in State),
            oldest.scalar_subquery().label("oldest_ready_at"),
        )
    ).one()
    return [QueueStats(**row._mapping) for _ in asked]


def _count(state: State) -> ScalarSelect[int]:
    # One count per state, so that each reads its own small index.
    return select(func.count()).select_from(work_item).where(in_state(state)).scalar_subquery()


def purge(connection: Connection, purges: Sequence[Purge]) -> list[int]:
    """Rows deleted by each."""
    return [_purge(connection, each) for each in purges]


def _purge(connection: Connection, purge: Purge) -> int:
    old = select(_c.id).where(in_state(purge.state), _c.settled_at < purge.before)
    chosen = old.order_by(_c.settled_at).limit(purge.limit).scalar_subquery()
    return connection.execute(delete(work_item).where(_c.id.in_(chosen))).rowcount
