"""Which of the daemons that share a store listens and keeps the clock, and since which epoch?

One lease row, by the database's own clock. Its epoch rises with each change of hands and fences what only
the leader may write: a leader that was paused and replaced is refused by the database itself, whatever it
believes. A store that nobody shares has one daemon, which always leads.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from ortoo_daemon.errors import NotLeadingError
from ortoo_daemon.work.elapsed import elapsed
from ortoo_daemon.work.tables import LONG_AGO, leadership
from ortoo_daemon.work.thread import StoreThread

TERM = timedelta(seconds=3)
"""How long a leader that says nothing is still left its lead; take-over is within five seconds."""

_LEAD = "lead"
_c = leadership.c
_NOW = text("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Somebody wants to lead, or to go on leading, for a term from now."""

    holder: str
    term: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Who leads, since which epoch."""

    holder: str
    epoch: int


class Leadership:
    """One daemon's share in it: `hold` again and again, well within a term.

    ``epoch`` is None unless it is certain that this daemon leads: the database said so less than a term
    ago, on a clock that goes on while the process is stopped. ``leader`` is who led when it was last asked.
    """

    def __init__(
        self,
        thread: StoreThread,
        holder: str,
        *,
        shared: bool,
        term: timedelta = TERM,
        clock: Callable[[], float] = elapsed,
    ) -> None:
        self.holder = holder
        self.shared = shared
        self.term = term
        self.leader = "" if shared else holder
        self._thread = thread
        self._clock = clock
        self._epoch: int | None = None
        self._certain_until = 0.0

    @property
    def epoch(self) -> int | None:
        if not self.shared:
            return 0
        return self._epoch if self._clock() < self._certain_until else None

    @property
    def certain_for(self) -> float:
        """Seconds for which this daemon may still take itself for the leader."""
        return max(self._certain_until - self._clock(), 0.0) if self._epoch is not None else 0.0

    async def hold(self) -> bool:
        """Lead for another term, or take over where nobody leads; whether this daemon leads.

        Raises StateError; a lead that stands goes on to its end then.
        """
        if not self.shared:
            return True
        asked_at = self._clock()
        found = await self._thread.call(hold, Holding(holder=self.holder, term=self.term))
        self.leader = found.holder
        if found.holder != self.holder:
            self._epoch = None
            return False
        self._epoch = found.epoch
        self._certain_until = asked_at + self.term.total_seconds()
        return self.epoch is not None

    async def resign(self) -> None:
        """Let another one take over at once. Raises StateError."""
        if self.shared and self._epoch is not None:
            epoch, self._epoch = self._epoch, None
            await self._thread.call(resign, Lead(holder=self.holder, epoch=epoch))

    def fence(self) -> int | None:
        """The epoch under which something is written that only the leader may write; None: nobody asks.

        Raises NotLeadingError.
        """
        if not self.shared:
            return None
        epoch = self.epoch
        if epoch is None:
            raise NotLeadingError("this daemon does not lead: another one listens to the stream")
        return epoch


def hold(connection: Connection, asked: Sequence[Holding]) -> list[Lead]:
    return [_hold(connection, each) for each in asked]


def resign(connection: Connection, leads: Sequence[Lead]) -> list[None]:
    for lead in leads:
        ended = update(leadership).where(_c.name == _LEAD, _c.epoch == lead.epoch)
        connection.execute(ended.values(held_until=LONG_AGO))
    return [None for _ in leads]


def is_led_under(connection: Connection, epoch: int) -> bool:
    """Whether this is the epoch; no other one begins before the transaction ends."""
    query = select(_c.epoch).where(_c.name == _LEAD).with_for_update(read=True)
    return connection.execute(query).scalar_one_or_none() == epoch


def _hold(connection: Connection, asked: Holding) -> Lead:
    seen = connection.execute(select(leadership).where(_c.name == _LEAD)).one_or_none()
    if seen is None:
        until = database_now(connection) + asked.term
        row = {"name": _LEAD, "holder": asked.holder, "epoch": 1, "held_until": until}
        connection.execute(insert(leadership), row)  # where two do so at once, one tries again
        return Lead(holder=asked.holder, epoch=1)
    if seen.holder != asked.holder and seen.held_until > database_now(connection):
        return Lead(holder=seen.holder, epoch=seen.epoch)
    return _held(connection, asked)


def _held(connection: Connection, asked: Holding) -> Lead:
    """Go on, or take over; the row is looked at once more under its lock."""
    query = select(leadership).where(_c.name == _LEAD).with_for_update()
    row = connection.execute(query).one()
    now = database_now(connection)
    mine = row.holder == asked.holder
    if not mine and row.held_until > now:
        return Lead(holder=row.holder, epoch=row.epoch)
    epoch = row.epoch if mine else row.epoch + 1
    values: dict[str, Any] = {
        "holder": asked.holder,
        "epoch": epoch,
        "held_until": now + asked.term,
    }
    connection.execute(update(leadership).where(_c.name == _LEAD).values(**values))
    return Lead(holder=asked.holder, epoch=epoch)


def database_now(connection: Connection) -> datetime:
    """The database's clock: those of the daemons' machines may differ."""
    return LONG_AGO + timedelta(microseconds=int(connection.execute(_NOW).scalar_one()))
