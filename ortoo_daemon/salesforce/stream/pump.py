"""How do messages get from a session into the daemon? One task receives and delivers, batch after batch.

While a batch is being delivered nothing more is taken from the session: that is the backpressure. Receiving
is never cancelled in the middle of a message except at the session's end, when the checkpoint repeats it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Protocol

import structlog

from ortoo_daemon.salesforce.stream.messages import (
    ChangeEvent,
    PlatformEvent,
    UnreadableMessageError,
    parse,
)

_log = structlog.get_logger(__name__)

EVENTS_IN_A_BATCH = 200


class GapReason(StrEnum):
    """Why events may be missing.

    NO_POSITION: subscribed at the tip, as there was no checkpoint. POSITION_EXPIRED: the org no longer keeps
    the checkpoint's place. OVERFLOW: an event stood for records it does not name. UNREADABLE: a message's
    shape was not known.
    """

    NO_POSITION = "no_position"
    POSITION_EXPIRED = "position_expired"
    OVERFLOW = "overflow"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Events of a channel may be missing: read the records themselves.

    ``object`` and ``at`` (the commit's time) narrow it down where they are known.
    """

    channel: str
    reason: GapReason
    object: str | None = None
    at: datetime | None = None


class DeliveryError(Exception):
    """The daemon could not take a batch; the stream starts again from the checkpoint."""


class Source(Protocol):
    """What a pump draws from; `client.StreamClient` in the daemon."""

    async def receive(self) -> Mapping[str, Any]: ...

    def pending(self, at_most: int) -> list[dict[str, Any]]: ...


class Pump:
    """Receives, reads and delivers. One pump serves one session after another."""

    def __init__(
        self,
        deliver: Callable[[list[ChangeEvent]], Awaitable[None]],
        gap: Callable[[Gap], Awaitable[None]],
    ) -> None:
        self.last_message_at: datetime | None = None
        self._deliver = deliver
        self._gap = gap
        self._handing_over = asyncio.Lock()
        self._skipped: set[str] = set()

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
                await self._hand_over(messages)

    async def end(self, running: "asyncio.Task[None]") -> None:
        """Stop a running pump between two batches, never inside one."""
        async with self._handing_over:
            running.cancel()
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()

    async def _hand_over(self, messages: list[Mapping[str, Any]]) -> None:
        events: list[ChangeEvent] = []
        try:
            for message in messages:
                event = await self._read(message)
                if event is not None:
                    events.append(event)
            if events:
                await self._deliver(events)
        except Exception as error:
            _log.exception("stream.delivery_failed", events=len(messages))
            raise DeliveryError(f"events could not be taken: {error}") from error

    async def _read(self, message: Mapping[str, Any]) -> ChangeEvent | None:
        """The event in a message. Records it can't name are told as a gap before it counts as taken."""
        channel = str(message.get("channel"))
        try:
            event = parse(message)
        except UnreadableMessageError as error:
            _log.error("stream.message_unreadable", channel=channel, reason=str(error))
            await self._gap(Gap(channel=channel, reason=GapReason.UNREADABLE))
            return None
        if isinstance(event, PlatformEvent):
            if channel not in self._skipped:
                self._skipped.add(channel)
                _log.warning("stream.message_skipped", channel=channel, kind="platform_event")
            return None
        if event.names_no_record:
            await self._gap(
                Gap(
                    channel=channel,
                    reason=GapReason.OVERFLOW,
                    object=event.object,
                    at=event.committed_at,
                )
            )
        return event
