"""How do counts, lengths and costs become a report? Figures of each group, what is not known, and why.

No I/O: names were learnt before.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.action.stamps import FIRST_RESPONSE_AT, SLA_STATUS
from ortoo_daemon.daemon.asking.reports.costs import Costs
from ortoo_daemon.daemon.asking.reports.naming import Naming
from ortoo_daemon.daemon.asking.reports.stories_told import Told
from ortoo_daemon.daemon.asking.reports.subject import Subject
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.instants import instant_text
from ortoo_daemon.reporting.asked import Dimension, Trend
from ortoo_daemon.reporting.dimensions import Placing
from ortoo_daemon.reporting.figures import Figures, Material, figures_of
from ortoo_daemon.reporting.periods import Period, is_whole, stretch_name
from ortoo_daemon.reporting.report import (
    COMPARED,
    NETWORK,
    Group,
    Reading,
    Report,
    Section,
    Stretch,
)
from ortoo_daemon.reporting.statistics import TeamShare, mean_share
from ortoo_daemon.reporting.tallies import Count, Tallies, Tally
from ortoo_daemon.reporting.uncovered import Uncovered

_OF_DECISIONS = ("unrouted", "reroutes", "misroutes", "gini", "most_loaded")
_SELLING = {
    "contacted": (Count.CONTACTED, "contacted"),
    "appointments": (Count.APPOINTMENTS, "appointment"),
    "won": (Count.WON, "won"),
}
_PLACES = (Dimension.ROOFTOP, Dimension.GROUP, Dimension.REGION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """All that was gathered of one period. ``without_traces`` says why traces were not read."""

    period: Period
    stretches: Sequence[Period]
    tallies: Tallies
    told: Told
    costs: Costs
    sites: set[str]
    first_decision_at: datetime | None
    subject: Subject
    without_traces: str | None
    gaps: Sequence[str]

    def unknown(self) -> dict[str, str]:
        """Why a measure can't be known of this period, by its key."""
        return dict(self._unknown())

    def _unknown(self) -> Iterator[tuple[str, str]]:
        subject, first = self.subject, self.first_decision_at
        if first is None or self.period.end <= first or subject.lookup is None:
            why = (
                f"decision records begin {_on(first)}" if first else "there are no decision records"
            )
            yield from ((key, why) for key in _OF_DECISIONS)
        elif self.gaps:
            yield "misroutes", self.gaps[0]
        if self.without_traces:
            yield "flagged", self.without_traces
        if not subject.required:
            yield "blank", f"report.objects.{subject.object}.required names no fields"
        if not subject.duplicate:
            yield "duplicates", "the directory file names no field duplicate_of"
        if SLA_STATUS not in subject.fields:
            yield "sla", f"{subject.object} has no {SLA_STATUS}"
        for key, (count, setting) in _SELLING.items():
            if count not in subject.conditions:
                yield key, f"report.objects.{subject.object}.{setting} is not set"
        if Count.WON not in subject.conditions:
            yield "lift", f"report.objects.{subject.object}.won is not set"
        if self.costs.gap:
            yield from ((key, self.costs.gap) for key in ("cost_per_lead", "cost_per_won"))
        no_answers = not self.told.whole and FIRST_RESPONSE_AT not in subject.fields
        if no_answers:
            yield "answered", f"{subject.object} has no {FIRST_RESPONSE_AT}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembling:
    """``other`` is the period compared with."""

    placing: Placing
    naming: Naming
    few: int
    baseline: str
    side: Side
    other: Side | None

    def report(
        self,
        *,
        object_name: str,
        zone: str,
        made_at: datetime,
        trend: Trend,
        reading: Reading,
        uncovered: Uncovered | None,
    ) -> Report:
        """Raises ConfigError where no group bears the baseline's name."""
        self._check_baseline()
        sections = [self._section(each) for each in self.side.tallies.dimensions]
        return Report(
            object=object_name,
            zone=zone,
            made_at=made_at,
            period=self.side.period,
            compared=self.other.period if self.other else None,
            trend=trend,
            whole=self._whole(),
            sections=sections,
            stretches=[
                self._stretch(number, period, trend, zone)
                for number, period in enumerate(self.side.stretches)
            ],
            baseline=_BASELINES.get(self.baseline, self.baseline),
            few=self.few,
            unknown=self.side.unknown(),
            unknown_before=self.other.unknown() if self.other else {},
            notes=list(self._notes()),
            reading=reading,
            uncovered=uncovered,
        )

    def _whole(self) -> Group:
        figures = self._of_whole(self.side, None)
        before = None if self.other is None else self._of_whole(self.other, None)
        if before is not None and self.baseline == COMPARED:
            figures = self._of_whole(self.side, before["won"].value if "won" in before else None)
        return Group(key="", name="everything", figures=figures, before=before)

    def _of_whole(self, side: Side, baseline: float | None) -> Figures:
        tally = side.tallies.whole + self._coverage(side, self.placing.directory.rooftops.values())
        material = Material(
            tally=tally,
            spreads=side.told.whole,
            team=mean_share(side.told.teams.values()),
            cost=side.costs.whole,
        )
        return figures_of(material, unknown=side.unknown(), baseline=baseline)

    def _section(self, dimension: Dimension) -> Section:
        sides = (self.side, self.other)
        keys = {key for side in sides if side for key in side.tallies.groups[dimension]}
        groups = [self._group(dimension, key) for key in keys]
        groups = [each for each in groups if each.records or (each.before and _any(each.before))]
        return Section(
            dimension=dimension,
            groups=sorted(groups, key=lambda each: (-each.records, each.name.casefold())),
        )

    def _group(self, dimension: Dimension, key: str) -> Group:
        before = None
        if self.other is not None and key in self.other.tallies.groups[dimension]:
            before = self._of_group(self.other, dimension, key, None)
        baseline = self._baseline(dimension, before)
        return Group(
            key=key,
            name=self.naming.name(dimension, key),
            figures=self._of_group(self.side, dimension, key, baseline),
            before=before,
        )

    def _of_group(
        self, side: Side, dimension: Dimension, key: str, baseline: float | None
    ) -> Figures:
        tally = side.tallies.groups[dimension].get(key) or Tally()
        unknown = set(side.unknown())
        teams: Sequence[TeamShare] = []
        if dimension in _PLACES and key:
            tally = tally + self._coverage(side, self._sites_of(dimension, key))
            teams = [
                share
                for site, share in side.told.teams.items()
                if self.placing.key_of_site(dimension, site) == key
            ]
        else:
            unknown |= {"served", "gini", "most_loaded"}
        if dimension is Dimension.ROOFTOP:
            unknown.add("served")
        material = Material(
            tally=tally,
            spreads=side.told.groups.get(dimension, {}).get(key, {}),
            team=mean_share(teams),
            cost=side.costs.groups.get(dimension, {}).get(key, 0.0),
        )
        return figures_of(material, unknown=unknown, baseline=baseline)

    def _stretch(self, number: int, period: Period, trend: Trend, zone: str) -> Stretch:
        tally = self.side.tallies.stretches.get(number) or Tally()
        left_out = {"served", "gini", "most_loaded", "lift", "cost_per_lead", "cost_per_won"}
        figures = figures_of(
            Material(tally=tally, spreads=self.side.told.stretches.get(number, {})),
            unknown={*self.side.unknown(), *left_out},
        )
        return Stretch(
            name=stretch_name(period, trend, zone),
            period=period,
            whole=is_whole(period, trend, zone),
            figures=figures,
        )

    def _coverage(self, side: Side, sites: Iterable[Rooftop]) -> Tally:
        there = [each.id for each in sites]
        served = sum(id in side.sites for id in there)
        return Tally({Count.ROOFTOPS: len(there), Count.ROOFTOPS_SERVED: served})

    def _sites_of(self, dimension: Dimension, key: str) -> list[Rooftop]:
        rooftops = self.placing.directory.rooftops.values()
        return [each for each in rooftops if self.placing.key_of_site(dimension, each.id) == key]

    def _baseline(self, dimension: Dimension, before: Figures | None) -> float | None:
        """The close rate a group is held to."""
        if self.baseline == COMPARED:
            return before["won"].value if before and "won" in before else None
        tally = self.side.tallies.whole
        if self.baseline != NETWORK:
            found = self._named(dimension)
            if found is None:
                return None
            tally = self.side.tallies.groups[dimension][found]
        return tally[Count.WON] / tally[Count.VALID] if tally[Count.VALID] else None

    def _named(self, dimension: Dimension) -> str | None:
        wanted = self.baseline.casefold()
        for key in self.side.tallies.groups[dimension]:
            if self.naming.name(dimension, key).casefold() == wanted:
                return key
        return None

    def _check_baseline(self) -> None:
        if self.baseline in _BASELINES:
            if self.baseline == COMPARED and self.other is None:
                raise _wrong("nothing is compared with", "add --compare previous")
            return
        if all(self._named(each) is None for each in self.side.tallies.dimensions):
            message = f"no group is called {self.baseline!r}"
            raise _wrong(message, f"write {NETWORK}, {COMPARED}, or the name of a group")

    def _notes(self) -> Iterator[str]:
        side, first = self.side, self.side.first_decision_at
        for each in (side, self.other):
            if each and first and each.period.begin < first:
                yield (
                    f"Decision records begin {_on(first)} UTC (older ones may be archived). Of records from "
                    "before: time to an owner and answers are from the field history, rooftops those of the "
                    "people who hold them; what was unrouted, moved or misrouted then can't be known."
                )
                break
        yield from (f"{gap[:1].upper()}{gap[1:]}." for gap in dict.fromkeys(side.gaps))
        if "won" not in side.unknown():
            yield (
                "Records of the last weeks may still close: close rates of a young period grow. Compare "
                "periods of one age."
            )
        yield (
            "Records, owners, rooftops, opening hours and the status of each record are today's; a record "
            "deleted since is not in the figures."
        )


_BASELINES: Mapping[str, str] = {
    NETWORK: "the whole network",
    COMPARED: "the same group in the period compared with",
}


def _any(figures: Figures) -> bool:
    return bool(figures["volume"].whole)


def _on(at: datetime | None) -> str:
    return instant_text(at)[:16].replace("T", " ") if at else "–"


def _wrong(message: str, mend: str) -> ConfigError:
    problem = Problem(place=Place("--baseline"), rule="report", message=message, mend=mend)
    return ConfigError([problem])
