"""Which vehicle a record is about, through the whole of `decide`."""

from dataclasses import replace

import pytest
import yaml

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.audit.record import Written, decision_row
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.facts import Facts, NotAsked
from ortoo_daemon.flow import Needs, decide, resume
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.records import Record, WorkItem, WorkReason
from ortoo_daemon.simulation.past_facts import Now
from ortoo_daemon.simulation.policy_tests import run_tests
from ortoo_daemon.simulation.replay import replay
from ortoo_daemon.vehicles import VehicleQuestion, Vehicles
from tests.world import NOW, an_id, directory

LEAD = an_id("00Q", 1)
VIN = "VF3CUHMZ6KY123456"
CAR = {"Id": "a0V000000000001AAA", "Vin__c": VIN, "Model__c": "208"}
STEP = {
    "vin": "Vin__c",
    "object": "Vehicle__c",
    "by": "Vin__c",
    "set": {"Vehicle__c": "Id", "Model__c": "Model__c"},
}


def policies(**vehicle):
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"cleanse": {"Vin__c": "trim"}, "vehicle": STEP | vehicle},
        "ownership": {"rules": [], "otherwise": {"queue": "Desk"}},
    }
    return load({"policies/leads.yaml": yaml.safe_dump(document).encode()})


def facts(**fields) -> Facts:
    values = {"CreatedDate": instant_text(NOW), "Vin__c": f" {VIN.lower()} "} | fields
    item = WorkItem(object="Lead", record_id=LEAD, reason=WorkReason.CREATED, heard_at=NOW)
    record = Record(object="Lead", id=LEAD, fields=values)
    return Facts(item=item, record=record, now=NOW, directory=directory())


def asked(found=None, given=None) -> VehicleQuestion:
    needs = decide(found or policies(), given or facts())
    assert isinstance(needs, Needs)
    (question,) = needs.questions
    assert isinstance(question, VehicleQuestion)
    return question


def decided(answer, *, given=None, **vehicle) -> Decision:
    found, about = policies(**vehicle), given or facts()
    needs = decide(found, about)
    assert isinstance(needs, Needs)
    answers = dict.fromkeys(needs.questions, answer)
    decision = resume(needs, replace(about, answers=answers))
    assert isinstance(decision, Decision)
    assert decision == decide(found, replace(about, answers=answers))
    return decision


def codes(decision):
    return [report.code for report in decision.trace.reports]


def test_the_vin_is_asked_for_as_a_vin_is_written_with_what_a_new_one_would_hold():
    assert asked() == VehicleQuestion("Vehicle__c", "Vin__c", VIN, ("Id", "Model__c", "Vin__c"))
    made = asked(
        policies(make={"Brand__c": "Brand__c", "Colour__c": "Colour__c"}), facts(Brand__c="Kia")
    )
    assert made.make == (("Brand__c", "Kia"),)


def test_the_vehicle_found_fills_empty_fields():
    decision = decided(Vehicles([CAR]), given=facts(Model__c="e-208"))
    assert decision.fields["Vehicle__c"] == CAR["Id"]
    assert "Model__c" not in decision.fields
    decision = decided(Vehicles([CAR]), given=facts(Model__c="e-208"), only_empty=False)
    assert decision.fields["Model__c"] == "208"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Vehicles(), "no_vehicle"),
        (Vehicles([CAR, CAR | {"Id": "a0V000000000002AAA"}]), "several_vehicles"),
        (NotAsked.REFUSED, "not_asked"),
        (None, "not_asked"),
    ],
)
def test_none_and_several_leave_the_fields_alone_and_are_told(answer, code):
    decision = decided(answer)
    assert "Vehicle__c" not in decision.fields
    assert codes(decision) == [code]


@pytest.mark.parametrize(
    "vin", ["VF3CUHMZ6KY12345", "VF3CUHMZ6KYI23456", "1HGCM82633A004353", "not known"]
)
def test_what_is_no_vin_is_told_and_looked_up_nowhere(vin):
    """Too short, with an I, with a wrong check digit, words."""
    decision = decide(policies(), facts(Vin__c=vin))
    assert isinstance(decision, Decision)
    assert codes(decision) == ["vin"]


def test_nobody_is_asked_without_a_vin_or_with_nothing_to_fill():
    whole = {"Vehicle__c": CAR["Id"], "Model__c": "208"}
    for given in (facts(Vin__c=None), facts(**whole)):
        assert isinstance(decide(policies(), given), Decision)
    assert isinstance(decide(policies(when={"LeadSource": "Web"}), facts()), Decision)


@pytest.mark.parametrize("answer", [Vehicles([CAR]), Vehicles(), NotAsked.REFUSED])
def test_the_answer_is_kept_and_replays_without_asking(answer):
    found, given = policies(make={"Brand__c": "Brand__c"}), facts(Brand__c="Peugeot")
    whole = replace(given, answers={asked(found, given): answer})
    decision = decide(found, whole)
    assert isinstance(decision, Decision)
    landed = Written(fields=owner_write(decision, given.record).whole)
    row = decision_row(decision, whole, timings={}, written=landed)
    again = replay(found, row, Now(facts=given, record=given.record))
    assert again.same, again.differences


def test_a_case_gives_vehicles_by_the_label_of_the_step():
    one, other = "{Id: a0V000000000001AAA}", "{Id: a0V000000000002AAA}"
    none = "fields: {Vehicle__c: ~}"
    text = f"""\
policy: leads
now: 2026-11-23T10:15:00+01:00
defaults: {{Vin__c: {VIN}}}
cases:
  - name: one
    answers: {{vehicle: {one}}}
    expect: {{fields: {{Vehicle__c: a0V000000000001AAA}}}}
  - {{name: none, answers: {{vehicle: ~}}, expect: {{{none}}}}}
  - {{name: two, answers: {{vehicle: [{one}, {other}]}}, expect: {{{none}}}}}
  - {{name: odd, answers: {{vehicle: {{Modell__c: x}}}}, expect: {{{none}}}}}
"""
    tests = load_tests({"policies/leads_test.yaml": text.encode()})
    *good, odd = run_tests(policies(), tests, directory()).results
    assert all(result.passed for result in good), [result.missed for result in good]
    assert any("nothing is read of 'Modell__c'" in each for each in odd.missed)


WRONG = {
    "vin": (None, "'vehicle' needs 'vin'"),
    "object": ("Vehicle.Name", "not the API name of an object"),
    "set": ({"Account.Name": "Id"}, "not the API name of a field"),
    "make": ({"Brand__c": "brand name"}, "'brand name' is not the API name"),
    "owner": ("x", "has no key 'owner'"),
}


@pytest.mark.parametrize("key", WRONG)
def test_what_can_not_be_is_told(key):
    value, said = WRONG[key]
    step = {**STEP, key: value}
    if value is None:
        del step[key]
    with pytest.raises(ConfigError) as error:
        policies_of(step)
    assert said in str(error.value)


def policies_of(step):
    document = {
        "policy": "leads",
        "object": "Lead",
        "take_from": "2020-01-01T00:00:00Z",
        "intake": {"vehicle": step},
        "ownership": {"rules": [], "otherwise": {"queue": "Desk"}},
    }
    return load({"policies/leads.yaml": yaml.safe_dump(document).encode()})
