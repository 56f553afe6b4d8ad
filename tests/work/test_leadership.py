"""Who leads among daemons that share a store, and what a leader that was replaced can no longer do."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from ortoo_daemon.errors import NotLeadingError
from ortoo_daemon.work.elapsed import elapsed
from ortoo_daemon.work.leadership import Leadership
from ortoo_daemon.work.queue import Checkpoint, WorkQueue
from tests.asynchronous import asynchronous
from tests.work.queues import item, opened

SHORT = timedelta(seconds=0.2)


class Watch:
    """The clock of a daemon that may have been stopped for a while."""

    def __init__(self) -> None:
        self.stopped_for = 0.0

    def __call__(self) -> float:
        return elapsed() - self.stopped_for


def lead(queue: WorkQueue, name: str, *, clock=elapsed, term: timedelta = SHORT) -> Leadership:
    """In place of the queue's own."""
    thread = queue._thread
    queue.leadership = Leadership(thread, name, shared=True, term=term, clock=clock)
    return queue.leadership


def mark(number: int) -> Checkpoint:
    return Checkpoint(channel="/c", replay_id=str(number))


@asynchronous
async def test_one_leads_and_the_others_know_whom(postgres_url):
    async with opened(postgres_url, leads=False) as one, opened(postgres_url, leads=False) as two:
        a, b = lead(one, "a"), lead(two, "b")
        assert await a.hold()
        assert not await b.hold()
        assert (a.epoch, b.epoch, b.leader) == (1, None, "a")
        assert await a.hold()
        assert a.epoch == 1


@asynchronous
async def test_who_says_nothing_for_a_term_is_replaced_under_a_new_epoch(postgres_url):
    async with opened(postgres_url, leads=False) as one, opened(postgres_url, leads=False) as two:
        a, b = lead(one, "a"), lead(two, "b")
        await a.hold()
        async with asyncio.timeout(5):
            while not await b.hold():  # noqa: ASYNC110 (the database's clock)
                await asyncio.sleep(0.02)
        assert (a.epoch, b.epoch) == (None, 2)
        assert not await a.hold()
        assert a.leader == "b"


@asynchronous
async def test_two_that_begin_at_once_are_one_leader(postgres_url):
    async with opened(postgres_url, leads=False) as one, opened(postgres_url, leads=False) as two:
        long = timedelta(seconds=5)
        both = lead(one, "a", term=long), lead(two, "b", term=long)
        assert sorted(await asyncio.gather(*(each.hold() for each in both))) == [False, True]


@asynchronous
async def test_who_resigns_is_replaced_at_once(postgres_url):
    async with opened(postgres_url, leads=False) as one, opened(postgres_url, leads=False) as two:
        a = lead(one, "a", term=timedelta(minutes=5))
        await a.hold()
        await a.resign()
        assert a.epoch is None
        assert await lead(two, "b").hold()


@asynchronous
async def test_a_stopped_leader_knows_that_its_term_is_over_before_it_asks(postgres_url):
    watch = Watch()
    async with opened(postgres_url, leads=False) as queue:
        a = lead(queue, "a", clock=watch, term=timedelta(seconds=30))
        await a.hold()
        assert a.epoch == 1
        watch.stopped_for = -31.0
        assert a.epoch is None
        with pytest.raises(NotLeadingError):
            await queue.put([item(1)], checkpoint=mark(1))


@asynchronous
async def test_the_store_refuses_the_position_of_a_leader_that_was_replaced(postgres_url):
    """It believes in its lead, as a process may that was stopped between asking itself and writing."""
    async with opened(postgres_url, leads=False) as one, opened(postgres_url, leads=False) as two:
        a = lead(one, "a", clock=lambda: 0.0)
        await a.hold()
        await one.put([item(1)], checkpoint=mark(1))
        b = lead(two, "b")
        async with asyncio.timeout(5):
            while not await b.hold():  # noqa: ASYNC110 (the database's clock)
                await asyncio.sleep(0.02)
        await two.put([item(2)], checkpoint=mark(2))
        assert a.epoch == 1
        with pytest.raises(NotLeadingError):
            await one.put([item(3)], checkpoint=mark(3))
        assert (await two.checkpoints())["/c"].replay_id == "2"
        assert (await two.stats()).ready == 2


@asynchronous
async def test_a_refused_position_costs_nobody_elses_put(postgres_url):
    async with opened(postgres_url, leads=False) as queue:
        stale = lead(queue, "a", clock=lambda: 0.0)
        await stale.hold()
        stale._epoch = 7
        refused, taken = await asyncio.gather(
            queue.put([item(1)], checkpoint=mark(1)), queue.put([item(2)]), return_exceptions=True
        )
        assert isinstance(refused, NotLeadingError)
        assert taken == 1


@asynchronous
async def test_who_shares_with_nobody_always_leads_and_asks_nothing(sqlite_url):
    async with opened(sqlite_url) as queue:
        calls = queue._thread.calls
        assert await queue.leadership.hold()
        assert queue.leadership.epoch == 0
        assert queue._thread.calls == calls
        await queue.put([item(1)], checkpoint=mark(1))


@asynchronous
async def test_a_transaction_left_open_by_a_stopped_daemon_holds_nobody_up(postgres_url):
    """Its locks are the database's to end: nobody else can."""
    async with opened(postgres_url) as queue, opened(postgres_url, leads=False) as other:
        stopped = other._thread._store.transaction()
        stopped.__enter__().exec_driver_sql("SELECT * FROM leadership FOR UPDATE")
        async with asyncio.timeout(10):
            assert await queue.leadership.hold()
        with pytest.raises(DBAPIError):
            stopped.__exit__(None, None, None)
