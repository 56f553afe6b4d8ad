"""Which parked records may have lost the reason they were parked for?

Oldest first, some pages a run; the next run goes on where this one stopped. What was looked at waits until
something changes that its reason hangs from: the record, the policies, for want of a target the directory.
Trouble (the org's refusals, handling that failed) may pass by itself and is tried at growing intervals. Pure
but for its ports.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ortoo_daemon.instants import instant
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.pages import behind
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut
from ortoo_daemon.sweeps.writable import writable

PAGE = 2000
MOST_PAGES = 5
LONGEST_PAUSE = timedelta(hours=24)
_MOST_REMEMBERED = 50_000

_PARKED = "Ortoo_Parked__c"
_DECIDED_AT = "Ortoo_Decided_At__c"
_KEY = "Ortoo_Decision_Key__c"
_MODIFIED_AT = "LastModifiedDate"
PARKED_FIELDS = ("Id", _PARKED, _DECIDED_AT, _KEY, _MODIFIED_AT)
_TROUBLE = re.compile(r"too_many_tries$|kept_changing$|owner_fight: |[A-Z][A-Z0-9_]{3,}: ")
"""Our own words, and the org's error codes with its text behind."""


class HangsFrom(StrEnum):
    """What must change before a parked record is worth another look, besides the record itself."""

    POLICIES = "policies"
    DIRECTORY = "directory"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A parked record as a page shows it."""

    object: str
    id: RecordId
    parked_for: str
    parked_at: datetime
    modified_at: datetime
    key: str

    @classmethod
    def from_row(cls, name: str, row: Mapping[str, FieldValue]) -> "Parked":
        parked_at, modified_at = instant(row[_DECIDED_AT]), instant(row[_MODIFIED_AT])
        if parked_at is None or modified_at is None:
            raise ValueError(f"{row['Id']}: {_DECIDED_AT} and {_MODIFIED_AT} must be datetimes")
        return cls(
            object=name,
            id=record_id(str(row["Id"])),
            parked_for=str(row[_PARKED]),
            parked_at=parked_at,
            modified_at=modified_at,
            key=str(row[_KEY] or ""),
        )

    @property
    def hangs_from(self) -> HangsFrom:
        if self.parked_for.startswith("no_target"):
            return HangsFrom.DIRECTORY
        return HangsFrom.TIME if _TROUBLE.match(self.parked_for) else HangsFrom.POLICIES

    @property
    def at_a_clock_s_step(self) -> bool:
        """Its owner had been found: to decide anew would take it from them. A person must requeue it."""
        return ":sla:" in self.key

    def item(self, now: datetime) -> WorkItem:
        """One handling for one parking: the same decision key after any crash."""
        return WorkItem(
            object=self.object,
            record_id=self.id,
            reason=WorkReason.REVIEWED,
            entry=f"reviewed:{self.parked_at:%Y%m%dT%H%M%S.%fZ}",
            heard_at=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a decision hangs from besides the record: the policies' revision, the directory's reading."""

    revision: str
    directory_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFigures:
    """How many parked records were seen, and how many of them were put on the queue."""

    found: int = 0
    put: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    modified_at: datetime
    world: World
    looked_at: datetime
    pause: timedelta


class Review:
    """Remembers what was looked at, and where the last run stopped; forgotten with the process, which
    costs one look at each."""

    def __init__(self, *, every: timedelta) -> None:
        self._every = every
        self._looks: OrderedDict[RecordId, _Look] = OrderedDict()
        self._after: dict[str, tuple[datetime, RecordId]] = {}

    async def run(
        self, org_query: OrgQuery, queue_put: QueuePut, name: str, *, world: World, now: datetime
    ) -> ReviewFigures:
        """Put the parked records of an object that are worth another look; raises what the ports raise."""
        figures = ReviewFigures()
        after = self._after.pop(name, None)
        for _ in range(MOST_PAGES):
            rows = await org_query(_page(name, after))
            parked = [Parked.from_row(name, row) for row in rows]
            due = [each for each in parked if self.is_due(each, world, now)]
            put = await queue_put([each.item(now) for each in due]) if due else 0
            for each in due:
                self._looked_at(each, world, now)
            figures = replace(
                figures,
                found=figures.found + len(parked),
                put=figures.put + put,
                pages=figures.pages + 1,
            )
            if len(rows) < PAGE:
                return figures
            after = parked[-1].parked_at, parked[-1].id
        if after is not None:
            self._after[name] = after
        return figures

    def is_due(self, parked: Parked, world: World, now: datetime) -> bool:
        """Whether something has changed since the last look, or there was none."""
        if parked.at_a_clock_s_step:
            return False
        look = self._looks.get(parked.id)
        if look is None or look.modified_at != parked.modified_at:
            return True
        if look.world.revision != world.revision:
            return True
        match parked.hangs_from:
            case HangsFrom.DIRECTORY:
                return look.world.directory_at != world.directory_at
            case HangsFrom.TIME:
                return now - look.looked_at >= look.pause
            case HangsFrom.POLICIES:
                return False

    def _looked_at(self, parked: Parked, world: World, now: datetime) -> None:
        before = self._looks.pop(parked.id, None)
        same = before is not None and before.modified_at == parked.modified_at
        pause = min(before.pause * 2, LONGEST_PAUSE) if before and same else self._every
        self._looks[parked.id] = _Look(
            modified_at=parked.modified_at, world=world, looked_at=now, pause=pause
        )
        if len(self._looks) > _MOST_REMEMBERED:
            self._looks.popitem(last=False)


def _page(name: str, after: tuple[datetime, RecordId] | None) -> str:
    conditions = [f"{_PARKED} != null", f"{_DECIDED_AT} != null", *writable(name)]
    if after is not None:
        conditions.append(behind(_DECIDED_AT, after))
    return (
        f"SELECT {', '.join(PARKED_FIELDS)} FROM {name} "
        f"WHERE {' AND '.join(conditions)} "
        f"ORDER BY {_DECIDED_AT}, Id LIMIT {PAGE}"
    )
