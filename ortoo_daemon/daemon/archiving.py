"""Which decision records has the org kept long enough?

All about one record go together, once the last of them is old enough: what stays in the org is whole chains.
They are in the archive before they are deleted.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from ortoo_daemon.audit.record import OBJECT
from ortoo_daemon.daemon.archive import FIELDS, Archive
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.deleting import delete_rows
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.sweeps")

_MADE_AT = "CreatedDate"
_IN_A_PAGE = 500
_AT_MOST = 10_000
"""Decisions in one run: some 100 calls."""


class Archiving:
    """Goes through the old decisions in the order of their ids, from where the run before it ended."""

    def __init__(
        self, org: Org, archive: Archive, *, keep: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._org = org
        self._archive = archive
        self._keep = keep
        self._now = now
        self._after = ""

    async def run(self) -> None:
        """Archive and delete up to 10,000 decisions. Raises OrgError, StateError; none is lost by it."""
        before = self._now() - self._keep
        archived = 0
        while archived < _AT_MOST:
            page = await self._page(before)
            archived += await self._put_away({str(row["Record_Id__c"]) for row in page}, before)
            self._after = str(page[-1]["Id"]) if len(page) == _IN_A_PAGE else ""
            if not self._after:
                break
        if archived:
            _log.info("sweep.archive", archived=archived, decided_before=instant_text(before))

    async def _page(self, before: datetime) -> list[dict[str, Any]]:
        beyond = [soql.above("Id", self._after)] if self._after else []
        text = soql.select(
            OBJECT,
            ["Id", "Record_Id__c"],
            where=[soql.below(_MADE_AT, before), *beyond],
            order_by=["Id"],
            limit=_IN_A_PAGE,
        )
        return await self._org.query(text, essential=False)

    async def _put_away(self, records: set[str], before: datetime) -> int:
        old: list[dict[str, Any]] = []
        for part in soql.chunks(sorted(records), beside=_decisions_of([""])):
            old += _settled(await self._org.query(_decisions_of(part), essential=False), before)
        if old:
            now = instant_text(self._now())
            await asyncio.to_thread(self._archive.add, old, now=now)
            ids = [str(row["Id"]) for row in old]
            await delete_rows(self._org.rest, ids, essential=False)
        return len(old)


def _decisions_of(records: Sequence[str]) -> str:
    where = [soql.one_of("Record_Id__c", records)]
    return soql.select(OBJECT, ["Id", _MADE_AT, *FIELDS], where=where)


def _settled(rows: Sequence[dict[str, Any]], before: datetime) -> list[dict[str, Any]]:
    """The decisions about records of which all are old."""
    by_record: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_record[str(row["Record_Id__c"])].append(row)
    found: list[dict[str, Any]] = []
    for decisions in by_record.values():
        made = [instant(row[_MADE_AT]) for row in decisions]
        if all(at is not None and at < before for at in made):
            found += decisions
    return found
