"""The SLA sweep: exactly the records whose step is due, oldest first, one call when there are none."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ortoo_daemon.records import WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps import sla as module
from ortoo_daemon.sweeps.put_before import PutBefore
from ortoo_daemon.sweeps.sla import DueFigures, count_due, count_due_soon, find_due_steps
from tests.asynchronous import asynchronous

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Org:
    """Answers the sweep's query over rows of (Id, next step), as SOQL would."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = rows
        self.asked: list[str] = []
        self.calls = 0

    async def __call__(self, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
        self.calls += 1
        return [self.rows_of(text) for text in texts]

    def rows_of(self, soql: str) -> list[dict[str, Any]]:
        self.asked.append(soql)
        until = re.search(r"Next_At__c <= (\S+)", soql).group(1)
        after = re.search(r"Next_At__c > (\S+) OR .* AND Id > '(\w+)'\)", soql)
        limit = int(re.search(r"ORDER BY Ortoo_SLA_Next_At__c, Id LIMIT (\d+)$", soql).group(1))
        floor = (after.group(1), after.group(2)) if after else ("", "")
        found = [
            row
            for row in sorted(self.rows, key=lambda row: (row["at"], row["Id"]))
            if row["at"] <= until and (row["at"], row["Id"]) > floor
        ]
        return [
            {"Id": row["Id"], "Ortoo_SLA_Next_At__c": row["at"].replace("Z", "+0000")}
            for row in found[:limit]
        ]


class Queue:
    def __init__(self) -> None:
        self.items: list[WorkItem] = []

    async def __call__(self, items) -> int:
        self.items.extend(items)
        return len(items)


def due(number: int, late: float) -> dict[str, Any]:
    at = NOW - timedelta(minutes=late)
    text = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
    return {"Id": record_id(f"00Q{number:012d}"), "at": text}


def unknown() -> PutBefore:
    return PutBefore(every=timedelta(seconds=30))


async def swept(org: Org, *objects: str) -> tuple[Queue, DueFigures]:
    queue = Queue()
    figures = await find_due_steps(
        org, queue, objects or ("Lead",), clock=lambda: NOW, before=unknown()
    )
    return queue, figures


@asynchronous
async def test_with_nothing_due_all_objects_cost_one_call():
    org = Org()
    _, figures = await swept(org, "Lead", "Case", "Opportunity")
    assert (org.calls, len(org.asked)) == (1, 3)
    assert figures == DueFigures(pages=3)


@asynchronous
async def test_only_what_is_due_is_found_oldest_first():
    org = Org(due(1, late=1), due(2, late=30), due(3, late=-1), due(4, late=0))
    queue, _ = await swept(org)
    assert [int(item.record_id[3:15]) for item in queue.items] == [2, 1, 4]
    assert {item.reason for item in queue.items} == {WorkReason.SLA}


@asynchronous
async def test_every_row_is_found_once_across_pages_also_where_moments_are_the_same(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(module, "PAGE", 3)
    org = Org(*(due(number, late=number // 5) for number in range(20)))
    queue, figures = await swept(org)
    assert len(queue.items) == len({item.record_id for item in queue.items}) == 20
    # Twenty records, due nought to three minutes ago; the oldest five are late.
    assert figures == DueFigures(found=20, put=20, pages=7, overdue=5)


@asynchronous
async def test_one_run_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "PAGE", 2)
    monkeypatch.setattr(module, "MOST_PAGES", 3)
    queue, _ = await swept(Org(*(due(number, late=number) for number in range(20))))
    assert [int(item.record_id[3:15]) for item in queue.items] == [19, 18, 17, 16, 15, 14]


@asynchronous
async def test_the_same_step_has_the_same_entry_and_the_next_step_another():
    first, _ = await swept(Org(due(1, late=5)))
    again, _ = await swept(Org(due(1, late=5)))
    later, _ = await swept(Org(due(1, late=1)))
    assert first.items[0].entry == again.items[0].entry != later.items[0].entry
    assert len(first.items[0].entry) <= 64


@asynchronous
async def test_parked_records_and_converted_leads_are_not_asked_for():
    org = Org()
    await swept(org, "Lead", "Case")
    cases, leads = org.asked
    assert "Ortoo_Parked__c = null" in cases
    assert "Ortoo_Parked__c = null AND IsConverted = false" in leads
    assert "IsConverted" not in cases


class Counts:
    """Answers aggregates with 1, 2, 3 …"""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []

    async def __call__(self, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
        self.calls.append(list(texts))
        return [[{"expr0": number}] for number, _ in enumerate(texts, start=1)]


@asynchronous
async def test_what_is_due_soon_is_counted_with_one_call_for_all_objects():
    org = Counts()
    assert await count_due_soon(org, ["Lead", "Case"], now=NOW) == 3
    ((cases, leads),) = org.calls
    window = (
        "Ortoo_SLA_Next_At__c > 2026-03-02T09:00:00.000Z "
        "AND Ortoo_SLA_Next_At__c <= 2026-03-02T09:15:00.000Z AND Ortoo_Parked__c = null"
    )
    assert cases == f"SELECT COUNT(Id) FROM Case WHERE {window}"
    assert leads == f"SELECT COUNT(Id) FROM Lead WHERE {window} AND IsConverted = false"


@asynchronous
async def test_no_more_are_put_than_may_be_and_the_oldest_come_first():
    queue = Queue()
    org = Org(*(due(number, late=number) for number in range(1, 11)))
    figures = await find_due_steps(
        org, queue, ("Lead",), clock=lambda: NOW, before=unknown(), at_most=4
    )
    assert [item.record_id for item in queue.items] == [
        due(number, 0)["Id"] for number in (10, 9, 8, 7)
    ]
    assert (figures.put, figures.stopped) == (4, True)
    whole = await find_due_steps(
        org, Queue(), ("Lead",), clock=lambda: NOW, before=unknown(), at_most=10
    )
    assert (whole.put, whole.stopped) == (10, False)


@asynchronous
async def test_what_is_due_is_counted_with_one_call_for_all_objects():
    org = Counts()
    assert await count_due(org, ("Lead", "Case"), now=NOW) == 3
    ((cases, leads),) = org.calls
    assert all(
        "Ortoo_SLA_Next_At__c <= 2026-03-02T09:00:00.000Z" in text for text in (cases, leads)
    )
    assert ["IsConverted" in text for text in (cases, leads)] == [False, True]
