"""Who can take work at this moment, by the org's own records? Reads them into one Directory.

A reading is a handful of queries. Afterwards `changed_since` tells with small ones whether it is out of date.
"""

import asyncio
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from ortoo_daemon.directory import Directory, Queue
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory_mapping import (
    Criteria,
    DirectoryMapping,
    PersonMapping,
    RooftopMapping,
    conditions,
)
from ortoo_daemon.salesforce.directory_rows import (
    HOURS_FIELDS,
    Sharing,
    business_hours,
    person,
    rooftop,
)
from ortoo_daemon.salesforce.org import Org

__all__ = ["DirectoryMapping", "DirectoryReader", "PersonMapping", "RooftopMapping"]

_STAMP = "SystemModstamp"
_OVERLAP = timedelta(minutes=5)
"""Stamps are whole seconds and long transactions commit with early ones: look back this far again."""

_MOST_GROUPS = 500
"""Owners asked about in one aggregate query; it can't answer more than 2,000 groups."""


_Small = tuple[list[dict[str, Any]], list[Queue]]


class DirectoryReader:
    """Reads the directory and notices when it has changed. One reader for one Org."""

    def __init__(self, org: Org, mapping: DirectoryMapping) -> None:
        self._org = org
        self._mapping = mapping
        self._known: dict[str, dict[RecordId, int]] = {}
        self._small: _Small | None = None

    async def read(self) -> Directory:
        """One reading of the org. Raises OrgError; PermanentOrgError names a mapped field that is missing."""
        rooftops, people, small = await asyncio.gather(
            self._rows(self._mapping.rooftops), self._rows(self._mapping.people), self._read_small()
        )
        self._small = small
        hours_rows, queues = small
        self._remember(self._mapping.rooftops, rooftops)
        self._remember(self._mapping.people, people)
        sharing = Sharing()
        sites = [rooftop(row, self._mapping, sharing) for row in rooftops]
        return Directory.of(
            rooftops=sites,
            people=[person(row, self._mapping.people, sharing) for row in people],
            queues=queues,
            hours=business_hours(hours_rows, sites, self._mapping.holidays),
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
        """Open work held by each person; those who hold none are missing.

        What counts as open is the mapping's ``workload``; KeyError for an object it does not name.
        """
        where = conditions(self._mapping.workload[object_name])
        beside = _counting(object_name, where, [""])
        found: dict[RecordId, int] = {}
        for part in soql.chunks(sorted(people), beside=beside, at_most=_MOST_GROUPS):
            for row in await self._org.query(_counting(object_name, where, part)):
                found[record_id(row["OwnerId"])] = int(row["expr0"])
        return found

    async def _rows(self, mapping: RooftopMapping | PersonMapping) -> list[dict[str, Any]]:
        return await self._org.query(
            soql.select(mapping.source, _fields(mapping), where=conditions(mapping.where))
        )

    async def _read_small(self) -> _Small:
        """Business hours and queues: few enough to be compared whole."""
        hours, queues = await asyncio.gather(
            self._org.query(soql.select("BusinessHours", HOURS_FIELDS, order_by=["Id"])),
            self._org.queues(),
        )
        return hours, queues

    def _remember(
        self, mapping: RooftopMapping | PersonMapping, rows: Iterable[dict[str, Any]]
    ) -> None:
        self._known[mapping.source] = {record_id(row["Id"]): _fingerprint(row) for row in rows}

    async def _differs(self, mapping: RooftopMapping | PersonMapping, at: datetime) -> bool:
        """A row entered or changed (by value), or left the scope or was deleted (by number).

        By value, since stamps also move when nothing changed that the directory holds.
        """
        known = self._known[mapping.source]
        where: Criteria = mapping.where
        recent = soql.at_least(_STAMP, at - _OVERLAP)
        changed, number = await asyncio.gather(
            self._org.query(
                soql.select(mapping.source, _fields(mapping), where=[*conditions(where), recent]),
                essential=False,
            ),
            self._org.count(
                soql.select(mapping.source, ["COUNT()"], where=conditions(where)), essential=False
            ),
        )
        return number != len(known) or any(
            known.get(record_id(row["Id"])) != _fingerprint(row) for row in changed
        )


def _fields(mapping: RooftopMapping | PersonMapping) -> list[str]:
    return sorted({"Id", *mapping.api_names()})


def _fingerprint(row: dict[str, Any]) -> int:
    return hash(tuple(row.items()))


def _counting(object_name: str, where: Iterable[soql.Condition], owners: Collection[str]) -> str:
    return soql.select(
        object_name,
        ["OwnerId", "COUNT(Id)"],
        where=[*where, soql.one_of("OwnerId", owners)],
        group_by=["OwnerId"],
    )
