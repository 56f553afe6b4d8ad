"""Which records are parked in the org, for what and since when, and which are looked at again?"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.fuse import PARKED_FOR as FUSE
from ortoo_daemon.action.fuse import parked_for
from ortoo_daemon.action.stamps import DECIDED_AT, PARKED, reason_word
from ortoo_daemon.daemon.handling.fuses import Fuses
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.records import WorkItem
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sweeps.fused import put_fused
from ortoo_daemon.sweeps.review import Review, World
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

_MOST_REASONS = 30
"""Policies have a handful; the codes of the org's refusals come on top."""

_MOST_GROUPS = 2000
"""An aggregate query has no second page: the org refuses to count more."""

OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCensus:
    """Records that bear a park reason, by its word; ``oldest_at`` is when the first was parked."""

    at: datetime
    by_reason: Mapping[str, int] = field(default_factory=dict)
    oldest_at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.by_reason.values())


class Reviewing:
    """The parked records of one org. ``census`` is None until they were counted."""

    def __init__(
        self,
        org: Org,
        queue: WorkQueue,
        knowledge: Knowledge,
        *,
        every: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._org = org
        self._queue = queue
        self._knowledge = knowledge
        self._now = now
        self._review = Review(every=every)
        self.census: ParkedCensus | None = None

    async def count(self) -> None:
        """Count them: one call for each object. Raises OrgError."""
        found: Counter[str] = Counter()
        since: list[datetime] = []
        for name in sorted(self._knowledge.policies.objects):
            for row in await self._org.query(_by_reason(name)):
                found[reason_word(str(row[PARKED]))] += int(row["expr0"])
                since += filter(None, [instant(row["expr1"])])
        census = ParkedCensus(
            at=self._now(), by_reason=_bounded(found), oldest_at=min(since, default=None)
        )
        before, self.census = self.census, census
        if census.total and (before is None or before.by_reason != census.by_reason):
            _log.info(
                "sweep.parked",
                parked=dict(census.by_reason),
                total=census.total,
                oldest_at=instant_text(census.oldest_at) if census.oldest_at else None,
            )

    async def review(self, *, directory_at: datetime | None) -> None:
        """Put those on the queue whose reason may be gone. Raises OrgError and StateError."""
        world = World(revision=self._knowledge.policies.revision, directory_at=directory_at)
        found = put = pages = 0
        for name in sorted(self._knowledge.policies.objects):
            figures = await self._review.run(
                self._org.query, self._put, name, world=world, now=self._now()
            )
            found, put, pages = found + figures.found, put + figures.put, pages + figures.pages
        _log.info("sweep.review", found=found, put=put, pages=pages)

    async def review_fused(self, fuses: Fuses) -> None:
        """Put those on the queue that a fuse now lets pass. Raises OrgError and StateError."""
        now = self._now()
        fuses.look(now)
        standing = fuses.standing(now)
        if any(not each.room for each in standing):
            fuses.owing = True  # whichever of several daemons it has stopped records for
        if not fuses.owing and not (self.census and self.census.by_reason.get(FUSE)):
            return
        room = {parked_for(each.fuse): each.room for each in standing}
        found = put = 0
        for name in sorted(self._knowledge.policies.objects):
            seen, more = await put_fused(self._org.query, self._put, name, room=room, now=now)
            found, put = found + seen, put + more
        if put:
            _log.info("sweep.fused", found=found, put=put)
        fuses.owing = bool(found) or any(each.blown_at for each in standing)

    async def _put(self, items: Sequence[WorkItem]) -> int:
        return await self._queue.put(items, unpark=True)


def _by_reason(name: str) -> str:
    not_converted = [soql.equals("IsConverted", False)] if name == "Lead" else []
    return soql.select(
        name,
        [PARKED, "COUNT(Id)", f"MIN({DECIDED_AT})"],
        where=[soql.differs(PARKED, None), *not_converted],
        group_by=[PARKED],
        limit=_MOST_GROUPS,
    )


def _bounded(found: Counter[str]) -> dict[str, int]:
    """The most frequent reasons by name, the rest in one figure."""
    kept = dict(found.most_common(_MOST_REASONS))
    rest = found.total() - sum(kept.values())
    return {**kept, OTHER: kept.get(OTHER, 0) + rest} if rest else kept
