"""Cases that an e-mail is split into, on a live sandbox: each once, whatever the org refuses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ortoo_daemon.consequences import NewRecord
from ortoo_daemon.daemon.handling.children import Children
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import FieldValue, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sandbox.seed import identities as seed
from tests.daemon.rig import handler_on, now
from tests.sandbox.live import Live, live


def parent_of(live: Live) -> RecordId:
    org = live.sandbox.org
    row = {"Subject": "Two requests"}
    return record_id(org.create("Case", row, user_id=seed.WEB_FORMS_USER_ID))


def decision(parent: RecordId, *children: NewRecord) -> Decision:
    return Decision(
        object="Case",
        record_id=parent,
        key=f"{parent}:first",
        outcome=Outcome.ASSIGNED,
        reason=ReasonCode.RULE,
        decided_at=now(),
        children=children,
    )


def child(parent: RecordId, number: int, **fields: FieldValue) -> NewRecord:
    return NewRecord(
        object="Case",
        key_field="Ortoo_Split_Key__c",
        key=f"mail:{number}",
        fields={"ParentId": parent, "Subject": f"Request {number}", **fields},
    )


def children_in(live: Live) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        row
        for number in (1, 2)
        for row in live.sandbox.org.storage.find("Case", Ortoo_Split_Key__c=f"mail:{number}")
    ]
    return rows


class Queue:
    def __init__(self) -> None:
        self.items: list[WorkItem] = []

    async def put(self, items: Sequence[WorkItem]) -> int:
        self.items += items
        return len(items)


@live()
async def test_each_child_is_made_once_and_put_to_work_every_time(live: Live) -> None:
    async with handler_on(live) as handler:
        queue, parent = Queue(), parent_of(live)
        made, found = Children(handler.org, queue.put), decision(parent, *two(parent))
        ids = await made.make(found, now())
        assert await made.make(found, now()) == ids
    rows = children_in(live)
    assert sorted(row["Id"] for row in rows) == sorted(ids)
    assert {row["ParentId"] for row in rows} == {parent}
    assert [item.record_id for item in queue.items] == [*ids, *ids]
    assert {item.reason for item in queue.items} == {WorkReason.SPLIT}


def two(parent: RecordId) -> tuple[NewRecord, NewRecord]:
    return child(parent, 1), child(parent, 2)


@live()
async def test_a_child_on_which_somebody_works_is_left_as_it_is(live: Live) -> None:
    async with handler_on(live) as handler:
        queue, parent = Queue(), parent_of(live)
        made, found = Children(handler.org, queue.put), decision(parent, *two(parent))
        first, _ = await made.make(found, now())
        await handler.org.writer.upsert(
            "Case",
            "Ortoo_Split_Key__c",
            [{"Ortoo_Split_Key__c": "mail:1", "Subject": "Renamed by a person"}],
        )
        await made.make(found, now())
    (row,) = (row for row in children_in(live) if row["Id"] == first)
    assert row["Subject"] == "Renamed by a person"


@live()
async def test_a_value_that_the_org_refuses_never_costs_the_child(live: Live) -> None:
    async with handler_on(live) as handler:
        queue, parent = Queue(), parent_of(live)
        wrong = child(parent, 1, Request_Type__c="no such kind", Brand__c="Peugeot")
        await Children(handler.org, queue.put).make(decision(parent, wrong), now())
    (row,) = children_in(live)
    assert row["Brand__c"] == "Peugeot"
    assert not row.get("Request_Type__c")
