"""What do events and gaps of the stream lead to? Work items, made durable with the checkpoint behind them."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.hearing.event_settings import Channel
from ortoo_daemon.daemon.hearing.hints import UnusableEventError, work_items
from ortoo_daemon.daemon.hearing.set_aside import keep_aside
from ortoo_daemon.errors import NotLeadingError, StoreAwayError
from ortoo_daemon.records import WorkItem
from ortoo_daemon.salesforce.stream.messages import ChangeEvent, StreamEvent, UnreadEvent
from ortoo_daemon.salesforce.stream.pump import Gap, GapReason
from ortoo_daemon.work.checkpoints import Checkpoint
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.stream")

_UNUSABLE_TOLD_EVERY = timedelta(minutes=1)
"""A channel whose every event is unusable must not reconcile for each of them: the schedule does, too."""


class Hearing:
    """The listener's ears: `deliver` for events, `gap` where events may be missing.

    Once ``stop`` is set nobody makes room in the queue any more: then it is not waited for. ``events``
    counts what was taken by channel, ``unusable`` those that told no record or could not be taken, ``gaps``
    by their reason, since the start.
    """

    def __init__(
        self,
        queue: WorkQueue,
        knowledge: Callable[[], Knowledge],
        channels: Iterable[Channel],
        *,
        on_gap: Callable[[Gap], Awaitable[None]],
        clock: Callable[[], datetime],
        stop: asyncio.Event,
    ) -> None:
        self._queue = queue
        self._knowledge = knowledge
        self._channels = {each.channel: each for each in channels}
        self._on_gap = on_gap
        self._clock = clock
        self._stop = stop
        self._unusable_told_at: dict[str, datetime] = {}
        self.events: Counter[str] = Counter()
        self.unusable: Counter[str] = Counter()
        self.gaps: Counter[str] = Counter()

    async def checkpoint_of(self, channel: str) -> int | None:
        """The replay id after which a channel's work is not yet durable; None for a new channel."""
        found = (await self._queue.checkpoints()).get(channel)
        return int(found.replay_id) if found else None

    async def deliver(self, events: list[StreamEvent]) -> None:
        """Returns when the work is durable and the checkpoint behind it; waits while the queue is full.

        Raises StateError when the store can't take it. An event that can't be taken while the store is well
        is set aside: the next session would begin with it again, and end by it.
        """
        for channel, group in groupby(events, key=lambda event: event.channel):
            heard = list(group)
            try:
                await self._take(channel, heard)
            except (StoreAwayError, NotLeadingError):
                raise
            except Exception:
                for event in heard:
                    await self._take_alone(channel, event)

    async def _take(self, channel: str, heard: Sequence[StreamEvent]) -> None:
        items = await self._items(channel, heard)
        unread = [event for event in heard if isinstance(event, UnreadEvent)]
        for event in unread:
            await keep_aside(self._queue, event, event.reason, now=self._clock())
        await self._put(items, await self._behind(heard))
        self.unusable[channel] += len(unread)
        self.events[channel] += len(heard)

    async def _take_alone(self, channel: str, event: StreamEvent) -> None:
        try:
            await self._take(channel, [event])
        except (StoreAwayError, NotLeadingError):
            raise
        except Exception as error:
            await self._set_aside(channel, event, error)

    async def _set_aside(self, channel: str, event: StreamEvent, error: Exception) -> None:
        """A store that takes the event's shape is well: then the event is at fault. Raises StateError."""
        now = self._clock()
        shape = await keep_aside(self._queue, event, type(error).__name__, now=now)
        _log.error(
            "stream.event_set_aside",
            channel=channel,
            replay_id=str(event.replay_id),
            event_shape=shape,
            exc_info=error,
        )
        self.unusable[channel] += 1
        await self._tell_gap(
            Gap(
                channel=channel,
                reason=GapReason.UNREADABLE,
                object=event.object if isinstance(event, ChangeEvent) else None,
                at=event.committed_at,
            ),
            now,
        )
        await self._put([], await self._behind([event]))
        self.events[channel] += 1

    async def _behind(self, heard: Sequence[StreamEvent]) -> Checkpoint:
        """The checkpoint after these. Where none tells its time, that of the one before is kept."""
        channel, last = heard[-1].channel, heard[-1].replay_id
        known = [event.committed_at for event in heard if event.committed_at is not None]
        if known:
            return Checkpoint(channel=channel, replay_id=str(last), event_at=known[-1])
        before = (await self._queue.checkpoints()).get(channel)
        at = before.event_at if before else None
        return Checkpoint(channel=channel, replay_id=str(last), event_at=at)

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
        """Events may be missing: ask the org itself for what they would have told.

        A new channel misses nothing that the start does not look for anyway, so that is no trouble.
        """
        if gap.reason is GapReason.UNREADABLE:
            await self._tell_gap(gap, self._clock())
        else:
            await self._ask_for(gap)

    async def _ask_for(self, gap: Gap) -> None:
        self.gaps[gap.reason.value] += 1
        if gap.reason is GapReason.NO_POSITION:
            _log.info("stream.gap", channel=gap.channel, reason=gap.reason.value)
        else:
            _log.warning(
                "stream.gap", channel=gap.channel, reason=gap.reason.value, object=gap.object
            )
        await self._on_gap(await self._bounded(gap))

    async def _bounded(self, gap: Gap) -> Gap:
        """What a lost position misses happened after its last event."""
        if gap.at is not None or gap.reason is GapReason.NO_POSITION:
            return gap
        last = (await self._queue.checkpoints()).get(gap.channel)
        return replace(gap, at=last.event_at) if last else gap

    async def _items(self, channel: str, events: Sequence[StreamEvent]) -> list[WorkItem]:
        """The work of events of one channel; what can't be used is a gap, told before anything is put."""
        knowledge, now = self._knowledge(), self._clock()
        settings = self._channels.get(channel) or Channel(channel=channel)
        items: list[WorkItem] = []
        reasons: list[str] = []
        for event in events:
            try:
                items += work_items(event, settings, knowledge, heard_at=now)
            except UnusableEventError as error:
                reasons.append(str(error))
        if reasons:
            await self._cannot_use(channel, reasons, now)
        return items

    async def _cannot_use(self, channel: str, reasons: Sequence[str], now: datetime) -> None:
        self.unusable[channel] += len(reasons)
        told = await self._tell_gap(Gap(channel=channel, reason=GapReason.UNREADABLE), now)
        if told:
            count = self.unusable[channel]
            _log.error("stream.event_unusable", channel=channel, reason=reasons[0], count=count)

    async def _tell_gap(self, gap: Gap, now: datetime) -> bool:
        """Once a minute the org is asked at once; what comes on top is left to the sweeps' next turn."""
        told_at = self._unusable_told_at.get(gap.channel)
        if told_at is not None and now - told_at < _UNUSABLE_TOLD_EVERY:
            await self._on_gap(await self._bounded(replace(gap, waits=True)))
            return False
        self._unusable_told_at[gap.channel] = now
        await self._ask_for(gap)
        return True
