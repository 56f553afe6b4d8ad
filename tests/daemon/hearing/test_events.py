"""What events lead to: durable work with the checkpoint behind it, and none of what is not ours."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.hearing.event_settings import Channel
from ortoo_daemon.daemon.hearing.events import Hearing
from ortoo_daemon.daemon.hearing.set_aside import kept_aside
from ortoo_daemon.errors import StateError
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.records import WorkReason
from ortoo_daemon.salesforce.stream.messages import ChangeEvent, ChangeType, PlatformEvent
from ortoo_daemon.salesforce.stream.pump import Gap, GapReason, Pump
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous, until
from tests.work.queues import Clock, item, opened
from tests.world import NOW, an_id, directory, is_, policies, policy, rule

DAEMON, PERSON = an_id("005", 1), an_id("005", 2)
CHANNEL = "/data/Ortoo__chn"
CHANNELS = [Channel(channel=CHANNEL)]

POLICY = policy(
    rule("all"),
    enter=is_("Status", "New"),
    on=Triggers(created=True, enters=True, changed=frozenset({"Brand__c"})),
)
KNOWLEDGE = Knowledge(
    policies=Policies(policies(POLICY)),
    directory=directory(),
    ledger=Ledger(),
    daemon_user=DAEMON,
)

EVENT = ChangeEvent(
    object="Lead",
    record_ids=(an_id("00Q", 1), an_id("00Q", 2)),
    change_type=ChangeType.CREATE,
    changed_fields=frozenset(),
    commit_user=PERSON,
    committed_at=NOW,
    transaction_key="t",
    sequence=1,
    channel=CHANNEL,
    replay_id=7,
)


@asynccontextmanager
async def hearing(
    tmp_path: Any, **options: Any
) -> AsyncIterator[tuple[Hearing, WorkQueue, asyncio.Event]]:
    async with opened(f"sqlite:///{tmp_path}/state.db", **options) as queue:
        stop = asyncio.Event()
        ears = Hearing(
            queue, lambda: KNOWLEDGE, CHANNELS, on_gap=_ignored, clock=Clock(), stop=stop
        )
        yield ears, queue, stop


async def _ignored(gap: Gap) -> None:
    return


async def heard(tmp_path: Any, **changes: Any) -> list[tuple[str, WorkReason, frozenset[str]]]:
    async with hearing(tmp_path) as (ears, queue, _):
        await ears.deliver([replace(EVENT, **changes)])
        claims = await queue.claim(10)
        return [(c.item.record_id, c.item.reason, c.item.changed_fields) for c in claims]


@asynchronous
async def test_every_record_of_a_creation_becomes_work(tmp_path: Any) -> None:
    none: frozenset[str] = frozenset()
    assert await heard(tmp_path) == [(id, WorkReason.CREATED, none) for id in EVENT.record_ids]


@pytest.mark.parametrize("name", ["OwnerId", "Brand__c", "Status"])
def test_a_change_of_a_watched_field_becomes_work_and_keeps_the_names(
    tmp_path: Any, name: str
) -> None:
    names = frozenset({name, "Fax"})
    update = heard(tmp_path, change_type=ChangeType.UPDATE, changed_fields=names)
    (first, *_) = asyncio.run(update)
    assert first[1:] == (WorkReason.CHANGED, names)


@pytest.mark.parametrize("kind", [ChangeType.CREATE, ChangeType.GAP_CREATE])
@asynchronous
async def test_a_record_made_with_our_login_is_work_at_once(
    tmp_path: Any, kind: ChangeType
) -> None:
    """A web form, or a loader, may have been given the same user: nobody else would tell of its leads."""
    found = await heard(tmp_path, change_type=kind, commit_user=DAEMON)
    assert [reason for _, reason, _ in found] == [WorkReason.CREATED] * 2


@asynchronous
async def test_what_no_policy_reads_and_what_is_not_ours_starts_nothing(tmp_path: Any) -> None:
    update = {"change_type": ChangeType.UPDATE}
    assert await heard(tmp_path, **update, changed_fields=frozenset({"Fax"})) == []
    ours = {"commit_user": DAEMON, "changed_fields": frozenset({"Status"})}
    assert await heard(tmp_path, **update, **ours) == []
    assert await heard(tmp_path, object="Case") == []
    assert await heard(tmp_path, change_type=ChangeType.DELETE) == []


@pytest.mark.parametrize("kind", [ChangeType.GAP_UPDATE, ChangeType.UNDELETE])
def test_a_change_whose_fields_are_not_named_may_matter(tmp_path: Any, kind: ChangeType) -> None:
    found = asyncio.run(heard(tmp_path, change_type=kind))
    assert [reason for _, reason, _ in found] == [WorkReason.CHANGED] * 2


@asynchronous
async def test_the_checkpoint_of_each_channel_is_that_of_its_last_event(tmp_path: Any) -> None:
    async with hearing(tmp_path) as (ears, _, _stop):
        assert await ears.checkpoint_of(CHANNEL) is None
        other = replace(EVENT, channel="/data/Other__chn", replay_id=3, commit_user=DAEMON)
        await ears.deliver([EVENT, replace(EVENT, replay_id=9), other])
        assert await ears.checkpoint_of(CHANNEL) == 9
        assert await ears.checkpoint_of("/data/Other__chn") == 3


@asynchronous
async def test_a_full_queue_holds_events_back_until_there_is_room(tmp_path: Any) -> None:
    async with hearing(tmp_path, max_waiting=0) as (ears, queue, _):
        await queue.put([item(50)], wait=False)
        delivering = asyncio.ensure_future(ears.deliver([EVENT]))
        assert await asyncio.wait({delivering}, timeout=0.2) == (set(), {delivering})
        assert await ears.checkpoint_of(CHANNEL) is None
        await queue.claim(10)
        await asyncio.wait_for(delivering, 5)
        assert await ears.checkpoint_of(CHANNEL) == 7


@asynchronous
async def test_a_full_queue_does_not_hold_up_the_end(tmp_path: Any) -> None:
    """Workers have stopped, nobody makes room: what was heard is made durable all the same."""
    async with hearing(tmp_path, max_waiting=0) as (ears, queue, stop):
        await queue.put([item(50)], wait=False)
        delivering = asyncio.ensure_future(ears.deliver([EVENT]))
        await asyncio.wait({delivering}, timeout=0.1)
        stop.set()
        await asyncio.wait_for(delivering, 5)
        assert await ears.checkpoint_of(CHANNEL) == 7
        assert (await queue.stats()).ready == 3


@asynchronous
async def test_a_gap_asks_the_org_before_anything_else_is_heard(tmp_path: Any) -> None:
    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        asked, answered = asyncio.Event(), asyncio.Event()

        async def reconcile(gap: Gap) -> None:
            asked.set()
            await answered.wait()

        ears = Hearing(
            cast(WorkQueue, queue),
            lambda: KNOWLEDGE,
            CHANNELS,
            on_gap=reconcile,
            clock=Clock(),
            stop=asyncio.Event(),
        )
        telling = asyncio.ensure_future(
            ears.gap(Gap(channel=CHANNEL, reason=GapReason.POSITION_EXPIRED))
        )
        await until(asked.is_set)
        assert not telling.done()
        answered.set()
        await asyncio.wait_for(telling, 5)


@asynchronous
async def test_a_record_parked_in_the_queue_is_not_brought_back_by_a_sweep_but_by_news(
    tmp_path: Any,
) -> None:
    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        await queue.put([item(1)])
        (claim,) = await queue.claim(1)
        await queue.park(claim, reason="too_many_tries")
        swept = [item(1, reason=WorkReason.RECONCILED), item(2, reason=WorkReason.RECONCILED)]
        assert await queue.put(swept, skip_parked=True) == 1
        assert await queue.put([item(1, reason=WorkReason.CHANGED)]) == 1


@asynchronous
async def test_an_unusable_event_is_a_gap_before_its_checkpoint_moves_and_told_once_a_minute(
    tmp_path: Any,
) -> None:
    name = "/event/New_Lead__e"
    unusable = PlatformEvent(
        channel=name,
        event_uuid="u",
        commit_user=PERSON,
        committed_at=NOW,
        payload={"Name__c": "Doe"},
        replay_id=4,
    )
    usable = replace(unusable, payload={"RecordId__c": an_id("00Q", 1)}, replay_id=5)
    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        clock, gaps = Clock(), []

        async def note(gap: Gap) -> None:
            if not gap.waits:
                gaps.append((gap.reason, name in await queue.checkpoints()))

        ears = Hearing(
            cast(WorkQueue, queue),
            lambda: KNOWLEDGE,
            [Channel(channel=name)],
            on_gap=note,
            clock=clock,
            stop=asyncio.Event(),
        )
        await ears.deliver([unusable, usable])
        assert gaps == [(GapReason.UNREADABLE, False)]
        assert await ears.checkpoint_of(name) == 5
        assert (await queue.stats()).ready == 1
        await ears.deliver([replace(unusable, replay_id=6)])
        assert len(gaps) == 1
        clock.pass_by(timedelta(minutes=1))
        await ears.deliver([replace(unusable, replay_id=7)])
        assert len(gaps) == 2
        assert ears.unusable == {name: 3}


@pytest.mark.parametrize(
    ("reason", "at"),
    [(GapReason.POSITION_EXPIRED, NOW), (GapReason.UNREADABLE, NOW), (GapReason.NO_POSITION, None)],
)
def test_what_a_gap_may_hide_happened_after_the_channel_s_last_event(
    tmp_path: Any, reason: GapReason, at: Any
) -> None:
    async def told() -> Any:
        async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
            found = []

            async def note(gap: Gap) -> None:
                found.append(gap.at)

            ears = Hearing(
                cast(WorkQueue, queue),
                lambda: KNOWLEDGE,
                CHANNELS,
                on_gap=note,
                clock=Clock(),
                stop=asyncio.Event(),
            )
            await ears.deliver([EVENT])
            await ears.gap(Gap(channel=CHANNEL, reason=reason))
            return found

    assert asyncio.run(told()) == [at]


@asynchronous
async def test_work_bears_the_time_of_the_commit(tmp_path: Any) -> None:
    async with hearing(tmp_path) as (ears, queue, _):
        await ears.deliver([EVENT])
        claims = await queue.claim(10)
    assert {claim.item.committed_at for claim in claims} == {NOW}


class PoisonedQueue:
    """A store that can't take the work of one record, and everything else."""

    def __init__(self, queue: WorkQueue, poison: str) -> None:
        self._queue, self._poison = queue, poison

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    async def put(self, items: Any, **options: Any) -> int:
        if any(each.record_id == self._poison for each in items):
            raise StateError("the store failed: it does not take this")
        return await self._queue.put(items, **options)


POISON = replace(EVENT, record_ids=(an_id("00Q", 66),), replay_id=8)


@asynchronous
async def test_an_event_that_can_not_be_taken_costs_itself_alone_however_often_it_comes(
    tmp_path: Any,
) -> None:
    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        gaps: list[tuple[Gap, int | None]] = []

        async def note(gap: Gap) -> None:
            gaps.append((gap, await ears.checkpoint_of(CHANNEL)))

        ears = Hearing(
            cast(WorkQueue, PoisonedQueue(queue, POISON.record_ids[0])),
            lambda: KNOWLEDGE,
            CHANNELS,
            on_gap=note,
            clock=Clock(),
            stop=asyncio.Event(),
        )
        after = replace(EVENT, record_ids=(an_id("00Q", 3),), replay_id=9)
        await ears.deliver([EVENT, POISON, after])
        assert {claim.item.record_id for claim in await queue.claim(10)} == {
            *EVENT.record_ids,
            *after.record_ids,
        }
        assert await ears.checkpoint_of(CHANNEL) == 9, "the next session does not begin with it"
        ((gap, position),) = gaps
        assert (gap.object, gap.at, gap.waits) == ("Lead", NOW, False)
        assert position == 7, "its record is looked for before the channel is past it"

        for number in range(30):
            await ears.deliver([replace(POISON, replay_id=10 + number)])
        assert await ears.checkpoint_of(CHANNEL) == 39
        assert {gap.waits for gap, _ in gaps[1:]} == {True}, "its flood asks the org no more often"
        kept = await kept_aside(queue)
        assert [each["replay_id"] for each in kept] == [str(39 - n) for n in range(20)]
        assert POISON.record_ids[0] in kept[0]["event"]
        assert ears.unusable == {CHANNEL: 31}


@asynchronous
async def test_a_store_that_takes_nothing_sets_no_event_aside(tmp_path: Any) -> None:
    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        ears = Hearing(
            cast(WorkQueue, queue),
            lambda: KNOWLEDGE,
            CHANNELS,
            on_gap=_ignored,
            clock=Clock(),
            stop=asyncio.Event(),
        )
        await queue.close()
        with pytest.raises(StateError):
            await ears.deliver([EVENT])
        assert not ears.events


@asynchronous
async def test_a_message_nobody_can_read_is_kept_without_its_values_and_passed(
    tmp_path: Any,
) -> None:
    async with hearing(tmp_path) as (ears, queue, _):
        await ears.deliver([EVENT])
        message = {
            "channel": CHANNEL,
            "data": {
                "event": {"replayId": 12},
                "payload": {
                    "ChangeEventHeader": {"entityName": "Lead", "recordIds": [5]},
                    "LastName": "Sommer",
                },
            },
        }
        await Pump(ears.deliver, ears.gap)._hand_over([message])
        assert await ears.checkpoint_of(CHANNEL) == 12
        assert (await queue.checkpoints())[CHANNEL].event_at == NOW
        (kept,) = await kept_aside(queue)
        assert "Sommer" not in kept["event"]
        assert "<str of 6>" in kept["event"]
        assert '"recordIds": [5]' in kept["event"]
