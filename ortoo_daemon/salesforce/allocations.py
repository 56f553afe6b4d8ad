"""What does the org allow its clients in a day or an hour, and how much of it is used? The resource /limits.

The same for all who use the org's API: others' calls and other subscribers' events count, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from ortoo_daemon.salesforce.responses import understood
from ortoo_daemon.salesforce.rest import RestClient


class Allocation(StrEnum):
    """What the daemon uses up. STREAMING_EVENTS are those of PushTopics, which are counted apart."""

    API_CALLS = "api_calls"
    DELIVERED_EVENTS = "delivered_events"
    STREAMING_EVENTS = "streaming_events"
    PUBLISHED_EVENTS = "published_events"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationUse:
    """How much of an allocation is used; more than ``allowed`` where the org lets it pass for a while."""

    used: int
    allowed: int

    @property
    def share(self) -> float:
        """1.0 when all is used."""
        return self.used / self.allowed


NAMES: Mapping[Allocation, str] = {
    Allocation.API_CALLS: "DailyApiRequests",
    Allocation.DELIVERED_EVENTS: "DailyDeliveredPlatformEvents",
    Allocation.STREAMING_EVENTS: "DailyDurableStreamingApiEvents",
    Allocation.PUBLISHED_EVENTS: "HourlyPublishedPlatformEvents",
}
"""As the org names them."""

_DAY = timedelta(hours=24)
PERIODS: Mapping[Allocation, timedelta] = {
    Allocation.API_CALLS: _DAY,
    Allocation.DELIVERED_EVENTS: _DAY,
    Allocation.STREAMING_EVENTS: _DAY,
    Allocation.PUBLISHED_EVENTS: timedelta(hours=1),
}
"""All roll: what was used so long ago no longer counts."""


async def read_allocations(rest: RestClient) -> dict[Allocation, AllocationUse]:
    """What is used of each allocation that the org names. One call. Raises OrgError.

    An allocation of nothing (the org has no such feature) is left out.
    """
    limits: Mapping[str, Any] = await rest.call("GET", "limits")
    found = {}
    with understood():
        for allocation, name in NAMES.items():
            entry = limits.get(name)
            allowed = int(entry["Max"]) if entry else 0
            if entry and allowed > 0:
                used = max(allowed - int(entry["Remaining"]), 0)
                found[allocation] = AllocationUse(used=used, allowed=allowed)
    return found
