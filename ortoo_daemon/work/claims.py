"""What does the queue hand out, and what does it tell about itself? Plain values."""

import math
from dataclasses import dataclass, field
from datetime import datetime

from ortoo_daemon.records import WorkItem
from ortoo_daemon.work.elapsed import elapsed


@dataclass(slots=True, eq=False)
class Lease:
    """How long a claim is certainly its holder's: ``until`` in seconds of `elapsed`; renewals move it."""

    until: float = math.inf

    def outlasts(self, seconds: float) -> bool:
        """Whether what takes so long at most would be over before anybody else may have the item."""
        return elapsed() + seconds < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A work item held under a lease: only the holder of (id, epoch) may settle it.

    ``taken_over``: an earlier holder died or was too slow, so part of the work may have been done.
    ``item.attempts`` counts every earlier try; ``failures`` those that raised, ``takeovers`` those
    whose holder was lost. ``others_tried``: another item of the record waits for its next try.
    """

    id: int
    item: WorkItem
    epoch: int
    leased_until: datetime
    taken_over: bool = False
    failures: int = 0
    takeovers: int = 0
    others_tried: bool = False
    lease: Lease = field(default_factory=Lease, compare=False)

    @property
    def was_tried(self) -> bool:
        """Whether part of what is to be done, or of what went before, may stand already."""
        return self.taken_over or self.item.attempts > 0 or self.others_tried


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedItem:
    """An item that was given up with a reason, until somebody requeues its record."""

    id: int
    item: WorkItem
    reason: str
    note: str
    parked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """Rows by state. ``ready`` includes items that wait for their next try."""

    ready: int = 0
    leased: int = 0
    parked: int = 0
    finished: int = 0
    oldest_ready_at: datetime | None = None
