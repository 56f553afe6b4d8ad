"""The queue's promises; every test runs on SQLite and on PostgreSQL."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import BindParameter

from ortoo_daemon.facts import Turns
from ortoo_daemon.records import WorkReason
from ortoo_daemon.work.elapsed import elapsed
from ortoo_daemon.work.queue import Checkpoint, WorkQueue
from tests.asynchronous import asynchronous, until
from tests.work.queues import LEASE, Clock, item, lead, opened


async def records(queue: WorkQueue, limit: int = 100) -> list[str]:
    return [claim.item.record_id for claim in await queue.claim(limit)]


@asynchronous
async def test_a_claim_says_that_another_item_of_its_record_waits_for_its_next_try(url):
    """The other may have written what nobody has proven yet."""
    step = item(1, reason=WorkReason.SLA, entry="sla:1")
    async with opened(url) as queue:
        await queue.put([item(1), item(2)])
        first, other = await queue.claim(2)
        await queue.retry(first, after=timedelta(seconds=10))
        await queue.finish(other, "rule")
        await queue.put([step, item(2, reason=WorkReason.SLA, entry="sla:2")])
        claims = {claim.item.entry: claim for claim in await queue.claim(9)}
    assert claims["sla:1"].others_tried
    assert claims["sla:1"].was_tried
    assert not claims["sla:2"].was_tried


@asynchronous
async def test_items_come_back_as_they_were_put_oldest_first(url):
    late, early = item(7, changed_fields=frozenset({"Brand__c", "City"})), item(2)
    async with opened(url) as queue:
        assert await queue.put([late, early]) == 2
        claims = await queue.claim(10)
    assert [claim.item for claim in claims] == [early, late]
    assert all(not claim.taken_over and claim.epoch == 1 for claim in claims)


@asynchronous
async def test_what_was_put_survives_a_restart(url):
    async with opened(url) as queue:
        await queue.put([item(1)], checkpoint=Checkpoint(channel="/c", replay_id="9"))
    async with opened(url) as queue:
        assert (await queue.checkpoints())["/c"].replay_id == "9"
        assert await records(queue) == [lead(1)]


@asynchronous
async def test_a_record_that_already_waits_is_not_queued_twice(url):
    async with opened(url) as queue:
        change = item(1, reason=WorkReason.CHANGED, changed_fields=frozenset({"City"}))
        later = replace(
            change,
            heard_at=change.heard_at + timedelta(minutes=1),
            changed_fields=frozenset({"Phone"}),
        )
        assert await queue.put([later]) == 1
        assert await queue.put([change, change]) == 0
        (claim,) = await queue.claim(10)
    assert claim.item == replace(change, changed_fields=frozenset({"City", "Phone"}))


@asynchronous
async def test_a_change_of_unknown_fields_stays_unknown_and_a_creation_stays_one(url):
    async with opened(url) as queue:
        changed = item(1, reason=WorkReason.CHANGED)
        await queue.put([replace(changed, changed_fields=frozenset({"City"})), changed])
        swept = item(2, reason=WorkReason.RECONCILED)
        await queue.put([swept, item(2)])
        first, second = await queue.claim(10)
    assert first.item.changed_fields == frozenset()
    assert second.item.reason is WorkReason.CREATED


@asynchronous
async def test_a_creation_that_meets_a_change_of_unknown_fields_may_be_any_change(url):
    async with opened(url) as queue:
        await queue.put([item(1), item(1, reason=WorkReason.CHANGED)])
        (claim,) = await queue.claim(10)
    assert claim.item.names_no_change


@asynchronous
async def test_the_time_of_the_latest_commit_is_kept_also_when_an_item_comes_back(url):
    early, late = item(1).heard_at, item(9).heard_at
    async with opened(url) as queue:
        await queue.put([item(1, committed_at=late), item(1, committed_at=early), item(1)])
        (claim,) = await queue.claim(10)
        assert claim.item.committed_at == late
        await queue.put([item(1, committed_at=early)])
        assert await queue.retry(claim, after=timedelta(0))
        (again,) = await queue.claim(10)
    assert again.item.committed_at == late


@asynchronous
async def test_news_of_a_record_in_hand_waits_until_it_is_settled(url):
    async with opened(url) as queue:
        await queue.put([item(1)])
        (claim,) = await queue.claim(10)
        assert await queue.put([item(1)]) == 1
        assert await queue.claim(10) == []
        assert await queue.finish(claim, "assigned")
        assert await records(queue) == [lead(1)]


@asynchronous
async def test_two_entries_of_one_record_are_never_claimed_together(url):
    async with opened(url) as queue:
        await queue.put([item(1), item(1, entry="again"), item(2)])
        assert await records(queue) == [lead(1), lead(2)]


@asynchronous
async def test_two_queues_never_hold_one_record_at_once(url):
    async with opened(url, exclusive=False) as one, opened(url, exclusive=False) as two:
        for round_ in range(5):
            at = round_ * 40
            await one.put([item(at + n, entry=e) for n in range(40) for e in ("a", "b")])
            claimed = await asyncio.gather(*(queue.claim(15) for queue in (one, two) * 3))
            held = [claim.item.record_id for claims in claimed for claim in claims]
            assert len(held) == len(set(held)) > 0
            for queue, claims in zip((one, two) * 3, claimed, strict=True):
                done = await asyncio.gather(*(queue.finish(claim, "done") for claim in claims))
                assert all(done)
        for claim in await one.claim(500):
            await one.finish(claim, "done")
        for claim in await two.claim(500):
            await two.finish(claim, "done")
        assert (await one.stats()).finished == 400


@asynchronous
async def test_an_expired_lease_is_taken_over_and_the_old_holder_has_no_effect(url):
    clock = Clock()
    async with (
        opened(url, clock, exclusive=False) as old,
        opened(url, clock, exclusive=False) as new,
    ):
        await old.put([item(1)])
        (lost,) = await old.claim(1)
        clock.pass_by(LEASE - timedelta(seconds=1))
        assert await new.claim(1) == []
        clock.pass_by(timedelta(seconds=1))
        (taken,) = await new.claim(1)
        assert (taken.id, taken.taken_over, taken.item.attempts) == (lost.id, True, 1)
        assert taken.epoch > lost.epoch
        assert not await old.finish(lost, "assigned")
        assert not await old.park(lost, reason="x")
        assert not await old.retry(lost, after=timedelta(0))
        assert await old.renew([lost]) == []
        assert await new.finish(taken, "assigned")
        assert not await new.finish(taken, "assigned"), "settled once only"


@asynchronous
async def test_a_renewed_lease_is_not_taken_over(url):
    clock = Clock()
    async with opened(url, clock) as queue:
        await queue.put([item(1), item(2)])
        kept, _ = await queue.claim(2)
        clock.pass_by(LEASE - timedelta(seconds=1))
        (renewed,) = await queue.renew([kept])
        assert renewed.leased_until == clock.now + LEASE
        clock.pass_by(timedelta(seconds=2))
        assert await records(queue) == [lead(2)]
        assert await queue.finish(kept, "assigned"), "a renewal keeps the epoch"


@asynchronous
async def test_a_retried_item_is_due_only_after_its_pause(url):
    clock = Clock()
    async with opened(url, clock) as queue:
        await queue.put([item(1)])
        (claim,) = await queue.claim(1)
        await queue.retry(claim, after=timedelta(minutes=5), note="org is down", failed=True)
        assert await queue.put([item(1)]) == 0, "news does not hurry it"
        assert await queue.claim(1) == []
        clock.pass_by(timedelta(minutes=5))
        (again,) = await queue.claim(1)
    assert (again.item.attempts, again.failures, again.taken_over) == (1, 1, False)


@asynchronous
async def test_a_retried_item_joins_the_row_that_waits_behind_it(url):
    clock = Clock()
    async with opened(url, clock) as queue:
        await queue.put([item(1)])
        (claim,) = await queue.claim(1)
        news = item(1, reason=WorkReason.CHANGED, changed_fields=frozenset({"City"}))
        await queue.put([replace(news, heard_at=clock.now)])
        await queue.retry(claim, after=timedelta(minutes=1))
        assert (await queue.stats()).ready == 1
        clock.pass_by(timedelta(minutes=1))
        (again,) = await queue.claim(5)
    assert again.item == replace(item(1), changed_fields=frozenset({"City"}), attempts=1)


@asynchronous
async def test_parked_items_are_listed_until_their_record_is_requeued(url):
    clock = Clock()
    async with opened(url, clock) as queue:
        await queue.put([item(1), item(2)])
        one, two = await queue.claim(2)
        await queue.park(one, reason="no_owner", note="queue EV is empty")
        await queue.park(two, reason="too_many_tries")
        assert [parked.reason for parked in await queue.parked(reason="no_owner")] == ["no_owner"]
        assert await queue.parked(object="Case") == []
        assert await queue.claim(5) == []
        assert await queue.requeue([one.item]) == 1
        assert [parked.item.record_id for parked in await queue.parked()] == [lead(2)]
        (again,) = await queue.claim(5)
    assert again.item.reason is WorkReason.REQUEUED
    assert again.item.decision_key != one.item.decision_key


@asynchronous
async def test_a_record_parked_again_is_listed_once_with_its_latest_reason(url):
    async with opened(url) as queue:
        for reason in ("first", "second"):
            await queue.put([item(1)])
            (claim,) = await queue.claim(1)
            await queue.park(claim, reason=reason)
        assert [parked.reason for parked in await queue.parked()] == ["second"]


@asynchronous
async def test_a_full_queue_makes_puts_wait_until_work_is_claimed(url):
    async with opened(url, max_waiting=10) as queue:
        await queue.put([item(n) for n in range(11)])
        blocked = asyncio.create_task(queue.put([item(50)]))
        assert await queue.put([item(60)], wait=False) == 1
        assert (await queue.stats()).ready == 12
        assert not blocked.done()
        await queue.claim(2)
        assert await asyncio.wait_for(blocked, 5) == 1


@asynchronous
async def test_a_put_that_waits_for_room_is_not_overtaken_by_a_later_checkpoint(url):
    shared = {"exclusive": False, "max_waiting": 1}
    async with opened(url, **shared) as queue, opened(url, **shared) as other:
        await queue.put([item(1), item(2)])
        first = asyncio.create_task(queue.put([item(3)], checkpoint=_mark("3")))
        await until(lambda: queue._in_order.locked())
        await queue.stats()  # answered after the put, which was refused then
        await other.claim(2)
        second = asyncio.create_task(queue.put([item(4)], checkpoint=_mark("4")))
        await asyncio.wait_for(asyncio.gather(first, second), 5)
        assert (await queue.checkpoints())["/c"].replay_id == "4"


def _mark(replay_id: str) -> Checkpoint:
    return Checkpoint(channel="/c", replay_id=replay_id)


@asynchronous
async def test_a_note_may_quote_anything(url):
    async with opened(url) as queue:
        await queue.put([item(1)])
        (claim,) = await queue.claim(1)
        await queue.park(claim, reason="x" * 300, note="a\0b\ud800c" + "d" * 5000)
        (parked,) = await queue.parked()
    assert parked.note.startswith("a\ufffdb?cd")
    assert len(parked.note) == 2000


@asynchronous
async def test_the_last_checkpoint_written_wins_and_can_be_forgotten(url):
    clock = Clock()
    async with opened(url, clock) as queue:
        for replay in ("900", "17"):
            last = Checkpoint(channel="/c", replay_id=replay, event_at=clock.now)
            await queue.put([], checkpoint=last)
        await queue.put([], checkpoint=Checkpoint(channel="/d", replay_id="1"))
        assert (await queue.checkpoints())["/c"] == last
        await queue.forget_checkpoint("/c")
        assert list(await queue.checkpoints()) == ["/d"]


@asynchronous
async def test_rotations_and_notes_are_kept_exactly(url):
    async with opened(url) as queue:
        turns = Turns(clock=1 / 3, at={lead(1): 0.1 + 0.2, lead(2): 7.0})
        await queue.save_rotations({"ev": turns, "fleet": Turns()})
        await queue.save_rotations({"fleet": Turns(clock=2.0)})
        await queue.note("watermark", "a")
        await queue.note("watermark", "b")
    async with opened(url) as queue:
        assert await queue.rotations() == {"ev": turns, "fleet": Turns(clock=2.0)}
        assert (await queue.noted("watermark"), await queue.noted("other")) == ("b", None)


@asynchronous
async def test_a_purge_forgets_what_was_settled_before_its_moment_and_nothing_else(url):
    clock = Clock()
    async with opened(url, clock) as queue:
        await queue.put([item(n) for n in range(4)])
        old, parked, young, _held = await queue.claim(4)
        await queue.finish(old, "assigned")
        await queue.park(parked, reason="no_owner")
        clock.pass_by(timedelta(days=1))
        await queue.finish(young, "assigned")
        await queue.put([item(9)])
        assert await queue.purge(clock.now) == 1
        stats = await queue.stats()
        assert (stats.ready, stats.leased, stats.parked, stats.finished) == (1, 1, 1, 1)
        assert stats.oldest_ready_at == item(9).heard_at
        assert await queue.purge(clock.now, parked_before=clock.now) == 1


@asynchronous
async def test_waiting_for_work_ends_with_a_put(url):
    async with opened(url) as queue:
        waiting = asyncio.create_task(queue.wait_for_work(30))
        await queue.stats()
        await queue.put([item(1)])
        await asyncio.wait_for(waiting, 5)


@asynchronous
async def test_many_callers_share_a_transaction(url):
    async with opened(url) as queue:
        await queue.put([item(n) for n in range(200)])
        claims = await queue.claim(200)
        before = queue._thread.commits
        await asyncio.gather(*(queue.finish(claim, "done") for claim in claims))
        assert queue._thread.commits - before <= 4
        assert (await queue.stats()).finished == 200


@asynchronous
async def test_a_lease_lasts_from_before_it_was_given_and_is_longer_once_renewed(url):
    async with opened(url, lease_for=timedelta(seconds=60)) as queue:
        await queue.put([item(1)])
        asked_at = elapsed()
        (claim,) = await queue.claim(1)
        assert claim.lease.until == pytest.approx(asked_at + 60, abs=1)
        assert claim.lease.outlasts(50)
        assert not claim.lease.outlasts(61)
        claim.lease.until = 0.0
        await queue.renew([claim])
        assert claim.lease.outlasts(50)


@asynchronous
async def test_what_is_asked_for_each_record_leaves_no_statement_to_the_collector(url):
    """In a burst nobody looks for garbage: what lies in a cycle would stay until it is over."""

    async def handled(numbers: range) -> None:
        await queue.put([item(number) for number in numbers])
        for claim in await queue.renew(await queue.claim(100)):
            await queue.finish(claim, "assigned")

    async with opened(url) as queue:
        await handled(range(3))  # what is made once is made by now
        gc.collect()
        gc.disable()
        try:
            await handled(range(3, 30))
            left = [each for each in gc.get_objects() if isinstance(each, BindParameter)]
            gc.collect()
            kept = [each for each in gc.get_objects() if isinstance(each, BindParameter)]
        finally:
            gc.enable()
    assert len(left) - len(kept) < 10
