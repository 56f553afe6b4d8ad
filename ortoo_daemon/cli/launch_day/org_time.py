"""What time is it in the demo's org, and how does it go on? Ahead of this machine's, and moved in leaps.

The launch day is a weekday on which the sites are open, whenever the demo is played.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
"""Where the day is told; most of the network is there."""

_BEGINS_AT = 14
_SATURDAY = 5


class OrgTime:
    """The org's clock; ``shift`` sets it, in seconds ahead of this machine's."""

    def __init__(self, shift: Callable[[float], None]) -> None:
        self._shift = shift
        self.ahead = 0.0

    def begin(self) -> None:
        """It is two in the afternoon of a weekday to come."""
        now = datetime.now(UTC)
        self._set((opening(now) - now).total_seconds())

    def pass_by(self, minutes: float) -> None:
        self._set(self.ahead + 60 * minutes)

    def now(self) -> float:
        """Seconds since 1970, as the org counts them."""
        return time.time() + self.ahead

    def told(self) -> str:
        """For a watcher: the day and the time in the network."""
        return f"{datetime.fromtimestamp(self.now(), ZONE):%a %H:%M}"

    def _set(self, ahead: float) -> None:
        self._shift(ahead)
        self.ahead = ahead


def opening(after: datetime) -> datetime:
    """The next time when a launch day can begin: sites are open, those overseas about to."""
    local = after.astimezone(ZONE)
    day = local.replace(hour=_BEGINS_AT, minute=0, second=0, microsecond=0)
    while day <= local or day.weekday() >= _SATURDAY:
        day += timedelta(days=1)
    return day.astimezone(UTC)
