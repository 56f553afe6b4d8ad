"""Claims about the box of notices, on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ortoo_daemon.work.notices.values import KeptNotice, Settled
from ortoo_daemon.work.tables import NoticeState
from tests.asynchronous import asynchronous
from tests.work.queues import lead, opened

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def kept(number: int, **given) -> KeptNotice:
    values = {
        "key": f"d{number}:1",
        "decision_key": f"d{number}",
        "object": "Lead",
        "record_id": lead(number),
        "outcome": "assigned",
        "told_to": "owner",
        "way": "salesforce",
        "template": "new_record",
        "recipient": "005000000000001AAA",
        "held_at": NOW,
        "due_at": NOW,
    }
    return KeptNotice(**(values | given))


def told(*notices: KeptNotice) -> list[Settled]:
    return [Settled(key=each.key, state=NoticeState.TOLD, at=NOW) for each in notices]


async def due(box, after: timedelta = timedelta()) -> list[str]:
    return [each.key for each in await box.due(NOW + after)]


@asynchronous
async def test_a_notice_is_due_only_once_its_decision_stands(url):
    async with opened(url) as queue:
        box = queue.notices
        await box.hold([kept(1)])
        assert await due(box) == []
        await box.release("d1")
        assert await due(box) == ["d1:1"]


@asynchronous
async def test_a_notice_outlives_the_daemon_and_is_told_once(url):
    async with opened(url) as queue:
        await queue.notices.hold([kept(1), kept(2)])
        await queue.notices.release("d1")
    async with opened(url) as queue:
        box = queue.notices
        assert [each.key for each in await box.held(NOW)] == ["d2:1"]
        assert await box.due(NOW) == [kept(1)]
        await box.settle(told(kept(1)))
        assert await due(box) == []
        await box.hold([kept(1)])  # the record is handled again, under the same key
        await box.release("d1")
        assert await due(box) == []


@asynchronous
async def test_what_was_decided_anew_replaces_what_was_held(url):
    async with opened(url) as queue:
        box = queue.notices
        await box.hold([kept(1, key="d1:ann")])
        await box.hold([kept(1, key="d1:bob")])
        await box.release("d1")
        assert await due(box) == ["d1:bob"]


@asynchronous
async def test_a_decision_that_was_not_written_tells_nobody(url):
    async with opened(url) as queue:
        box = queue.notices
        await box.hold([kept(1)])
        await box.forget("d1")
        await box.release("d1")
        assert await due(box) == []


@asynchronous
async def test_what_is_held_anew_stays_when_what_was_read_before_is_let_go(url):
    async with opened(url) as queue:
        box = queue.notices
        await box.hold([kept(1), kept(2)])
        read = await box.held_for(["d1"])
        again = replace(kept(1), held_at=NOW + timedelta(seconds=1))
        await box.hold([again])  # by whoever makes the decision anew meanwhile
        await box.let_go(read)
        assert await box.held_for(["d1", "d2"]) == [kept(2), again]
        await box.let_go([again])
        assert await box.held_for(["d1", "d2"]) == [kept(2)]


@asynchronous
async def test_what_may_be_told_together_comes_with_the_first_that_is_due(url):
    async with opened(url) as queue:
        box = queue.notices
        later = NOW + timedelta(hours=1)
        first = kept(1, together=True)
        mate = kept(2, together=True, due_at=later)
        other_way = kept(3, together=True, due_at=later, way="task")
        someone_else = kept(4, together=True, due_at=later, recipient="005000000000002AAA")
        alone = kept(5, due_at=later)
        await box.hold([first, mate, other_way, someone_else, alone])
        for number in range(1, 6):
            await box.release(f"d{number}")
        assert await due(box) == ["d1:1", "d2:1"]


@asynchronous
async def test_a_notice_that_failed_waits_for_its_next_try_and_counts_it(url):
    async with opened(url) as queue:
        box = queue.notices
        await box.hold([kept(1)])
        await box.release("d1")
        again = NOW + timedelta(seconds=5)
        await box.settle([Settled(key="d1:1", state=NoticeState.READY, at=NOW, due_at=again)])
        assert await due(box) == []
        assert await box.due(again) == [replace(kept(1), due_at=again, attempts=1)]


@asynchronous
async def test_it_says_what_waits_and_when_the_next_one_is_due(url):
    async with opened(url) as queue:
        box = queue.notices
        soon = NOW + timedelta(minutes=1)
        await box.hold([kept(1, due_at=soon), kept(2)])
        await box.release("d1")
        waiting = await box.waiting()
        assert (waiting.ready, waiting.held) == (1, 1)
        assert (waiting.oldest_at, waiting.next_at) == (NOW, soon)


@asynchronous
async def test_old_notices_are_forgotten_and_waiting_ones_are_not(url):
    async with opened(url) as queue:
        box = queue.notices
        await box.hold([kept(1), kept(2)])
        await box.release("d1")
        await box.settle(told(kept(1)))
        assert await box.purge(NOW) == 0
        assert await box.purge(NOW + timedelta(days=1)) == 1
        assert (await box.waiting()).held == 1
