"""What do the decisions of a candidate come to, beside those of the live policies? Counts and movers.

Bounded whatever the number of records. Begins anew with each revision of either side.
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome, ReasonCode
from ortoo_daemon.records import RecordId, WorkReason
from ortoo_daemon.simulation.backtest.comparison import SOURCES, Difference, Groups, Side, Totals
from ortoo_daemon.simulation.backtest.document import (
    difference_document,
    groups_document,
    totals_document,
)
from ortoo_daemon.simulation.backtest.placement import (
    Change,
    Placement,
    change_between,
    placement_of,
)

MOST_MOVERS = 50
"""Of each kind of change; every one is in the log."""

_MOST_KNOWN = 20_000

_DECIDED_BEFORE = frozenset({ReasonCode.ALREADY_DECIDED, ReasonCode.PARKED_ALREADY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One record decided by both."""

    object: str
    record: RecordId
    decided_at: datetime
    key: str
    change: Change
    live: Placement
    candidate: Placement


def is_comparable(facts: Facts, live: Decision) -> bool:
    """Whether a decision is about who gets the record: no step of a clock, and none that was made before."""
    return (
        facts.item.reason is not WorkReason.SLA
        and live.outcome not in FOLLOW_UPS
        and live.outcome not in (Outcome.RECOVERED, Outcome.REPORTED)
        and live.reason not in _DECIDED_BEFORE
    )


@dataclass(slots=True, kw_only=True)
class Comparison:
    """Decisions of two revisions about the same records."""

    live: str
    candidate: str
    since: datetime
    totals: dict[Side, Totals] = field(
        default_factory=lambda: {Side.LIVE: Totals(), Side.CANDIDATE: Totals()}
    )
    edit: Difference = field(
        default_factory=lambda: Difference(Side.LIVE, Side.CANDIDATE, MOST_MOVERS)
    )
    not_compared: Counter[str] = field(default_factory=Counter)
    """By why: ``failed`` (a defect), ``unanswered`` (by the org), ``too_many`` at once."""
    groups: Groups = field(default_factory=lambda: Groups(Directory()))
    _known: OrderedDict[str, None] = field(default_factory=OrderedDict)

    @property
    def records(self) -> int:
        return self.edit.counts.total()

    def is_new(self, live: Decision) -> bool:
        """Whether this handling of the record has not been compared yet: a record may be decided again
        because it changed under our hands, or looked at by each sweep."""
        key = f"{live.key}:{live.outcome}"
        if key in self._known:
            self._known.move_to_end(key)
            return False
        self._known[key] = None
        if len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        return True

    def add(self, facts: Facts, live: Decision, candidate: Decision) -> Compared | None:
        """Count both decisions; None when neither takes the record."""
        if live.outcome is Outcome.NOTHING and candidate.outcome is Outcome.NOTHING:
            return None
        self.groups.directory = facts.directory
        placed = {
            Side.LIVE: placement_of(live, facts.directory),
            Side.CANDIDATE: placement_of(candidate, facts.directory),
        }
        source = str(facts.record.get(SOURCES.get(live.object, "")) or "")
        for side, each in placed.items():
            self.totals[side].add(each)
            self.groups.add(side, each, source)
        before, after = placed[Side.LIVE], placed[Side.CANDIDATE]
        found = Compared(
            object=live.object,
            record=live.record_id,
            decided_at=live.decided_at,
            key=live.key,
            change=change_between(before, after),
            live=before,
            candidate=after,
        )
        self.edit.add(found, source, before, after)
        return found

    def document(self) -> dict[str, Any]:
        """As ``simulate --json`` tells of a backtest."""
        return {
            "since": instant_text(self.since),
            "records": self.records,
            "not_compared": dict(self.not_compared),
            "revisions": {Side.LIVE.value: self.live, Side.CANDIDATE.value: self.candidate},
            "totals": {side.value: totals_document(each) for side, each in self.totals.items()},
            "edit": difference_document(self.edit),
            "groups": groups_document(self.groups, self.totals, self.edit),
        }

    def changes(self) -> dict[str, int]:
        """Records by what is different, those of each kind that there are."""
        counts = self.edit.counts
        return {change.value: counts[change] for change in Change if counts[change]}
