"""Which channels are live, and where is each of them taken up?

Each channel has its own position, its own gaps and its own refusals: what goes wrong with one of them is no
matter of the others. What ends a whole session (a lost one, a limit, a token) is raised to the listener.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from math import inf
from time import monotonic

import structlog
from aiosfstream_ng.exceptions import ServerError

from ortoo_daemon.salesforce.stream.client import EVERYTHING, TIP, StreamClient
from ortoo_daemon.salesforce.stream.failures import (
    Failure,
    FailureKind,
    StreamPauses,
    failure_in,
)
from ortoo_daemon.salesforce.stream.pump import Gap, GapReason

_log = structlog.get_logger(__name__)

ANSWERED_WITHIN = 180.0
"""Seconds that a login with its repetitions, a handshake or one subscription may take at the most."""

_FRUITLESS_SESSIONS = 2
"""After so many silent sessions from one position the next begins at the tip: not at all the org keeps, which
would be counted against the allocation."""

CheckpointOf = Callable[[str], Awaitable[int | None]]
OnGap = Callable[[Gap], Awaitable[None]]


class Subscriptions:
    """Subscribes what is wanted and not live.

    ``turns_within`` is told how many seconds each step may take. ``refused`` has the org's reason by
    channel, ``live_since`` when each channel was subscribed in the running session (monotonic clock).
    """

    def __init__(
        self,
        channels: Collection[str],
        *,
        checkpoint_of: CheckpointOf,
        gap: OnGap,
        pauses: StreamPauses,
        turns_within: Callable[[float], None],
    ) -> None:
        self.channels = frozenset(channels)
        self.refused: dict[str, str] = {}
        self.live_since: dict[str, float] = {}
        self._checkpoint_of = checkpoint_of
        self._gap = gap
        self._pauses = pauses
        self._turns_within = turns_within
        self._refusals: dict[str, int] = {}
        self._retry_at: dict[str, float] = {}
        self._expired: dict[str, int] = {}
        self._resumed: dict[str, int] = {}
        self._fruitless: dict[str, tuple[int, int]] = {}

    async def subscribe_missing(self, client: StreamClient) -> None:
        """Channels that were refused only when their pause is over. Raises what ends the session."""
        for channel in sorted(self.channels - client.subscriptions):
            if self._retry_at.get(channel, 0.0) > monotonic():
                continue
            self._turns_within(ANSWERED_WITHIN)
            try:
                await self._subscribe(client, channel)
            except ServerError as error:
                failure = failure_in(error.response)
                if failure.kind is not FailureKind.REFUSED:
                    raise
                self._refuse(channel, failure)
            else:
                self.refused.pop(channel, None)
                self._refusals.pop(channel, None)

    def doubt(self, arrived: Mapping[str, float]) -> None:
        """The session ends for its silence: positions after which nothing came may lead nowhere.

        As when the org was moved, and counts its events anew. ``arrived``: when each channel last brought
        anything.
        """
        for channel, since in self.live_since.items():
            position = self._resumed.get(channel)
            if position is None or arrived.get(channel, 0.0) >= since:
                continue
            known, times = self._fruitless.get(channel, (position, 0))
            self._fruitless[channel] = (position, times + 1 if known == position else 1)

    def _leads_nowhere(self, channel: str, checkpoint: int) -> bool:
        position, times = self._fruitless.get(channel, (checkpoint, 0))
        return position == checkpoint and times >= _FRUITLESS_SESSIONS

    async def _subscribe(self, client: StreamClient, channel: str) -> None:
        """Resume from the checkpoint; where the org no longer keeps it, from all it does keep."""
        checkpoint = await self._checkpoint_of(channel)
        if checkpoint is None:
            return await self._subscribe_at_tip(client, channel, GapReason.NO_POSITION)
        self._resumed[channel] = checkpoint
        if self._leads_nowhere(channel, checkpoint):
            return await self._subscribe_at_tip(client, channel, GapReason.POSITION_EXPIRED)
        if self._expired.get(channel) != checkpoint:
            try:
                return await self._subscribe_at(client, channel, checkpoint)
            except ServerError as error:
                if failure_in(error.response).kind is not FailureKind.REPLAY:
                    raise
            await self._tell_gap(Gap(channel=channel, reason=GapReason.POSITION_EXPIRED))
            self._expired[channel] = checkpoint
        try:
            await self._subscribe_at(client, channel, EVERYTHING)
        except ServerError as error:
            if failure_in(error.response).kind is not FailureKind.REPLAY:
                raise
            await self._subscribe_at_tip(client, channel, GapReason.POSITION_EXPIRED)

    async def _subscribe_at_tip(
        self, client: StreamClient, channel: str, reason: GapReason
    ) -> None:
        """From now on; what happened before is a gap, told once the new events are sure to arrive."""
        await self._subscribe_at(client, channel, TIP)
        await self._tell_gap(Gap(channel=channel, reason=reason))

    async def _tell_gap(self, gap: Gap) -> None:
        """Reconciling takes as long as there are records."""
        self._turns_within(inf)
        await self._gap(gap)
        self._turns_within(ANSWERED_WITHIN)

    async def _subscribe_at(self, client: StreamClient, channel: str, position: int) -> None:
        client.positions.put(channel, position)
        await client.subscribe(channel)
        self.live_since[channel] = monotonic()
        _log.info("stream.subscribed", channel=channel, position=position)

    def _refuse(self, channel: str, failure: Failure) -> None:
        """Leave this channel alone for a while; the others go on."""
        count = self._refusals[channel] = self._refusals.get(channel, 0) + 1
        pause = self._pauses.after(failure.kind, count)
        self._retry_at[channel] = monotonic() + pause
        self.refused[channel] = failure.text
        _log.error(
            "stream.channel_refused", channel=channel, reason=failure.text, retry_in=round(pause)
        )
