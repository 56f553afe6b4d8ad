"""Has a watched field changed since the decision? Asked only where the event does not tell, and then sure."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, cast

import pytest

from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.daemon.hearing.reopening import Reopenings
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.records import FieldValue, Record, WorkItem, WorkReason
from ortoo_daemon.salesforce.org import Org
from tests.asynchronous import asynchronous
from tests.world import NOW, an_id, directory, policies, policy, rule

LEAD = an_id("00Q", 1)
FIRST = f"{LEAD}:first"
DECIDED_AT = "2026-11-23T09:12:00.000+0000"
DECIDED = NOW - timedelta(minutes=3)
WATCHED = frozenset({"Brand__c", "Callback__c", "Description"})
POLICIES = Policies(policies(policy(rule("all"), on=Triggers(changed=WATCHED))))
HELD: dict[str, FieldValue] = {
    "Brand__c": "Peugeot",
    "Callback__c": "2026-11-24T10:00:00.000+0000",
    "Description": "x" * 5000,
}


class Org_:
    """The decision records of an org."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = rows
        self.asked = 0

    async def query(self, text: str) -> list[dict[str, Any]]:
        self.asked += 1
        return list(self.rows)


def lead(**values: FieldValue) -> Record:
    stamps = {"Ortoo_Decided_At__c": DECIDED_AT, "Ortoo_Decision_Key__c": FIRST}
    return Record(object="Lead", id=LEAD, fields={**stamps, **HELD, **values})


def heard(**values: Any) -> WorkItem:
    given = {"reason": WorkReason.CHANGED, "heard_at": NOW, "committed_at": NOW} | values
    return WorkItem(object="Lead", record_id=LEAD, **given)


def kept(
    key: str = FIRST,
    written: dict[str, FieldValue] | None = None,
    number: int = 1,
    **values: FieldValue,
) -> dict[str, Any]:
    """The row that a decision left which had read these values."""
    record = lead(**values)
    decision = Decision(
        object="Lead",
        record_id=LEAD,
        key=key,
        outcome=Outcome.ASSIGNED,
        reason=ReasonCode.RULE,
        decided_at=DECIDED,
    )
    facts = Facts(item=heard(), record=record, now=DECIDED, directory=directory(), watched=WATCHED)
    row = decision_row(decision, facts, timings={}, written=Written(fields=written or {}))
    return {**row, "Id": an_id("a0D", number), "Decided_At__c": DECIDED_AT}


async def changed(org: Org_, item: WorkItem, record: Record) -> frozenset[str] | None:
    return await Reopenings(cast(Org, org)).changed_since(item, record, POLICIES)


@asynchronous
async def test_fields_that_hold_something_else_than_the_decision_left_are_found() -> None:
    unnamed = heard()
    assert await changed(Org_(kept()), unnamed, lead()) == frozenset()
    assert await changed(Org_(kept()), unnamed, lead(Brand__c="Opel")) == {"Brand__c"}
    assert await changed(Org_(kept()), unnamed, lead(Brand__c=None)) == {"Brand__c"}
    assert await changed(Org_(kept()), unnamed, lead(Fax="1")) == frozenset()
    longer = lead(Description="x" * 4999 + "y")
    assert await changed(Org_(kept()), unnamed, longer) == {"Description"}


@asynchronous
async def test_what_the_decision_wrote_is_no_change() -> None:
    org = Org_(kept(written={"Brand__c": "Opel", "Callback__c": "2026-11-24T10:00:00.000Z"}))
    assert await changed(org, heard(), lead(Brand__c="Opel")) == frozenset()
    assert await changed(org, heard(), lead()) == {"Brand__c"}


@asynchronous
async def test_the_decision_that_the_record_names_counts_not_the_steps_of_its_clocks() -> None:
    again = f"{LEAD}:reopened:{DECIDED_AT}"
    step = kept(f"{LEAD}:sla:first_response:warning1", number=3, Brand__c="Opel")
    org = Org_(kept(again, Brand__c="Opel"), kept(number=2), step)
    named = lead(Brand__c="Opel", Ortoo_Decision_Key__c=again)
    assert await changed(org, heard(), named) == frozenset()
    org = Org_(kept(), step)
    stepped = lead(Brand__c="Opel", Ortoo_Decision_Key__c=step["Ortoo_Key__c"])
    assert await changed(org, heard(), stepped) == {"Brand__c"}


@pytest.mark.parametrize(
    ("item", "record"),
    [
        (heard(changed_fields=frozenset({"Brand__c"})), lead()),
        (heard(changed_fields=frozenset({"Fax"}), committed_at=DECIDED), lead()),
        (heard(reason=WorkReason.RECONCILED), lead()),
        (heard(reason=WorkReason.REQUEUED, entry="r1"), lead()),
        (heard(), lead(Ortoo_Decided_At__c=None)),
    ],
    ids=["named", "unwatched", "swept", "by hand", "undecided"],
)
def test_where_item_and_record_tell_enough_nobody_is_asked(item, record):
    @asynchronous
    async def work() -> None:
        org = Org_(kept())
        assert await changed(org, item, record) is None
        assert org.asked == 0

    work()


@pytest.mark.parametrize("seconds", [-9, 0, 9])
def test_a_change_about_when_the_record_was_decided_is_compared(seconds):
    @asynchronous
    async def work() -> None:
        at = DECIDED + timedelta(seconds=seconds)
        item = heard(changed_fields=frozenset({"Brand__c"}), committed_at=at)
        assert await changed(Org_(kept()), item, lead()) == frozenset()
        assert await changed(Org_(kept()), item, lead(Brand__c="Opel")) == {"Brand__c"}

    work()


@pytest.mark.parametrize("facts", ["", "null", '{"v":1}', '{"watched":{}}', None])
def test_a_decision_that_kept_nothing_can_t_be_compared_with(facts):
    @asynchronous
    async def work() -> None:
        assert await changed(Org_({**kept(), "Facts__c": facts}), heard(), lead()) is None
        assert await changed(Org_(), heard(), lead()) is None

    work()


def test_a_policy_that_watches_nothing_keeps_nothing():
    facts = Facts(item=heard(), record=lead(), now=DECIDED, directory=directory())
    decision = Decision(
        object="Lead",
        record_id=LEAD,
        key=FIRST,
        outcome=Outcome.ASSIGNED,
        reason=ReasonCode.RULE,
        decided_at=DECIDED,
    )
    assert "watched" not in json.loads(str(decision_row(decision, facts, timings={})["Facts__c"]))
