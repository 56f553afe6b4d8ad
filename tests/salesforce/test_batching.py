import asyncio

import pytest

from ortoo_daemon.salesforce.batching import Batcher
from tests.salesforce.answers import run


class Org:
    """Answers each ask with its double, when it is let."""

    def __init__(self):
        self.batches = []
        self.open = asyncio.Event()
        self.open.set()
        self.at_once = 0
        self.most_at_once = 0

    async def gets(self, batches):
        async with asyncio.timeout(1):
            while len(self.batches) < batches:  # noqa: ASYNC110 (of the batcher's own timing)
                await asyncio.sleep(0.001)

    async def send(self, asks):
        self.batches.append(list(asks))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.open.wait()
        finally:
            self.at_once -= 1
        return [ValueError(ask) if ask < 0 else ask * 2 for ask in asks]


def test_each_asker_gets_its_own_answer_or_its_own_error():
    async def work():
        batcher = Batcher(Org().send)
        asks = (batcher.ask(number) for number in (1, -2, 3))
        return await asyncio.gather(*asks, return_exceptions=True)

    one, two, three = run(work())
    assert (one, three) == (2, 6)
    assert isinstance(two, ValueError)


def test_ten_thousand_asks_travel_in_fifty_batches_and_few_at_once():
    async def work():
        org = Org()
        batcher = Batcher(org.send, at_most=200, in_flight=4)
        answers = await asyncio.gather(*map(batcher.ask, range(10_000)))
        return org, answers

    org, answers = run(work())
    assert answers == [number * 2 for number in range(10_000)]
    assert len(org.batches) == 50
    assert org.most_at_once <= 4


def test_a_lone_ask_does_not_wait_for_company():
    async def work():
        batcher = Batcher(Org().send, collect_for=60)
        return await asyncio.wait_for(batcher.ask(1), 1)

    assert run(work()) == 2


def test_asks_that_come_while_a_call_is_under_way_are_collected():
    async def work():
        org = Org()
        org.open.clear()
        batcher = Batcher(org.send, collect_for=0.02)
        first = asyncio.create_task(batcher.ask(0))
        await asyncio.sleep(0.005)
        others = [asyncio.create_task(batcher.ask(number)) for number in range(1, 6)]
        await org.gets(2)
        org.open.set()
        await asyncio.gather(first, *others)
        return org.batches

    assert run(work()) == [[0], [1, 2, 3, 4, 5]]


def test_in_a_crowd_batches_are_filled_although_asks_come_in_small_groups():
    async def work():
        org = Org()
        batcher = Batcher(org.send, at_most=100, fill_for=30)
        asks = []
        for start in range(0, 400, 40):
            asks += [asyncio.create_task(batcher.ask(start + n)) for n in range(40)]
            await asyncio.sleep(0.01)
        await asyncio.gather(*asks)
        return [len(batch) for batch in org.batches]

    assert run(work()) == [100, 100, 100, 100]


def test_a_crowd_that_stops_coming_is_sent_when_its_time_is_over():
    async def work():
        org = Org()
        batcher = Batcher(org.send, at_most=100, fill_for=0.05)
        await asyncio.wait_for(asyncio.gather(*map(batcher.ask, range(60))), 5)
        return [len(batch) for batch in org.batches]

    assert run(work()) == [60]


def test_a_full_batch_leaves_at_once():
    async def work():
        org = Org()
        org.open.clear()
        batcher = Batcher(org.send, at_most=3, collect_for=60)
        asks = [asyncio.create_task(batcher.ask(0))]
        await asyncio.sleep(0.005)
        asks += [asyncio.create_task(batcher.ask(number)) for number in range(1, 4)]
        await org.gets(2)
        org.open.set()
        await asyncio.gather(*asks)
        return org.batches

    assert run(work()) == [[0], [1, 2, 3]]


def test_a_batch_that_fails_fails_for_each_of_its_askers():
    async def send(asks):
        raise OSError("down")

    async def work():
        batcher = Batcher(send)
        return await asyncio.gather(*map(batcher.ask, range(3)), return_exceptions=True)

    assert [type(result) for result in run(work())] == [OSError] * 3


def test_an_asker_that_gave_up_is_not_sent_and_disturbs_nobody():
    async def work():
        org = Org()
        org.open.clear()
        batcher = Batcher(org.send, collect_for=0.02)
        first = asyncio.create_task(batcher.ask(1))
        await asyncio.sleep(0.005)
        gone, kept = (asyncio.create_task(batcher.ask(number)) for number in (2, 3))
        await asyncio.sleep(0)
        gone.cancel()
        first.cancel()
        await org.gets(2)
        org.open.set()
        return org.batches, await kept

    assert run(work()) == ([[1], [3]], 6)


def test_asks_in_each_others_way_share_a_batch_and_never_run_beside_it():
    async def work():
        org = Org()
        org.open.clear()
        batcher = Batcher(
            org.send, at_most=4, collect_for=0.001, together=lambda ask: ask % 10 or None
        )
        first = asyncio.create_task(batcher.ask(11))
        await asyncio.sleep(0.005)
        others = [asyncio.create_task(batcher.ask(n)) for n in (2, 21, 12, 31, 22)]
        await org.gets(2)
        seen = list(org.batches)
        org.open.set()
        await asyncio.gather(first, *others)
        return seen, org.batches

    seen, batches = run(work())
    assert seen == [[11], [2, 12, 22]]
    assert batches[2] == [21, 31]


def test_more_of_a_kind_than_fit_a_batch_follow_one_after_the_other():
    async def work():
        org = Org()
        batcher = Batcher(org.send, at_most=4, together=lambda ask: "same")
        await asyncio.gather(*map(batcher.ask, range(10)))
        return org

    org = run(work())
    assert [len(batch) for batch in org.batches] == [4, 4, 2]
    assert org.most_at_once == 1


def test_closing_sends_what_still_waits():
    async def work():
        org = Org()
        batcher = Batcher(org.send, collect_for=60)
        asks = [asyncio.create_task(batcher.ask(number)) for number in range(3)]
        await asyncio.sleep(0)
        await batcher.close()
        return await asyncio.gather(*asks)

    assert run(work()) == [0, 2, 4]


def test_closing_ends_where_an_asker_gave_up_before_it_was_sent():
    async def work():
        org = Org()
        org.open.clear()
        batcher = Batcher(org.send, in_flight=1)
        sent = asyncio.create_task(batcher.ask(1))
        await org.gets(1)
        gave_up = asyncio.create_task(batcher.ask(2))
        await asyncio.sleep(0)
        gave_up.cancel()
        org.open.set()
        assert await sent == 2
        await batcher.close()
        return org.batches

    assert run(work()) == [[1]]


def test_an_answer_too_few_is_an_error_for_all_instead_of_a_shifted_answer():
    async def send(asks):
        return [1]

    async def work():
        batcher = Batcher(send)
        return await asyncio.gather(*map(batcher.ask, range(2)), return_exceptions=True)

    results = run(work())
    assert [type(result) for result in results] == [RuntimeError] * 2
    assert "2 asks got 1 answers" in str(results[0])


@pytest.mark.parametrize("count", [1, 200])
def test_nothing_is_left_busy_after_the_last_answer(count):
    async def work():
        batcher = Batcher(Org().send, together=lambda ask: ask)
        await asyncio.gather(*map(batcher.ask, range(1, count + 1)))
        return batcher._busy

    assert not run(work())


def test_a_crowd_that_nobody_can_join_any_more_is_sent_at_once():
    async def work():
        org = Org()
        batcher = Batcher(org.send, at_most=100, fill_for=30)
        batcher.follow(lambda: False)
        await asyncio.wait_for(asyncio.gather(*map(batcher.ask, range(60))), 5)
        return [len(batch) for batch in org.batches]

    assert run(work()) == [60]


def test_a_crowd_waits_for_those_who_are_still_with_the_batcher_before():
    async def work():
        before, after = Org(), Org()
        before.open.clear()
        first = Batcher(before.send, at_most=100)
        second = Batcher(after.send, at_most=100, fill_for=30)
        second.follow(first.follow(lambda: False))

        async def through_both(number):
            await second.ask(await first.ask(number))

        late = [asyncio.create_task(through_both(number)) for number in range(30)]
        await before.gets(1)
        early = [asyncio.create_task(second.ask(number)) for number in range(60)]
        await asyncio.sleep(0.2)
        assert not after.batches
        before.open.set()
        await asyncio.wait_for(asyncio.gather(*late, *early), 5)
        return [len(batch) for batch in after.batches]

    assert run(work()) == [90]
