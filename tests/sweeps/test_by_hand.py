"""Claims about the sweep that finds whom people gave records to, whatever the events said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ortoo_daemon.policy.boundary_model import Boundaries, Boundary
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import WorkItem
from ortoo_daemon.sweeps import by_hand
from ortoo_daemon.sweeps.by_hand import Found, find_given_by_hand
from tests.asynchronous import asynchronous
from tests.world import PLACE, an_id, policy

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
GIVEN = Boundaries(of=frozenset(Boundary), place=PLACE)
ANA, BEA, DESK = an_id("005", 1), an_id("005", 2), an_id("00G", 1)


def row(number: int, *, owner: str, given_to: str | None = ANA, minute: int = 0) -> dict[str, Any]:
    return {
        "Id": an_id("00Q", number),
        "OwnerId": owner,
        "Ortoo_Assigned_Owner__c": given_to,
        "LastModifiedDate": f"2026-11-23T11:{minute:02}:00.000+0000",
    }


@dataclass
class Org:
    """Answers each query with the next page."""

    pages: list[list[dict[str, Any]]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    put: list[WorkItem] = field(default_factory=list)

    async def query(self, soql: str, /) -> list[dict[str, Any]]:
        self.asked.append(soql)
        return self.pages.pop(0) if self.pages else []

    async def keep(self, items: Sequence[WorkItem], /) -> int:
        self.put += items
        return len(items)


async def found(org: Org, *policies: Policy) -> Found:
    return await find_given_by_hand(
        org.query,
        org.keep,
        policies,
        since=NOON - timedelta(hours=1),
        until=NOON - timedelta(minutes=2),
        now=NOON,
    )


@asynchronous
async def test_without_boundaries_the_org_is_not_asked():
    org = Org()
    assert (await found(org, policy())).found == 0
    assert org.asked == []


@asynchronous
async def test_who_holds_what_the_daemon_gave_to_another_is_found_and_nobody_else():
    rows = [
        row(1, owner=ANA),
        row(2, owner=BEA, minute=5),
        row(3, owner=DESK),
        row(4, owner=BEA, given_to=None, minute=9),
    ]
    org = Org([rows])
    figures = await found(org, policy(boundaries=GIVEN), policy(name="b", boundaries=GIVEN))
    assert (figures.found, figures.put, len(org.asked)) == (2, 2, 1)
    assert [(item.record_id, item.entry) for item in org.put] == [
        (an_id("00Q", 2), "by_hand:20261123T110500.000000Z"),
        (an_id("00Q", 4), "by_hand:20261123T110900.000000Z"),
    ]
    assert all(item.found_by_hand and "OwnerId" in item.changed_fields for item in org.put)
    (soql,) = org.asked
    assert "LastModifiedDate >= 2026-11-23T11:00:00" in soql
    assert "LastModifiedDate <= 2026-11-23T11:58:00" in soql
    assert "IsConverted = false" in soql


@asynchronous
async def test_pages_follow_the_last_row_and_what_is_more_is_looked_at_next_time(monkeypatch):
    monkeypatch.setattr(by_hand, "PAGE", 2)
    monkeypatch.setattr(by_hand, "MOST_PAGES", 2)
    pages = [
        [row(1, owner=ANA), row(2, owner=BEA, minute=1)],
        [row(3, owner=ANA), row(4, owner=BEA, minute=3)],
    ]
    org = Org([list(page) for page in pages])
    figures = await found(org, policy(boundaries=GIVEN))
    assert (figures.found, len(org.asked)) == (2, 2)
    assert f"Id > '{an_id('00Q', 2)}'" in org.asked[1]
    assert figures.seen_until == NOON - timedelta(minutes=57)
    assert (await found(Org([pages[0][:1]]), policy(boundaries=GIVEN))).seen_until == (
        NOON - timedelta(minutes=2)
    )
