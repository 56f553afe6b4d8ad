"""Claims about the clocks that start, and about what is written to a record."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ortoo_daemon.action import stamps
from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit import record as audit_record
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.expressions import Constant, Reference
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.sla_model import SlaRule, SlaTarget
from tests.world import (
    DESK,
    PLACE,
    an_id,
    decided,
    directory,
    facts,
    is_,
    lead,
    minutes,
    person,
    policy,
    rooftop,
    rule,
    to_people,
)

METADATA = Path(__file__).parents[2] / "config/salesforce/main/default/objects"
SHOP = BusinessHours(name="Shop", zone="Europe/Paris", windows=(((540, 1080),),) * 5 + ((), ()))
RECEIVED = datetime(2026, 11, 23, 9, 10, tzinfo=UTC)


def sla(*choices, hours: str = "24x7", warn=(), clock: str = "first_response") -> SlaRule:
    target = SlaTarget(choices=choices or ((None, minutes(30)),))
    return SlaRule(clock=clock, target=target, hours=hours, warn=warn, place=PLACE)


def with_clocks(*clocks: SlaRule, site_hours: str | None = "Shop", **fields):
    site = rooftop(1, "Site", hours=site_hours)
    choice = to_people(rooftop=RooftopChoice(place=PLACE))
    asked = policy(rule("n", assign=choice), sla=clocks)
    network = directory((site,), (person(1, at=site),), hours={"Shop": SHOP})
    return decided(asked, facts(lead(**fields), network))


def test_a_clock_runs_from_receipt_not_from_the_decision():
    (clock,) = with_clocks(sla()).clocks
    assert (clock.started_at, clock.target_at) == (RECEIVED, RECEIVED + minutes(30))


def test_a_clock_in_rooftop_hours_stands_still_while_the_rooftop_is_closed():
    friday = "2026-11-20T16:50:00.000+0000"
    (clock,) = with_clocks(sla(hours="rooftop", warn=(0.5,)), CreatedDate=friday).clocks
    assert clock.target_at == datetime(2026, 11, 23, 8, 20, tzinfo=UTC)
    assert clock.warn_at == (datetime(2026, 11, 23, 8, 5, tzinfo=UTC),)
    assert clock.hours == "Shop"


def test_the_first_target_whose_condition_holds_counts():
    rule_ = sla((is_("Hot__c", "yes"), minutes(5)), (None, minutes(30)))
    assert with_clocks(rule_, Hot__c="yes").clocks[0].target_at == RECEIVED + minutes(5)
    assert with_clocks(rule_).clocks[0].target_at == RECEIVED + minutes(30)
    assert with_clocks(sla((is_("Hot__c", "yes"), minutes(5)))).clocks == ()


def test_warnings_are_fractions_or_time_left_earliest_first():
    warn = (0.8, 0.5, minutes(10), minutes(45), 1.0)
    (clock,) = with_clocks(sla(warn=warn)).clocks
    assert clock.warn_at == tuple(RECEIVED + minutes(m) for m in (15, 20, 24))


@pytest.mark.parametrize(
    ("hours", "site_hours", "why"),
    [
        ("rooftop", None, "the rooftop names no hours"),
        ("rooftop", "Lost", "no hours 'Lost'"),
        ("Night", "Shop", "no hours 'Night'"),
    ],
)
def test_unknown_hours_are_measured_around_the_clock_and_reported(hours, site_hours, why):
    found = with_clocks(sla(hours=hours), site_hours=site_hours)
    assert found.clocks[0].target_at == RECEIVED + minutes(30)
    assert found.clocks[0].hours == "24x7"
    assert why in found.trace.reports[0].message


def test_hours_that_never_open_are_measured_around_the_clock_and_reported():
    never = BusinessHours(name="Never", zone="UTC", windows=((),) * 7)
    asked = policy(rule("all"), sla=(sla(hours="Never"),))
    found = decided(asked, facts(lead(), directory(hours={"Never": never})))
    assert found.clocks[0].target_at == RECEIVED + minutes(30)
    assert found.trace.reports[0].code == "hours_never_open"


def test_sets_see_the_rooftop_and_the_owner_that_were_found():
    site = rooftop(1, "Site", tags={"Crm": "adf"})
    sets = (
        SetField(field="Site__c", value=Reference(PLACE, "$rooftop.Crm"), place=PLACE),
        SetField(field="Adviser__c", value=Reference(PLACE, "$owner.Name"), place=PLACE),
        SetField(field="Rating", value=Constant(PLACE, "Hot"), only_empty=True, place=PLACE),
    )
    choice = to_people(rooftop=RooftopChoice(place=PLACE))
    asked = policy(rule("n", assign=choice), sets=sets)
    found = decided(asked, facts(lead(Rating="Cold"), directory((site,), (person(1, at=site),))))
    assert found.fields == {"Site__c": "adf", "Adviser__c": "Person 1"}


# What is written


def to_desk(**fields):
    record = lead(OwnerId=an_id("005", 9), CreatedById=an_id("005", 9), **fields)
    sets = (SetField(field="Rating", value=Constant(PLACE, "Hot"), place=PLACE),)
    asked = policy(
        rule("all"), sets=sets, sla=(sla(warn=(0.5,)), sla((None, minutes(90)), clock="x"))
    )
    return decided(asked, facts(record, directory())), record


def test_owner_and_proof_stand_together_apart_from_business_fields():
    decision, record = to_desk()
    write = owner_write(decision, record)
    assert write.business == {"Rating": "Hot"}
    assert write.core["OwnerId"] == write.core["Ortoo_Assigned_Owner__c"] == DESK.id
    assert write.core["Ortoo_Prior_Owner__c"] == record.get("OwnerId")
    assert write.core["Ortoo_Decision_Key__c"] == f"{record.id}:first"
    assert write.core["Ortoo_Decided_At__c"] == "2026-11-23T09:15:00.000Z"
    assert (write.core["Ortoo_Policy__c"], write.core["Ortoo_Rule__c"]) == ("leads", "all")
    assert write.core["Ortoo_Parked__c"] is None
    assert write.whole == {**write.business, **write.core}


def test_a_refused_business_field_costs_nothing_else():
    decision, record = to_desk()
    write = owner_write(decision, record)
    assert write.without(frozenset({"Rating", "OwnerId"})).whole == write.core


def test_the_clock_stamps_name_the_next_step_and_every_clock():
    decision, record = to_desk()
    core = owner_write(decision, record).core
    assert core["Ortoo_SLA_Next_At__c"] == "2026-11-23T09:25:00.000Z"
    assert core["Ortoo_SLA_Target_At__c"] == "2026-11-23T09:40:00.000Z"
    assert core["Ortoo_SLA_Status__c"] == "Running"
    kept = json.loads(core["Ortoo_SLA_Clocks__c"])
    assert [clock["name"] for clock in kept["clocks"]] == ["first_response", "x"]
    assert kept["clocks"][0]["warn_at"] == ["2026-11-23T09:25:00.000Z"]


def test_a_business_value_that_stands_by_now_is_not_written_again():
    decision, record = to_desk()
    assert owner_write(decision, replace(record, fields={"Rating": "Hot"})).business == {}


def test_an_owner_who_has_it_already_is_not_written_again():
    decision, record = to_desk()
    assert "OwnerId" not in owner_write(decision, replace(record, fields={"OwnerId": DESK.id})).core


def test_a_parked_record_keeps_its_owner_and_bears_the_reason():
    decision, record = to_desk()
    parked = replace(
        decision, outcome=Outcome.PARKED, owner=None, clocks=(), parked_for="no_contact" * 40
    )
    core = owner_write(parked, record).core
    assert "OwnerId" not in core
    assert len(core["Ortoo_Parked__c"]) == 255
    assert core["Ortoo_Parked__c"].endswith("…")
    assert core["Ortoo_Decided_At__c"]


def test_a_record_left_alone_gets_stamps_and_nothing_else():
    decision, record = to_desk()
    left = replace(
        decision,
        outcome=Outcome.LEFT_ALONE,
        reason=ReasonCode.TAKEN_BY_PERSON,
        owner=None,
        fields={},
        clocks=(),
    )
    write = owner_write(left, record)
    assert write.business == {}
    assert set(write.core) == {
        stamps.DECIDED_AT,
        stamps.DECISION_KEY,
        stamps.PRIOR_OWNER,
        stamps.POLICY,
        stamps.RULE,
    }


@pytest.mark.parametrize("outcome", [Outcome.RECOVERED, Outcome.NOTHING])
def test_what_asks_for_no_write_writes_nothing(outcome):
    decision, record = to_desk()
    assert owner_write(replace(decision, outcome=outcome), record).whole == {}


def metadata(object_name: str, field: str) -> ElementTree.Element:
    return ElementTree.parse(
        METADATA / object_name / "fields" / f"{field}.field-meta.xml"
    ).getroot()


def length_of(object_name: str, field: str) -> int:
    root = metadata(object_name, field)
    spaced = {child.tag.rpartition("}")[2]: child.text for child in root}
    return 255 if spaced["type"] == "TextArea" else int(spaced["length"])


@pytest.mark.parametrize("object_name", ["Lead", "Case"])
def test_every_stamp_stands_in_the_shipped_metadata_with_its_length(object_name):
    for field in stamps.STAMPS:
        metadata(object_name, field)
    lengths = {name: length_of(object_name, name) for name in stamps.LENGTHS}
    assert lengths == stamps.LENGTHS


def test_the_audit_rows_fields_stand_in_the_shipped_metadata_with_their_lengths():
    decision, record = to_desk()
    row = audit_record.decision_row(decision, facts(record, directory()), timings={})
    for field in row:
        metadata(audit_record.OBJECT, field)
    lengths = {name: length_of(audit_record.OBJECT, name) for name in audit_record.LENGTHS}
    assert lengths == audit_record.LENGTHS


def test_the_time_of_a_decision_survives_the_way_into_the_org_and_back():
    at = datetime(2026, 11, 23, 10, 15, 0, 123000, tzinfo=UTC)
    assert instant(instant_text(at)) == at
    assert instant("2026-11-23T10:15:00.123+0000") == at
    assert instant("2026-11-23T11:15:00.123+0100") == at


@pytest.mark.parametrize(
    "value", ["soon", None, "", 5, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-10:00"]
)
def test_what_is_no_time_the_org_can_hold_is_none(value):
    assert instant(value) is None
