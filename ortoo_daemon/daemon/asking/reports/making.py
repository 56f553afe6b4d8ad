"""How does a report come about? Asked, counted, read, told, held against another period, named."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ortoo_daemon.audit.record import OBJECT as DECISIONS
from ortoo_daemon.daemon.asking.history_file import Progress
from ortoo_daemon.daemon.asking.login import logged_in, policies_of
from ortoo_daemon.daemon.asking.reports.assembling import Assembling, Side
from ortoo_daemon.daemon.asking.reports.costs import read_costs
from ortoo_daemon.daemon.asking.reports.counting import Counting
from ortoo_daemon.daemon.asking.reports.happenings import Happenings
from ortoo_daemon.daemon.asking.reports.naming import Naming, find_closed
from ortoo_daemon.daemon.asking.reports.spool import ReportSpool
from ortoo_daemon.daemon.asking.reports.stories_told import tell
from ortoo_daemon.daemon.asking.reports.subject import Subject, subject_of
from ortoo_daemon.daemon.asking.reports.tallying import Tallying
from ortoo_daemon.daemon.asking.reports.uncovering import (
    ByTerritory,
    by_territory,
    find_uncovered,
)
from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.ownership_model import Rule
from ortoo_daemon.records import RecordId
from ortoo_daemon.reporting.asked import Dimension, Trend
from ortoo_daemon.reporting.dimensions import Placing
from ortoo_daemon.reporting.periods import (
    HOW_TO_WRITE,
    Against,
    Period,
    compared_with,
    stretches,
    trend_for,
)
from ortoo_daemon.reporting.report import NETWORK, Reading, Report
from ortoo_daemon.reporting.tallies import Outcomes, Tallies
from ortoo_daemon.reporting.uncovered import Uncovered
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping
from ortoo_daemon.salesforce.org import Org

MOST_TRACES = 5_000
"""Traces of more decisions are read only when that is asked for: each is some kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the report is to be about. ``period_at`` says which period it is, seen from the org's own now.
    ``compare`` as in `compared_with`; ``baseline`` is NETWORK, COMPARED or
    a group's name. ``trend`` None: days, weeks or months by the period's length. ``traces`` None: only where
    there are few. ``rowwise``: count nothing in the org."""

    object: str
    period_at: Callable[[datetime], Period]
    dimensions: tuple[Dimension, ...] = tuple(Dimension)
    compare: str | None = None
    baseline: str = NETWORK
    trend: Trend | None = None
    traces: bool | None = None
    rowwise: bool = False


async def make_report(settings: Settings, asked: Asked, *, progress: Progress) -> Report:
    """Raises OrtooError; ConfigError for settings or an option that can't be understood."""
    mapping = read_directory_mapping(settings.path(settings.directory))
    policies = policies_of(settings)
    async with logged_in(settings) as org:
        described, now = await org.describe(asked.object), await org.now()
        subject = subject_of(settings, mapping, described, rowwise=asked.rowwise)
        placing = Placing(
            directory=await DirectoryReader(org, mapping).read(),
            programmes=programmes_of(policies, asked.object),
        )
        territory = by_territory(policies, subject)
        maker = _Maker(
            settings=settings,
            asked=asked,
            org=org,
            subject=subject,
            mapping=mapping,
            placing=placing,
            territory=territory,
            counting=Counting(org),
            progress=progress,
            daemon_user=await org.identity(),
            now=now,
            period=asked.period_at(now),
        )
        return await maker.report()


def programmes_of(policies: PolicySet, object_name: str) -> dict[tuple[str, str], str]:
    """The programme of each rule, by the names of policy and rule as they are stamped."""
    found: dict[tuple[str, str], str] = {}

    def look(policy: str, rules: Sequence[Rule]) -> None:
        for rule in rules:
            if rule.programme is not None:
                found[policy, rule.name] = rule.programme.name
            look(policy, rule.rules)

    for policy in policies.policies:
        if policy.object == object_name:
            look(policy.name, policy.rules)
    return found


@dataclass(slots=True, kw_only=True)
class _Maker:
    settings: Settings
    asked: Asked
    org: Org
    subject: Subject
    mapping: DirectoryMapping
    placing: Placing
    territory: ByTerritory | None
    counting: Counting
    progress: Progress
    daemon_user: RecordId
    now: datetime
    period: Period
    rows: int = 0
    _first: datetime | None = field(default=None)

    async def report(self) -> Report:
        asked, zone = self.asked, self.settings.report.zone
        self._first = await self._first_decision()
        compared = self._compared()
        trend = asked.trend or trend_for(self.period)
        cut = stretches(self.period, trend, zone)
        side = await self._side(self.period, cut)
        other = None if compared is None else await self._side(compared, [])
        naming = Naming(self.org, self.mapping, self.placing)
        for dimension in asked.dimensions:
            keys = {*side.tallies.groups[dimension]}
            if other is not None:
                keys |= other.tallies.groups[dimension].keys()
            await naming.learn(dimension, keys)
        assembling = Assembling(
            placing=self.placing,
            naming=naming,
            few=self.settings.report.few,
            baseline=asked.baseline,
            side=side,
            other=other,
        )
        uncovered = await self._uncovered()
        reading = Reading(
            calls=self.org.rest.calls_made, groups=self.counting.groups, rows=self.rows
        )
        return assembling.report(
            object_name=self.subject.object,
            zone=zone,
            made_at=self.now,
            trend=trend,
            reading=reading,
            uncovered=uncovered,
        )

    async def _uncovered(self) -> Uncovered | None:
        if self.territory is None:
            return None
        return await find_uncovered(
            self.counting,
            self.territory,
            self.subject,
            self.period,
            directory=self.placing.directory,
            now=self.now,
            zone=self.settings.report.zone,
        )

    async def _side(self, period: Period, cut: Sequence[Period]) -> Side:
        """Everything of one period."""
        tallying = Tallying(
            org=self.org,
            subject=self.subject,
            outcomes=Outcomes(self.subject.object, self.subject.conditions, self.now),
            placing=self.placing,
            counting=self.counting,
        )
        self.progress("counting", 0, None)
        sites = await tallying.sites(period)
        await find_closed(self.org, self.mapping, self.placing, sites)
        tallies = Tallies(self.asked.dimensions)
        await tallying.tally(tallies, period, cut)
        costs = await read_costs(
            self.org, self.subject, period, self.placing, self.asked.dimensions
        )
        traces, without_traces = await self._traces(period)
        with ReportSpool([str(each) for each in self.asked.dimensions]) as spool:
            happenings = Happenings(
                org=self.org,
                subject=self.subject,
                period=period,
                placing=self.placing,
                dimensions=self.asked.dimensions,
                spool=spool,
                daemon_user=self.daemon_user,
                begins=[each.begin for each in cut],
                progress=self.progress,
            )
            await happenings.read(decisions=self._decided(period), traces=traces, history=True)
            told = tell(
                spool, tallies, self.placing, misroute_within=self.settings.report.misroute_within
            )
        self.rows += happenings.rows + tallying.rows
        return Side(
            period=period,
            stretches=cut,
            tallies=tallies,
            told=told,
            costs=costs,
            sites=sites,
            first_decision_at=self._first,
            subject=self.subject,
            without_traces=without_traces,
            gaps=tuple(happenings.gaps),
        )

    def _compared(self) -> Period | None:
        asked = self.asked.compare
        if asked is None:
            return None
        zone = self.settings.report.zone
        found = compared_with(self.period, asked, zone=zone, first_decision_at=self._first)
        if found is not None:
            return found
        never = asked == Against.BEFORE_DAEMON
        message = "the daemon has not decided anything yet" if never else f"{asked!r} is no period"
        problem = Problem(
            place=Place("--compare"), rule="report", message=message, mend=HOW_TO_WRITE
        )
        raise ConfigError([problem])

    def _decided(self, period: Period) -> bool:
        """Whether there can be decisions about records of the period."""
        return self.subject.lookup is not None and self._first is not None

    async def _first_decision(self) -> datetime | None:
        where = [soql.equals("Object__c", self.subject.object)]
        rows = await self.org.query(soql.select(DECISIONS, ["MIN(Decided_At__c)"], where=where))
        return instant(rows[0]["expr0"]) if rows else None

    async def _traces(self, period: Period) -> tuple[bool, str | None]:
        """Whether traces are read, and why not."""
        if not self._decided(period):
            return False, "there are no decision records of these records"
        if self.asked.traces is not None:
            return self.asked.traces, None if self.asked.traces else "traces were not to be read"
        lookup = self.subject.lookup
        where = [
            soql.at_least(f"{lookup}.CreatedDate", period.begin),
            soql.below(f"{lookup}.CreatedDate", period.end),
        ]
        number = await self.org.count(soql.select(DECISIONS, ["COUNT()"], where=where))
        if number <= MOST_TRACES:
            return True, None
        return False, f"the traces of {number:,} decisions are read with --traces only"
