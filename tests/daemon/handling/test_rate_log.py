"""Claims about what rate limits count: never passed, whatever is in flight, lost, read again or restarted."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.daemon.handling.ledger import Ledger, Ticket
from ortoo_daemon.daemon.handling.rate_log import RateLog, Rebuild
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Given, Tally
from ortoo_daemon.policy.limits_model import LimitLevel, Limits, RateLimit
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.periods import Calendar
from tests.world import (
    NOW,
    PLACE,
    an_id,
    decided,
    directory,
    facts,
    lead,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
)

ANN = Tally("leads", "person", an_id("005", 1))
BEN = Tally("leads", "person", an_id("005", 2))


def gave(key: str, at: int, *tallies: Tally) -> Given:
    return Given(key=key, at=at, tallies=tallies or (ANN,))


def counts(log: RateLog) -> dict[Tally, list[int]]:
    return {tally: list(moments) for tally, moments in log.moments.items()}


def test_a_decision_that_comes_to_nothing_leaves_what_stood_before():
    log = RateLog()
    first = gave("a", 10)
    log.add(first)
    again = gave("a", 20, BEN)
    before = log.add(again)
    assert counts(log) == {BEN: [20]}
    log.take_back(again, before)
    log.take_back(again, before)
    assert counts(log) == {ANN: [10]}


def test_a_decision_that_is_read_counts_once_however_often():
    log = RateLog()
    log.add(gave("a", 10))
    for _ in range(2):
        log.lay_over([gave("a", 10), gave("b", 5)])
    assert counts(log) == {ANN: [5, 10]}


def test_what_the_org_shows_of_a_decision_goes_before_what_was_meant():
    log = RateLog()
    log.add(gave("a", 10))
    log.lay_over([gave("a", 10, BEN)])
    assert counts(log) == {BEN: [10]}


def test_a_whole_reading_keeps_what_it_does_not_show_yet():
    log = RateLog()
    log.add(gave("shown", 10))
    log.add(gave("on its way", 12))
    rebuilt = Rebuild(known_from=0)
    rebuilt.take([gave("shown", 10), gave("old", 1)])
    rebuilt.take([gave("shown", 10, BEN)])
    log.replace(rebuilt)
    assert counts(log) == {ANN: [1, 10, 12]}


def test_what_no_limit_looks_at_is_forgotten():
    log = RateLog()
    for at in (1, 5, 9):
        log.add(gave(str(at), at))
    log.add(gave("other", 2, BEN))
    log.forget(before=5, known_from=9)
    assert counts(log) == {ANN: [5, 9]}


def test_a_frozen_view_does_not_move_with_the_counts():
    log = RateLog()
    log.add(gave("a", 1))
    kept = log.frozen([ANN, BEN])
    log.add(gave("b", 2))
    assert kept == {ANN: (1,)}


# -- many at once -----------------------------------------------------------------------------------

SITE = rooftop(1, "Site")
PEOPLE = tuple(person(number, at=SITE) for number in (1, 2))
ROLLING, WINDOW = timedelta(minutes=10), Calendar.HOUR
MOST, MOST_OF_SITE = 1, 4
POLICY = policy(
    rule("all", assign=to_people(rooftop=RooftopChoice(place=PLACE))),
    zone="UTC",
    limits=Limits(
        rates=(
            RateLimit(level=LimitLevel.PERSON, at_most=MOST, per=ROLLING, place=PLACE),
            RateLimit(level=LimitLevel.ROOFTOP, at_most=MOST_OF_SITE, per=WINDOW, place=PLACE),
        )
    ),
)
NETWORK = directory((SITE,), PEOPLE)


class World:
    """A daemon that may die, and an org that keeps what lands there."""

    def __init__(self) -> None:
        self.now = NOW
        self.ledger = Ledger()
        self.landed: dict[str, tuple[Decision, datetime]] = {}
        self.flying: list[tuple[int, Decision, Ticket]] = []
        self.lost: list[int] = []
        self.number = 0

    def decide(self, number: int) -> None:
        workload = self.ledger.workload("Lead")
        found = decided(
            policies(POLICY), facts(lead(number), NETWORK, now=self.now, workload=workload)
        )
        if found.reservation is not None:
            ticket = self.ledger.reserve("Lead", found.reservation)
            self.flying.append((number, found, ticket))

    def new(self, after: timedelta) -> None:
        self.now += after
        self.number += 1
        self.decide(self.number)

    def again(self) -> None:
        """A record whose write went unanswered and did not land is decided again."""
        if self.lost:
            self.decide(self.lost.pop(0))

    def end(self, which: int, *, lands: bool, answered: bool) -> None:
        if not self.flying:
            return
        number, found, ticket = self.flying.pop(which % len(self.flying))
        if lands:
            self.landed[found.key] = found, found.decided_at
        if lands or not answered:
            self.ledger.settle(ticket)
            if not lands:
                self.lost.append(number)
        else:
            self.ledger.release(ticket)

    def shown(self) -> list[Given]:
        return [found.reservation.given for found, _ in self.landed.values()]

    def read(self) -> None:
        self.ledger.rates.lay_over(self.shown())

    def rebuild(self) -> None:
        rebuilt = Rebuild(known_from=0)
        rebuilt.take(self.shown())
        self.ledger.rates.replace(rebuilt)

    def die(self, lands: bool) -> None:
        while self.flying:
            number, found, _ = self.flying.pop()
            if lands:
                self.landed[found.key] = found, found.decided_at
            else:
                self.lost.append(number)
        self.ledger = Ledger()
        self.rebuild()

    def check(self) -> None:
        gave = [(found.owner.id, at) for found, at in self.landed.values()]
        for someone, at in gave:
            had = sum(1 for who, when in gave if who == someone and at - ROLLING < when <= at)
            assert had <= MOST, f"{someone} had {had} within the ten minutes before {at}"
        hours = Counter(at.replace(minute=0, second=0, microsecond=0) for _, at in gave)
        assert not hours or max(hours.values()) <= MOST_OF_SITE


edges = st.sampled_from(
    [ROLLING - timedelta(microseconds=1), ROLLING - timedelta(seconds=30), ROLLING]
)
steps = st.one_of(
    st.tuples(st.just("new"), st.timedeltas(timedelta(), timedelta(minutes=12)) | edges),
    st.tuples(st.just("new"), st.just(timedelta())),
    st.tuples(st.just("again"), st.none()),
    st.tuples(st.just("end"), st.tuples(st.integers(0, 9), st.booleans(), st.booleans())),
    st.tuples(st.sampled_from(["read", "rebuild"]), st.none()),
    st.tuples(st.just("die"), st.booleans()),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=60))
def test_no_limit_is_passed_in_the_org_whatever_happens_in_between(script):
    world = World()
    for name, how in script:
        match name:
            case "new":
                world.new(how)
            case "end":
                which, lands, answered = how
                world.end(which, lands=lands, answered=answered)
            case "die":
                world.die(how)
            case "again":
                world.again()
            case "read":
                world.read()
            case "rebuild":
                world.rebuild()
    while world.flying:
        world.end(0, lands=True, answered=True)
    world.check()


def test_a_burst_fills_every_limit_to_the_brim():
    world = World()
    for wait, brim in ((timedelta(), 2), (ROLLING + timedelta(seconds=1), 4), (2 * ROLLING, 4)):
        world.now += wait
        for _ in range(20):
            world.new(timedelta())
        assert len(world.flying) == brim
    for _ in range(MOST_OF_SITE):
        world.end(0, lands=True, answered=True)
    world.check()
    world.now += timedelta(hours=1)
    world.new(timedelta())
    assert len(world.flying) == 1
