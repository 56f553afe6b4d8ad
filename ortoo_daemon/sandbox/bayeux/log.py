"""Which events are retained, under which replay ids?

Kept in memory, bounded by age and by number; each channel for as long as its kind of channel is
retained. Replay ids increase, are not contiguous, and are never issued twice, not even after a
restart: an id of an earlier run is as invalid as an expired one, or one of another channel.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.sandbox.bayeux.kinds import is_legacy

RETAINED_FOR = timedelta(hours=72)
LEGACY_RETAINED_FOR = timedelta(hours=24)
MOST_RETAINED = 100_000
_IDS_PER_SECOND = 10_000  # headroom between runs: ids of a later start are always higher


@dataclass(frozen=True, slots=True)
class Stored:
    """One event on one channel; `body` is the JSON of the message's `data` member."""

    replay_id: int
    body: str


@dataclass(slots=True)
class _Channel:
    retained_for: timedelta
    ids: list[int] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def drop_through(self, replay_id: int) -> int:
        return self._drop(bisect_right(self.ids, replay_id))

    def drop_older(self, now: datetime) -> None:
        oldest = now - self.retained_for
        if self.times and self.times[0] < oldest:
            self._drop(bisect_left(self.times, oldest))

    def _drop(self, count: int) -> int:
        del self.ids[:count]
        del self.times[:count]
        del self.bodies[:count]
        return count


class EventLog:
    """The retained events of every channel.

    `on_append` is called, without arguments, after each append. `retained_for` holds for change
    events and platform events; PushTopics are kept for a day at most.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        retained_for: timedelta = RETAINED_FOR,
        most: int = MOST_RETAINED,
    ) -> None:
        self._now = now
        self._retained_for = retained_for
        self._most = most
        self._channels: dict[str, _Channel] = {}
        self._ids: list[int] = []
        self._issued = 0
        self._latest = datetime.min.replace(tzinfo=UTC)
        self.last_id = int(now().timestamp()) * _IDS_PER_SECOND
        self.on_append: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        """How many events the bound by number counts."""
        return len(self._ids)

    def append(self, messages: Mapping[str, Mapping[str, Any]]) -> int:
        """Store one event as the `data` it has on each channel; returns its replay id."""
        self._issued += 1
        self.last_id += 1 + self._issued * 7 % 4
        self._ids.append(self.last_id)
        # Never before the event that came earlier, also when the clock was set back.
        self._latest = max(self._latest, self._now())
        encoded: dict[int, str] = {}
        for name, data in messages.items():
            if id(data) not in encoded:
                encoded[id(data)] = _encode(data, self.last_id)
            channel = self._channel(name)
            channel.drop_older(self._latest)
            channel.ids.append(self.last_id)
            channel.times.append(self._latest)
            channel.bodies.append(encoded[id(data)])
        if len(self._ids) > self._most * 1.1:
            self._drop_through(self._ids[-self._most - 1])
        self.on_append()
        return self.last_id

    def read(self, channel: str, after: int, limit: int) -> list[Stored]:
        """Up to `limit` events of a channel with an id above `after`, oldest first."""
        found = self._channels.get(channel)
        if found is None:
            return []
        start = bisect_right(found.ids, after)
        stop = min(start + limit, len(found.ids))
        return [Stored(found.ids[i], found.bodies[i]) for i in range(start, stop)]

    def holds(self, channel: str, replay_id: int) -> bool:
        """Whether the channel carried an event of that id in this run and still retains it."""
        self.purge()
        ids = self._channel(channel).ids
        at = bisect_left(ids, replay_id)
        return at < len(ids) and ids[at] == replay_id

    def purge(self) -> None:
        """Drop what is older than its channel's retention window."""
        now = self._now()
        for channel in self._channels.values():
            channel.drop_older(now)
        firsts = [each.ids[0] for each in self._channels.values() if each.ids]
        del self._ids[: bisect_left(self._ids, min(firsts, default=self.last_id + 1))]

    def expire(self, through: int | None = None, *, channel: str | None = None) -> int:
        """Drop events up to and including `through` (all of them when None), of one channel or all.

        Returns how many.
        """
        last = self.last_id if through is None else through
        if channel is not None:
            return self._channel(channel).drop_through(last)
        return self._drop_through(last)

    def _drop_through(self, last: int) -> int:
        count = bisect_right(self._ids, last)
        del self._ids[:count]
        for channel in self._channels.values():
            channel.drop_through(last)
        return count

    def _channel(self, name: str) -> _Channel:
        if name not in self._channels:
            legacy = min(LEGACY_RETAINED_FOR, self._retained_for)
            self._channels[name] = _Channel(legacy if is_legacy(name) else self._retained_for)
        return self._channels[name]


def _encode(data: Mapping[str, Any], replay_id: int) -> str:
    event = {**data.get("event", {}), "replayId": replay_id}
    return json.dumps({**data, "event": event}, ensure_ascii=False, separators=(",", ":"))
