"""How much of the org's allocations is used?  API calls, delivered and published events.

All of them are rolling: a day or an hour after it was used, an allocation is free again, by the
org's own clock.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.sandbox.bayeux.kinds import is_legacy
from ortoo_daemon.sandbox.errors import OrgError

# Unlimited Edition's allocations.
DELIVERED_EVENTS = 50_000
PUBLISHED_EVENTS = 250_000
TOPIC_EVENTS = 1_000_000
API_CALLS = 1_000_000

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_STEPS = 1_440  # a window forgets in so many steps: a day minute by minute


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Rolling:
    """One allocation: `max` within any window of `window`."""

    def __init__(self, most: int, window: timedelta, now: Callable[[], datetime]) -> None:
        self.max = most
        self._step = window / _STEPS
        self._now = now
        self._counts: deque[tuple[int, int]] = deque()
        self._sum = 0

    @property
    def used(self) -> int:
        """What was used within the window that ends now."""
        oldest = self._number() - _STEPS
        while self._counts and self._counts[0][0] <= oldest:
            self._sum -= self._counts.popleft()[1]
        return self._sum

    @property
    def left(self) -> int:
        """What may still be used now."""
        return max(self.max - self.used, 0)

    def add(self, count: int) -> None:
        """Use some."""
        number = self._number()
        if self._counts and self._counts[-1][0] >= number:
            number, before = self._counts.pop()
            self._counts.append((number, before + count))
        else:
            self._counts.append((number, count))
        self._sum += count

    def _number(self) -> int:
        return int(self._now().timestamp() // self._step.total_seconds())


class Usage:
    """The org's allocations. `clients` tells how many CometD clients of how many are connected."""

    def __init__(self, now: Callable[[], datetime] = _utc_now) -> None:
        self.calls = Rolling(API_CALLS, _DAY, now)
        self.delivered_events = Rolling(DELIVERED_EVENTS, _DAY, now)
        self.topic_events = Rolling(TOPIC_EVENTS, _DAY, now)
        self.published_events = Rolling(PUBLISHED_EVENTS, _HOUR, now)
        self.clients: Callable[[], tuple[int, int]] = lambda: (0, 1000)

    @property
    def delivered(self) -> int:
        """Change events and platform events delivered in a day, once per subscriber."""
        return self.delivered_events.used

    def left(self, channel: str) -> int:
        """How many more events of a channel may be delivered today."""
        return self._of(channel).left

    def exhausted(self, channels: Iterable[str]) -> bool:
        """Whether nothing more is delivered on one of these channels."""
        return any(self.left(channel) == 0 for channel in channels)

    def deliver(self, channel: str, count: int) -> None:
        """Count events delivered to one subscriber."""
        self._of(channel).add(count)

    def publish(self) -> None:
        """Count one published platform event. Raises LIMIT_EXCEEDED."""
        if not self.published_events.left:
            message = "The limit for publishing platform events was exceeded for this hour."
            raise OrgError("LIMIT_EXCEEDED", message)
        self.published_events.add(1)

    @property
    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.calls.used}/{self.calls.max}"

    def limits(self) -> Mapping[str, tuple[int, int]]:
        """The allocations as `/limits` names them: (max, remaining).

        The streaming limits of API versions up to 36 are there and unused: no client can reach
        them, because CometD is offered from version 37 on.
        """
        connected, most = self.clients()
        return {
            "DailyApiRequests": _figures(self.calls),
            "DailyDeliveredPlatformEvents": _figures(self.delivered_events),
            "DailyDurableStreamingApiEvents": _figures(self.topic_events),
            "DailyStreamingApiEvents": (self.topic_events.max, self.topic_events.max),
            "DurableStreamingApiConcurrentClients": (most, max(most - connected, 0)),
            "HourlyPublishedPlatformEvents": _figures(self.published_events),
            "StreamingApiConcurrentClients": (most, most),
        }

    def as_json(self) -> dict[str, Any]:
        """The figures as the control endpoint shows them."""
        return {
            "used": self.calls.used,
            "max": self.calls.max,
            "delivered": self.delivered_events.used,
            "delivered_max": self.delivered_events.max,
            "topic_delivered": self.topic_events.used,
            "topic_delivered_max": self.topic_events.max,
            "published": self.published_events.used,
            "published_max": self.published_events.max,
        }

    def _of(self, channel: str) -> Rolling:
        return self.topic_events if is_legacy(channel) else self.delivered_events


def _figures(allocation: Rolling) -> tuple[int, int]:
    return allocation.max, allocation.left
