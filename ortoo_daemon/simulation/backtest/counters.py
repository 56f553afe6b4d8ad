"""Who holds how much, whose turn is it, and who had the customer, while the past is lived through again?

Open work starts from what the decision records kept of it and goes on from there: a record that these
policies give to somebody else is added there and taken away from who really had it, for as long as work
stays open on average. Rotations start where they stood when a pool was first met, rate limits with what
was given before the history begins, as far as decision records kept it. Mutable, one for each set of
policies; no clock, no I/O.
"""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from ortoo_daemon.action.fuse import moved_lately
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Answer, PastOwnerQuestion, Tally, Turns, Workload
from ortoo_daemon.matches import MatchQuestion
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.limits_model import UNWEIGHED
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import FieldValue, OwnerKind, RecordId
from ortoo_daemon.reservation import Reservation
from ortoo_daemon.simulation.backtest.former_records import FormerRecords
from ortoo_daemon.simulation.backtest.history import PastDecision

_Given = tuple[datetime, RecordId]
Amount = TypeVar("Amount", int, float)


class AnsweredBy(StrEnum):
    """SIMULATED: by this run's own decisions. KEPT: by the answer of then. NOBODY: nothing is known."""

    SIMULATED = "simulated"
    KEPT = "kept"
    NOBODY = "not_known"


class Counters:
    """Counters of one set of policies as time goes on. Decisions must come in the order of time."""

    def __init__(
        self,
        open_for: timedelta,
        customer_fields: Mapping[str, frozenset[str]],
        *,
        since: datetime,
        fuses: Mapping[str, Sequence[Fuse]] | None = None,
        sources: Mapping[str, KeySources] | None = None,
    ) -> None:
        """``fuses`` and ``sources``, what is told of customers, are by object."""
        self._fuses = fuses or {}
        self._since = int(since.timestamp())
        self._open: _Held[int] = _Held(open_for)
        self._load: _Held[float] = _Held(open_for)
        self._customer_fields = customer_fields
        self._turns: dict[str, Turns] = {}
        self._given: dict[Tally, list[int]] = defaultdict(list)
        self._begun: set[Tally] = set()
        self._customers: dict[tuple[str, str, str], _Given] = {}
        self._records = FormerRecords(sources or {})

    def workload(self, past: PastDecision) -> Workload:
        """The counters as they stand when the record is decided. A live view, for one decision."""
        self._open.observe(past, past.open_work)
        self._load.observe(past, past.load)
        if past.pool is not None and past.turns is not None:
            self._turns.setdefault(past.pool, past.turns)
        for tally, moments in past.given.items():
            if tally not in self._begun:
                self._begun.add(tally)
                before = [moment for moment in moments if moment < self._since]
                self._given[tally] = before + self._given[tally]
        return Workload(
            open_work=self._open.by_person(past.object),
            turns=self._turns,
            given=self._given,
            load=self._load.by_person(past.object),
            moved=moved_lately(self._fuses.get(past.object, ()), self._given, past.decided_at),
        )

    def answer(
        self, question: PastOwnerQuestion | MatchQuestion, past: PastDecision
    ) -> tuple[Answer, AnsweredBy]:
        """Who had the customer, or which records are theirs; by this run as far as it goes."""
        if not isinstance(question, MatchQuestion):
            return self.past_owner(question, past)
        here = self._records.is_known(question)
        found = self._records.found(question, past)
        if here:
            return found, AnsweredBy.SIMULATED
        return found, AnsweredBy.NOBODY if found is None else AnsweredBy.KEPT

    def past_owner(
        self, question: PastOwnerQuestion, past: PastDecision
    ) -> tuple[RecordId | None, AnsweredBy]:
        """Who had the customer: by what was decided here so far, else by the answer that was kept."""
        value = fold(question.value)
        found = self._customers.get((question.object, question.field, value))
        if found is not None and found[0] >= question.since:
            return found[1], AnsweredBy.SIMULATED
        key = (question.field, value)
        if key in past.past_owners:
            return past.past_owners[key], AnsweredBy.KEPT
        return None, AnsweredBy.NOBODY

    def take(self, decision: Decision, past: PastDecision) -> None:
        """What the decision uses up, and what really went to somebody."""
        self._records.remember(decision, past)
        reservation = decision.reservation
        person = reservation.person if reservation else None
        weight = reservation.load if reservation else None
        self._open.give(past, person, 1)
        self._load.give(past, person, UNWEIGHED if weight is None else weight)
        if reservation is not None:
            self._reserve(reservation)
        if decision.owner is not None and decision.owner.kind is OwnerKind.USER:
            self._remember(decision, past, decision.owner.id)

    def _reserve(self, reservation: Reservation) -> None:
        if reservation.pool and reservation.turns:
            self._turns[reservation.pool] = reservation.turns
        if reservation.given is not None:
            for tally in reservation.given.tallies:
                self._given[tally].append(reservation.given.at)

    def _remember(self, decision: Decision, past: PastDecision, owner: RecordId) -> None:
        for name in self._customer_fields.get(past.object, ()):
            value: FieldValue = decision.fields.get(name, past.fields.get(name))
            if value:
                self._customers[past.object, name, fold(value)] = (past.decided_at, owner)


class _Held(Generic[Amount]):
    """What each person holds, by number or by weight: what was really there, and what this run moved.

    What went elsewhere counts for ``open_for``, as if it were done with then.
    """

    def __init__(self, open_for: timedelta) -> None:
        self._open_for = open_for
        self._really: dict[str, dict[RecordId, Amount]] = defaultdict(dict)
        self._beside: dict[str, dict[RecordId, Amount]] = defaultdict(dict)
        self._held: dict[str, dict[RecordId, Amount]] = defaultdict(dict)
        self._passing: deque[tuple[datetime, str, RecordId, Amount]] = deque()

    def by_person(self, object_name: str) -> Mapping[RecordId, Amount]:
        """A live view."""
        return self._held[object_name]

    def observe(self, past: PastDecision, kept: Mapping[RecordId, Amount]) -> None:
        """What a decision record has kept, as of its moment."""
        while self._passing and self._passing[0][0] <= past.decided_at:
            _, object_name, person, number = self._passing.popleft()
            self._shift(object_name, person, -number)
        for person, number in kept.items():
            self._really[past.object][person] = number
            self._settle(past.object, person)

    def give(self, past: PastDecision, person: RecordId | None, number: Amount) -> None:
        """So much goes to a person here (None: to nobody), and really went where it went."""
        really = past.happened.person
        if really is not None:
            counts = self._really[past.object]
            counts[really] = counts.get(really, 0) + number
            self._settle(past.object, really)
        if person != really:
            self._lend(past, really, -number)
            self._lend(past, person, number)

    def _lend(self, past: PastDecision, person: RecordId | None, number: Amount) -> None:
        if person is not None:
            self._shift(past.object, person, number)
            passes_at = past.decided_at + self._open_for
            self._passing.append((passes_at, past.object, person, number))

    def _shift(self, object_name: str, person: RecordId, number: Amount) -> None:
        beside = self._beside[object_name]
        beside[person] = beside.get(person, 0) + number
        self._settle(object_name, person)

    def _settle(self, object_name: str, person: RecordId) -> None:
        really = self._really[object_name].get(person, 0)
        self._held[object_name][person] = max(0, really + self._beside[object_name].get(person, 0))


class Turnover:
    """How long does work stay open on average: open work divided by how much comes in."""

    def __init__(self) -> None:
        self._held: dict[RecordId, tuple[int, int]] = {}
        self._came: dict[RecordId, int] = defaultdict(int)
        self._first: datetime | None = None
        self._last: datetime | None = None

    def add(self, past: PastDecision) -> None:
        self._first = self._first or past.decided_at
        self._last = past.decided_at
        for person, number in past.open_work.items():
            total, times = self._held.get(person, (0, 0))
            self._held[person] = (total + number, times + 1)
        if past.happened.person is not None:
            self._came[past.happened.person] += 1

    @property
    def open_for(self) -> timedelta:
        """From an hour to 30 days; a day where the history tells nothing."""
        if self._first is None or self._last is None or self._last <= self._first:
            return timedelta(days=1)
        held = sum(total / times for total, times in self._held.values())
        came = sum(number for person, number in self._came.items() if person in self._held)
        if not came or not held:
            return timedelta(days=1)
        found = (self._last - self._first) * (held / came)
        return min(max(found, timedelta(hours=1)), timedelta(days=30))
