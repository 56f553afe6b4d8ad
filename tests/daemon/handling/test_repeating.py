"""What earlier records get, on a live sandbox: all of it or nothing, once for each enquiry."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.daemon.handling.repeating import KnownChangedError, Repeating
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import RecordId, WorkItem, record_id
from ortoo_daemon.repeats import REPEATS, Attached, KnownUpdate
from ortoo_daemon.sandbox.seed import identities as seed
from tests.daemon.rig import handler_on, now, policy_set
from tests.sandbox.live import Live, live

COUNT = "Ortoo_Repeat_Count__c"
READ = ("City", "Description", "OwnerId", COUNT, REPEATS)
TASK = Attached(subject="Asked again", text="Is it @{still.there}?")


def a_lead(live: Live, **values: Any) -> RecordId:
    row = {"LastName": "Lopez", "Company": "-", **values}
    return record_id(live.sandbox.org.create("Lead", row, user_id=seed.WEB_FORMS_USER_ID))


async def update_of(handler: Handler, id_: RecordId, new: RecordId, **fields: Any) -> Decision:
    """The decision about ``new`` that gives the record these fields, as it stands now."""
    names = frozenset({*READ, "LastModifiedDate"})
    record = await handler.org.reader.read("Lead", id_, names)
    assert record is not None
    update = KnownUpdate(
        object="Lead",
        record_id=id_,
        fields=fields,
        own={REPEATS: f"{record.text(REPEATS)}\n{new}".strip(), COUNT: 1},
        before={name: record.get(name) for name in READ},
        modified_at=record.text("LastModifiedDate"),
        attached=TASK,
    )
    return Decision(
        object="Lead",
        record_id=new,
        key=f"{new}:first",
        outcome=Outcome.ASSIGNED,
        reason=ReasonCode.RULE,
        decided_at=now(),
        known=update,
    )


class Queue:
    def __init__(self) -> None:
        self.items: list[WorkItem] = []

    async def put(self, items: Sequence[WorkItem]) -> int:
        self.items += items
        return len(items)


def row_of(live: Live, id_: str) -> dict[str, Any]:
    (row,) = live.sandbox.org.storage.find("Lead", Id=id_)
    return dict(row)


def tasks_of(live: Live, id_: str) -> list[dict[str, Any]]:
    return [dict(row) for row in live.sandbox.org.storage.find("Task", WhoId=id_)]


@live()
async def test_values_count_line_and_task_land_together(live: Live) -> None:
    known, new = a_lead(live, City="Lyon"), a_lead(live)
    async with handler_on(live) as handler:
        decision = await update_of(handler, known, new, City="Paris")
        repeating = Repeating(handler.org, Queue().put)
        written = await repeating.note(decision, Policies(policy_set()), now())
    assert written is not None
    assert written.as_json() == {
        "object": "Lead",
        "id": known,
        "done": True,
        "before": {"City": "Lyon"},
        "after": {"City": "Paris"},
        "refused": {},
        "attached": True,
    }
    row = row_of(live, known)
    assert (row["City"], row[COUNT], row[REPEATS]) == ("Paris", 1, new)
    (task,) = tasks_of(live, known)
    assert (task["Subject"], task["Ortoo_Notice_Key__c"]) == ("Asked again", f"{new}:repeat")
    assert "still.there" in task["Description"]


@live()
async def test_somebody_who_changed_the_record_meanwhile_is_not_overwritten(live: Live) -> None:
    known, new = a_lead(live, City="Lyon"), a_lead(live)
    async with handler_on(live) as handler:
        decision = await update_of(handler, known, new, City="Paris")
        live.sandbox.org.update("Lead", known, {"City": "Nice"}, user_id=seed.WEB_FORMS_USER_ID)
        with pytest.raises(KnownChangedError):
            await Repeating(handler.org, Queue().put).note(decision, Policies(policy_set()), now())
    assert row_of(live, known)["City"] == "Nice"
    assert tasks_of(live, known) == []


@live()
async def test_what_the_org_refuses_is_left_out_and_the_rest_lands(live: Live) -> None:
    known, new = a_lead(live, City="Lyon"), a_lead(live)
    async with handler_on(live) as handler:
        decision = await update_of(handler, known, new, City="Paris", Rating="x" * 300)
        written = await Repeating(handler.org, Queue().put).note(
            decision, Policies(policy_set()), now()
        )
    assert written is not None
    assert written.done
    assert set(written.refused) == {"Rating"}
    assert row_of(live, known)["City"] == "Paris"
    assert len(tasks_of(live, known)) == 1


@live()
async def test_a_task_that_the_org_refuses_costs_neither_count_nor_line(live: Live) -> None:
    known, new = a_lead(live, City="Lyon"), a_lead(live)
    async with handler_on(live) as handler:
        decision = await update_of(handler, known, new)
        assert decision.known is not None
        nobody = replace(TASK, owner=RecordId("005000000000009AAA"))
        decision = replace(decision, known=replace(decision.known, attached=nobody))
        written = await Repeating(handler.org, Queue().put).note(
            decision, Policies(policy_set()), now()
        )
    assert written is not None
    assert written.done
    assert not written.attached
    assert row_of(live, known)[COUNT] == 1
    assert tasks_of(live, known) == []


@live()
async def test_a_record_whose_clock_begins_anew_is_put_in_line(live: Live) -> None:
    clock = {"clock": "first_response", "target": "1h", "hours": "24x7", "on_repeat": "restart"}
    known, new = a_lead(live), a_lead(live)
    async with handler_on(live) as handler:
        queue = Queue()
        for policies, woken in ((policy_set(), []), (policy_set(action={"sla": [clock]}), [known])):
            decision = await update_of(handler, known, new)
            assert decision.known is not None
            own = {**decision.known.own, "Ortoo_Asked_Again_At__c": "2026-11-23T10:00:00.000Z"}
            decision = replace(decision, known=replace(decision.known, own=own))
            await Repeating(handler.org, queue.put).note(decision, Policies(policies), now())
            assert [item.record_id for item in queue.items] == woken


@live()
async def test_of_enquiries_that_read_the_same_second_one_is_noted_and_the_others_decide_again(
    live: Live,
) -> None:
    known, new = a_lead(live, City="Lyon"), [a_lead(live) for _ in range(3)]
    async with handler_on(live) as one, handler_on(live) as other:
        decisions = [await update_of(one, known, each, City="Paris") for each in new]
        desks = (Repeating(one.org, Queue().put), Repeating(other.org, Queue().put))
        tried = await asyncio.gather(
            *(
                desk.note(decision, Policies(policy_set()), now())
                for desk, decision in zip((*desks, desks[1]), decisions, strict=True)
            ),
            return_exceptions=True,
        )
    assert sum(isinstance(each, KnownChangedError) for each in tried) == 2
    assert len(row_of(live, known)[REPEATS].splitlines()) == 1
    assert len(tasks_of(live, known)) == 1
