"""What has come of the records handled since the start, and how long did they wait?

Counted where it happens, because nothing that lives on could tell it later. What can be read off the
live parts at any time (queue, stream, budgets) is not counted here; see `daemon.metrics`.
"""

from collections import Counter as Tally
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TypeVar, cast

from prometheus_client import Counter, Histogram, Metric

from ortoo_daemon.audit.record import Written
from ortoo_daemon.callouts import CallAnswer
from ortoo_daemon.decision import Decision, Quality
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import WorkItem

Meter = TypeVar("Meter", Counter, Histogram)

GONE = "gone"
"""The outcome of a record that was deleted before it could be decided."""

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0)
"""The goals are 0.5 s for half of the records and 1.5 s for 99 of 100."""

_POINTS = (20, 40, 60, 80, 90, 99, 100)
_MOST_SOURCES = 20


class Meters:
    """Counters and histograms of one run. Labels are closed sets: never a record, a person or a rule."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._handled = Counter(
            "ortoo_records_handled",
            "Records handled: what came of them and why.",
            ["object", "outcome", "reason", "way_in"],
            registry=None,
        )
        self._decided = Histogram(
            "ortoo_record_decided_seconds",
            "From hearing of a record to its decision.",
            ["object"],
            buckets=_SECONDS,
            registry=None,
        )
        self._written = Histogram(
            "ortoo_record_written_seconds",
            "From hearing of a record to its owner and its proof in the org.",
            ["object"],
            buckets=_SECONDS,
            registry=None,
        )
        self._refused = Counter(
            "ortoo_writes_refused",
            "What the org refused for good: a field, an owner, or the whole record.",
            ["what"],
            registry=None,
        )
        self._noticed = Counter(
            "ortoo_notices",
            "Notices: what came of them, by the way they went.",
            ["way", "outcome"],
            registry=None,
        )
        self._handed_over = Counter(
            "ortoo_handoff_tries",
            "Tries to hand records to rooftops' own systems: what came of them, by way.",
            ["way", "outcome"],
            registry=None,
        )
        self._shared = Counter(
            "ortoo_shares",
            "Records that others were to see beside the owner: shared, refused by the org, held for lack of "
            "consent, withdrawn.",
            ["outcome"],
            registry=None,
        )
        self._called = Histogram(
            "ortoo_callout_seconds",
            "From a record's question to what came of it: calls of services.",
            ["service", "outcome"],
            buckets=_SECONDS,
            registry=None,
        )
        self._quality = Histogram(
            "ortoo_data_quality",
            "How good the data of records are, from 0 to 100, by where they come from.",
            ["object", "source"],
            buckets=_POINTS,
            registry=None,
        )
        self._sources: set[str] = set()
        self._series: dict[tuple[Counter | Histogram, tuple[str, ...]], Counter | Histogram] = {}
        for what in ("field", "owner", "record", "event"):
            self._refused.labels(what)  # an alert needs the zero before the first one
        self._shared.labels("refused")

    def collect(self) -> Iterator[Metric]:
        """What is to be shown."""
        meters = (self._handled, self._decided, self._written, self._refused, self._noticed)
        for meter in (*meters, self._handed_over, self._shared, self._called, self._quality):
            for metric in meter.collect():
                # The library adds a second series for every one, with the moment it began.
                metric.samples = [
                    one for one in metric.samples if not one.name.endswith("_created")
                ]
                yield metric

    def handled(self, decision: Decision, item: WorkItem, written: Written) -> None:
        """A record is decided and, where that was due, written and proven."""
        labels = (decision.object, decision.outcome.value, decision.reason.value, item.reason.value)
        self._one(self._handled, *labels).inc()
        if written.refused:
            self._refused.labels("field").inc(len(written.refused))
        if decision.reason in (ReasonCode.REFUSED_BY_ORG, ReasonCode.DUPLICATES_DETECTED):
            self._refused.labels("record").inc()
        if decision.quality is not None:
            self._rated(decision.object, decision.quality)
        if decision.outcome is Outcome.NOTHING:
            return  # nobody waited for it
        waited = (decision.decided_at - item.heard_at).total_seconds()
        self._one(self._decided, decision.object).observe(max(waited, 0.0))
        waited = (self._clock() - item.heard_at).total_seconds()
        self._one(self._written, decision.object).observe(max(waited, 0.0))

    def _one(self, meter: Meter, *labels: str) -> Meter:
        """The series with these labels; the library itself takes a lock and a copy to find it."""
        found = self._series.get((meter, labels))
        if found is None:
            found = self._series[meter, labels] = meter.labels(*labels)
        return cast(Meter, found)

    def _rated(self, object_name: str, quality: Quality) -> None:
        """Sources are what people typed: of more than so many the rest is one."""
        source = quality.source or "none"
        if len(self._sources) < _MOST_SOURCES:
            self._sources.add(source)
        known = source if source in self._sources else "other"
        self._one(self._quality, object_name, known).observe(quality.points)

    def gone(self, item: WorkItem) -> None:
        """A record that is no longer there."""
        reason = ReasonCode.RECORD_GONE.value
        self._handled.labels(item.object, GONE, reason, item.reason.value).inc()

    def owner_refused(self) -> None:
        """The org does not take an owner the policy chose."""
        self._refused.labels("owner").inc()

    def event_refused(self) -> None:
        """The org does not take the events of a decision."""
        self._refused.labels("event").inc()

    def noticed(self, way: str, outcome: str, count: int) -> None:
        """Notices that were told, failed and will be tried again, or came to nothing."""
        self._noticed.labels(way, outcome).inc(count)

    def handed_over(self, way: str, outcome: str) -> None:
        """A record was handed to a rooftop's own system, or was not."""
        self._handed_over.labels(way, outcome).inc()

    def handoffs(self) -> dict[str, dict[str, int]]:
        """How many tries came to what, by way."""
        found: dict[str, dict[str, int]] = {}
        for family in self._handed_over.collect():
            for sample in family.samples:
                if sample.name.endswith("_total"):
                    by = found.setdefault(sample.labels["way"], {})
                    by[sample.labels["outcome"]] = int(sample.value)
        return found

    def shared(self, outcome: str) -> None:
        """Somebody beside the owner may see a record, or may not."""
        self._shared.labels(outcome).inc()

    def shares(self) -> dict[str, int]:
        """How many shares came to what."""
        return _summed(self._shared, "outcome")

    def called(self, service: str, answer: CallAnswer) -> None:
        """A service was asked; an answer that was kept counts as one that took no time."""
        self._one(self._called, service, answer.outcome.value).observe(answer.took_for / 1000)

    def calls(self) -> dict[str, dict[str, int]]:
        """How often each service was asked, by what came of it."""
        found: dict[str, dict[str, int]] = {}
        for family in self._called.collect():
            for sample in family.samples:
                if sample.name.endswith("_count"):
                    by = found.setdefault(sample.labels["service"], {})
                    by[sample.labels["outcome"]] = int(sample.value)
        return found

    def notices(self) -> dict[str, int]:
        """How many notices came to what."""
        return _summed(self._noticed, "outcome")

    def handled_by(self, label: str) -> dict[str, int]:
        """How many records were handled, by one of the labels."""
        return _summed(self._handled, label)

    def refused(self) -> dict[str, int]:
        """How many writes the org refused, by what was refused."""
        return _summed(self._refused, "what")


def _summed(counter: Counter, label: str) -> dict[str, int]:
    found: Tally[str] = Tally()
    for family in counter.collect():
        for sample in family.samples:
            if sample.name.endswith("_total"):
                found[sample.labels[label]] += int(sample.value)
    return dict(found)
