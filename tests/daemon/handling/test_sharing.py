"""Several ledgers on one store: limits hold exactly, whoever decides when, dies or is not answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from random import Random

import pytest

from ortoo_daemon.daemon.handling.ledger import Ledger, Ticket
from ortoo_daemon.daemon.handling.sharing import READ_BACK, Sharing
from ortoo_daemon.errors import Place, StateError
from ortoo_daemon.facts import FUSE_LEVEL, Given, Moved, Tally, Turns
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation
from ortoo_daemon.work.reservations import Exchange, Told
from tests.asynchronous import asynchronous
from tests.work.queues import opened
from tests.world import an_id

LEAD = "Lead"
PEOPLE = [an_id("005", number) for number in range(5)]
ANN, BEN = PEOPLE[:2]
LIMIT = 20


class Daemon:
    """Decides by its own ledger: the one who holds least and has room, else nobody."""

    def __init__(self, ledger: Ledger, sharing: Sharing) -> None:
        self.ledger = ledger
        self.sharing = sharing
        self.unanswered = False
        self.given: list[RecordId | None] = []

    async def decide(self, record: RecordId, *, limit: int = LIMIT) -> Ticket | None:
        look = self.ledger.look()
        while True:
            held = self.ledger.workload(LEAD, look=look).open_work
            least = min(PEOPLE, key=lambda person: held.get(person, 0))
            ticket = None
            if held.get(least, 0) < limit:
                ticket = self.ledger.reserve(LEAD, Reservation(person=least))
            if await self.ledger.stands(look, ticket, record):
                self.given.append(ticket.reservation.person if ticket else None)
                return ticket

    def holds(self, person: RecordId) -> int:
        return self.ledger.workload(LEAD).open_work.get(person, 0)


@asynccontextmanager
async def daemons(url: str, number: int) -> AsyncIterator[list[Daemon]]:
    async with AsyncExitStack() as stack:
        yield [await daemon(url, stack, f"host{n}") for n in range(number)]


async def daemon(url: str, stack: AsyncExitStack, name: str) -> Daemon:
    queue = await stack.enter_async_context(opened(url, leads=False))
    ledger = Ledger(await queue.rotations())
    found: Daemon

    async def talk(said: Exchange) -> Told:
        told = await queue.reservations.exchange(said)
        if found.unanswered:
            found.unanswered = False
            raise StateError("the connection was lost after the commit")
        return told

    seen = await queue.reservations.begin(READ_BACK)
    sharing = ledger.shared = Sharing(ledger, holder=name, talk=talk, seen=seen)
    found = Daemon(ledger, sharing)
    await sharing.exchange()
    talking = asyncio.create_task(sharing.run())

    async def end() -> None:
        talking.cancel()
        await asyncio.wait([talking])

    stack.push_async_callback(end)
    return found


def records(number: int) -> list[RecordId]:
    return [an_id("00Q", each) for each in range(number)]


@asynchronous
async def test_a_limit_is_reached_and_never_passed_by_three_daemons_at_once(postgres_url) -> None:
    async with daemons(postgres_url, 3) as three:
        dice = Random(7)

        async def one(record: RecordId) -> None:
            await asyncio.sleep(dice.uniform(0, 0.2))
            await dice.choice(three).decide(record)

        await asyncio.gather(*map(one, records(150)))
        given = Counter(person for each in three for person in each.given)
        assert given == {**dict.fromkeys(PEOPLE, LIMIT), None: 150 - 5 * LIMIT}
        for each in three:
            await each.ledger.follow()
            assert [each.holds(person) for person in PEOPLE] == [LIMIT] * 5
        assert sum(each.sharing.decided_again for each in three) > 0


@asynchronous
async def test_who_looks_elsewhere_is_not_asked_to_decide_again(postgres_url) -> None:
    async with daemons(postgres_url, 2) as (one, two):

        async def to(daemon: Daemon, person: RecordId) -> None:
            look = daemon.ledger.look()
            daemon.ledger.workload(LEAD, look=look).open_work.get(person)
            ticket = daemon.ledger.reserve(LEAD, Reservation(person=person))
            assert await daemon.ledger.stands(look, ticket, an_id("00Q", 1))

        for _ in range(10):
            await asyncio.gather(to(one, ANN), to(two, BEN))
        assert (one.sharing.decided_again, two.sharing.decided_again) == (0, 0)


@asynchronous
async def test_what_was_decided_on_top_of_what_did_not_stand_is_decided_again(postgres_url) -> None:
    """Else it would be turned away for places that were never taken."""
    async with daemons(postgres_url, 2) as (one, two):
        for person in PEOPLE[1:]:
            one.ledger.reserve(LEAD, Reservation(person=person))  # the org shows as much
            two.ledger.reserve(LEAD, Reservation(person=person))
        await two.decide(an_id("00Q", 1), limit=1)
        # One knows nothing of it: its first takes the place in vain, and its second finds none.
        first, second = await asyncio.gather(
            one.decide(an_id("00Q", 2), limit=1), one.decide(an_id("00Q", 3), limit=2)
        )
        assert first is None
        assert second is not None


@asynchronous
async def test_places_given_back_are_free_for_all_and_those_kept_are_not(postgres_url) -> None:
    async with daemons(postgres_url, 2) as (one, two):
        kept = await one.decide(an_id("00Q", 1))
        back = await one.decide(an_id("00Q", 2))
        assert kept is not None
        assert back is not None
        one.ledger.settle(kept)
        one.ledger.release(back)
        await one.ledger.follow()
        await two.ledger.follow()
        assert [two.holds(person) for person in PEOPLE[:2]] == [1, 0]
        assert two.ledger.reserved == 0

        async def nothing_yet(name, people):
            return {}

        await two.ledger.refresh(LEAD, PEOPLE, nothing_yet)
        assert two.holds(ANN) == 0  # kept is what the org shows from now on


@asynchronous
async def test_an_answer_that_is_lost_gives_the_place_back_everywhere(postgres_url) -> None:
    async with daemons(postgres_url, 2) as (one, two):
        one.unanswered = True
        with pytest.raises(StateError):
            await one.decide(an_id("00Q", 1))
        assert one.holds(ANN) == 0
        await one.ledger.follow()
        await two.ledger.follow()
        assert (two.holds(ANN), two.ledger.reserved) == (0, 0)


@asynchronous
async def test_who_gives_up_waiting_takes_nothing(postgres_url) -> None:
    async with daemons(postgres_url, 2) as (one, two):
        waiting = asyncio.create_task(one.decide(an_id("00Q", 1)))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        await one.ledger.follow()
        await one.ledger.follow()
        await two.ledger.follow()
        assert (one.holds(ANN), two.holds(ANN)) == (0, 0)


@asynchronous
async def test_a_new_daemon_knows_what_others_have_just_reserved(postgres_url) -> None:
    async with daemons(postgres_url, 1) as (one,), AsyncExitStack() as stack:
        await one.decide(an_id("00Q", 1))
        two = await daemon(postgres_url, stack, "host1")
        assert two.holds(ANN) == 1


@asynchronous
async def test_who_takes_a_record_over_ends_what_was_reserved_for_it(postgres_url) -> None:
    """Its daemon is gone: the place counts until the org is read, and no longer."""
    async with daemons(postgres_url, 3) as (one, two, three):
        record = an_id("00Q", 1)
        await one.decide(record)
        await two.ledger.follow()
        two.ledger.taken_over(record)
        await two.ledger.follow()
        await three.ledger.follow()
        assert (two.ledger.reserved, three.ledger.reserved) == (0, 0)
        assert (two.holds(ANN), three.holds(ANN)) == (1, 1)


@asynchronous
async def test_turns_go_round_over_all_daemons_and_outlast_them(postgres_url) -> None:
    async def take(daemon: Daemon, record: RecordId) -> None:
        look = daemon.ledger.look()
        while True:
            turns = daemon.ledger.workload(LEAD, look=look).turns.get("pool", Turns())
            moved = Turns(clock=turns.clock + 1)
            taken = Reservation(person=ANN, pool="pool", turns=moved)
            ticket = daemon.ledger.reserve(LEAD, taken)
            if await daemon.ledger.stands(look, ticket, record):
                return

    async with daemons(postgres_url, 3) as three:
        many = records(60)
        await asyncio.gather(*(take(three[n % 3], record) for n, record in enumerate(many)))
    async with opened(postgres_url, leads=False) as queue:
        assert (await queue.rotations())["pool"].clock == 60


@asynchronous
async def test_a_fuse_lets_exactly_as_many_pass_and_is_no_matter_before(postgres_url) -> None:
    fuse = Fuse(of="leads", at_most=30, per=timedelta(hours=1), place=Place("policies/leads.yaml"))
    tally = Tally("leads", FUSE_LEVEL, "")

    async def move(daemon: Daemon, record: RecordId) -> bool:
        look = daemon.ledger.look()
        assert look is not None
        while True:
            daemon.ledger.workload(LEAD, look=look)
            had = len(daemon.ledger.rates.moments.get(tally, ()))
            look.at_fuses((fuse,), {fuse.of: Moved(had=had)})
            if had >= 30:
                passed, ticket = False, None
            else:
                key = Given(key=f"{record}:first", at=1000, tallies=(tally,))
                passed, ticket = (
                    True,
                    daemon.ledger.reserve(LEAD, Reservation(person=None, given=key)),
                )
            if await daemon.ledger.stands(look, ticket, record):
                return passed

    async with daemons(postgres_url, 3) as three:
        many = records(20)
        first = await asyncio.gather(*(move(three[n % 3], each) for n, each in enumerate(many)))
        assert all(first)
        assert [each.sharing.decided_again for each in three] == [0, 0, 0]
        more = [an_id("00Q", 100 + n) for n in range(40)]
        then = await asyncio.gather(*(move(three[n % 3], each) for n, each in enumerate(more)))
        assert sum(then) == 10


@asynchronous
async def test_who_decided_while_the_store_was_asked_is_told_of_places_given_back() -> None:
    """Its decision was made on top of one that turns out not to stand."""
    ledger, asked = Ledger(), asyncio.Event()
    go_on = asyncio.Event()

    async def refuses(said: Exchange) -> Told:
        asked.set()
        await go_on.wait()
        return Told(stands=(False,) * len(said.takings), entries=(), last=0)

    sharing = ledger.shared = Sharing(ledger, holder="a", talk=refuses)

    async def decide(looks_at: RecordId, gives: RecordId) -> bool:
        look = ledger.look()
        ledger.workload(LEAD, look=look).open_work.get(looks_at)
        ticket = ledger.reserve(LEAD, Reservation(person=gives))
        return await ledger.stands(look, ticket, an_id("00Q", 1))

    first = asyncio.create_task(decide(ANN, BEN))
    await asyncio.sleep(0)
    talking = asyncio.create_task(sharing.exchange())
    await asked.wait()
    on_top = asyncio.create_task(decide(BEN, ANN))
    elsewhere = asyncio.create_task(decide(PEOPLE[3], PEOPLE[3]))
    await asyncio.sleep(0)
    go_on.set()
    await talking
    assert (await first, await on_top) == (False, False)
    assert not elsewhere.done()
    assert ledger.workload(LEAD).open_work == {ANN: 0, BEN: 0, PEOPLE[3]: 1}
    elsewhere.cancel()
