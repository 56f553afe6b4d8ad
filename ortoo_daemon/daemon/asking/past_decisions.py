"""What was decided in a stretch of the past, and about what? Decision records of the org, with the records.

Read in pages by the rows' ids, so that nothing need be held between two of them. Records are read as
they stand now; what is known of then comes from the decision record and from the org's field history.
Writes nothing.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ortoo_daemon.action.stamps import read_of
from ortoo_daemon.audit.record import OBJECT
from ortoo_daemon.daemon.asking.history_file import Progress
from ortoo_daemon.daemon.asking.history_spool import HistorySpool
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import Record, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.simulation.backtest.comparison import SOURCES
from ortoo_daemon.simulation.backtest.past_values import (
    ROW_FIELDS,
    FieldChanged,
    is_untouched_since,
    names_kept,
    past_decision,
)

ROWS_IN_A_PAGE = 500
"""Rows with a long trace take 100 KB each, so that a page of the worst takes 50 MB."""

GONE = "record gone"
UNREADABLE = "decision record not readable"
SUPERSEDED = "earlier decision about the same record"
BY_ABSENCE = "move for an absence: who was away when is not kept"

BY_ABSENCES = (ReasonCode.OWNER_AWAY, ReasonCode.OWNER_LEFT, ReasonCode.OWNER_BACK)

_OUTCOMES = (Outcome.ASSIGNED, Outcome.PARKED, Outcome.LEFT_ALONE, Outcome.RECOVERED)
_HISTORY_OF_NO_FIELD = frozenset({"Owner"})


Revision = tuple[str, str]
"""An object, and the revision of the policies that decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Which decisions: from ``since`` on, before ``until``, about records of these objects."""

    since: datetime
    until: datetime
    objects: tuple[str, ...]

    def conditions(self) -> list[soql.Condition]:
        return [
            soql.at_least("Decided_At__c", self.since),
            soql.below("Decided_At__c", self.until),
            soql.one_of("Object__c", self.objects),
            soql.one_of("Outcome__c", [each.value for each in _OUTCOMES]),
            soql.differs("Reason_Code__c", ReasonCode.PERSON_WINS.value),
        ]

    def conditions_of_owners(self) -> list[soql.Condition]:
        """Without the moves for absences: the roster of then is not known, so nobody can make them again."""
        moves = (soql.differs("Reason_Code__c", each.value) for each in BY_ABSENCES)
        return [*self.conditions(), *moves]

    def conditions_of_absences(self) -> list[soql.Condition]:
        """The moves for absences alone."""
        return [
            *self.conditions(),
            soql.one_of("Reason_Code__c", [each.value for each in BY_ABSENCES]),
        ]


@dataclass(slots=True, kw_only=True)
class PastReading:
    """What came of it beside the decisions. ``fields`` are those that were read, by object."""

    fields: Mapping[str, frozenset[str]]
    left_out: Counter[str] = field(default_factory=Counter)
    gaps: list[str] = field(default_factory=list)


async def read_past(
    org: Org,
    span: Span,
    asked: Mapping[str, Iterable[str]],
    spool: HistorySpool,
    *,
    read_by: Mapping[Revision, frozenset[str]],
    progress: Progress,
) -> PastReading:
    """Fill the spool. ``asked`` are the fields that policies look at, by object.

    ``read_by`` are those that policies of known revisions read. Raises OrgError.
    """
    fields = {name: await _fields(org, name, asked.get(name, ())) for name in span.objects}
    reader = _Reader(org, PastReading(fields=fields), spool, await org.identity())
    reader.read_then.update(read_by)
    where = span.conditions_of_owners()
    total = await org.count(soql.select(OBJECT, ["COUNT()"], where=where), essential=False)
    done, last = 0, ""
    while True:
        beyond = [soql.above("Id", last)] if last else []
        text = soql.select(
            OBJECT, ROW_FIELDS, where=[*where, *beyond], order_by=["Id"], limit=ROWS_IN_A_PAGE
        )
        rows = await org.query(text, essential=False)
        await reader.take(rows)
        done += len(rows)
        progress("reading decisions", done, total)
        if len(rows) < ROWS_IN_A_PAGE:
            break
        last = str(rows[-1]["Id"])
    reading = reader.reading
    moves = soql.select(OBJECT, ["COUNT()"], where=span.conditions_of_absences())
    if by_absence := await org.count(moves, essential=False):
        reading.left_out[BY_ABSENCE] = by_absence
    if superseded := spool.added - len(spool):
        reading.left_out[SUPERSEDED] = superseded
    return reading


class _Reader:
    """Joins pages of decision records with their records."""

    def __init__(
        self, org: Org, reading: PastReading, spool: HistorySpool, daemon_user: RecordId
    ) -> None:
        self.reading = reading
        self._org = org
        self._spool = spool
        self._daemon_user = daemon_user
        self._without_history: set[str] = set()
        self.read_then: dict[Revision, frozenset[str]] = defaultdict(frozenset)

    async def take(self, rows: Sequence[dict[str, Any]]) -> None:
        records = await asyncio.gather(*(self._record(row) for row in rows))
        there = [(row, record) for row, record in zip(rows, records, strict=True) if record]
        self.reading.left_out[GONE] += len(rows) - len(there)
        changes = await self._changes(there)
        for row, _ in there:
            self.read_then[_revision(row)] |= names_kept(row)
        for row, record in there:
            try:
                past = past_decision(
                    row,
                    record,
                    daemon_user=self._daemon_user,
                    changes=changes.get(record.id, ()),
                    read_then=self.read_then[_revision(row)],
                )
            except (AttributeError, KeyError, TypeError, ValueError):
                self.reading.left_out[UNREADABLE] += 1
            else:
                self._spool.add(past)

    async def _record(self, row: Mapping[str, Any]) -> Record | None:
        name = str(row["Object__c"])
        id = record_id(str(row["Record_Id__c"]))
        return await self._org.reader.read(name, id, self.reading.fields[name])

    async def _changes(
        self, there: Sequence[tuple[Mapping[str, Any], Record]]
    ) -> dict[RecordId, list[FieldChanged]]:
        """What the field history tells of records that somebody has touched since."""
        touched: dict[str, list[RecordId]] = defaultdict(list)
        began: dict[str, datetime] = {}
        for row, record in there:
            at = instant(row["Decided_At__c"])
            if at is None or is_untouched_since(record, row, self._daemon_user):
                continue
            touched[record.object].append(record.id)
            began[record.object] = min(at, began.get(record.object, at))
        found: dict[RecordId, list[FieldChanged]] = defaultdict(list)
        for name, ids in touched.items():
            if name not in self._without_history:
                await self._read_changes(name, ids, began[name], found)
        return found

    async def _read_changes(
        self,
        object_name: str,
        ids: Collection[RecordId],
        since: datetime,
        found: dict[RecordId, list[FieldChanged]],
    ) -> None:
        custom = object_name.endswith("__c")
        history = f"{object_name[:-3]}__History" if custom else f"{object_name}History"
        parent = "ParentId" if custom else f"{object_name}Id"
        names = [parent, "Field", "OldValue", "CreatedDate"]
        where = [soql.at_least("CreatedDate", since)]
        beside = soql.select(history, names, where=[*where, soql.one_of(parent, [""])])
        try:
            for part in soql.chunks(sorted(ids), beside=beside):
                text = soql.select(history, names, where=[*where, soql.one_of(parent, part)])
                for row in await self._org.query(text, essential=False):
                    at = instant(row["CreatedDate"])
                    if at is not None and row["Field"] not in _HISTORY_OF_NO_FIELD:
                        changed = FieldChanged(str(row["Field"]), at, row["OldValue"])
                        found[record_id(str(row[parent]))].append(changed)
        except PermanentOrgError as error:
            self._without_history.add(object_name)
            self.reading.gaps.append(
                f"the field history of {object_name} is not kept or not readable ({error.code})"
            )


def _revision(row: Mapping[str, Any]) -> Revision:
    """By the same revision the same fields are read of all records of an object."""
    return str(row["Object__c"]), str(row["Revision__c"])


async def _fields(org: Org, object_name: str, asked: Iterable[str]) -> frozenset[str]:
    """What is read of the object's records: as far as the org has it, and lets it be read."""
    described = (await org.describe(object_name)).fields
    wanted = {*read_of(object_name), *asked}
    if object_name in SOURCES:
        wanted.add(SOURCES[object_name])
    return frozenset(name for name in wanted if "." in name or name in described)
