"""Two holders, a passing clock and any order of calls: the lease rules hold throughout."""

import asyncio
import tempfile
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.work.queue import Claim, WorkQueue
from tests.work.queues import LEASE, Clock, item, lead, opened

HOLDERS = st.integers(0, 1)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 3), st.sampled_from(["first", "again"])),
        st.tuples(st.just("claim"), HOLDERS, st.integers(1, 3)),
        st.tuples(
            st.just("settle"), st.integers(0, 9), st.sampled_from(["finish", "park", "retry"])
        ),
        st.tuples(st.just("renew"), HOLDERS, st.just(0)),
        st.tuples(st.just("pass"), st.integers(1, 40), st.just(0)),
    ),
    max_size=30,
)


class Model:
    """What must be true of the leases given so far."""

    def __init__(self, queues: list[WorkQueue], clock: Clock) -> None:
        self.queues, self.clock = queues, clock
        self.claims: list[tuple[WorkQueue, Claim]] = []
        self.void: set[tuple[int, int]] = set()  # settled, or taken over by a later claim
        self.unsettled: set[str] = set()

    def live(self) -> list[Claim]:
        return [
            claim
            for _, claim in self.claims
            if (claim.id, claim.epoch) not in self.void and claim.leased_until > self.clock.now
        ]

    async def put(self, number: int, entry: str) -> None:
        await self.queues[0].put([item(number, entry=entry)])
        self.unsettled.add(lead(number))

    async def claim(self, holder: int, limit: int) -> None:
        held = {claim.item.record_id for claim in self.live()}
        for claim in await self.queues[holder].claim(limit):
            assert claim.item.record_id not in held, "a record in two pairs of hands"
            held.add(claim.item.record_id)
            self.void |= {(c.id, c.epoch) for _, c in self.claims if c.id == claim.id}
            self.claims.append((self.queues[holder], claim))

    async def settle(self, index: int, how: str) -> None:
        if not self.claims:
            return
        queue, claim = self.claims[index % len(self.claims)]
        if how == "finish":
            took = await queue.finish(claim, "done")
        elif how == "park":
            took = await queue.park(claim, reason="x")
        else:
            took = await queue.retry(claim, after=timedelta(seconds=index))
        assert took == ((claim.id, claim.epoch) not in self.void), "only the holder settles"
        self.void.add((claim.id, claim.epoch))

    async def renew(self, holder: int, _: int) -> None:
        queue = self.queues[holder]
        mine = [claim for owner, claim in self.claims if owner is queue]
        kept = await queue.renew(mine)
        valid = {(c.id, c.epoch) for c in mine} - self.void
        assert {(c.id, c.epoch) for c in kept} == valid
        lasting = {(c.id, c.epoch): c for c in kept}
        self.claims = [(q, lasting.get((c.id, c.epoch), c)) for q, c in self.claims]

    async def pass_by(self, seconds: int, _: int) -> None:
        self.clock.pass_by(timedelta(seconds=seconds))


async def play(steps: list[tuple[str, int, object]]) -> None:
    clock = Clock()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/state.db"
        async with (
            opened(url, clock, exclusive=False) as one,
            opened(url, clock, exclusive=False) as two,
        ):
            model = Model([one, two], clock)
            for name, *arguments in steps:
                await getattr(model, "pass_by" if name == "pass" else name)(*arguments)
            await work_off(one, clock)
            stats = await one.stats()
            assert (stats.ready, stats.leased) == (0, 0), "nothing is lost or stuck"


async def work_off(queue: WorkQueue, clock: Clock) -> None:
    clock.pass_by(LEASE * 2)
    while claims := await queue.claim(10):
        await asyncio.gather(*(queue.finish(claim, "done") for claim in claims))


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_leases_hold_whatever_the_order_of_calls(steps):
    asyncio.run(play(steps))
