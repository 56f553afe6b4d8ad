"""How are notices kept in the store? Batch functions for `work.thread`, one for each question of the box."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from ortoo_daemon.records import RecordId
from ortoo_daemon.work.notices.values import HANDING, KeptNotice, Settled, Waiting, WayWaiting
from ortoo_daemon.work.tables import NoticeState, notice

_c = notice.c
MOST = 2000
"""So many are read or forgotten in one turn."""

_LIVE = (NoticeState.HELD.value, NoticeState.READY.value)

# Made once, as in `leases`.
_HELD_FOR = (_c.state == NoticeState.HELD.value) & _c.decision_key.in_(
    bindparam("decisions", expanding=True)
)
_DELETE_HELD = delete(notice).where(_HELD_FOR)
_RELEASE_HELD = update(notice).where(_HELD_FOR).values(state=NoticeState.READY.value)
_KNOWN = select(_c.key).where(_c.key.in_(bindparam("keys", expanding=True)))


def hold(connection: Connection, asked: Sequence[Sequence[KeptNotice]]) -> list[None]:
    rows = {each.key: each for notices in asked for each in notices}
    for some in _slices(sorted({each.decision_key for each in rows.values()})):
        connection.execute(_DELETE_HELD, {"decisions": some})
    _insert_new(connection, rows, NoticeState.HELD)
    return [None for _ in asked]


def tell(connection: Connection, asked: Sequence[Sequence[KeptNotice]]) -> list[None]:
    rows = {each.key: each for notices in asked for each in notices}
    _insert_new(connection, rows, NoticeState.READY)
    return [None for _ in asked]


def _insert_new(connection: Connection, rows: Mapping[str, KeptNotice], state: NoticeState) -> None:
    known: set[str] = set()
    for some in _slices(sorted(rows)):
        known.update(connection.execute(_KNOWN, {"keys": some}).scalars())
    new = [_row(each, state) for key, each in rows.items() if key not in known]
    if new:
        connection.execute(insert(notice), new)


def release(connection: Connection, asked: Sequence[str]) -> list[None]:
    for some in _slices(sorted(set(asked))):
        connection.execute(_RELEASE_HELD, {"decisions": some})
    return [None for _ in asked]


def forget(connection: Connection, asked: Sequence[str]) -> list[None]:
    for some in _slices(sorted(set(asked))):
        connection.execute(_DELETE_HELD, {"decisions": some})
    return [None for _ in asked]


_LET_GO = delete(notice).where(
    _c.key == bindparam("row_key"),
    _c.state == NoticeState.HELD.value,
    _c.held_at == bindparam("row_held_at", type_=_c.held_at.type),
)


def let_go(connection: Connection, asked: Sequence[Sequence[KeptNotice]]) -> list[None]:
    gone = [{"row_key": each.key, "row_held_at": each.held_at} for some in asked for each in some]
    connection.execute(_LET_GO, gone)
    return [None for _ in asked]


def held_for(connection: Connection, asked: Sequence[Sequence[str]]) -> list[list[KeptNotice]]:
    return [
        _found(connection, NoticeState.HELD, _c.decision_key.in_(sorted(set(keys))))
        for keys in asked
    ]


def held(connection: Connection, asked: Sequence[datetime]) -> list[list[KeptNotice]]:
    return [_found(connection, NoticeState.HELD, _c.held_at <= before) for before in asked]


def due(connection: Connection, asked: Sequence[datetime]) -> list[list[KeptNotice]]:
    return [_due_by(connection, now) for now in asked]


def _due_by(connection: Connection, now: datetime) -> list[KeptNotice]:
    found = _found(connection, NoticeState.READY, _c.due_at <= now)
    by_key = {each.key: each for each in found}
    for recipient in sorted({each.recipient for each in found if each.together}):
        mates = _found(connection, NoticeState.READY, _c.recipient == recipient, _c.together == 1)
        ways = {each.way for each in found if each.together and each.recipient == recipient}
        by_key |= {each.key: each for each in mates if each.way in ways}
    return list(by_key.values())


_SETTLE = (
    update(notice)
    .where(_c.key == bindparam("row_key"))
    .values(
        state=bindparam("new_state"),
        due_at=func.coalesce(bindparam("new_due_at", type_=_c.due_at.type), _c.due_at),
        settled_at=bindparam("new_settled_at", type_=_c.settled_at.type),
        note=bindparam("new_note"),
        attempts=_c.attempts + bindparam("tries"),
    )
)


def settle(connection: Connection, asked: Sequence[Sequence[Settled]]) -> list[None]:
    rows = [
        {
            "row_key": each.key,
            "new_state": each.state.value,
            "new_due_at": each.due_at,
            "new_settled_at": None if each.state is NoticeState.READY else each.at,
            "new_note": each.note[:500],
            "tries": int(each.counts),
        }
        for settled in asked
        for each in settled
    ]
    connection.execute(_SETTLE, rows)
    return [None for _ in asked]


def of_records(
    connection: Connection, asked: Sequence[tuple[Sequence[RecordId], str]]
) -> list[list[tuple[KeptNotice, NoticeState]]]:
    found = []
    for records, way in asked:
        rows = [
            (_kept(row), NoticeState(row.state))
            for some in _slices(sorted(set(records)))
            for row in connection.execute(
                select(notice).where(_c.record_id.in_(some), _c.way.startswith(way))
            )
        ]
        found.append(rows)
    return found


def wake(connection: Connection, asked: Sequence[tuple[Sequence[str], datetime]]) -> list[None]:
    states = [each.value for each in (NoticeState.READY, NoticeState.GIVEN_UP, NoticeState.DROPPED)]
    for keys, now in asked:
        for some in _slices(sorted(set(keys))):
            asleep = update(notice).where(_c.key.in_(some), _c.state.in_(states))
            connection.execute(
                asleep.values(
                    state=NoticeState.READY.value, due_at=now, attempts=0, settled_at=None
                )
            )
    return [None for _ in asked]


def hurry(connection: Connection, asked: Sequence[tuple[str, str, datetime]]) -> list[None]:
    for way, note, now in asked:
        slow = update(notice).where(
            _c.state == NoticeState.READY.value, _c.way == way, _c.note.startswith(note)
        )
        connection.execute(slow.where(_c.due_at > now).values(due_at=now))
    return [None for _ in asked]


_WAITING = (
    select(
        _c.state,
        _c.way,
        func.count().label("number"),
        func.sum(case((_c.attempts > 0, 1), else_=0)).label("tried"),
        func.min(_c.held_at, type_=_c.held_at.type).label("oldest_at"),
        func.min(_c.due_at, type_=_c.due_at.type).label("next_at"),
    )
    .where(_c.state.in_((*_LIVE, NoticeState.GIVEN_UP.value)))
    .group_by(_c.state, _c.way)
)


def waiting(connection: Connection, asked: Sequence[None]) -> list[Waiting]:
    found = Waiting()
    for row in connection.execute(_WAITING):
        state = NoticeState(row.state)
        if state is NoticeState.READY:
            found = replace(found, next_at=_earlier(found.next_at, row.next_at))
        if row.way.startswith(HANDING):
            way = row.way.removeprefix(HANDING)
            counted = _counted(found.handoffs.get(way, WayWaiting()), state, row)
            found = replace(found, handoffs={**found.handoffs, way: counted})
        elif state is NoticeState.READY:
            oldest_at = _earlier(found.oldest_at, row.oldest_at)
            found = replace(found, ready=found.ready + row.number, oldest_at=oldest_at)
        elif state is NoticeState.HELD:
            found = replace(found, held=found.held + row.number)
    return [found for _ in asked]


def _counted(before: WayWaiting, state: NoticeState, row: Any) -> WayWaiting:
    if state is NoticeState.GIVEN_UP:
        return replace(before, given_up=before.given_up + row.number)
    return replace(
        before,
        waiting=before.waiting + row.number,
        failing=before.failing + row.tried,
        oldest_at=_earlier(before.oldest_at, row.oldest_at),
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def purge(connection: Connection, asked: Sequence[datetime]) -> list[int]:
    gone = [connection.execute(delete(notice).where(_c.settled_at < each)) for each in asked]
    return [result.rowcount for result in gone]


def _found(connection: Connection, state: NoticeState, *where: Any) -> list[KeptNotice]:
    query = select(notice).where(_c.state == state.value, *where)
    rows = connection.execute(query.order_by(_c.held_at, _c.key).limit(MOST))
    return [_kept(row) for row in rows]


def _kept(row: Any) -> KeptNotice:
    return KeptNotice(
        key=row.key,
        decision_key=row.decision_key,
        object=row.object,
        record_id=RecordId(row.record_id),
        outcome=row.outcome,
        owner=row.owner,
        told_to=row.told_to,
        way=row.way,
        template=row.template,
        clock=row.clock,
        recipient=row.recipient,
        urgent=bool(row.urgent),
        together=bool(row.together),
        held_at=row.held_at,
        due_at=row.due_at,
        attempts=row.attempts,
        about=row.about,
        note=row.note,
    )


def _row(kept: KeptNotice, state: NoticeState) -> dict[str, Any]:
    return {
        "key": kept.key,
        "decision_key": kept.decision_key,
        "object": kept.object,
        "record_id": kept.record_id,
        "outcome": kept.outcome,
        "owner": kept.owner,
        "told_to": kept.told_to,
        "way": kept.way,
        "template": kept.template,
        "clock": kept.clock,
        "recipient": kept.recipient,
        "urgent": int(kept.urgent),
        "together": int(kept.together),
        "about": kept.about,
        "state": state.value,
        "held_at": kept.held_at,
        "due_at": kept.due_at,
        "attempts": 0,
    }


def _slices(keys: Sequence[str], size: int = 5000) -> list[Sequence[str]]:
    return [keys[at : at + size] for at in range(0, len(keys), size)]
