"""How much of the org's allocations is used?  API calls and delivered events."""

from __future__ import annotations

from dataclasses import dataclass

# Unlimited Edition's allocation of delivered events a day; a sandbox run is one day.
DELIVERED_EVENTS = 50_000
API_CALLS = 1_000_000


@dataclass(slots=True, kw_only=True)
class Usage:
    """Counters since start. `used` of `max` API calls; `delivered` of `delivered_max` events."""

    used: int = 0
    max: int = API_CALLS
    delivered: int = 0
    delivered_max: int = DELIVERED_EVENTS

    @property
    def calls_exhausted(self) -> bool:
        """Whether the org refuses further API calls."""
        return self.used >= self.max

    @property
    def exhausted(self) -> bool:
        """Whether no more events are delivered."""
        return self.delivered >= self.delivered_max

    def deliver(self, count: int) -> None:
        """Count delivered events."""
        self.delivered += count

    @property
    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.used}/{self.max}"
