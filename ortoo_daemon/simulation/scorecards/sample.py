"""What is a card tried on? Records of the past as they came in, and what became of each.

A record is scored as of the moment it was created: what fades has not faded, ages are those of then. Values
are those at hand, which for the org's own records are today's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.enrichment.scoring import scored, worth
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.score_model import Scorecard
from ortoo_daemon.policy.values import instant, moment, text_of
from ortoo_daemon.records import FieldValue, Record, RecordId
from ortoo_daemon.scope import RecordScope

CREATED = "CreatedDate"
_NO_ID = RecordId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One record: the ``scope`` in which cards look at it, whether it came to a good end, its ``group``."""

    scope: RecordScope
    good: bool
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Records in the order in which they came; ``undated`` had no moment of creation and were left out."""

    outcomes: Sequence[Outcome]
    undated: int = 0

    @property
    def good(self) -> int:
        return sum(each.good for each in self.outcomes)

    def scores(self, card: Scorecard) -> list[int]:
        """The score of each record by a card."""
        return [scored(card, each.scope, field="").score for each in self.outcomes]

    def worths(self, card: Scorecard) -> list[list[float]]:
        """A row for each record: which share of each entry's points it gets, in file order."""
        points = card.points()
        return [[worth(each, found.scope) for each in points] for found in self.outcomes]


def sample_of(
    object_name: str,
    rows: Iterable[Mapping[str, FieldValue]],
    *,
    good: Condition,
    group_by: str | None,
    zone: str,
) -> Sample:
    """Rows of values by field name, with ``CreatedDate``. ``zone`` is that of days (IANA)."""
    outcomes: list[tuple[datetime, Outcome]] = []
    undated = 0
    for row in rows:
        created = moment(row.get(CREATED))
        if created is None:
            undated += 1
            continue
        at = instant(created, zone)
        record = Record(object=object_name, id=_NO_ID, fields=row)
        scope = RecordScope(record, now=at, zone=zone)
        group = text_of(row.get(group_by)) if group_by else ""
        outcomes.append((at, Outcome(scope=scope, good=good.holds(scope), group=group)))
    outcomes.sort(key=lambda found: found[0])
    return Sample(outcomes=[found for _, found in outcomes], undated=undated)
