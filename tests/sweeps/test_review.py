"""Parked records are looked at again when their reason may be gone, and not for ever."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps import review as module
from ortoo_daemon.sweeps.review import HangsFrom, Parked, Review, World
from tests.asynchronous import asynchronous

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORLD = World(revision="r1", directory_at=NOW - HOUR)
OTHER_POLICIES = World(revision="r2", directory_at=WORLD.directory_at)
OTHER_DIRECTORY = World(revision="r1", directory_at=NOW)
REFUSED = "FIELD_CUSTOM_VALIDATION_EXCEPTION: Fill in the phone"


def row(number: int, parked_for: str = "no_contact", *, key: str = "first") -> dict[str, Any]:
    id = record_id(f"00Q{number:012d}")
    at = instant_text(NOW - timedelta(days=2) + timedelta(minutes=number // 3))
    return {
        "Id": id,
        "Ortoo_Parked__c": parked_for,
        "Ortoo_Decided_At__c": at.replace("Z", "+0000"),
        "Ortoo_Decision_Key__c": f"{id}:{key}",
        "LastModifiedDate": at.replace("Z", "+0000"),
    }


class Org:
    """Answers the page queries over its rows, as SOQL would."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = list(rows)
        self.asked: list[str] = []

    async def __call__(self, soql: str) -> list[dict[str, Any]]:
        self.asked.append(soql)
        after = re.search(r"Decided_At__c > (\S+) OR .* AND Id > '(\w+)'\)", soql)
        limit = int(re.search(r"ORDER BY Ortoo_Decided_At__c, Id LIMIT (\d+)$", soql).group(1))
        floor = (after.group(1).replace("Z", "+0000"), after.group(2)) if after else ("", "")
        ordered = sorted(self.rows, key=lambda row: (row["Ortoo_Decided_At__c"], row["Id"]))
        found = [row for row in ordered if (row["Ortoo_Decided_At__c"], row["Id"]) > floor]
        return found[:limit]


class Queue:
    def __init__(self) -> None:
        self.items: list[WorkItem] = []

    async def __call__(self, items: Sequence[WorkItem]) -> int:
        self.items += items
        return len(items)


async def put_by(
    review: Review, org: Org, *, world: World = WORLD, now: datetime = NOW
) -> list[int]:
    """Numbers of the records that one run puts."""
    queue = Queue()
    figures = await review.run(org, queue, "Lead", world=world, now=now)
    assert figures.put == len(queue.items)
    assert {item.reason for item in queue.items} <= {WorkReason.REVIEWED}
    return [int(item.record_id[3:15]) for item in queue.items]


@asynchronous
async def test_each_parked_record_is_looked_at_once_and_then_left_alone():
    org, review = Org(row(1), row(2, "no_target (policies/leads.yaml:9:3)")), Review(every=HOUR)
    assert await put_by(review, org) == [1, 2]
    for hours in range(1, 60):
        assert await put_by(review, org, now=NOW + hours * HOUR) == []


@asynchronous
async def test_a_change_of_the_record_or_the_policies_brings_it_back():
    org, review = Org(row(1), row(2)), Review(every=HOUR)
    await put_by(review, org)
    org.rows[1]["LastModifiedDate"] = "2026-03-02T09:30:00.000+0000"
    assert await put_by(review, org) == [2]
    assert await put_by(review, org) == []
    assert await put_by(review, org, world=OTHER_POLICIES) == [1, 2]


@asynchronous
async def test_a_changed_directory_brings_back_only_what_lacked_a_target():
    org, review = Org(row(1), row(2, "no_target (policies/leads.yaml:9:3)")), Review(every=HOUR)
    await put_by(review, org)
    assert await put_by(review, org, world=OTHER_DIRECTORY) == [2]


@pytest.mark.parametrize("reason", ["too_many_tries", "kept_changing", REFUSED])
@asynchronous
async def test_trouble_is_tried_again_at_growing_intervals(reason):
    org, review = Org(row(1, reason)), Review(every=HOUR)
    tried = [
        hour for hour in range(100) if await put_by(review, org, now=NOW + hour * HOUR) and org.rows
    ]
    assert tried == [0, 1, 3, 7, 15, 31, 55, 79]


@asynchronous
async def test_what_was_parked_at_a_clock_s_step_waits_for_a_person():
    org = Org(row(1, REFUSED, key="sla:20260302T090000.000000Z"), row(2, REFUSED))
    assert await put_by(Review(every=HOUR), org) == [2]


@asynchronous
async def test_a_run_is_bounded_and_the_next_goes_on_where_it_stopped(monkeypatch):
    monkeypatch.setattr(module, "PAGE", 3)
    monkeypatch.setattr(module, "MOST_PAGES", 2)
    org, review = Org(*(row(number) for number in range(14))), Review(every=HOUR)
    runs = [await put_by(review, org) for _ in range(4)]
    assert runs == [[*range(6)], [*range(6, 12)], [12, 13], []]
    assert "IsConverted = false" in org.asked[0]


@asynchronous
async def test_one_parking_is_one_handling_however_often_it_is_found():
    first, again = (Parked.from_row("Lead", row(1)).item(at) for at in (NOW, NOW + HOUR))
    assert first.decision_key == again.decision_key
    later = row(1) | {"Ortoo_Decided_At__c": "2026-03-02T09:00:00.000+0000"}
    assert Parked.from_row("Lead", later).item(NOW).decision_key != first.decision_key
    assert len(first.entry) <= 64


@asynchronous
async def test_memory_is_bounded_and_the_oldest_looks_are_forgotten(monkeypatch):
    monkeypatch.setattr(module, "_MOST_REMEMBERED", 2)
    org, review = Org(row(1), row(2), row(3)), Review(every=HOUR)
    await put_by(review, org)
    assert 1 in await put_by(review, org)


def test_a_reason_of_a_policy_is_no_trouble():
    reasons = {
        "no_contact": HangsFrom.POLICIES,
        "Needs a VIN: ask the customer": HangsFrom.POLICIES,
        "no_target (policies/leads.yaml:9:3)": HangsFrom.DIRECTORY,
        REFUSED: HangsFrom.TIME,
    }
    found = {text: Parked.from_row("Lead", row(1, text)).hangs_from for text in reasons}
    assert found == reasons
