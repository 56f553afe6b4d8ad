"""Do the decision records of the org stand as they were written, and are they all there? Looks only."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ortoo_daemon.action.stamps import DECIDED_AT, DECISION_KEY
from ortoo_daemon.audit.chain import ENVELOPE, HASH, Broken, Link, broken, examined
from ortoo_daemon.audit.record import ERASED_AT, KEY, OBJECT, PERSONAL
from ortoo_daemon.daemon.archive import ARCHIVED_AT, Archive
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.soql import Condition

_FIELDS = ("Id", *ENVELOPE, HASH, ERASED_AT, *PERSONAL)
_IN_A_PAGE = 500
"""Rows are long: traces and facts are read with them, and only their hashes kept."""

_UNDER_WAY = timedelta(minutes=10)
"""So long a stamp may stand without its decision record: the sweep writes it within minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """``unsealed`` are rows from before decisions bore hashes."""

    records: int
    decisions: int
    unsealed: int
    broken: tuple[Broken, ...]


async def verify(
    org: Org, objects: Iterable[str], *, now: datetime, archive: Archive | None = None
) -> Verified:
    """All chains, and of records of these objects whether their last decision is there.

    What stands in the archive is looked at likewise. Raises OrgError, StateError.
    """
    links = await _links(org, [])
    put_away = await asyncio.to_thread(_put_away, archive, _keys(links))
    links += put_away
    keys = _keys(links)
    missing: list[Broken] = []
    for name in sorted(objects):
        missing += await _missing(org, name, [], keys, now)
    return _verified(links, missing)


async def verify_records(
    org: Org,
    records: Mapping[RecordId, str],
    *,
    now: datetime,
    archive: Archive | None = None,
) -> Verified:
    """The same of these records, named with their objects. Raises OrgError, StateError."""
    links: list[Link] = []
    for part in soql.chunks(sorted(records)):
        links += await _links(org, [soql.one_of("Record_Id__c", part)])
    put_away = await asyncio.to_thread(_put_away, archive, _keys(links))
    links += [link for link in put_away if RecordId(link.record) in records]
    keys = _keys(links)
    missing: list[Broken] = []
    for name in sorted(set(records.values())):
        ids = sorted(id for id, object_name in records.items() if object_name == name)
        for part in soql.chunks(ids):
            missing += await _missing(org, name, [soql.one_of("Id", part)], keys, now)
    return _verified(links, missing)


async def _links(org: Org, where: Sequence[Condition]) -> list[Link]:
    links: list[Link] = []
    last = ""
    while True:
        beyond = [soql.above("Id", last)] if last else []
        text = soql.select(
            OBJECT, _FIELDS, where=[*where, *beyond], order_by=["Id"], limit=_IN_A_PAGE
        )
        rows = await org.query(text, essential=False)
        links += map(examined, rows)
        if len(rows) < _IN_A_PAGE:
            return links
        last = str(rows[-1]["Id"])


def _put_away(archive: Archive | None, in_org: Set[str]) -> list[Link]:
    """Decisions of the archive that the org has no longer; those put away together are one chain."""
    rows = archive.rows() if archive is not None else ()
    links = ((row, examined(row)) for row in rows if str(row[KEY]).casefold() not in in_org)
    return [replace(link, put_away_at=str(row[ARCHIVED_AT])) for row, link in links]


async def _missing(
    org: Org, object_name: str, where: Sequence[Condition], keys: Set[str], now: datetime
) -> list[Broken]:
    """Records that name a decision which is not there."""
    stamped = [soql.differs(DECISION_KEY, None), soql.below(DECIDED_AT, now - _UNDER_WAY)]
    text = soql.select(object_name, ["Id", DECISION_KEY], where=[*where, *stamped])
    rows = await org.query(text, essential=False)
    return [
        Broken(
            record=str(row["Id"]),
            key=str(row[DECISION_KEY]),
            what="is named by its record and not there: it was deleted",
        )
        for row in rows
        if str(row[DECISION_KEY]).casefold() not in keys
    ]


def _keys(links: Iterable[Link]) -> frozenset[str]:
    """The org compares keys without case."""
    return frozenset(link.key.casefold() for link in links)


def _verified(links: Sequence[Link], missing: Sequence[Broken]) -> Verified:
    return Verified(
        records=len({link.record for link in links}),
        decisions=len(links),
        unsealed=sum(1 for link in links if link.hash is None),
        broken=(*broken(links), *missing),
    )
