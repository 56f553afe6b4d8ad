"""Every record changed since a moment is met, page after page; the query is what the org is asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.sweeps import resync as sweep
from ortoo_daemon.sweeps.resync import resync
from tests.asynchronous import asynchronous
from tests.world import NOW, an_id

SINCE = NOW - timedelta(minutes=30)


class Org:
    """Answers page by page, and keeps the queries."""

    def __init__(self, *pages: int) -> None:
        self.asked: list[str] = []
        self._pages = list(pages)

    async def __call__(self, soql: str, /) -> Sequence[dict[str, Any]]:
        self.asked.append(soql)
        first = sum(self._pages[: len(self.asked) - 1])
        return [
            {"Id": an_id("00Q", n), "SystemModstamp": "2026-11-23T08:50:00.000+0000"}
            for n in range(first, first + self._pages[len(self.asked) - 1])
        ]


async def swept(org: Org, *, only_undecided: bool = False) -> tuple[list[WorkItem], Any]:
    put: list[WorkItem] = []

    async def queue_put(items: Sequence[WorkItem], /) -> int:
        put.extend(items)
        return len(items)

    figures = await resync(
        org, queue_put, "Lead", since=SINCE, only_undecided=only_undecided, clock=lambda: NOW
    )
    return put, figures


@asynchronous
async def test_each_record_is_put_as_a_change_of_unknown_fields() -> None:
    (item,), figures = await swept(Org(1))
    assert item == WorkItem(
        object="Lead", record_id=an_id("00Q", 0), reason=WorkReason.CHANGED, heard_at=NOW
    )
    assert item.names_no_change
    assert (figures.found, figures.put, figures.pages) == (1, 1, 1)


@asynchronous
async def test_pages_follow_the_last_record_of_the_page_before() -> None:
    org = Org(sweep.PAGE, 3)
    put, figures = await swept(org)
    assert len(put) == len({item.record_id for item in put}) == sweep.PAGE + 3
    assert figures.pages == 2
    last = an_id("00Q", sweep.PAGE - 1)
    assert "WHERE SystemModstamp >= 2026-11-23T" in org.asked[0]
    at = "2026-11-23T08:50:00.000Z"
    assert f"(SystemModstamp > {at} OR (SystemModstamp = {at} AND Id > '{last}'))" in org.asked[1]


@asynchronous
async def test_decided_records_are_left_out_where_nobody_watches_them() -> None:
    everything, undecided = Org(0), Org(0)
    await swept(everything)
    await swept(undecided, only_undecided=True)
    assert "Ortoo_Decided_At__c" not in everything.asked[0]
    assert "Ortoo_Decided_At__c = null AND Ortoo_Parked__c = null" in undecided.asked[0]
