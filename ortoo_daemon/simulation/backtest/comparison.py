"""What do many placements come to: then, by the live policies, by the candidate? Counts and movers.

Bounded whatever the number of records: counts by group, and so many movers of each kind. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from ortoo_daemon.directory import Directory
from ortoo_daemon.records import RecordId
from ortoo_daemon.simulation.backtest.handed import HandedDifference
from ortoo_daemon.simulation.backtest.placement import (
    Change,
    Fate,
    Placement,
    change_between,
    what_removed,
)

SOURCES: Mapping[str, str] = {
    "Lead": "LeadSource",
    "Case": "Origin",
    "Opportunity": "LeadSource",
}
"""The field that says where a record came from."""


class Side(StrEnum):
    THEN = "then"
    LIVE = "live"
    CANDIDATE = "candidate"


class Dimension(StrEnum):
    """By what records are counted. All but SOURCE count who gets them; SOURCE counts those routed."""

    ROOFTOP = "rooftop"
    REGION = "region"
    PERSON = "person"
    QUEUE = "queue"
    SOURCE = "source"
    RULE = "rule"


class Occasion(Protocol):
    """Which record is compared, and when it was decided."""

    @property
    def object(self) -> str: ...

    @property
    def record(self) -> RecordId: ...

    @property
    def decided_at(self) -> datetime: ...


@dataclass(slots=True)
class SlaForecast:
    """First answers. ``waits`` are records whose rooftop's hours are known, ``waiting`` until it opens."""

    targets: int = 0
    due_after: timedelta = timedelta()
    due_while_closed: int = 0
    waits: int = 0
    received_while_closed: int = 0
    waiting: timedelta = timedelta()

    @property
    def mean_due_after(self) -> timedelta | None:
        return self.due_after / self.targets if self.targets else None

    @property
    def mean_wait(self) -> timedelta | None:
        """Until the rooftop opens, over all records that come to one; nothing while it is open."""
        return self.waiting / self.waits if self.waits else None


@dataclass(slots=True)
class Totals:
    """One side. ``limit_hits`` are records for which a limit removed somebody, by limit. ``handed`` are those
    that are handed to their rooftop's own system, ``held`` those of them that lack consent."""

    fates: Counter[Fate] = field(default_factory=Counter)
    limit_hits: Counter[str] = field(default_factory=Counter)
    limited: int = 0
    handed: int = 0
    held: int = 0
    sla: SlaForecast = field(default_factory=SlaForecast)

    def add(self, placed: Placement) -> None:
        self.fates[placed.fate] += 1
        if placed.limits:
            self.limited += 1
            self.limit_hits.update(placed.limits.keys())
        if placed.handed is not None:
            self.handed += 1
            self.held += placed.handed.held
        target = placed.target
        if target is None:
            return
        sla = self.sla
        sla.targets += 1
        sla.due_after += target.due_after
        sla.due_while_closed += target.due_while_closed
        if target.opens_after is not None:
            sla.waits += 1
            sla.received_while_closed += target.opens_after > timedelta()
            sla.waiting += target.opens_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A record that ends elsewhere. ``removed`` says what left out whom it went to before, if a gate did."""

    object: str
    record: RecordId
    decided_at: datetime
    source: str
    change: Change
    before: Placement
    after: Placement
    removed: str = ""


@dataclass(slots=True)
class Difference:
    """From one side to another: how many of each kind, and the first ``most`` movers of each."""

    before: Side
    after: Side
    most: int
    counts: Counter[Change] = field(default_factory=Counter)
    movers: dict[Change, list[Mover]] = field(default_factory=lambda: defaultdict(list))
    handed: HandedDifference = field(init=False)

    def __post_init__(self) -> None:
        self.handed = HandedDifference(self.most)

    def add(self, past: Occasion, source: str, before: Placement, after: Placement) -> None:
        if self.before is not Side.THEN:  # how it was handed over then is not known
            self.handed.add(past.object, past.record, before, after)
        change = change_between(before, after)
        self.counts[change] += 1
        if change is Change.SAME or len(self.movers[change]) >= self.most:
            return
        self.movers[change].append(
            Mover(
                object=past.object,
                record=past.record,
                decided_at=past.decided_at,
                source=source,
                change=change,
                before=replace(before, trace=None),
                after=replace(after, trace=None),
                removed=what_removed(before, after),
            )
        )

    @property
    def changed(self) -> int:
        """Records that end elsewhere."""
        return self.counts.total() - self.counts[Change.SAME]

    @property
    def left_out(self) -> int:
        """Movers that are counted and not listed."""
        return self.changed - sum(len(each) for each in self.movers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounts:
    """One rooftop, region, person ... with its records by side."""

    key: str
    name: str
    counts: Mapping[Side, int]

    def difference(self, before: Side, after: Side) -> int:
        return self.counts.get(after, 0) - self.counts.get(before, 0)


class Groups:
    """Records by dimension, key and side; ``directory`` tells regions and names of sites and people."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._counts: dict[Dimension, dict[str, Counter[Side]]] = {
            each: defaultdict(Counter) for each in Dimension
        }
        self._names: dict[str, str] = {}

    def add(self, side: Side, placed: Placement, source: str) -> None:
        for dimension, key in self._keys(placed, source):
            self._counts[dimension][key][side] += 1

    def of(self, dimension: Dimension, before: Side, after: Side) -> list[GroupCounts]:
        """The greatest difference first, then by name."""
        found = [
            GroupCounts(key=key, name=self._name(dimension, key), counts=dict(counts))
            for key, counts in self._counts[dimension].items()
        ]
        found.sort(key=lambda each: (-abs(each.difference(before, after)), each.name, each.key))
        return found

    def _keys(self, placed: Placement, source: str) -> Iterable[tuple[Dimension, str]]:
        if placed.fate is Fate.ROUTED:
            yield Dimension.SOURCE, source
        if placed.rule is not None and placed.fate in (Fate.ROUTED, Fate.UNROUTED):
            yield Dimension.RULE, f"{placed.policy}: {placed.rule}"
        if placed.owner is None:
            return
        if placed.owner_name:
            self._names[placed.owner] = placed.owner_name
        yield (Dimension.PERSON if placed.is_person else Dimension.QUEUE), placed.owner
        if placed.rooftop is not None and placed.is_person:
            yield Dimension.ROOFTOP, placed.rooftop
            site = self.directory.rooftops.get(placed.rooftop)
            yield Dimension.REGION, (site.region if site and site.region else "")

    def _name(self, dimension: Dimension, key: str) -> str:
        if dimension is Dimension.ROOFTOP:
            site = self.directory.rooftops.get(RecordId(key))
            return site.name if site else key
        person = self.directory.people.get(RecordId(key))
        return self._names.get(key) or (person.name if person else key) or "(none)"
