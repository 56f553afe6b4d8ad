"""What do events and gaps of the stream lead to? Work items, made durable with the checkpoint behind them."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import groupby

import structlog

from ortoo_daemon.daemon.knowledge import Knowledge
from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.salesforce.stream.messages import ChangeEvent, ChangeType
from ortoo_daemon.salesforce.stream.pump import Gap
from ortoo_daemon.work.checkpoints import Checkpoint
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.stream")

_REASONS = {
    ChangeType.CREATE: WorkReason.CREATED,
    ChangeType.GAP_CREATE: WorkReason.CREATED,
    ChangeType.UPDATE: WorkReason.CHANGED,
    ChangeType.GAP_UPDATE: WorkReason.CHANGED,
    ChangeType.UNDELETE: WorkReason.CHANGED,
    ChangeType.GAP_UNDELETE: WorkReason.CHANGED,
}
"""Deletions start no work."""

_SPEAKING = frozenset({ChangeType.UPDATE})
"""Only these name the fields that changed; of the others every change may matter."""


class Hearing:
    """The listener's ears: `deliver` for events, `gap` where events may be missing.

    Once ``stop`` is set nobody makes room in the queue any more: then it is not waited for. ``events``
    counts what was taken by channel, ``gaps`` by their reason, since the start.
    """

    def __init__(
        self,
        queue: WorkQueue,
        knowledge: Callable[[], Knowledge],
        *,
        on_gap: Callable[[], Awaitable[None]],
        clock: Callable[[], datetime],
        stop: asyncio.Event,
    ) -> None:
        self._queue = queue
        self._knowledge = knowledge
        self._on_gap = on_gap
        self._clock = clock
        self._stop = stop
        self.events: Counter[str] = Counter()
        self.gaps: Counter[str] = Counter()

    async def checkpoint_of(self, channel: str) -> int | None:
        """The replay id after which a channel's work is not yet durable; None for a new channel."""
        found = (await self._queue.checkpoints()).get(channel)
        return int(found.replay_id) if found else None

    async def deliver(self, events: list[ChangeEvent]) -> None:
        """Returns when the work is durable and the checkpoint behind it; waits while the queue is full."""
        for channel, group in groupby(events, key=lambda event: event.channel):
            heard = list(group)
            last = heard[-1]
            checkpoint = Checkpoint(
                channel=channel, replay_id=str(last.replay_id), event_at=last.committed_at
            )
            await self._put(self._items(heard), checkpoint)
            self.events[channel] += len(heard)

    async def _put(self, items: Sequence[WorkItem], checkpoint: Checkpoint) -> None:
        """Wait for room in the queue, but not past the end: a little too much must fit then."""
        putting = asyncio.ensure_future(self._queue.put(items, checkpoint=checkpoint))
        stopping = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({putting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if putting.done():
                putting.result()
                return
        finally:
            putting.cancel()
            stopping.cancel()
            await asyncio.gather(putting, stopping, return_exceptions=True)
        await self._queue.put(items, checkpoint=checkpoint, wait=False)

    async def gap(self, gap: Gap) -> None:
        """Events may be missing: ask the org itself for undecided records."""
        self.gaps[gap.reason.value] += 1
        _log.warning("stream.gap", channel=gap.channel, reason=gap.reason.value, object=gap.object)
        await self._on_gap()

    def _items(self, events: Sequence[ChangeEvent]) -> list[WorkItem]:
        knowledge, now = self._knowledge(), self._clock()
        return [
            WorkItem(
                object=event.object,
                record_id=record_id,
                reason=_REASONS[event.change_type],
                heard_at=now,
                changed_fields=_api_names(event),
            )
            for event in events
            if _starts_work(event, knowledge)
            for record_id in event.record_ids
        ]


def _starts_work(event: ChangeEvent, knowledge: Knowledge) -> bool:
    """Whether the event may bring a record into a policy; our own changes never do."""
    if event.change_type not in _REASONS or event.object not in knowledge.policies.objects:
        return False
    if event.commit_user == knowledge.daemon_user:
        return False
    if event.change_type not in _SPEAKING:
        return True
    return not knowledge.policies.watched(event.object).isdisjoint(_api_names(event))


def _api_names(event: ChangeEvent) -> frozenset[str]:
    """Changed fields as policies name them: ``Name.LastName`` is the field LastName."""
    return frozenset(name.rpartition(".")[2] for name in event.changed_fields)
