"""Rules that records must keep: what is told, what it costs, who goes no further."""

import pytest

from ortoo_daemon.decision import Quality
from ortoo_daemon.errors import ConfigError
from ortoo_daemon.flow import decide
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.intake_model import KeySources
from ortoo_daemon.policy.load import load
from tests.world import DESK, directory, facts, lead

RULES = """
- {name: reachable, required: [Email, Phone], points: 30}
- {name: country, one_of: {Country: [France, Germany]}, points: 10}
- {name: vin, format: {Vin__c: "VF1*"}, points: 15}
- {name: a wish, holds: {Model__c: {blank: false}}, points: 5}
"""
WELL = {"Email": "a@x.example", "Phone": "1", "Country": "France", "Model__c": "Clio"}


def policies(rules=RULES, rejected="", when=""):
    indented = "\n".join(f"      {line}" for line in rules.strip().splitlines())
    text = f"""
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00Z
intake:
  govern:
    {when}
    score: Quality__c
    flags: Flags__c
    rules:
{indented}
    {rejected}
ownership: {{rules: [{{name: all, assign: {{queue: Desk}}}}], otherwise: {{queue: Last}}}}
action:
  notify: owner
  sla: [{{clock: first_response, target: 1h, hours: 24x7}}]
"""
    sources = {"Lead": KeySources(source="LeadSource")}
    return load({"policies/leads.yaml": text.encode()}, key_sources=sources)


def decided(rules=RULES, rejected="", when="", **fields):
    given = facts(lead(**fields), directory())
    return decide(policies(rules, rejected, when), given)


def test_a_record_that_keeps_every_rule_is_as_good_as_can_be():
    found = decided(**WELL, LeadSource="Web")
    assert found.fields == {"Quality__c": 100}
    assert found.quality == Quality(100, "Web")


def test_each_broken_rule_costs_its_points_and_is_told_by_its_name():
    found = decided(Email="a@x.example", Country="Spain", Vin__c="WBA1")
    assert found.fields == {"Quality__c": 40, "Flags__c": "reachable;country;vin;a wish"}
    told = [(each.field, each.code) for each in found.trace.reports]
    assert told == [(name, "govern_broken") for name in ("reachable", "country", "vin", "a wish")]
    assert (found.outcome, found.owner.name) == (Outcome.ASSIGNED, DESK.label or DESK.name)


@pytest.mark.parametrize(("vin", "kept"), [(None, True), ("vf1abc", True), ("WBA", False)])
def test_an_empty_field_has_no_wrong_form(vin, kept):
    assert (decided(**WELL, Vin__c=vin).quality.points == 100) is kept


def test_quality_is_never_below_nothing():
    rules = "\n".join(f"- {{name: n{n}, required: F{n}__c, points: 60}}" for n in range(3))
    assert decided(rules).quality.points == 0


def test_a_rule_may_park_with_its_reason():
    found = decided("- {name: country, required: Country, else: {park: no_country}}")
    assert (found.outcome, found.parked_for) == (Outcome.PARKED, "no_country")


REJECTS = "- {name: test, refuse: {LastName: [Test]}, points: 100, else: {reject: test}}"
ASIDE = "rejected: {queue: Desk, set: {Status: Unqualified}}"


def test_what_is_rejected_is_set_aside_and_goes_no_further():
    found = decided(REJECTS, ASIDE, LastName="TEST ")
    assert (found.outcome, found.reason) == (Outcome.ASSIGNED, ReasonCode.REJECTED)
    assert found.owner.name == (DESK.label or DESK.name)
    assert (found.rule, found.clocks, found.notices, found.trace.rules) == (None, (), (), ())
    assert found.fields == {"Quality__c": 0, "Flags__c": "test", "Status": "Unqualified"}
    usual = decided(REJECTS, ASIDE, LastName="Tester")
    assert (usual.rule, usual.reason) == ("all", ReasonCode.RULE)


def test_a_queue_that_is_not_there_leaves_the_record_to_a_person():
    found = decided(REJECTS, "rejected: {queue: Nowhere}", LastName="Test")
    assert (found.outcome, found.parked_for) == (Outcome.PARKED, "rejected_queue_missing")


def test_the_first_rule_that_parks_or_rejects_counts_and_all_are_told():
    rules = REJECTS + "\n- {name: country, required: Country, else: {park: no_country}}"
    found = decided(rules, ASIDE, LastName="Test")
    assert found.reason is ReasonCode.REJECTED
    assert found.fields["Flags__c"] == "test;country"


def test_records_that_the_rules_are_not_for_are_not_rated():
    found = decided(when="when: {LeadSource: Fair}", LeadSource="Web")
    assert (found.quality, found.fields) == (None, {})


@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        ("- {name: a, required: Email, format: {B: x}}", "says one of"),
        ("- {name: a}", "says one of"),
        ("- {required: Email}", "needs 'name'"),
        ("- {name: a, required: []}", "names nothing"),
        ("- {name: a, required: Email, points: 101}", "from 0 to 100"),
        ("- {name: a, required: Email, else: {reject: x}}", "'reject' needs 'rejected'"),
        ("- {name: a, required: Email, else: {}}", "'else' is flag"),
        ("- {name: a;b, required: Email}", "can't name a rule"),
        ("- {name: a, required: A__c}\n- {name: a, required: B__c}", "is there twice"),
        ("- {name: a, format: {B__c: '^x$'}}", "regular expression"),
    ],
)
def test_what_can_not_be_meant_is_told(rules, wrong):
    with pytest.raises(ConfigError) as told:
        policies(rules)
    assert any(wrong in f"{each.message} {each.mend}" for each in told.value.problems)
