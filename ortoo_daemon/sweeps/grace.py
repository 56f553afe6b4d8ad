"""Must steps of clocks wait because the org was out of reach for long?

While nobody could work in the org, targets have passed that nobody could meet. Once it is back, people and
the stream have some time before anything is held against them. Pure but for its clock.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

Clock = Callable[[], datetime]

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Steps wait ``until``, as nothing was seen of the org from ``since`` on; ``begins``: as of now."""

    since: datetime
    until: datetime
    begins: bool


class Grace:
    """When the org was last seen. After an absence of ``outage_after`` steps wait for ``lasts``."""

    def __init__(self, *, outage_after: timedelta, lasts: timedelta, clock: Clock) -> None:
        self._outage_after, self._lasts, self._clock = outage_after, lasts, clock
        self._seen_at: datetime | None = None
        self._waits: tuple[datetime, datetime] | None = None

    def began(self, seen_at: datetime | None) -> None:
        """What an earlier run has noted; None: nothing is known, so nothing waits."""
        self._seen_at = seen_at

    def goes_on(self, *, since: datetime, until: datetime) -> None:
        """Steps wait already, as an earlier run has noted."""
        self._waits = since, until

    def seen(self) -> Waits | None:
        """The org has answered just now: whether steps wait nevertheless."""
        now, before = self._clock(), self._seen_at
        self._seen_at = now
        if before is not None and now - before >= self._outage_after:
            self._waits = before, now + self._lasts
            return Waits(since=before, until=now + self._lasts, begins=True)
        if self._waits is None:
            return None
        since, until = self._waits
        if now >= until:
            self._waits = None
            return None
        return Waits(since=since, until=until, begins=False)


class HourlyMost:
    """How many more may be put within a rolling hour."""

    def __init__(self, at_most: int, *, clock: Clock) -> None:
        self.at_most, self._clock = at_most, clock
        self._put: deque[tuple[datetime, int]] = deque()

    @property
    def left(self) -> int:
        since = self._clock() - _HOUR
        while self._put and self._put[0][0] <= since:
            self._put.popleft()
        return max(self.at_most - sum(number for _, number in self._put), 0)

    def add(self, number: int) -> None:
        if number:
            self._put.append((self._clock(), number))
