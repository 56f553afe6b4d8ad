"""What happened to the records of a period? Read from decision records, the records and their field history.

All of it row by row, in pages, into the spool; what the org can count is not read here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ortoo_daemon.action.stamps import DECIDED_AT, FIRST_RESPONSE_AT
from ortoo_daemon.audit.kept_trace import trace_from_json
from ortoo_daemon.audit.record import OBJECT as DECISIONS
from ortoo_daemon.daemon.asking.reports.pages import pages
from ortoo_daemon.daemon.asking.reports.spool import ReportSpool
from ortoo_daemon.daemon.asking.reports.subject import CREATED, Subject
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.dimensions import Placing
from ortoo_daemon.reporting.periods import Period, stretch_at
from ortoo_daemon.reporting.stories import Happening, Kind
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.trace import NOT_ASKED

ROWS_WITH_TRACE = 500
"""Rows with a long trace take up to 100 KB each."""

_KINDS = {
    Outcome.ASSIGNED: Kind.GIVEN,
    Outcome.RECOVERED: Kind.GIVEN,
    Outcome.REASSIGNED: Kind.MOVED,
    Outcome.ESCALATED: Kind.MOVED,
    Outcome.PARKED: Kind.PARKED,
}
_FALLBACKS = frozenset({ReasonCode.OTHERWISE.value, ReasonCode.RULE_ELSE.value})
_INTAKE = "intake"

Told = Callable[[str, int, int | None], None]


@dataclass(slots=True, kw_only=True)
class Happenings:
    """Fills a spool with one period's happenings. ``begins`` are those of the trend's stretches. ``rows`` is
    how many rows were read, ``gaps`` what could not be."""

    org: Org
    subject: Subject
    period: Period
    placing: Placing
    dimensions: Sequence[Dimension]
    spool: ReportSpool
    daemon_user: RecordId
    begins: Sequence[Any]
    progress: Told
    rows: int = 0
    gaps: list[str] = field(default_factory=list)

    async def read(self, *, decisions: bool, traces: bool, history: bool) -> None:
        """Raises OrgError. A field history that is not kept is a gap, no error."""
        if decisions:
            await self._decisions()
        if traces:
            await self._traces()
        await self._answers()
        if history:
            try:
                await self._history("Owner", Kind.TAKEN)
                await self._history(
                    "Status", Kind.TOUCHED, soql.equals(self._beyond(DECIDED_AT), None)
                )
            except PermanentOrgError as error:
                name = self.subject.history[0]
                self.gaps.append(f"{name} is not kept or not readable ({error.code})")

    async def _decisions(self) -> None:
        lookup = self.subject.lookup or ""
        fields = ["Record_Id__c", "Outcome__c", "Reason_Code__c", "Decided_At__c", "Owner_After__c"]
        outcomes = [each.value for each in _KINDS]
        where = [*self._of_period(lookup), soql.one_of("Outcome__c", outcomes)]
        async for rows in pages(self.org, DECISIONS, [*fields, *self._placed(lookup)], where):
            self._tell("decisions", rows)
            for row in rows:
                at = instant(row["Decided_At__c"])
                if at is None:
                    continue
                kind = _KINDS[Outcome(row["Outcome__c"])]
                if kind is Kind.GIVEN and row["Reason_Code__c"] in _FALLBACKS:
                    kind = Kind.FALLBACK
                self._add(
                    row,
                    lookup,
                    row["Record_Id__c"],
                    Happening(at, kind, _id(row["Owner_After__c"])),
                )

    async def _traces(self) -> None:
        """What intake said of the values of each record that was routed or parked."""
        lookup = self.subject.lookup or ""
        outcomes = [Outcome.ASSIGNED.value, Outcome.PARKED.value]
        where = [*self._of_period(lookup), soql.one_of("Outcome__c", outcomes)]
        fields = ["Record_Id__c", "Decided_At__c", "Trace__c", *self._placed(lookup)]
        async for rows in pages(self.org, DECISIONS, fields, where, rows=ROWS_WITH_TRACE):
            self._tell("traces", rows)
            for row in rows:
                at, flagged = instant(row["Decided_At__c"]), is_flagged(row["Trace__c"])
                if at is not None and flagged is not None:
                    kind = Kind.FLAGGED if flagged else Kind.CLEAN
                    self._add(row, lookup, row["Record_Id__c"], Happening(at, kind))

    async def _answers(self) -> None:
        if FIRST_RESPONSE_AT not in self.subject.fields:
            return
        where = [*self._of_period(""), soql.differs(FIRST_RESPONSE_AT, None)]
        fields = [FIRST_RESPONSE_AT, *self._placed("")]
        async for rows in pages(self.org, self.subject.object, fields, where):
            self._tell("answered records", rows)
            for row in rows:
                at = instant(row[FIRST_RESPONSE_AT])
                if at is not None:
                    self._add(row, "", row["Id"], Happening(at, Kind.ANSWERED))

    async def _history(self, name: str, kind: Kind, *more: soql.Condition) -> None:
        """Changes of a field by anybody but the daemon."""
        entity, relationship = self.subject.history
        where = [
            *self._of_period(relationship),
            soql.equals("Field", name),
            soql.differs("CreatedById", self.daemon_user),
            *more,
        ]
        parent = f"{relationship}Id"
        # `CreatedDate` is the change's own; the record's comes by its relationship.
        fields = [parent, CREATED, "NewValue", *self._placed(relationship)]
        async for rows in pages(self.org, entity, fields, where):
            self._tell("changes by people", rows)
            for row in rows:
                at, owner = instant(row[CREATED]), _id(row["NewValue"])
                if at is not None and (owner or kind is not Kind.TAKEN):
                    self._add(row, relationship, row[parent], Happening(at, kind, owner))

    def _beyond(self, field: str) -> str:
        return f"{self.subject.history[1]}.{field}"

    def _of_period(self, beyond: str) -> list[soql.Condition]:
        created = f"{beyond}.{CREATED}" if beyond else CREATED
        return [soql.at_least(created, self.period.begin), soql.below(created, self.period.end)]

    def _placed(self, beyond: str) -> list[str]:
        created = f"{beyond}.{CREATED}" if beyond else CREATED
        return [created, *self.subject.placing_fields(beyond)]

    def _add(self, row: dict[str, Any], beyond: str, id: str, happening: Happening) -> None:
        created = instant(row[f"{beyond}.{CREATED}" if beyond else CREATED])
        if created is None:
            return
        facets = self.subject.facets(row, beyond)
        self.spool.add_record(
            str(id),
            created,
            self.placing.rooftop_id(facets),
            stretch_at(created, self.begins),
            self.placing.keys(self.dimensions, facets),
        )
        self.spool.add(str(id), happening)

    def _tell(self, what: str, rows: Sequence[object]) -> None:
        self.rows += len(rows)
        self.progress(f"reading {what}", self.rows, None)


def is_flagged(trace: str | None) -> bool | None:
    """Whether intake reported anything of the record's values; None where no trace is left, or readable."""
    if not trace:
        return None
    try:
        reports = trace_from_json(trace).reports
    except ValueError:
        return None
    return any(each.stage == _INTAKE and each.code != NOT_ASKED for each in reports)


def _id(value: object) -> str:
    """An id as the org gives it; empty for names, which the history writes in rows of their own."""
    try:
        return record_id(str(value)) if value else ""
    except ValueError:
        return ""
