"""Who holds how much, counting what is decided but not yet visible in the org?

Decisions are made one after the other on one thread, so reading the counters and reserving on them is
one step: two records decided at the same moment never both take the last free place. Counts are read
anew from the org now and then; what was written since that reading began is added on top, so that a
limit may be met early for a moment but never passed. Where several daemons share a store, a reservation
stands only when the others' allow it (`sharing`).
"""

import math
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple, Protocol

from ortoo_daemon.daemon.handling.looking import Look
from ortoo_daemon.daemon.handling.rate_log import RateLog
from ortoo_daemon.facts import Given, Moved, Tally, Turns, Workload
from ortoo_daemon.policy.limits_model import UNWEIGHED
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation
from ortoo_daemon.work.elapsed import elapsed
from ortoo_daemon.work.reservations import Change

Count = Callable[[str, Iterable[RecordId]], Awaitable[Mapping[RecordId, int]]]
"""Open work of an object held by each of these people, as the org shows it. Raises OrgError."""

Weigh = Callable[[str, Iterable[RecordId]], Awaitable[Mapping[RecordId, float]]]
"""The same by its weight."""

_NO_LOAD: Mapping[RecordId, float] = {}
_NOT_MOVED: Mapping[str, Moved] = {}


RESERVED_FOR = 120.0
"""Seconds for which places are kept for a write, where other daemons count them, too."""


class Shared(Protocol):
    """The other daemons on the store; `sharing.Sharing`."""

    @property
    def seen(self) -> int: ...

    async def stands(self, look: Look, ticket: "Ticket | None", record: RecordId) -> bool: ...

    def ended(self, ticket: "Ticket", change: Change) -> None: ...

    def taken_over(self, record: RecordId) -> None: ...

    async def follow(self) -> None: ...


class Ticket(NamedTuple):
    """A reservation that was taken; hand it back with `settle` (written) or `release` (not written).

    ``until``, in seconds of `elapsed`: what is not written by then must be decided again.
    """

    number: int
    object: str
    reservation: Reservation
    turns_before: Turns | None
    given_before: Given | None
    until: float = math.inf

    def outlasts(self, seconds: float) -> bool:
        """Whether what takes so long at most would be over while the places are kept."""
        return elapsed() + seconds < self.until


class _Settled(NamedTuple):
    """A ticket whose owner stands in the org: no more of it than counts need, as a burst leaves thousands."""

    at: float
    object: str
    person: RecordId
    weight: float


class Ledger:
    """Counters of open work by object and person, of every pool's rotation, and what rate limits count."""

    def __init__(
        self,
        turns: Mapping[str, Turns] | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rates = RateLog()
        self.shared: Shared | None = None
        self._clock = clock
        self._open: dict[str, dict[RecordId, int]] = defaultdict(dict)
        self._load: dict[str, dict[RecordId, float]] = {}
        """Of objects that some policy weighs."""
        self._loads_settled: deque[_Settled] = deque()
        self._turns: dict[str, Turns] = dict(turns or {})
        self._unsaved: set[str] = set()
        self._pending: dict[int, Ticket] = {}
        self._settled: deque[_Settled] = deque()
        self._number = 0

    @property
    def reserved(self) -> int:
        """Places taken by decisions that are not written yet."""
        return len(self._pending)

    def look(self) -> Look | None:
        """What notes which counters a decision looks at, where others must agree to it."""
        return Look() if self.shared else None

    async def stands(self, look: Look | None, ticket: Ticket | None, record: RecordId) -> bool:
        """Whether a decision stands, as far as other daemons go; if not, decide again, all is taken back.

        Raises StateError, with all taken back.
        """
        if self.shared is None or look is None:
            return True
        return await self.shared.stands(look, ticket, record)

    def taken_over(self, record: RecordId) -> None:
        """This daemon has the record in hand: what another one reserved for it is decided."""
        if self.shared is not None:
            self.shared.taken_over(record)

    async def follow(self) -> None:
        """Know what the others have reserved until now. Raises StateError."""
        if self.shared is not None:
            await self.shared.follow()

    def workload(
        self,
        object_name: str,
        *,
        moved: Mapping[str, Moved] = _NOT_MOVED,
        look: Look | None = None,
    ) -> Workload:
        """The counters as they stand. A live view: use it for one decision, then `frozen` to keep it.

        ``moved`` is what fuses count of them. ``look`` notes which are looked at.
        """
        live = self._workload(object_name, moved)
        if look is None or self.shared is None:
            return live
        return look.of(object_name, live, seen=self.shared.seen)

    def _workload(self, object_name: str, moved: Mapping[str, Moved]) -> Workload:
        return Workload(
            open_work=self._open[object_name],
            turns=self._turns,
            given=self.rates.moments,
            load=self._load.get(object_name, _NO_LOAD),
            moved=moved,
        )

    def frozen(
        self,
        object_name: str,
        people: Iterable[RecordId],
        pool: str | None,
        tallies: Iterable[Tally] = (),
        *,
        moved: Mapping[str, Moved] = _NOT_MOVED,
    ) -> Workload:
        """The part of the counters that one decision looked at, as a copy to keep."""
        people = tuple(people)
        counts, load = self._open[object_name], self._load.get(object_name, _NO_LOAD)
        turns = self._turns.get(pool) if pool else None
        return Workload(
            open_work={person: counts[person] for person in people if person in counts},
            turns={pool: turns} if pool and turns else {},
            given=self.rates.frozen(tallies),
            load={person: load[person] for person in people if person in load} if load else {},
            moved=moved,
        )

    def reserve(self, object_name: str, reservation: Reservation) -> Ticket:
        """Take what a decision uses up, before anything is written."""
        self._number += 1
        before = self._turns.get(reservation.pool) if reservation.pool else None
        given = reservation.given
        given_before = self.rates.add(given) if given is not None else None
        until = elapsed() + RESERVED_FOR if self.shared else math.inf
        ticket = Ticket(self._number, object_name, reservation, before, given_before, until)
        self._pending[ticket.number] = ticket
        self._add(object_name, reservation.person, 1)
        self._weigh(object_name, reservation, 1)
        if reservation.pool and reservation.turns:
            self._turns[reservation.pool] = reservation.turns
            self._unsaved.add(reservation.pool)
        return ticket

    def release(self, ticket: Ticket | None) -> None:
        """Nothing was written: give back the place and, if nobody had a later one, the turn."""
        if ticket is not None and self.take_back(ticket) and self.shared:
            self.shared.ended(ticket, Change.GAVE_BACK)

    def take_back(self, ticket: Ticket) -> bool:
        """As `release`, for this ledger alone; False when it was over already."""
        if self._pending.pop(ticket.number, None) is None:
            return False
        reservation = ticket.reservation
        self._add(ticket.object, reservation.person, -1)
        self._weigh(ticket.object, reservation, -1)
        if reservation.given is not None:
            self.rates.take_back(reservation.given, ticket.given_before)
        pool = reservation.pool
        if pool and self._turns.get(pool) is reservation.turns:
            self._turns[pool] = ticket.turns_before or Turns()
            self._unsaved.add(pool)
        return True

    def settle(self, ticket: Ticket | None) -> None:
        """The owner stands in the org; readings that begin from now on will show it."""
        if ticket is not None and self.settle_number(ticket.number) and self.shared:
            self.shared.ended(ticket, Change.KEPT)

    def settle_number(self, number: int) -> bool:
        """As `settle`, for this ledger alone; False when it was over already."""
        ticket = self._pending.pop(number, None)
        if ticket is None:
            return False
        reservation = ticket.reservation
        if reservation.person is None:
            return True
        weight = _weight(reservation)
        settled = _Settled(self._clock(), ticket.object, reservation.person, weight)
        self._settled.append(settled)
        if ticket.object in self._load:
            self._loads_settled.append(settled)
        return True

    async def refresh(self, object_name: str, people: Iterable[RecordId], count: Count) -> None:
        """Read an object's counts anew. Raises what ``count`` raises; the old counts then stay."""
        began = self._clock()
        counts = Counter(dict(await count(object_name, people)))
        self._settled = _later(self._settled, object_name, began)
        for each in self._settled:
            if each.object == object_name:
                counts[each.person] += 1
        for ticket in self._pending.values():
            if ticket.object == object_name and ticket.reservation.person is not None:
                counts[ticket.reservation.person] += 1
        self._open[object_name] = dict(counts)

    async def refresh_load(
        self, object_name: str, people: Iterable[RecordId], weigh: Weigh
    ) -> None:
        """Read an object's loads anew, as `refresh` does its counts. Raises what ``weigh`` raises."""
        self._load.setdefault(object_name, {})
        began = self._clock()
        loads = dict(await weigh(object_name, people))
        self._loads_settled = _later(self._loads_settled, object_name, began)
        for each in self._loads_settled:
            if each.object == object_name:
                loads[each.person] = loads.get(each.person, 0.0) + each.weight
        for ticket in self._pending.values():
            person = ticket.reservation.person
            if ticket.object == object_name and person is not None:
                loads[person] = loads.get(person, 0.0) + _weight(ticket.reservation)
        self._load[object_name] = loads

    def take_unsaved_turns(self) -> dict[str, Turns]:
        """Rotations that moved since this was last asked, to be made durable."""
        changed = {pool: self._turns[pool] for pool in self._unsaved if pool in self._turns}
        self._unsaved.clear()
        return changed

    def keep_unsaved(self, turns: Iterable[str]) -> None:
        """Saving these rotations failed: they are asked for again."""
        self._unsaved.update(turns)

    def _add(self, object_name: str, person: RecordId | None, number: int) -> None:
        if person is None:
            return
        counts = self._open[object_name]
        counts[person] = counts.get(person, 0) + number

    def _weigh(self, object_name: str, reservation: Reservation, sign: int) -> None:
        person, loads = reservation.person, self._load.get(object_name)
        if person is None:
            return
        if loads is None:
            if reservation.load is None:
                return
            loads = self._load[object_name] = {}
        before = loads.get(person, 0.0)
        loads[person] = round(before + sign * _weight(reservation), 2)


def _later(settled: Iterable[_Settled], object_name: str, began: float) -> deque[_Settled]:
    """Without those that a reading of the object's counts shows, which began then."""
    return deque(each for each in settled if each.object != object_name or each.at >= began)


def _weight(reservation: Reservation) -> float:
    return UNWEIGHED if reservation.load is None else reservation.load
