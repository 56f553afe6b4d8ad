"""Workers: what becomes of verdicts, failures, slow work and a stop."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.workers import Finished, Park, Retry, Tries, Workers
from tests.asynchronous import asynchronous, until
from tests.work.queues import Clock, item, lead, opened

AT_ONCE = Tries(first=timedelta(0))


@asynccontextmanager
async def working(queue: WorkQueue, handle: Any, **options: Any) -> AsyncIterator[Workers]:
    workers = Workers(queue, handle, **({"drain_for": timedelta(seconds=5)} | options))
    stop = asyncio.Event()
    running = asyncio.create_task(workers.run(stop))
    try:
        yield workers
    finally:
        stop.set()
        await asyncio.wait_for(running, 10)


def nothing_left(queue: WorkQueue):
    async def check() -> bool:
        stats = await queue.stats()
        return stats.ready == stats.leased == 0

    return check


@asynchronous
async def test_every_item_is_handled_once_and_many_at_a_time(url):
    handled: Counter[str] = Counter()
    at_once = 0

    async def handle(claim):
        nonlocal at_once
        handled[claim.item.record_id] += 1
        at_once = max(at_once, workers.in_flight)
        await asyncio.sleep(0)
        return Finished("assigned")

    async with opened(url) as queue:
        await queue.put([item(n) for n in range(300)])
        async with working(queue, handle, parallel=50) as workers:
            await until(nothing_left(queue))
            assert workers.rate > 0
        assert (await queue.stats()).finished == 300
    assert set(handled.values()) == {1}
    assert len(handled) == 300
    assert 1 < at_once <= 50


@asynchronous
async def test_who_loses_leases_takes_less_in_hand_until_they_last_again(sqlite_url, monkeypatch):
    """Others take what this process is too slow for; it must not take as much again."""
    lost = 0

    async def handle(_claim):
        return Finished("assigned")

    async with opened(sqlite_url) as queue:
        finish = queue.finish

        async def too_late(claim, outcome, note=""):
            nonlocal lost
            in_time = await finish(claim, outcome, note)
            lost += 1
            return in_time and lost > 100

        monkeypatch.setattr(queue, "finish", too_late)
        await queue.put([item(n) for n in range(100)])
        async with working(queue, handle, parallel=200) as workers:
            await until(nothing_left(queue))
            await until(lambda: not workers.in_flight)
            assert workers.room.places == 100
            await queue.put([item(n) for n in range(100, 300)])
            await until(nothing_left(queue))
            await until(lambda: not workers.in_flight)
            assert workers.room.places == 200


@asynchronous
async def test_one_record_is_in_one_pair_of_hands_at_a_time(url):
    in_hand: set[str] = set()
    handled = 0

    async def handle(claim):
        nonlocal handled
        record = claim.item.record_id
        assert record not in in_hand
        in_hand.add(record)
        await asyncio.sleep(0.001)
        in_hand.remove(record)
        handled += 1
        return Finished("assigned")

    async with opened(url) as queue:
        await queue.put([item(n, entry=e) for n in range(10) for e in "abcde"])
        async with working(queue, handle, tries=Tries(most=1)):
            await until(nothing_left(queue))
        assert await queue.parked() == []
    assert handled == 50


@asynchronous
async def test_verdicts_are_carried_out(sqlite_url):
    async def handle(claim):
        if claim.item.record_id == lead(1):
            return Park("no_owner", "queue EV is empty")
        if claim.item.attempts < 12:
            return Retry(timedelta(0), "org is down")
        return Finished("assigned")

    async with opened(sqlite_url) as queue:
        await queue.put([item(1), item(2)])
        async with working(queue, handle):
            await until(nothing_left(queue))
        (parked,) = await queue.parked()
        assert (parked.reason, parked.note) == ("no_owner", "queue EV is empty")
        assert (await queue.stats()).finished == 1, "a retry on purpose has no limit"


@asynchronous
async def test_a_handler_that_keeps_raising_is_logged_and_its_item_parked(sqlite_url):
    tries = 0

    async def handle(claim):
        nonlocal tries
        tries += 1
        raise KeyError("Brand__c")

    with capture_logs() as logs:
        async with opened(sqlite_url) as queue:
            await queue.put([item(1)])
            async with working(queue, handle, tries=AT_ONCE):
                await until(nothing_left(queue))
            (parked,) = await queue.parked()
    assert tries == 8
    assert (parked.reason, parked.note) == ("too_many_tries", "KeyError: 'Brand__c'")
    failures = [log for log in logs if log["event"] == "work.handle_failed"]
    assert [log["record_id"] for log in failures] == [lead(1)] * 8


def test_pauses_double_up_to_the_longest_and_are_spread():
    tries = Tries(first=timedelta(seconds=1), longest=timedelta(seconds=10))
    whole = [tries.pause(failures, 1.0).total_seconds() for failures in range(1, 7)]
    assert whole == [1, 2, 4, 8, 10, 10]
    assert tries.pause(3, 0.0) == timedelta(seconds=2)
    assert tries.pause(10_000, 1.0) == timedelta(seconds=10)


@asynchronous
async def test_a_failure_waits_before_its_next_try(sqlite_url):
    clock = Clock()

    async def handle(claim):
        raise OSError

    async with opened(sqlite_url, clock) as queue:
        await queue.put([item(1)])
        async with working(queue, handle, tries=Tries(first=timedelta(minutes=1))):
            await until(lambda: _is_ready_again(queue))
        clock.pass_by(timedelta(seconds=29))
        assert await queue.claim(1) == []
        clock.pass_by(timedelta(seconds=31))
        assert len(await queue.claim(1)) == 1


async def _is_ready_again(queue: WorkQueue) -> bool:
    return (await queue.stats()).ready == 1


@asynchronous
async def test_an_item_in_hand_when_its_daemon_died_too_often_is_parked_unhandled(sqlite_url):
    clock = Clock()

    async def handle(claim):
        raise AssertionError("must not be tried again")

    async with opened(sqlite_url, clock) as queue:
        await queue.put([item(1)])
        for _ in range(4):
            await queue.claim(1)
            clock.pass_by(queue.lease_for)
        async with working(queue, handle, tries=Tries(takeovers=3)):
            await until(nothing_left(queue))
        (parked,) = await queue.parked()
    assert parked.reason == "too_many_tries"


@asynchronous
async def test_a_stop_lets_work_in_hand_finish_and_starts_no_more(sqlite_url):
    go, handled = asyncio.Event(), []

    async def handle(claim):
        await go.wait()
        handled.append(claim.item.record_id)
        return Finished("assigned")

    async with opened(sqlite_url) as queue:
        await queue.put([item(1), item(2), item(3)])
        workers = Workers(queue, handle, parallel=2, drain_for=timedelta(seconds=30))
        stop = asyncio.Event()
        running = asyncio.create_task(workers.run(stop))
        await until(lambda: workers.in_flight == 2)
        stop.set()
        await asyncio.sleep(0)
        go.set()
        await asyncio.wait_for(running, 10)
        stats = await queue.stats()
    assert sorted(handled) == [lead(1), lead(2)]
    assert (stats.ready, stats.leased, stats.finished) == (1, 0, 2)


@pytest.mark.parametrize("how", ["deadline", "cancelled"])
@asynchronous
async def test_what_is_not_done_in_time_goes_back_to_the_queue(sqlite_url, how):
    async def handle(claim):
        await asyncio.Event().wait()
        return Finished("never")

    async with opened(sqlite_url) as queue:
        await queue.put([item(1), item(2)])
        workers = Workers(queue, handle, drain_for=timedelta(seconds=0.01))
        stop = asyncio.Event()
        running = asyncio.create_task(workers.run(stop))
        await until(lambda: workers.in_flight == 2)
        if how == "deadline":
            stop.set()
        else:
            running.cancel()
        await asyncio.wait({running}, timeout=10)
        assert running.cancelled() == (how == "cancelled")
        again = await queue.claim(5)
    assert [claim.item.record_id for claim in again] == [lead(1), lead(2)]
    assert not any(claim.taken_over or claim.failures for claim in again)


@asynchronous
async def test_a_long_item_keeps_its_lease_and_a_lost_one_is_stopped(sqlite_url, monkeypatch):
    cancelled, renewals, clock = asyncio.Event(), 0, Clock()

    async def handle(claim):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return Finished("never")

    short = {"clock": clock, "lease_for": timedelta(seconds=0.06), "exclusive": False}
    async with opened(sqlite_url, **short) as mine, opened(sqlite_url, **short) as other:
        renew = mine.renew

        async def counted(claims):
            nonlocal renewals
            kept = await renew(claims)
            renewals += 1
            return kept

        monkeypatch.setattr(mine, "renew", counted)
        await mine.put([item(1)])
        async with working(mine, handle):
            await until(lambda: _leased(mine))
            for _ in range(3):
                clock.pass_by(mine.lease_for * 0.7)
                enough = renewals + 2  # the second one certainly began after the clock had moved
                await until(lambda enough=enough: renewals >= enough)
                assert await other.claim(1) == [], "renewed in time"
            clock.pass_by(mine.lease_for)  # as if this process had been paused
            while not (taken := await other.claim(1)):
                clock.pass_by(mine.lease_for)
            await asyncio.wait_for(cancelled.wait(), 10)
            assert await other.finish(taken[0], "assigned")


@asynchronous
async def test_a_process_that_slept_through_its_lease_stops_its_old_try_before_a_new_one(
    sqlite_url,
):
    clock, in_hand, tries = Clock(), 0, []

    async def handle(claim):
        nonlocal in_hand
        if claim.item.record_id == lead(2):
            return Finished("assigned")
        in_hand += 1
        tries.append((claim.taken_over, in_hand))
        try:
            if not claim.taken_over:
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)  # cleaning up takes a while
            in_hand -= 1
        return Finished("assigned")

    async with opened(sqlite_url, clock) as queue:
        await queue.put([item(1)])
        async with working(queue, handle):
            await until(lambda: bool(tries))
            clock.pass_by(queue.lease_for)
            await queue.put([item(2)])  # wakes the workers
            await until(nothing_left(queue))
    assert tries == [(False, 1), (True, 1)]


async def _leased(queue: WorkQueue) -> bool:
    return (await queue.stats()).leased == 1


@asynchronous
async def test_workers_outlive_a_store_that_fails_for_a_while(sqlite_url, monkeypatch):
    monkeypatch.setattr("ortoo_daemon.work.workers._STORE_PAUSE", 0.0)

    async def handle(claim):
        return Finished("assigned")

    async with opened(sqlite_url) as queue:
        claim, failures = queue.claim, [StateError("disk is full")] * 3

        async def flaky(limit):
            if failures:
                raise failures.pop()
            return await claim(limit)

        monkeypatch.setattr(queue, "claim", flaky)
        await queue.put([item(1)])
        with capture_logs() as logs:
            async with working(queue, handle):
                await until(nothing_left(queue))
        assert [log["event"] for log in logs].count("work.store_failed") == 1  # told once a minute


@asynchronous
async def test_a_verdict_that_the_store_does_not_take_at_once_is_settled_by_the_same_holder(
    sqlite_url, monkeypatch
):
    """The record would be barred until the lease ends, and looked at once more."""
    monkeypatch.setattr("ortoo_daemon.work.workers._STORE_PAUSE", 0.0)
    handled = []

    async def handle(claim):
        handled.append(claim.item.record_id)
        return Finished("assigned")

    async with opened(sqlite_url) as queue:
        finish, failures = queue.finish, [StateError("disk is full")] * 3

        async def flaky(claim, outcome, note):
            if failures:
                raise failures.pop()
            return await finish(claim, outcome, note)

        monkeypatch.setattr(queue, "finish", flaky)
        await queue.put([item(1)])
        async with working(queue, handle):
            await until(nothing_left(queue))
        assert (await queue.stats()).finished == 1
    assert handled == [lead(1)]


@asynchronous
async def test_a_defect_of_the_queue_itself_is_told_and_the_next_item_is_handled(url, monkeypatch):
    async def handle(claim):
        return Finished("assigned")

    async with opened(url) as queue:
        finish, failed = queue.finish, []

        async def fails_once(claim, outcome, note):
            if not failed:
                failed.append(claim)
                raise RuntimeError("no such verdict")
            return await finish(claim, outcome, note)

        monkeypatch.setattr(queue, "finish", fails_once)
        await queue.put([item(n) for n in range(2)])
        with capture_logs() as said:
            async with working(queue, handle, parallel=1):
                await until(finished(queue, 1))
        assert [each["event"] for each in said if each["log_level"] == "error"] == [
            "work.worker_failed"
        ]
        assert (await queue.stats()).leased == 1  # it comes back when its lease ends


def finished(queue: WorkQueue, number: int):
    async def check() -> bool:
        return (await queue.stats()).finished == number

    return check


@asynchronous
async def test_more_may_come_while_items_wait_and_none_soon_after_the_last(url, monkeypatch):
    monkeypatch.setattr("ortoo_daemon.work.workers._MORE_WITHIN", 0.05)
    released = asyncio.Event()

    async def handle(claim):
        await released.wait()
        return Finished("assigned")

    async with opened(url) as queue:
        await queue.put([item(n) for n in range(8)])
        async with working(queue, handle, parallel=4) as workers:
            assert not workers.may_bring_more()
            await until(lambda: workers.in_flight == 4)
            await asyncio.sleep(0.1)
            assert workers.may_bring_more()
            released.set()
            await until(nothing_left(queue))
            await until(lambda: not workers.may_bring_more())
