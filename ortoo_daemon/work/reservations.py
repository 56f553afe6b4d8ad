"""Whose decision came first, where several daemons use up the same counters?

A log of what was taken and how each taking ended, in one order for all daemons. A decision stands when no
counter that it looked at was changed by another daemon since; what it takes is written in the same
transaction. Counters are names here, bodies are the daemons' own business. Batch functions for `work.thread`.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, update

from ortoo_daemon.errors import StateError
from ortoo_daemon.facts import Turns
from ortoo_daemon.work.leadership import database_now
from ortoo_daemon.work.rotations import save_rotations
from ortoo_daemon.work.tables import reservation, reservation_head
from ortoo_daemon.work.thread import StoreThread

KEPT_FOR = timedelta(days=1)
"""A daemon that stood still for longer starts anew."""

_c, _head = reservation.c, reservation_head.c
_ONE = "reservations"


class Change(StrEnum):
    """TOOK: a decision takes its places. KEPT: they show in the org. GAVE_BACK: nothing was written."""

    TOOK = "took"
    KEPT = "kept"
    GAVE_BACK = "gave_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A decision that wants to stand, made when the log had come to ``seen``; ``number`` is its maker's.

    ``looked`` are the counters it looked at; ``rooms`` those of which only it matters whether they reach a
    limit, with how much is left. ``counters`` are what it adds to; without any it takes nothing.
    """

    number: int
    seen: int
    looked: frozenset[str] = frozenset()
    rooms: Mapping[str, int] = field(default_factory=dict)
    counters: tuple[str, ...] = ()
    body: str = ""
    turns: tuple[str, Turns] | None = None

    def is_moved_by(self, undone: set[str]) -> bool:
        """Whether it was made on top of places that were never taken."""
        full = (name for name, room in self.rooms.items() if room <= 0)
        return not (undone.isdisjoint(self.looked) and undone.isdisjoint(full))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a taking ended, whoever made it."""

    holder: str
    number: int
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one daemon has to say, and how far it knows the log."""

    holder: str
    seen: int
    takings: Sequence[Taking] = ()
    endings: Sequence[Ending] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the log."""

    id: int
    holder: str
    number: int
    change: Change
    counters: tuple[str, ...]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Which takings stand, in their order, and what the log said since ``seen``, own lines included."""

    stands: tuple[bool, ...]
    entries: tuple[Entry, ...]
    last: int


class LostTouchError(StateError):
    """The log goes back less far than this daemon knows it."""


class ReservationLog:
    """The log in a store that daemons share. Every method raises StateError when the store fails."""

    def __init__(self, thread: StoreThread) -> None:
        self._thread = thread

    async def exchange(self, said: Exchange) -> Told:
        """Raises LostTouchError, too."""
        rows = len(said.takings) + len(said.endings) + 1
        return await self._thread.call(exchange, said, rows=rows)

    async def begin(self, within: timedelta) -> int:
        """From where on a new daemon reads, to know what was taken within so long."""
        return await self._thread.call(begin, within)

    async def purge(self) -> int:
        """Forget what is old; how many lines."""
        return await self._thread.call(purge, None)


def exchange(connection: Connection, asked: Sequence[Exchange]) -> list[Told]:
    """One after the other, each seeing what those before it took."""
    return [_exchange(connection, each) for each in asked]


def begin(connection: Connection, asked: Sequence[timedelta]) -> list[int]:
    return [_begin(connection, within) for within in asked]


def purge(connection: Connection, asked: Sequence[None]) -> list[int]:
    before = database_now(connection) - KEPT_FOR
    gone = connection.execute(delete(reservation).where(_c.at < before)).rowcount
    return [gone for _ in asked]


def _begin(connection: Connection, within: timedelta) -> int:
    since = database_now(connection) - within
    first = connection.execute(select(func.min(_c.id)).where(_c.at >= since)).scalar_one()
    if first is not None:
        return int(first) - 1
    return _last(connection)


def _last(connection: Connection) -> int:
    return int(connection.execute(select(_head.last)).scalar_one_or_none() or 0)


def _exchange(connection: Connection, asked: Exchange) -> Told:
    writes = bool(asked.takings or asked.endings)
    last = _locked_head(connection) if writes else _last(connection)
    since = min((asked.seen, *(taking.seen for taking in asked.takings)))
    entries = _since(connection, since)
    if entries[0].id != since + 1 if entries else last != since:
        raise LostTouchError("this daemon stood still for too long: it must count anew")
    known = tuple(entry for entry in entries if entry.id > asked.seen)
    if not writes:
        return Told(stands=(), entries=known, last=entries[-1].id if entries else last)
    stands = _judged(asked, entries)
    lines = _lines(asked, entries, stands)
    _append(connection, asked.holder, lines, last)
    saved = [taking.turns for taking, well in zip(asked.takings, stands, strict=True) if well]
    save_rotations(connection, [dict(filter(None, saved))])
    return Told(stands=tuple(stands), entries=known, last=last + len(lines))


def _judged(asked: Exchange, entries: Sequence[Entry]) -> list[bool]:
    latest: dict[str, int] = {}
    added: dict[str, list[int]] = defaultdict(list)
    mine: set[int] = set()
    for entry in entries:
        if entry.change is not Change.TOOK:
            continue
        if entry.holder == asked.holder:
            mine.add(entry.number)
            continue
        for counter in entry.counters:
            latest[counter] = entry.id
            added[counter].append(entry.id)
    undone: set[str] = set()
    stands = []
    for taking in asked.takings:
        # What stands in the log already was committed before, and only its answer was lost.
        well = taking.number in mine or not (
            taking.is_moved_by(undone)
            or any(latest.get(name, 0) > taking.seen for name in taking.looked)
            or any(
                _is_filled(room, added.get(name, ()), taking.seen)
                for name, room in taking.rooms.items()
            )
        )
        stands.append(well)
        if not well:
            undone.update(taking.counters)
    return stands


def _is_filled(room: int, added: Sequence[int], seen: int) -> bool:
    return 0 < room <= sum(id_ > seen for id_ in added)


_Line = tuple[str, int, Change, tuple[str, ...], str]


def _lines(asked: Exchange, entries: Sequence[Entry], stands: Sequence[bool]) -> list[_Line]:
    there = {entry.number for entry in entries if entry.holder == asked.holder}
    lines: list[_Line] = [
        (asked.holder, taking.number, Change.TOOK, taking.counters, taking.body)
        for taking, well in zip(asked.takings, stands, strict=True)
        if well and taking.counters and taking.number not in there
    ]
    lines += [(each.holder, each.number, each.change, (), "") for each in asked.endings]
    return lines


def _append(connection: Connection, holder: str, lines: Sequence[_Line], last: int) -> None:
    if not lines:
        return
    at = database_now(connection)
    rows = [
        {
            "id": last + number,
            "holder": who,
            "number": which,
            "change": change.value,
            "counters": json.dumps(counters),
            "body": body,
            "at": at,
        }
        for number, (who, which, change, counters, body) in enumerate(lines, start=1)
    ]
    connection.execute(insert(reservation), rows)
    moved = update(reservation_head).where(_head.name == _ONE)
    connection.execute(moved.values(last=last + len(lines)))


def _locked_head(connection: Connection) -> int:
    """The log's end; nobody else adds to it before the transaction ends."""
    query = select(_head.last).where(_head.name == _ONE).with_for_update()
    last = connection.execute(query).scalar_one_or_none()
    if last is None:
        connection.execute(insert(reservation_head), {"name": _ONE, "last": 0})
        return 0
    return int(last)


def _since(connection: Connection, seen: int) -> list[Entry]:
    query = select(reservation).where(_c.id > seen).order_by(_c.id)
    return [
        Entry(
            id=row.id,
            holder=row.holder,
            number=row.number,
            change=Change(row.change),
            counters=tuple(json.loads(row.counters)),
            body=row.body,
        )
        for row in connection.execute(query)
    ]
