"""Reconciliation: exactly the undecided records in scope, all of them, oldest first."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.ownership_model import QueueTarget
from ortoo_daemon.records import WorkReason, record_id
from ortoo_daemon.sweeps import reconcile as module
from ortoo_daemon.sweeps.reconcile import Figures, StampFields, Window, reconcile
from ortoo_daemon.sweeps.retention import Retention, forget_old_items
from tests.asynchronous import asynchronous

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PLACE = Place("policies/x.yaml")


def policy(name: str, object_: str, take_from: datetime) -> Policy:
    otherwise = QueueTarget(queue="Lead_Desk", place=PLACE)
    return Policy(name=name, object=object_, take_from=take_from, otherwise=otherwise, place=PLACE)


LEADS = policy("leads", "Lead", NOW - timedelta(days=30))


class Org:
    """Answers the sweep's queries over rows of (created, id, decided, parked), as SOQL would."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.asked: list[str] = []

    async def __call__(self, soql: str) -> list[dict[str, Any]]:
        self.asked.append(soql)
        since = re.search(r"CreatedDate >= (\S+)", soql).group(1)
        until = re.search(r"CreatedDate <= (\S+)", soql).group(1)
        after = re.search(
            r"\(CreatedDate > (\S+) OR \(CreatedDate = (\S+) AND Id > '(\w+)'\)\)", soql
        )
        limit = int(re.search(r"ORDER BY CreatedDate, Id LIMIT (\d+)$", soql).group(1))
        floor = (after.group(1), after.group(3)) if after else ("", "")
        found = [
            row
            for row in sorted(self.rows, key=lambda row: (row["at"], row["Id"]))
            if since <= row["at"] <= until
            and not row.get("decided")
            and not row.get("parked")
            and (row["at"], row["Id"]) > floor
        ]
        assert "Ortoo_Decided_At__c = null" in soql
        assert "Ortoo_Parked__c = null" in soql
        return [
            {"Id": row["Id"], "CreatedDate": row["at"].replace("Z", "+0000")}
            for row in found[:limit]
        ]


class Queue:
    def __init__(self) -> None:
        self.items = []

    async def __call__(self, items) -> int:
        self.items.extend(items)
        return len(items)


def row(number: int, at: datetime, **values: Any) -> dict[str, Any]:
    text = f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"
    return {"Id": record_id(f"00Q{number:012d}"), "at": text, **values}


async def swept(org: Org, *policies: Policy, **options: Any) -> tuple[list[str], Figures]:
    queue = Queue()
    figures = await reconcile(org, queue, policies or (LEADS,), clock=lambda: NOW, **options)
    assert all(item.reason is WorkReason.RECONCILED for item in queue.items)
    return [item.record_id for item in queue.items], figures


@asynchronous
async def test_undecided_records_since_take_from_are_put_oldest_first():
    org = Org(
        [
            row(1, NOW - timedelta(days=1)),
            row(2, NOW - timedelta(days=2)),
            row(3, NOW - timedelta(days=3), decided=True),
            row(4, NOW - timedelta(days=4), parked=True),
            row(5, LEADS.take_from),
            row(6, LEADS.take_from - timedelta(milliseconds=1)),
        ]
    )
    ids, figures = await swept(org)
    assert ids == [org.rows[n]["Id"] for n in (4, 1, 0)]
    assert figures == Figures(found=3, put=3, pages=1)


@asynchronous
async def test_pages_are_bounded_and_lose_nothing_among_records_of_one_moment(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    org = Org([row(n, NOW - timedelta(hours=n // 5)) for n in range(20)])
    ids, figures = await swept(org)
    assert sorted(ids) == sorted(row["Id"] for row in org.rows)
    assert len(ids) == len(set(ids)) == figures.found
    assert figures.pages == 7


@asynchronous
async def test_a_record_decided_between_two_pages_shifts_nothing(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    org = Org([row(n, NOW - timedelta(hours=9 - n)) for n in range(6)])
    queue = Queue()

    async def put(items) -> int:
        for each in org.rows:
            each["decided"] = each["Id"] in {item.record_id for item in items}
        return await queue(items)

    await reconcile(org, put, [LEADS], clock=lambda: NOW)
    assert [item.record_id for item in queue.items] == [each["Id"] for each in org.rows]


@asynchronous
async def test_each_object_is_asked_once_from_its_earliest_policy():
    early = policy("early", "Lead", NOW - timedelta(days=60))
    cases = policy("cases", "Case", NOW - timedelta(days=10))
    org = Org([])
    await swept(org, LEADS, early, cases)
    assert [re.search(r"FROM (\w+)", soql).group(1) for soql in org.asked] == ["Lead", "Case"]
    assert "CreatedDate >= 2026-01-01T09:00:00.000Z" in org.asked[0]
    assert "IsConverted = false" in org.asked[0]
    assert "IsConverted" not in org.asked[1]


@pytest.mark.parametrize(
    ("since", "asked"),
    [(timedelta(hours=2), "2026-03-02T07:00"), (timedelta(days=90), "2026-01-31T09:00")],
)
@asynchronous
async def test_a_light_sweep_asks_no_further_back_than_take_from(since, asked):
    org = Org([])
    await swept(org, window=Window(since=NOW - since, settle_for=timedelta(minutes=1)))
    assert f"CreatedDate >= {asked}" in org.asked[0]
    assert "CreatedDate <= 2026-03-02T08:59:05.000Z" in org.asked[0]


@asynchronous
async def test_stamp_fields_can_be_named_otherwise():
    asked: list[str] = []

    async def query(soql: str) -> list[dict[str, Any]]:
        asked.append(soql)
        return []

    fields = StampFields(decided_at="Routed_At__c", parked="Routing_Parked__c")
    await reconcile(query, Queue(), [LEADS], clock=lambda: NOW, fields=fields)
    assert "Routed_At__c = null AND Routing_Parked__c = null" in asked[0]


@asynchronous
async def test_a_failing_put_ends_the_sweep_loudly():
    async def put(items) -> int:
        raise OSError("disk is full")

    with pytest.raises(OSError, match="disk is full"):
        await reconcile(Org([row(1, NOW)]), put, [LEADS], clock=lambda: NOW)


@asynchronous
async def test_old_items_are_forgotten_by_their_own_ages():
    asked = []

    async def purge(finished_before, *, parked_before):
        asked.append((finished_before, parked_before))
        return 5

    retention = Retention(finished_for=timedelta(days=1), parked_for=timedelta(days=9))
    assert await forget_old_items(purge, retention=retention, clock=lambda: NOW) == 5
    await forget_old_items(purge, retention=Retention(parked_for=None), clock=lambda: NOW)
    assert asked == [
        (NOW - timedelta(days=1), NOW - timedelta(days=9)),
        (NOW - timedelta(days=7), None),
    ]


@asynchronous
async def test_what_no_policy_took_is_counted_and_not_put_again():
    changed_at = NOW - timedelta(hours=1)
    org = Org([row(1, NOW - timedelta(days=2)), row(2, NOW - timedelta(days=1))])
    queue, asked, known = Queue(), [], org.rows[0]["Id"]

    async def answers(soql: str) -> list[dict[str, Any]]:
        at = f"{changed_at:%Y-%m-%dT%H:%M:%S}.000+0000"
        return [{**each, "LastModifiedDate": at} for each in await org(soql)]

    def is_known(id, /, *, modified_at) -> bool:
        asked.append(modified_at)
        return id == known

    options = {"clock": lambda: NOW, "need_not_be_read": is_known}
    figures = await reconcile(answers, queue, [LEADS], **options)
    assert figures == Figures(found=2, put=1, pages=1)
    assert [item.record_id for item in queue.items] == [org.rows[1]["Id"]]
    assert asked == [changed_at, changed_at]
