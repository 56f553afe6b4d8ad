"""Which events are retained, under which replay ids?

Kept in memory, bounded by age and by number. Replay ids increase, are not contiguous, and are
never issued twice, not even after a restart: an id of an earlier run is as invalid as an expired
one.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

RETAINED_FOR = timedelta(hours=72)
MOST_RETAINED = 100_000
_IDS_PER_SECOND = 10_000  # headroom between runs: ids of a later start are always higher


@dataclass(frozen=True, slots=True)
class Stored:
    """One event on one channel; `body` is the JSON of the message's `data` member."""

    replay_id: int
    body: str


@dataclass(slots=True)
class _Channel:
    ids: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)

    def drop_through(self, replay_id: int) -> None:
        count = bisect_right(self.ids, replay_id)
        del self.ids[:count]
        del self.bodies[:count]


class EventLog:
    """The retained events of every channel.

    `on_append` is called, without arguments, after each append.
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
        self._times: list[datetime] = []
        self._issued = 0
        self.last_id = int(now().timestamp()) * _IDS_PER_SECOND
        self.on_append: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        return len(self._ids)

    def append(self, messages: Mapping[str, Mapping[str, Any]]) -> int:
        """Store one event as the `data` it has on each channel; returns its replay id."""
        self._issued += 1
        self.last_id += 1 + self._issued * 7 % 4
        self._ids.append(self.last_id)
        self._times.append(self._now())
        encoded: dict[int, str] = {}
        for name, data in messages.items():
            if id(data) not in encoded:
                encoded[id(data)] = _encode(data, self.last_id)
            channel = self._channels.setdefault(name, _Channel())
            channel.ids.append(self.last_id)
            channel.bodies.append(encoded[id(data)])
        if len(self._ids) > self._most * 1.1:
            self._drop(len(self._ids) - self._most)
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

    def holds(self, replay_id: int) -> bool:
        """Whether an id was issued in this run and its event is still retained."""
        self.purge()
        at = bisect_left(self._ids, replay_id)
        return at < len(self._ids) and self._ids[at] == replay_id

    def purge(self) -> None:
        """Drop what is older than the retention window."""
        self._drop(bisect_left(self._times, self._now() - self._retained_for))

    def expire(self, through: int | None = None) -> int:
        """Drop events up to and including `through` (all of them when None); returns how many."""
        count = len(self._ids) if through is None else bisect_right(self._ids, through)
        self._drop(count)
        return count

    def _drop(self, count: int) -> None:
        if count <= 0:
            return
        last = self._ids[count - 1]
        del self._ids[:count]
        del self._times[:count]
        for channel in self._channels.values():
            channel.drop_through(last)


def _encode(data: Mapping[str, Any], replay_id: int) -> str:
    event = {**data.get("event", {}), "replayId": replay_id}
    return json.dumps({**data, "event": event}, ensure_ascii=False, separators=(",", ":"))
