"""Counters of open work: a limit may be met early for a moment, never passed."""

from collections.abc import Iterable, Mapping

from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.facts import Turns
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation
from tests.asynchronous import asynchronous
from tests.world import an_id

ANN, BEN = an_id("005", 1), an_id("005", 2)
LEAD, CASE = "Lead", "Case"


class Hands:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def for_(person: RecordId, *, pool: str | None = None, turns: Turns | None = None) -> Reservation:
    return Reservation(person=person, pool=pool, turns=turns)


def held(ledger: Ledger, person: RecordId, object: str = LEAD) -> int:
    return ledger.workload(object).open_work.get(person, 0)


def shows(**counts: int):
    """The org's own count; ``while_`` is done during the query."""

    async def count(_object: str, _people: Iterable[RecordId]) -> Mapping[RecordId, int]:
        return {ANN: counts.get("ann", 0), BEN: counts.get("ben", 0)}

    return count


def test_a_reservation_counts_at_once_and_for_its_object_alone() -> None:
    ledger = Ledger()
    ledger.reserve(LEAD, for_(ANN))
    assert (held(ledger, ANN), held(ledger, ANN, CASE), held(ledger, BEN)) == (1, 0, 0)


def test_a_released_reservation_gives_its_place_back_once() -> None:
    ledger = Ledger()
    ledger.reserve(LEAD, for_(ANN))
    ticket = ledger.reserve(LEAD, for_(ANN))
    ledger.release(ticket)
    ledger.release(ticket)
    ledger.settle(ticket)
    assert held(ledger, ANN) == 1


def test_a_released_turn_is_given_back_unless_somebody_had_a_later_one() -> None:
    first, second = Turns(clock=1.0), Turns(clock=2.0)
    ledger = Ledger({"pool": Turns(clock=0.5)})
    earlier = ledger.reserve(LEAD, for_(ANN, pool="pool", turns=first))
    ledger.release(earlier)
    assert ledger.workload(LEAD).turns["pool"].clock == 0.5
    earlier = ledger.reserve(LEAD, for_(ANN, pool="pool", turns=first))
    ledger.reserve(LEAD, for_(BEN, pool="pool", turns=second))
    ledger.release(earlier)
    assert ledger.workload(LEAD).turns["pool"] is second


@asynchronous
async def test_a_reading_replaces_what_was_settled_before_it_began() -> None:
    now = Hands()
    ledger = Ledger(clock=now)
    ledger.settle(ledger.reserve(LEAD, for_(ANN)))
    now.at = 1.0
    await ledger.refresh(LEAD, [ANN, BEN], shows(ann=1, ben=4))
    assert (held(ledger, ANN), held(ledger, BEN)) == (1, 4)


@asynchronous
async def test_what_is_not_written_yet_is_added_to_a_reading() -> None:
    ledger = Ledger()
    ledger.reserve(LEAD, for_(ANN))
    ledger.reserve(CASE, for_(ANN))
    await ledger.refresh(LEAD, [ANN], shows(ann=3))
    assert held(ledger, ANN) == 4


@asynchronous
async def test_what_was_written_while_a_reading_was_under_way_is_added_to_it() -> None:
    now = Hands()
    ledger = Ledger(clock=now)
    ticket = ledger.reserve(LEAD, for_(ANN))

    async def count(_object: str, _people: Iterable[RecordId]) -> Mapping[RecordId, int]:
        now.at = 1.0
        ledger.settle(ticket)
        return {ANN: 2}

    await ledger.refresh(LEAD, [ANN], count)
    assert held(ledger, ANN) == 3
    now.at = 2.0
    await ledger.refresh(LEAD, [ANN], shows(ann=3))
    assert held(ledger, ANN) == 3


@asynchronous
async def test_a_reading_that_fails_leaves_the_counters_as_they_were() -> None:
    ledger = Ledger()
    await ledger.refresh(LEAD, [ANN], shows(ann=2))
    ledger.settle(ledger.reserve(LEAD, for_(ANN)))

    async def broken(_object: str, _people: Iterable[RecordId]) -> Mapping[RecordId, int]:
        raise RuntimeError("no answer")

    try:
        await ledger.refresh(LEAD, [ANN], broken)
    except RuntimeError:
        assert held(ledger, ANN) == 3
    else:
        raise AssertionError("the failure was swallowed")


@asynchronous
async def test_one_objects_reading_leaves_anothers_counters_alone() -> None:
    ledger = Ledger()
    ledger.settle(ledger.reserve(CASE, for_(ANN)))
    await ledger.refresh(LEAD, [ANN], shows(ann=7))
    assert held(ledger, ANN, CASE) == 1


def test_turns_that_could_not_be_saved_are_asked_for_again() -> None:
    ledger = Ledger()
    turns = Turns(clock=1.0)
    ledger.reserve(LEAD, for_(ANN, pool="pool", turns=turns))
    taken = ledger.take_unsaved_turns()
    assert taken == {"pool": turns}
    assert ledger.take_unsaved_turns() == {}
    ledger.keep_unsaved(taken)
    assert ledger.take_unsaved_turns() == {"pool": turns}


def test_a_frozen_view_does_not_move_with_the_counters() -> None:
    ledger = Ledger()
    ledger.reserve(LEAD, for_(ANN))
    kept = ledger.frozen(LEAD, [ANN, BEN], None)
    ledger.reserve(LEAD, for_(ANN))
    assert kept.open_work == {ANN: 1}


def weighing(person: RecordId, load: float | None) -> Reservation:
    return Reservation(person=person, load=load)


def load(ledger: Ledger, person: RecordId, object: str = LEAD) -> float:
    return ledger.workload(object).load.get(person, 0.0)


def test_what_is_reserved_weighs_until_it_is_released_and_what_nobody_weighed_is_one() -> None:
    ledger = Ledger()
    heavy = ledger.reserve(LEAD, weighing(ANN, 2.5))
    ledger.reserve(LEAD, weighing(ANN, None))
    ledger.reserve(CASE, weighing(ANN, None))
    assert (load(ledger, ANN), load(ledger, ANN, CASE)) == (3.5, 0.0)
    ledger.release(heavy)
    assert load(ledger, ANN) == 1.0
    assert ledger.frozen(LEAD, [ANN, BEN], None).load == {ANN: 1.0}


@asynchronous
async def test_loads_that_are_read_bear_what_is_in_flight_and_what_was_settled_meanwhile() -> None:
    now = Hands()
    ledger = Ledger(clock=now)
    before = ledger.reserve(LEAD, weighing(ANN, 2))
    meanwhile = ledger.reserve(LEAD, weighing(ANN, 4))
    ledger.reserve(LEAD, weighing(ANN, 8))
    ledger.settle(before)
    now.at = 1.0

    async def weigh(_object: str, _people: Iterable[RecordId]) -> Mapping[RecordId, float]:
        now.at = 2.0
        ledger.settle(meanwhile)
        await ledger.refresh(LEAD, [ANN], shows(ann=0))
        return {ANN: 102.0}

    await ledger.refresh_load(LEAD, [ANN], weigh)
    assert load(ledger, ANN) == 114.0
    now.at = 3.0

    async def shown(_object: str, _people: Iterable[RecordId]) -> Mapping[RecordId, float]:
        return {ANN: 106.0}

    await ledger.refresh_load(LEAD, [ANN], shown)
    assert load(ledger, ANN) == 114.0
