"""How do messages get from a session into the daemon? One task receives and delivers, batch after batch.

While a batch is being delivered nothing more is taken from the session: that is the backpressure. Receiving
is never cancelled in the middle of a message except at the session's end, when the checkpoint repeats it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from typing import Any, Protocol

import structlog

from ortoo_daemon.errors import OrtooError
from ortoo_daemon.salesforce.stream.messages import (
    ChangeEvent,
    StreamEvent,
    UnreadableMessageError,
    UnreadEvent,
    parse,
    unread,
)

_log = structlog.get_logger(__name__)

EVENTS_IN_A_BATCH = 200


class GapReason(StrEnum):
    """Why events may be missing.

    NO_POSITION: subscribed at the tip, as there was no checkpoint. POSITION_EXPIRED: the org no longer keeps
    the checkpoint's place. OVERFLOW: an event stood for records it does not name. UNREADABLE: a message's
    shape was not known, or the record it is about could not be told from it.
    """

    NO_POSITION = "no_position"
    POSITION_EXPIRED = "position_expired"
    OVERFLOW = "overflow"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Events of a channel may be missing: read the records themselves.

    ``object`` and ``at`` (the commit's time) narrow it down where they are known. ``waits``: the next turn
    of the sweeps is soon enough.
    """

    channel: str
    reason: GapReason
    object: str | None = None
    at: datetime | None = None
    waits: bool = False


class DeliveryError(Exception):
    """The daemon could not take a batch; the stream starts again from the checkpoint."""


class Source(Protocol):
    """What a pump draws from; `client.StreamClient` in the daemon."""

    async def receive(self) -> Mapping[str, Any]: ...

    def pending(self, at_most: int) -> list[dict[str, Any]]: ...


class Pump:
    """Receives, reads and delivers. One pump serves one session after another.

    ``arrived``: when each channel last brought anything, on the monotonic clock.
    """

    def __init__(
        self,
        deliver: Callable[[list[StreamEvent]], Awaitable[None]],
        gap: Callable[[Gap], Awaitable[None]],
    ) -> None:
        self.last_message_at: datetime | None = None
        self.arrived: dict[str, float] = {}
        self._deliver = deliver
        self._gap = gap
        self._handing_over = asyncio.Lock()

    @property
    def delivering(self) -> bool:
        """Whether the daemon is taking a batch at this moment."""
        return self._handing_over.locked()

    async def run(self, source: Source) -> None:
        """Pump until the session ends; raises what ended it, or DeliveryError."""
        while True:
            messages = [await source.receive()]
            async with self._handing_over:
                messages += source.pending(EVENTS_IN_A_BATCH - 1)
                self.last_message_at = datetime.now(UTC)
                self._note(messages)
                await self._hand_over(messages)
                self._note(messages)  # the wait for room in the queue was no silence of the channel

    async def end(self, running: "asyncio.Task[None]") -> None:
        """Stop a running pump between two batches, never inside one."""
        async with self._handing_over:
            running.cancel()
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()

    def _note(self, messages: list[Mapping[str, Any]]) -> None:
        now = monotonic()
        self.arrived |= {str(message.get("channel")): now for message in messages}

    async def _hand_over(self, messages: list[Mapping[str, Any]]) -> None:
        """Gaps go first: an event that names no record is taken once its records were looked for."""
        try:
            read = [_read(message) for message in messages]
            for gap in _distinct(gap for each in read for gap in _gaps_of(each)):
                await self._gap(gap)
            events = [each for each in read if not isinstance(each, Gap)]
            if events:
                await self._deliver(events)
        except OrtooError as error:  # the store or the org: no defect, so without a traceback
            _log.error("stream.delivery_failed", events=len(messages), error=str(error))
            raise DeliveryError(f"events could not be taken: {error}") from error
        except Exception as error:
            _log.exception("stream.delivery_failed", events=len(messages))
            raise DeliveryError(f"events could not be taken: {error}") from error


def _read(message: Mapping[str, Any]) -> StreamEvent | Gap:
    """The event in a message; where nobody can read it its place alone, or a gap where not even that is told.

    Whatever reading it comes to: one message must not end the session, which would begin with it again.
    """
    try:
        return parse(message)
    except UnreadableMessageError as error:
        reason = str(error)
    except Exception as error:
        reason = type(error).__name__
    channel = str(message.get("channel"))
    _log.error("stream.message_unreadable", channel=channel, reason=reason)
    return unread(message, reason) or Gap(channel=channel, reason=GapReason.UNREADABLE)


def _gaps_of(read: StreamEvent | Gap) -> Iterator[Gap]:
    if isinstance(read, Gap):
        yield read
    elif isinstance(read, UnreadEvent):
        yield Gap(channel=read.channel, reason=GapReason.UNREADABLE)
    elif isinstance(read, ChangeEvent) and read.names_no_record:
        yield Gap(
            channel=read.channel,
            reason=GapReason.OVERFLOW,
            object=read.object,
            at=read.committed_at,
        )


def _distinct(gaps: Iterable[Gap]) -> list[Gap]:
    """The first of each kind: it is the oldest, as events arrive in order."""
    found: dict[tuple[str, GapReason, str | None], Gap] = {}
    for gap in gaps:
        found.setdefault((gap.channel, gap.reason, gap.object), gap)
    return list(found.values())
