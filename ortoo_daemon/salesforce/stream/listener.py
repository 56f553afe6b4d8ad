"""Who keeps the daemon hearing of changes? A supervisor that builds one session after another.

Whatever goes wrong, the session is thrown away and the next one resumes from the durable checkpoint. It
moves no checkpoint itself: what `deliver` accepted is the caller's to remember.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf
from random import Random
from time import monotonic
from typing import Any

import structlog
from aiosfstream_ng.exceptions import ServerError

from ortoo_daemon.errors import LoginError, OrtooError
from ortoo_daemon.salesforce.responses import cleared
from ortoo_daemon.salesforce.rest import Tokens
from ortoo_daemon.salesforce.stream.client import StreamClient
from ortoo_daemon.salesforce.stream.failures import (
    Failure,
    FailureKind,
    StreamPauses,
    failure_in,
)
from ortoo_daemon.salesforce.stream.messages import StreamEvent
from ortoo_daemon.salesforce.stream.pump import DeliveryError, Gap, GapReason, Pump
from ortoo_daemon.salesforce.stream.subscriptions import (
    ANSWERED_WITHIN,
    CheckpointOf,
    OnGap,
    Subscriptions,
)

__all__ = ["Gap", "GapReason", "Listener"]

_log = structlog.get_logger(__name__)

Deliver = Callable[[list[StreamEvent]], Awaitable[None]]
IsSilent = Callable[[Mapping[str, float]], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenerTimes:
    """Seconds. ``healthy_after``: an open session that lived so long, and twice as long as the pause before
    it, ends a row of failures: who listens most of the time need not stay away for longer and longer."""

    check_every: float = 3.0
    silent_after: float = 180.0
    healthy_after: float = 5.0


class _SessionEndedError(Exception):
    """This session is of no more use."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


class Listener:
    """Subscribes to channels for as long as the daemon runs, and hands on what they bring.

    ``deliver`` gets up to 200 events in order and is awaited before the next ones are taken: a full queue
    slows the stream. An event may be delivered again after a failure, never skipped. ``gap`` is called
    (and awaited, before anything later is delivered) when events may be missing. ``is_silent`` is asked again
    and again, with the seconds for which each channel has brought nothing; its answer ends the session.

    State to look at: ``connected``, ``subscribed``, ``refused`` (channel: reason), ``last_message_at``,
    ``rebuilds``, ``last_error``; ``subscribed_event`` is set while every wanted channel is live, ``lost_at``
    tells since when it is not, ``was_subscribed`` whether it ever was; ``tried_event`` is set once each was
    live or refused. ``turns_by``: when the supervisor will
    have turned again, infinity while it waits for the daemon itself (a gap being reconciled, a full queue).
    Moments are on the monotonic clock.
    """

    def __init__(
        self,
        channels: Collection[str],
        tokens: Tokens,
        *,
        checkpoint_of: CheckpointOf,
        deliver: Deliver,
        gap: OnGap,
        is_silent: IsSilent = lambda _: None,
        api_version: str = "66.0",
        times: ListenerTimes | None = None,
        pauses: StreamPauses | None = None,
        random: Random | None = None,
    ) -> None:
        self.channels = frozenset(channels)
        self.connected = False
        self.subscribed: frozenset[str] = frozenset()
        self.rebuilds = 0
        self.last_error: str | None = None
        self.subscribed_event = asyncio.Event()
        self.tried_event = asyncio.Event()
        self.was_subscribed = False
        self.lost_at = monotonic()
        self.turns_by = inf
        self._tokens = tokens
        self._is_silent = is_silent
        self._api_version = api_version
        self._times = times or ListenerTimes()
        self._pauses = pauses or StreamPauses()
        self._random = random or Random()
        self._pump = Pump(deliver, gap)
        self._wanted = Subscriptions(
            channels,
            checkpoint_of=checkpoint_of,
            gap=gap,
            pauses=self._pauses,
            turns_within=self._turns_within,
        )
        self._failures = 0
        self._opened_at = inf
        self._paused_for = 0.0

    @property
    def last_message_at(self) -> datetime | None:
        """When the last event arrived."""
        return self._pump.last_message_at

    @property
    def refused(self) -> dict[str, str]:
        """The org's reason by channel, where it refuses the subscription."""
        return self._wanted.refused

    @property
    def quiet_for(self) -> dict[str, float]:
        """Seconds for which each live channel has brought nothing, counted from its subscription at most."""
        now, live = monotonic(), self._wanted.live_since
        return {
            channel: now - max(live[channel], self._pump.arrived.get(channel, 0.0))
            for channel in self.subscribed & live.keys()
        }

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until ``stop`` is set; a batch that is being delivered then is seen through."""
        while not stop.is_set():
            self._opened_at = inf
            try:
                await self._session(stop)
            except Exception as error:
                failure = _failure_of(error)
                if self._was_healthy():
                    self._failures = 0
                self._failures += 1
                await self._pause(failure, error, stop)
            finally:
                self._note_state(None)
        self.turns_by = inf

    def _was_healthy(self) -> bool:
        lived = monotonic() - self._opened_at
        return lived >= max(self._times.healthy_after, 2 * self._paused_for)

    async def _session(self, stop: asyncio.Event) -> None:
        """One client's life. Returns when stopped, raises when the session is of no more use."""
        client = StreamClient(self._tokens, api_version=self._api_version)
        pumping: asyncio.Task[None] | None = None
        self._turns_within(ANSWERED_WITHIN)
        try:
            await _unless_stopped(client.open(), stop)
            self.connected, self._opened_at = True, monotonic()
            pumping = asyncio.create_task(self._pump.run(client), name="stream pump")
            while not stop.is_set():
                await _unless_stopped(self._wanted.subscribe_missing(client), stop)
                self._note_state(client)
                await self._watch(client, pumping, stop)
        finally:
            self._note_state(None)
            if pumping is not None:
                self.turns_by = inf
                await self._pump.end(pumping)
            self._turns_within(ANSWERED_WITHIN)
            await client.close()

    async def _watch(
        self, client: StreamClient, pumping: asyncio.Task[None], stop: asyncio.Event
    ) -> None:
        """Wait a few seconds, or less when something happens; raises when the session should end."""
        self._turns_within(self._times.check_every)
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait(
                {pumping, stopping},
                timeout=self._times.check_every,
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            stopping.cancel()
        if pumping.done():
            pumping.result()
        lost = self.subscribed - client.subscriptions
        if lost:
            raise _SessionEndedError(Failure(FailureKind.SILENT, f"lost {', '.join(sorted(lost))}"))
        if self._pump.delivering:  # the daemon keeps the stream waiting, not the org
            return
        if client.silent_for > self._times.silent_after:
            raise _SessionEndedError(
                Failure(FailureKind.SILENT, f"nothing heard for {client.silent_for:.0f} s")
            )
        silent = self._is_silent(self.quiet_for)
        if silent is not None:
            self._wanted.doubt(self._pump.arrived)
            raise _SessionEndedError(Failure(FailureKind.SILENT, silent))

    async def _pause(self, failure: Failure, error: Exception, stop: asyncio.Event) -> None:
        pause = self._pauses.after(failure.kind, self._failures)
        pause *= self._random.uniform(0.7, 1.3)
        if isinstance(error, LoginError) and error.retry_after is not None:
            # Logins keep their own pace, and one is for all: however often sessions ended before, the
            # stream must not stay away once somebody is logged in again.
            pause = error.retry_after + self._random.uniform(0.0, 0.5)
        self._paused_for = pause
        self.rebuilds += 1
        self.last_error = failure.text
        _log.warning(
            "stream.session_ended",
            kind=failure.kind.value,
            reason=failure.text,
            failures=self._failures,
            retry_in=round(pause, 1),
        )
        self._turns_within(pause)
        try:
            async with asyncio.timeout(pause):
                await stop.wait()
        except TimeoutError:
            return

    def _note_state(self, client: StreamClient | None) -> None:
        self.connected = client is not None
        live = frozenset(client.subscriptions) if client is not None else frozenset()
        if client is None:
            self._wanted.live_since.clear()
        self.subscribed = live & self.channels
        if self.channels <= self.subscribed | self.refused.keys():
            self.tried_event.set()
        if self.subscribed == self.channels:
            self.was_subscribed = True
            self.subscribed_event.set()
            return
        if self.subscribed_event.is_set():
            self.lost_at = monotonic()
        self.subscribed_event.clear()

    def _turns_within(self, seconds: float) -> None:
        self.turns_by = monotonic() + seconds


async def _unless_stopped(work: Coroutine[Any, Any, None], stop: asyncio.Event) -> None:
    """Do the work, or drop it as soon as ``stop`` is set: a hanging server must not hold up an exit."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
    finally:
        working.cancel()
        stopping.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


def _failure_of(error: Exception) -> Failure:
    match error:
        case _SessionEndedError():
            return error.failure
        case ServerError():
            return failure_in(error.response)
        case LoginError():
            return Failure(FailureKind.LOGIN, str(error))
        case DeliveryError():
            return Failure(FailureKind.DELIVERY, cleared(str(error)))
        case OrtooError():
            return Failure(FailureKind.DELIVERY, cleared(str(error)))
    return Failure(FailureKind.NETWORK, f"{type(error).__name__}: {cleared(str(error))}")
