"""How many records of a group are what? Counts that add up, over groups and periods. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from ortoo_daemon.action.stamps import SLA_STATUS
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.records import FieldValue, Record, RecordId
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.scope import RecordScope


class Count(StrEnum):
    RECORDS = "records"
    BLANK = "blank"
    DUPLICATES = "duplicates"
    SLA_MET = "sla_met"
    SLA_ENDED = "sla_ended"
    VALID = "valid"
    CONTACTED = "contacted"
    APPOINTMENTS = "appointments"
    WON = "won"
    PLACED = "placed"
    DECIDED = "decided"
    ASSIGNED = "assigned"
    UNROUTED = "unrouted"
    REROUTED = "rerouted"
    MISROUTED = "misrouted"
    ANSWERED = "answered"
    FLAGGED = "flagged"
    TRACED = "traced"
    ROOFTOPS = "rooftops"
    ROOFTOPS_SERVED = "rooftops_served"


SLA_ENDS: Mapping[str, bool] = {"Met": True, "One-way": False, "Missed": False, "Violated": False}
"""Words of the SLA status that count, and whether the target was met."""

Tally = Counter[Count]


class Tallies:
    """A tally for each group of each dimension, for everything, and for each stretch of the trend."""

    def __init__(self, dimensions: Iterable[Dimension]) -> None:
        self.dimensions = tuple(dimensions)
        self.whole: Tally = Counter()
        self.groups: dict[Dimension, dict[str, Tally]] = {each: {} for each in self.dimensions}
        self.stretches: dict[int, Tally] = {}

    def group(self, dimension: Dimension, key: str) -> Tally:
        return self.groups[dimension].setdefault(key, Counter())

    def stretch(self, number: int) -> Tally:
        return self.stretches.setdefault(number, Counter())

    def add(self, keys: Iterable[str], stretch: int | None, found: Mapping[Count, int]) -> None:
        """A record's counts go to everything, to its group of each dimension and to its stretch."""
        self.whole.update(found)
        for dimension, key in zip(self.dimensions, keys, strict=True):
            self.group(dimension, key).update(found)
        if stretch is not None:
            self.stretch(stretch).update(found)


class Outcomes:
    """What became of a record, as counts. ``conditions`` by the count they stand for; without one for VALID
    every record is valid. Answers for equal values are worked out once."""

    def __init__(
        self, object_name: str, conditions: Mapping[Count, Condition], now: datetime
    ) -> None:
        self.conditions = conditions
        self._object = object_name
        self._now = now
        self._known: dict[tuple[FieldValue, ...], tuple[Count, ...]] = {}
        self.fields = tuple(sorted({SLA_STATUS, *self._named()}))

    def _named(self) -> frozenset[str]:
        return frozenset[str]().union(*(each.fields() for each in self.conditions.values()))

    def counts(self, values: Mapping[str, FieldValue]) -> tuple[Count, ...]:
        """Those that a record with these values of ``fields`` adds to."""
        key = tuple(values.get(name) for name in self.fields)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = tuple(self._counts(dict(zip(self.fields, key, strict=True))))
        return found

    def _counts(self, values: Mapping[str, FieldValue]) -> Iterator[Count]:
        ended = SLA_ENDS.get(str(values.get(SLA_STATUS)))
        if ended is not None:
            yield Count.SLA_ENDED
        if ended:
            yield Count.SLA_MET
        record = Record(object=self._object, id=RecordId(""), fields=values)
        scope = RecordScope(record, now=self._now, zone="UTC")
        valid = self.conditions.get(Count.VALID)
        if valid is not None and not valid.holds(scope):
            return
        yield Count.VALID
        for count, condition in self.conditions.items():
            if count is not Count.VALID and condition.holds(scope):
                yield count
