"""Who can take work at this moment, by the org's own records? Reads them into one Directory.

A reading is a handful of queries. Afterwards `changed_since` tells with small ones whether it is out of date.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.directory import Directory, Queue
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.absence_signs import AbsenceSigns, read_signs
from ortoo_daemon.salesforce.directory_mapping import (
    Criteria,
    DirectoryMapping,
    PersonMapping,
    RooftopMapping,
    conditions,
)
from ortoo_daemon.salesforce.directory_rows import Sharing, keeps_hours, person, rooftop
from ortoo_daemon.salesforce.hours_rows import (
    HOLIDAY_FIELDS,
    HOURS_FIELDS,
    all_hours,
    closed_days,
    years_around,
)
from ortoo_daemon.salesforce.org import Org

__all__ = ["DirectoryMapping", "DirectoryReader", "PersonMapping", "RooftopMapping"]

_STAMP = "SystemModstamp"
_OVERLAP = timedelta(minutes=5)
"""Stamps are whole seconds and long transactions commit with early ones: look back this far again."""

_MOST_GROUPS = 2_000
"""A query of groups answers no more, and has no further pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Small:
    """What is little enough to be compared whole; ``years`` are those whose closed days count."""

    hours: list[dict[str, Any]]
    queues: list[Queue]
    holidays: list[dict[str, Any]]
    years: tuple[int, ...]
    signs: AbsenceSigns


class DirectoryReader:
    """Reads the directory and notices when it has changed. One reader for one Org."""

    def __init__(
        self,
        org: Org,
        mapping: DirectoryMapping,
        *,
        year: Callable[[], int] = lambda: datetime.now(UTC).year,
    ) -> None:
        self._org = org
        self._year = year
        self._mapping = mapping
        self._known: dict[str, dict[RecordId, int]] = {}
        self._small: _Small | None = None

    async def read(self) -> Directory:
        """One reading of the org. Raises OrgError; PermanentOrgError names a mapped field that is missing."""
        rooftops, people, small = await asyncio.gather(
            self._rows(self._mapping.rooftops), self._rows(self._mapping.people), self._read_small()
        )
        self._small = small
        self._remember(self._mapping.rooftops, rooftops)
        self._remember(self._mapping.people, people)
        return self._directory(rooftops, people, small)

    def _directory(
        self, rooftops: list[dict[str, Any]], people: list[dict[str, Any]], small: _Small
    ) -> Directory:
        mapping, sharing = self._mapping, Sharing()
        closed = closed_days(mapping.holidays, small.holidays, small.years)
        staff, sites = keeps_hours(
            [person(row, mapping.people, sharing) for row in _let_go(people)],
            [rooftop(row, mapping, sharing) for row in _let_go(rooftops)],
            mapping,
            closed,
        )
        keys = {*(site.hours for site in sites), *(person.hours for person in staff)}
        hours = all_hours(small.hours, mapping.hours, keys, closed)
        return Directory.of(
            rooftops=sites,
            people=small.signs.applied_to(staff, mapping.absences, hours),
            queues=small.queues,
            hours=hours,
        )

    async def changed_since(self, at: datetime) -> bool:
        """Whether anything the last reading holds is different now, looking at changes since ``at``.

        True when there was no reading yet. A change that the last reading already shows does not count.
        """
        if self._small is None:
            return True
        if await self._read_small() != self._small:
            return True
        for mapping in (self._mapping.rooftops, self._mapping.people):
            if await self._differs(mapping, at):
                return True
        return False

    async def workload_counts(
        self, object_name: str, people: Iterable[RecordId]
    ) -> dict[RecordId, int]:
        """Open work held by each person of the directory; those who hold none are missing.

        What counts as open is the mapping's ``workload``; KeyError for an object it does not name. The
        owners are told to the org by what makes them people of the directory, not one by one: lists of
        20,000 ids would take a hundred calls.
        """
        wanted = frozenset(people)
        rows = [row async for row in self._held(object_name, ["COUNT(Id)"])] if wanted else []
        counts = ((record_id(row["OwnerId"]), int(row["expr0"])) for row in rows)
        return {owner: count for owner, count in counts if owner in wanted}

    def is_open(self, object_name: str) -> str:
        """What counts as open work of an object, as a condition of a query; KeyError for one not named."""
        return soql.all_of(conditions(self._mapping.workload[object_name]))

    async def workload_loads(
        self, object_name: str, people: Iterable[RecordId], *, field: str, unweighed: float
    ) -> dict[RecordId, float]:
        """Open work as in `workload_counts`, by the weight in a field; ``unweighed`` where it is empty."""
        wanted, found = frozenset(people), dict[RecordId, float]()
        columns = [f"SUM({field})", "COUNT(Id)", f"COUNT({field})"]
        async for row in self._held(object_name, columns):
            owner = record_id(row["OwnerId"])
            if owner in wanted:
                empty = int(row["expr1"]) - int(row["expr2"])
                found[owner] = round(float(row["expr0"] or 0) + empty * unweighed, 2)
        return found

    async def _held(self, object_name: str, columns: list[str]) -> AsyncIterator[dict[str, Any]]:
        """Aggregates over the open work of each owner, page by page in the order of their ids."""
        last = ""
        while True:
            rows = await self._org.query(self._counting(object_name, columns, last))
            for row in rows:
                yield row
            if len(rows) < _MOST_GROUPS:
                return
            last = rows[-1]["OwnerId"]

    def _counting(self, object_name: str, columns: list[str], last: str) -> str:
        """The next page: owners behind ``last``."""
        people = self._mapping.people
        owners = [*conditions(people.where), *([soql.above("Id", last)] if last else ())]
        return soql.select(
            object_name,
            ["OwnerId", *columns],
            where=[
                *conditions(self._mapping.workload[object_name]),
                soql.among("OwnerId", people.source, owners),
            ],
            group_by=["OwnerId"],
            order_by=["OwnerId"],
            limit=_MOST_GROUPS,
        )

    async def _rows(self, mapping: RooftopMapping | PersonMapping) -> list[dict[str, Any]]:
        return await self._org.query(
            soql.select(mapping.source, _fields(mapping), where=conditions(mapping.where))
        )

    async def _read_small(self) -> _Small:
        """Business hours, queues and holidays: few enough to be compared whole."""
        hours, queues, holidays, signs = await asyncio.gather(
            self._org.query(soql.select("BusinessHours", HOURS_FIELDS, order_by=["Id"])),
            self._org.queues(),
            self._holidays(),
            self._signs(),
        )
        return _Small(
            hours=hours,
            queues=queues,
            holidays=holidays,
            years=years_around(self._year()),
            signs=signs,
        )

    async def _signs(self) -> AbsenceSigns:
        """No call where the file names no further signs of absence."""
        mapping = self._mapping
        if not mapping.absences.is_asked:
            return AbsenceSigns()
        return await read_signs(self._org, mapping.absences, mapping.people, await self._org.now())

    async def _holidays(self) -> list[dict[str, Any]]:
        """The org's Holiday records that the file names; no call where it names none."""
        names = self._mapping.holidays_of_org
        if not names:
            return []
        where = [soql.one_of("Name", names)]
        return await self._org.query(
            soql.select("Holiday", HOLIDAY_FIELDS, where=where, order_by=["Id"])
        )

    def _remember(
        self, mapping: RooftopMapping | PersonMapping, rows: Iterable[dict[str, Any]]
    ) -> None:
        names = _fields(mapping)
        self._known[mapping.source] = {
            record_id(row["Id"]): _fingerprint(row, names) for row in rows
        }

    async def _differs(self, mapping: RooftopMapping | PersonMapping, at: datetime) -> bool:
        """A row entered or changed (by value), or left the scope or was deleted (by number).

        By value, since stamps also move when nothing changed that the directory holds.
        """
        known, names = self._known[mapping.source], _fields(mapping)
        where: Criteria = mapping.where
        recent = soql.at_least(_STAMP, at - _OVERLAP)
        changed, number = await asyncio.gather(
            self._org.query(
                soql.select(mapping.source, names, where=[*conditions(where), recent]),
                essential=False,
            ),
            self._org.count(
                soql.select(mapping.source, ["COUNT()"], where=conditions(where)), essential=False
            ),
        )
        return number != len(known) or any(
            known.get(record_id(row["Id"])) != _fingerprint(row, names) for row in changed
        )


def _let_go(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each row once, in order, out of the list: 20,000 of them need not stay beside what they become."""
    rows.reverse()
    while rows:
        yield rows.pop()


def _fields(mapping: RooftopMapping | PersonMapping) -> list[str]:
    return sorted({"Id", *mapping.api_names()})


def _fingerprint(row: dict[str, Any], names: Iterable[str]) -> int:
    """Of what was asked for, in whatever order it came."""
    return hash(tuple(map(row.get, names)))
