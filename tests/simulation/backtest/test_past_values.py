"""Claims about what is known of a record as it was."""

import json
from datetime import timedelta

from ortoo_daemon.action.sla_clocks import SlaStamp, read_stamp, stamp_text
from ortoo_daemon.audit.kept_facts import value_hash
from ortoo_daemon.clocks import Waiting
from ortoo_daemon.records import Record, WorkReason
from ortoo_daemon.simulation.backtest.past_values import FieldChanged, past_decision
from tests.simulation.backtest.past import DAEMON
from tests.world import DESK, LEAD, NOW, an_id

PERSON = an_id("005", 7)
KEY = f"{LEAD}:first"


def row(*, trace=None, facts=None, **given):
    return {
        "Ortoo_Key__c": KEY,
        "Object__c": "Lead",
        "Record_Id__c": LEAD,
        "Outcome__c": "assigned",
        "Reason__c": "created",
        "Reason_Code__c": "rule",
        "Policy__c": "leads",
        "Revision__c": "0123456789ab",
        "Rule__c": "all",
        "Rooftop__c": None,
        "Owner_Before__c": PERSON,
        "Owner_After__c": DESK.id,
        "Owner_Name__c": "The desk",
        "Decided_At__c": "2026-11-23T09:15:00.000+0000",
        "Summary__c": "to the desk",
        "Trace__c": json.dumps({"v": 1, **(trace or {})}),
        "Facts__c": json.dumps({"v": 1, **(facts or {})}),
        **given,
    }


def known(fields, *, changes=(), touched=True, read_then=frozenset(), **given):
    """What is said of a record whose fields hold these values today."""
    told = {
        "Ortoo_Decision_Key__c": KEY,
        "LastModifiedById": PERSON if touched else DAEMON,
        "LastModifiedDate": "2026-11-23T09:15:01.000+0000",
        **fields,
    }
    record = Record(object="Lead", id=LEAD, fields=told)
    return past_decision(
        row(**given), record, daemon_user=DAEMON, changes=changes, read_then=read_then
    )


def values(found, *names):
    return {name: (found.fields[name], name in found.of_then) for name in names}


def test_a_value_that_nothing_tells_of_is_todays():
    found = known({"City": "Lyon"})
    assert values(found, "City") == {"City": ("Lyon", False)}


def test_what_the_decision_changed_is_what_stood_there_before_its_first_change():
    changes = [
        {"stage": "intake", "field": "Phone", "before": "01 23", "after": "0123"},
        {"stage": "action", "field": "Phone", "before": "0123", "after": "+33123"},
    ]
    found = known({"Phone": "+33123"}, trace={"changes": changes})
    assert values(found, "Phone") == {"Phone": ("01 23", True)}


def test_a_value_by_which_a_rule_failed_is_of_then_unless_the_decision_had_changed_it():
    failed = {"at": "f:1:1", "text": "", "field": "Fuel__c", "value": "Diesel"}
    rules = [{"name": "ev", "at": "f:1:1", "outcome": "not_matched", "failed": failed}]
    assert values(known({"Fuel__c": "EV"}, trace={"rules": rules}), "Fuel__c") == {
        "Fuel__c": ("Diesel", True)
    }
    changes = [{"stage": "enrichment", "field": "Fuel__c", "before": None, "after": "Diesel"}]
    found = known({"Fuel__c": "EV"}, trace={"rules": rules, "changes": changes})
    assert values(found, "Fuel__c") == {"Fuel__c": (None, True)}


def test_watched_values_are_of_then_unless_they_were_kept_as_a_hash():
    found = known(
        {"Status": "Working", "Description": "long"},
        facts={"watched": {"Status": "New", "Description": "sha256:abc"}},
    )
    assert values(found, "Status", "Description") == {
        "Status": ("New", True),
        "Description": ("long", False),
    }


def test_field_history_tells_what_stood_there_before_the_first_change_since():
    changes = [
        FieldChanged("Status", NOW + timedelta(hours=2), "Contacted"),
        FieldChanged("Status", NOW + timedelta(hours=1), "New"),
        FieldChanged("Status", NOW - timedelta(hours=1), "Draft"),
    ]
    found = known({"Status": "Qualified"}, changes=changes)
    assert values(found, "Status") == {"Status": ("New", True)}


def test_every_value_of_a_record_that_only_the_decision_wrote_to_is_of_then():
    assert values(known({"City": "Lyon"}, touched=False), "City") == {"City": ("Lyon", True)}


def test_the_record_as_it_was_read_comes_before_all_that_is_pieced_together():
    facts = {"fields": {"City": "Lyon"}, "watched": {"City": "Pau"}}
    changes = [FieldChanged("City", NOW + timedelta(hours=1), "Nice")]
    found = known({"City": "Brest", "Street": "A"}, facts=facts, changes=changes)
    assert values(found, "City", "Street") == {"City": ("Lyon", True), "Street": ("A", False)}


def test_what_was_read_of_every_record_then_and_is_not_kept_was_empty():
    found = known({"City": "Brest"}, facts={"fields": {}}, read_then=frozenset({"City"}))
    assert values(found, "City") == {"City": (None, True)}
    older = known({"City": "Brest"}, read_then=frozenset({"City"}))
    assert values(older, "City") == {"City": ("Brest", False)}


def test_a_long_value_is_of_then_while_it_stands_there():
    hashes = {"Description": value_hash("as it was"), "Notes__c": value_hash("as it was")}
    found = known(
        {"Description": "as it was", "Notes__c": "as it is"},
        facts={"fields": {}, "hashes": hashes},
        read_then=frozenset({"Description", "Notes__c"}),
    )
    assert values(found, "Description", "Notes__c") == {
        "Description": ("as it was", True),
        "Notes__c": ("as it is", False),
    }


def test_a_later_step_of_a_clock_may_hide_a_persons_change():
    stepped = {"City": "Lyon", "Ortoo_Decision_Key__c": f"{LEAD}:first_response:warning"}
    assert values(known(stepped, touched=False), "City") == {"City": ("Lyon", False)}


def test_the_moment_is_the_one_that_was_decided_at_not_its_second():
    exact = known({}, facts={"now": "2026-11-23T09:15:00.250Z"})
    assert exact.decided_at == NOW + timedelta(milliseconds=250)
    assert known({}).decided_at == NOW


def test_a_lead_that_was_decided_was_not_converted():
    found = known({"IsConverted": True})
    assert values(found, "IsConverted") == {"IsConverted": (False, True)}


def test_stamps_are_no_values_of_the_record_and_nothing_else_is_invented():
    found = known({"City": "Lyon"}, facts={"watched": {"NotRead__c": 1}})
    assert "Ortoo_Decision_Key__c" not in found.fields
    assert "NotRead__c" not in found.fields


def test_answers_counters_and_the_way_in_are_kept():
    answer = {
        "past_owner_of": {"field": "Email", "value": " A@Example.com"},
        "since": "2026-08-01T00:00:00.000Z",
        "answer": PERSON,
    }
    unasked = {**answer, "answer": "not asked: the org's API calls are short"}
    turns = {"pool": "leads/all/-", "clock": 1.5, "at": {PERSON: 2.0}}
    facts = {"answers": [answer], "open_work": {PERSON: 4}, "turns": turns}
    found = known({}, facts=facts, Reason__c="requeued")
    assert found.past_owners == {("Email", "a@example.com"): PERSON}
    assert (found.open_work, found.pool, found.turns.clock) == ({PERSON: 4}, "leads/all/-", 1.5)
    assert found.way_in is WorkReason.REQUEUED
    assert found.seen_owner == PERSON
    assert known({}, facts={"answers": [unasked]}).past_owners == {}


def test_a_wait_for_skills_that_the_record_came_from_is_of_then_and_clocks_are_not():
    waiting = Waiting(rule="ev", since=NOW - timedelta(minutes=10), next_at=NOW)
    read = stamp_text(SlaStamp(waiting=waiting, routed_at=NOW))
    found = known({}, facts={"fields": {"Ortoo_SLA_Clocks__c": read}})
    kept = read_stamp(found.fields["Ortoo_SLA_Clocks__c"])
    assert (kept.waiting, kept.routed_at) == (waiting, None)
    assert "Ortoo_SLA_Clocks__c" not in known({}, facts={"fields": {}}).fields
