"""What may the daemon's own store forget?

Finished and parked items after a while. Nothing of the business is lost: decisions live in the org.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Purge(Protocol):
    """Deletes items settled before a moment; returns how many."""

    def __call__(
        self, finished_before: datetime, /, *, parked_before: datetime | None
    ) -> Awaitable[int]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long settled items are kept. ``parked_for`` None: until somebody requeues them."""

    finished_for: timedelta = timedelta(days=7)
    parked_for: timedelta | None = timedelta(days=90)


async def forget_old_items(
    purge: Purge, *, retention: Retention, clock: Callable[[], datetime]
) -> int:
    """Purge what is older than ``retention`` and say how many items went."""
    now = clock()
    parked_before = None if retention.parked_for is None else now - retention.parked_for
    return await purge(now - retention.finished_for, parked_before=parked_before)
