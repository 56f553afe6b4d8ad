"""What do events and gaps of the stream lead to? Work items, made durable with the checkpoint behind them."""

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
    """The listener's ears: `deliver` for events, `gap` where events may be missing."""

    def __init__(
        self,
        queue: WorkQueue,
        knowledge: Callable[[], Knowledge],
        *,
        on_gap: Callable[[], Awaitable[None]],
        clock: Callable[[], datetime],
    ) -> None:
        self._queue = queue
        self._knowledge = knowledge
        self._on_gap = on_gap
        self._clock = clock

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
            await self._queue.put(self._items(heard), checkpoint=checkpoint)

    async def gap(self, gap: Gap) -> None:
        """Events may be missing: ask the org itself for undecided records."""
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
