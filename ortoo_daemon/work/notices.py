"""Who is still to be told of what was decided, and who has been?

An outbox: a notice is held before its decision is written, made ready when the decision stands in the org,
and kept for a while after it was told, so that nobody is told twice. Ids only, no texts. `NoticeBox` is what
the daemon asks; the functions below it are batch functions for `work.thread`.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, select, update

from ortoo_daemon.records import RecordId
from ortoo_daemon.work.tables import NoticeState, notice
from ortoo_daemon.work.thread import StoreThread

_c = notice.c
_MOST = 2000
_LIVE = (NoticeState.HELD.value, NoticeState.READY.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptNotice:
    """One notice to one recipient (none where a channel is told).

    ``outcome`` and ``owner`` are those of the decision, by which it is known again in the org. ``together``:
    may be told with others that wait for the same recipient. ``about`` is JSON of figures, where it tells of
    no record: then ``object`` is empty. ``instead_of`` is the name of somebody who can't be told and for whom
    the recipient stands in; it is found when it is told, and not kept.
    """

    key: str
    decision_key: str
    object: str
    record_id: RecordId
    outcome: str
    owner: str = ""
    told_to: str
    way: str
    template: str
    clock: str = ""
    recipient: str = ""
    urgent: bool = False
    together: bool = False
    held_at: datetime
    due_at: datetime
    attempts: int = 0
    about: str = ""
    note: str = ""
    instead_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of a notice: told, dropped or given up; ``ready`` is another try at ``due_at``. One that
    ``counts`` is a try."""

    key: str
    state: NoticeState
    at: datetime
    due_at: datetime | None = None
    note: str = ""
    counts: bool = True


HANDING = "handoff:"
"""How the ways of handoffs begin; what comes behind is smtp, http or file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayWaiting:
    """Handoffs by one way: so many wait, so many of these were tried in vain, the oldest since then; so many
    were given up lately."""

    waiting: int = 0
    failing: int = 0
    given_up: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many notices wait, since when the oldest does, and when the next one is due. ``handoffs``, by way
    (``smtp``), are counted by themselves."""

    ready: int = 0
    held: int = 0
    oldest_at: datetime | None = None
    next_at: datetime | None = None
    handoffs: Mapping[str, WayWaiting] = field(default_factory=dict)


class NoticeBox:
    """The notices of one store. Every method raises StateError when the store fails."""

    def __init__(self, thread: StoreThread) -> None:
        self._thread = thread
        self.news = asyncio.Event()
        """Set when something may have become due; the one who tells clears it."""

    async def hold(self, notices: Sequence[KeptNotice]) -> None:
        """Keep them until their decision is known to stand; those held for it before are forgotten."""
        if notices:
            await self._thread.call(_hold, tuple(notices), rows=len(notices))

    async def release(self, decision_key: str) -> None:
        """The decision stands: tell."""
        await self._thread.call(_release, decision_key)
        self.news.set()

    async def tell(self, notices: Sequence[KeptNotice]) -> None:
        """Tell what follows from no write to a record; those that are known already are told once."""
        if notices:
            await self._thread.call(_tell, tuple(notices), rows=len(notices))
            self.news.set()

    async def forget(self, decision_key: str) -> None:
        """The decision was not written: nobody is told."""
        await self._thread.call(_forget, decision_key)

    async def held(self, before: datetime) -> list[KeptNotice]:
        """Those held since before a moment, oldest first."""
        return await self._thread.call(_held, before)

    async def due(self, now: datetime) -> list[KeptNotice]:
        """Those due by now, oldest first, with all that may be told together with one of them."""
        return await self._thread.call(_due, now)

    async def settle(self, settled: Sequence[Settled]) -> None:
        if settled:
            await self._thread.call(_settle, tuple(settled), rows=len(settled))

    async def of_records(
        self, records: Sequence[RecordId], way: str
    ) -> list[tuple[KeptNotice, NoticeState]]:
        """All that is known of records by ways that begin like this, settled or not."""
        return await self._thread.call(_of_records, (tuple(records), way))

    async def wake(self, keys: Sequence[str], now: datetime) -> None:
        """Those that wait, or were given up, are due now."""
        if keys:
            await self._thread.call(_wake, (tuple(keys), now), rows=len(keys))
            self.news.set()

    async def hurry(self, way: str, note: str, now: datetime) -> None:
        """Those that wait by a way and whose note begins like this are due now."""
        await self._thread.call(_hurry, (way, note, now))
        self.news.set()

    async def waiting(self) -> Waiting:
        return await self._thread.call(_waiting, None)

    async def purge(self, before: datetime) -> int:
        """Forget what was settled before a moment; how many."""
        return await self._thread.call(_purge, before, rows=_MOST)


# Made once, as in `leases`.
_HELD_FOR = (_c.state == NoticeState.HELD.value) & _c.decision_key.in_(
    bindparam("decisions", expanding=True)
)
_DELETE_HELD = delete(notice).where(_HELD_FOR)
_RELEASE_HELD = update(notice).where(_HELD_FOR).values(state=NoticeState.READY.value)
_KNOWN = select(_c.key).where(_c.key.in_(bindparam("keys", expanding=True)))


def _hold(connection: Connection, asked: Sequence[Sequence[KeptNotice]]) -> list[None]:
    rows = {each.key: each for notices in asked for each in notices}
    for some in _slices(sorted({each.decision_key for each in rows.values()})):
        connection.execute(_DELETE_HELD, {"decisions": some})
    _insert_new(connection, rows, NoticeState.HELD)
    return [None for _ in asked]


def _tell(connection: Connection, asked: Sequence[Sequence[KeptNotice]]) -> list[None]:
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


def _release(connection: Connection, asked: Sequence[str]) -> list[None]:
    for some in _slices(sorted(set(asked))):
        connection.execute(_RELEASE_HELD, {"decisions": some})
    return [None for _ in asked]


def _forget(connection: Connection, asked: Sequence[str]) -> list[None]:
    for some in _slices(sorted(set(asked))):
        connection.execute(_DELETE_HELD, {"decisions": some})
    return [None for _ in asked]


def _held(connection: Connection, asked: Sequence[datetime]) -> list[list[KeptNotice]]:
    return [_found(connection, NoticeState.HELD, _c.held_at <= before) for before in asked]


def _due(connection: Connection, asked: Sequence[datetime]) -> list[list[KeptNotice]]:
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


def _settle(connection: Connection, asked: Sequence[Sequence[Settled]]) -> list[None]:
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


def _of_records(
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


def _wake(connection: Connection, asked: Sequence[tuple[Sequence[str], datetime]]) -> list[None]:
    states = (NoticeState.READY.value, NoticeState.GIVEN_UP.value)
    for keys, now in asked:
        for some in _slices(sorted(set(keys))):
            asleep = update(notice).where(_c.key.in_(some), _c.state.in_(states))
            connection.execute(
                asleep.values(
                    state=NoticeState.READY.value, due_at=now, attempts=0, settled_at=None
                )
            )
    return [None for _ in asked]


def _hurry(connection: Connection, asked: Sequence[tuple[str, str, datetime]]) -> list[None]:
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


def _waiting(connection: Connection, asked: Sequence[None]) -> list[Waiting]:
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


def _purge(connection: Connection, asked: Sequence[datetime]) -> list[int]:
    gone = [connection.execute(delete(notice).where(_c.settled_at < each)) for each in asked]
    return [result.rowcount for result in gone]


def _found(connection: Connection, state: NoticeState, *where: Any) -> list[KeptNotice]:
    query = select(notice).where(_c.state == state.value, *where)
    rows = connection.execute(query.order_by(_c.held_at, _c.key).limit(_MOST))
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
