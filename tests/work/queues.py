"""What tests of the queue have in common: an injected clock, items, and queues that get closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.records import RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.work.queue import WorkQueue

LEASE = timedelta(seconds=30)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, duration: timedelta) -> None:
        self.now += duration


def lead(number: int) -> RecordId:
    return record_id(f"00Q{number:012d}")


def item(number: int, **values: Any) -> WorkItem:
    given = {
        "object": "Lead",
        "record_id": lead(number),
        "reason": WorkReason.CREATED,
        "heard_at": datetime(2026, 3, 2, 8, 0, tzinfo=UTC) + timedelta(seconds=number),
    }
    return WorkItem(**(given | values))


@asynccontextmanager
async def opened(
    url: str, clock: Clock | None = None, *, leads: bool = True, **options: Any
) -> AsyncIterator[WorkQueue]:
    """``leads``: this queue's daemon is the one that listens, if no other is by now."""
    options = {"instance": "test", "lease_for": LEASE, "clock": clock or Clock()} | options
    queue = await WorkQueue.open(url, **options)
    if leads:
        await queue.leadership.hold()
    try:
        yield queue
    finally:
        await queue.close()
