"""The linter: conditions that fit and that don't, and that shipped policies give it nothing to say."""

import re

import pytest

from ortoo_daemon.daemon.loading.policy_files import read_directory_mapping
from ortoo_daemon.directory import Directory
from ortoo_daemon.person import Person
from ortoo_daemon.policy.lint import lint
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.load import load
from tests.policy.files import HEAD, OTHERWISE, ROOT, shipped_files, with_rules
from tests.policy.lint.bench import ORG

ANA = Directory.of(
    people=[Person(id="005000000000001AAA", name="Ana", username="ana.lopez@example.com")]
)


def found(rules, rule_id=None, **more):
    policies = load(with_rules(rules, **more))
    problems = lint(Subject(policies=policies, description=ORG, directory=ANA))
    return [str(p) for p in problems if rule_id is None or p.rule == rule_id]


def when(condition):
    return f"    - {{name: one, when: {condition}, assign: {{queue: Fleet_Desk}}}}\n"


def test_three_mistakes_give_three_problems_with_their_places():
    rules = """\
    - name: misspelt
      when: {Brnd__c: Peugeot}
      assign: {queue: Fleet_Dsk}
    - name: contradiction
      when: {FleetSize__c: {at_least: 50, below: 10}}
      assign: {queue: Fleet_Desk}
"""
    assert found(rules) == [
        "config/policies/leads.yaml:7:14: Lead has no field 'Brnd__c' (did you mean Brand__c?) "
        "[unknown_field]",
        "config/policies/leads.yaml:8:23: the org has no queue 'Fleet_Dsk' "
        "(did you mean Fleet_Desk?) [unknown_queue]",
        "config/policies/leads.yaml:9:7: the rule 'contradiction' can never match: "
        "FleetSize__c: {at_least: 50} and FleetSize__c: {below: 10} exclude each other "
        "(change one of them, or take the rule out) [never_matches]",
    ]


UNREACHABLE = [
    "{Brand__c: Audi, not: {Brand__c: [audi, BMW]}}",
    "{all: [{Brand__c: {in: [Audi, BMW]}}, {Brand__c: {not_in: [BMW, Audi]}}]}",
    "{Email: {blank: true, ends_with: .fr}}",
    "{Email: {starts_with: [ab, ac], matches: 'x*', contains: y}, not: {Email: {starts_with: a}}}",
    "{not: {any: [Email, {Email: {blank: true}}]}}",
    "{FleetSize__c: {is: 5, above: 5}}",
    "{CreatedDate: {before: 2026-11-01, after: 2026-11-01}}",
    "{CreatedDate: {older_than: 2d, newer_than: 36h}}",
    "{CreatedDate: {after: 2026-11-01, before: 2026-11-01T12:00:00+01:00}}",
    "{Email: {includes: a, excludes: [a, b]}}",
    "{any: [{FleetSize__c: {between: [1, 2], above: 2}}, {IsConverted: true, not: {IsConverted: true}}]}",
]
REACHABLE = [
    "{Brand__c: {not_in: [Audi, BMW, Peugeot]}}",
    "{FleetSize__c: {is: '5', at_least: 5}}",
    "{FleetSize__c: {is_not: 5, between: [5, 5.5]}}",
    "{Email: {starts_with: [ab, b]}, not: {Email: {starts_with: a}}}",
    "{not: {FleetSize__c: {at_least: 5}, Brand__c: Audi}, FleetSize__c: {at_least: 9}}",
    "{CreatedDate: {after: 2026-11-01, before: 2026-11-02T12:00:00+01:00}}",
    "{Email: {same_as: Phone, is_not: x}}",
]


@pytest.mark.parametrize("condition", UNREACHABLE)
def test_a_contradiction_is_seen(condition):
    assert len(found(when(condition), "never_matches")) == 1


@pytest.mark.parametrize("condition", REACHABLE)
def test_what_may_hold_is_not_called_a_contradiction(condition):
    assert found(when(condition), "never_matches") == []


SHADOWS = [
    (None, "{Brand__c: Audi}"),
    ("{Brand__c: [Audi, BMW]}", "{Brand__c: bmw, FleetSize__c: 1}"),
    ("{FleetSize__c: {above: 5}}", "{FleetSize__c: {between: [6, 9]}}"),
    ("{Email: {starts_with: a}}", "{Email: {starts_with: [ab, ac]}}"),
    ("{Email: {blank: false}}", "{Email: {contains: x}}"),
    ("{any: [{Brand__c: Audi}, {Brand__c: BMW}]}", "{Brand__c: [Audi]}"),
    ("{Brand__c: {is_not: Audi}}", "{Brand__c: BMW}"),
    ("{not: {FleetSize__c: {above: 5}}}", "{FleetSize__c: {below: 3}}"),
]


@pytest.mark.parametrize(("first", "second"), SHADOWS)
def test_a_rule_behind_one_that_takes_everything_is_seen(first, second):
    condition = "" if first is None else f"when: {first}, "
    rules = f"    - {{name: zero, {condition}assign: {{queue: Big_Fleets}}}}\n{when(second)}"
    (problem,) = found(rules, "never_matches")
    assert "'zero' (line 6) takes every record it could match" in problem


def test_a_rule_that_holds_for_a_time_takes_everything_for_that_time_only():
    first = "    - {name: zero, during: 2026-11-01 .. 2026-11-30, assign: {queue: Big_Fleets}}\n"
    inside = when("{Brand__c: Audi}").replace("when", "during: 2026-11-05 .. 2026-11-06, when")
    assert found(first + when("{Brand__c: Audi}"), "never_matches") == []
    assert len(found(first + inside, "never_matches")) == 1


def test_conditions_of_the_rules_around_count():
    rules = """\
    - name: big
      when: {FleetSize__c: {at_least: 50}}
      assign: {queue: Big_Fleets}
      rules:
        - {name: small, when: {FleetSize__c: {below: 10}}, assign: {queue: Fleet_Desk}}
        - {name: all, when: {FleetSize__c: {above: 1}}, assign: {queue: Fleet_Desk}}
        - {name: late, when: {Brand__c: Audi}, assign: {queue: Fleet_Desk}}
"""
    problems = found(rules, "never_matches")
    assert [re.search(r"rule '([^']*)'", text)[1] for text in problems] == [
        "big / small",
        "big / late",
    ]


TYPES = [
    ("{IsConverted: {at_least: 1}}", "type_mismatch"),
    ("{IsConverted: maybe}", "type_mismatch"),
    ("{FleetSize__c: many}", "type_mismatch"),
    ("{FleetSize__c: {newer_than: 2d}}", "type_mismatch"),
    ("{CreatedDate: {above: 3}}", "type_mismatch"),
    ("{Brand__c: {includes: Audi}}", "type_mismatch"),
    ("{Brand__c: Peugot}", "unknown_value"),
    ("{Owner.Nme: Ana}", "unknown_field"),
    ("{Brand__c: {not_in: [Audi]}}", "negation_of_empty"),
    ("{not: {Brand__c: Audi}}", "negation_of_empty"),
]


@pytest.mark.parametrize(("condition", "rule_id"), TYPES)
def test_a_condition_that_does_not_fit_the_field_is_told_by_one_rule(condition, rule_id):
    (problem,) = found(when(condition))
    assert problem.endswith(f"[{rule_id}]")


FITS = [
    "{FleetSize__c: '10', CreatedDate: {older_than: 2d}, IsConverted: false}",
    "{Owner.Name: Ana, Email: {at_least: 3}}",
    "{Brand__c: {blank: false, not_in: [Audi]}}",
    "{not: {Brand__c: {blank: true}}}",
]


@pytest.mark.parametrize("condition", FITS)
def test_a_condition_that_fits_is_left_alone(condition):
    assert found(when(condition)) == []


def test_a_queue_that_may_not_hold_the_object_is_told():
    text = f"{HEAD}ownership:\n{OTHERWISE}".replace("Unrouted_Leads", "Cases").encode()
    (problem,) = lint(Subject(policies=load({"p.yaml": text}), description=ORG))
    assert problem.message == "the queue 'Cases' may not hold Lead records"


def test_shipped_policies_give_nothing_to_say():
    mapping = read_directory_mapping(ROOT / "config" / "directory.yaml")
    policies = load(
        shipped_files(),
        ["retail-leads", "dealer-cases"],
        mapping.signals,
        key_sources=mapping.key_sources,
    )
    assert lint(Subject(policies=policies)) == []


def test_queues_people_and_fields_of_a_clocks_steps_are_known():
    action = """\
action:
  sla:
    - clock: first_response
      target: 5m
      hours: 24x7
      stopped_by: {Anwsered__c: true}
      on_violation: [{escalate: {queue: Cases}}, {after: 1h, escalate: {user: bob@example.com}}]
"""
    told = {problem.rpartition("[")[2] for problem in found("", after=action)}
    assert told == {"unknown_field]", "unknown_queue]", "unknown_person]"}


RATE_6_PER_HOUR = "{at_most: 6, per: 1h}"


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (f"person: [{RATE_6_PER_HOUR}, {{at_most: 7, per: 1h}}]", 1),
        (f"person: [{RATE_6_PER_HOUR}, {{at_most: 12, per: 2h}}]", 0),
        (f"person: [{RATE_6_PER_HOUR}, {{at_most: 13, per: 2h}}]", 1),
        (f"person: [{RATE_6_PER_HOUR}, {{at_most: 7, per: 1h, for: {{Brand__c: BMW}}}}]", 1),
        (f"person: [{{at_most: 7, per: 1h}}, {RATE_6_PER_HOUR[:-1]}, for: {{Brand__c: BMW}}}}]", 0),
        ("person: [{at_most: 10, per: day}, {at_most: 71, per: week}]", 1),
        ("person: [{at_most: 10, per: day}, {at_most: 70, per: week}]", 0),
        ("person: [{at_most: 10, per: day}, {at_most: 71, per: week, zone: Asia/Tokyo}]", 0),
        ("person: [{at_most: 10, per: month}, {at_most: 11, per: day}]", 1),
        ("person: [{at_most: 10, per: month}, {at_most: 11, per: week}]", 0),
        ("person: {at_most: 5, per: 1h}, rooftop: {at_most: 4, per: 1h}", 1),
        ("person: {at_most: 4, per: 1h}, rooftop: {at_most: 5, per: 1h}", 0),
        (f"person: [{RATE_6_PER_HOUR}, {{at_most: 7, per: 1h}}], unless: {{Brand__c: BMW}}", 0),
    ],
)
def test_a_rate_that_another_always_keeps_from_being_reached_is_told(limits, told):
    text = f"  limits: {{rate_limit: {{{limits}}}}}\n"
    assert len(found("", "limit_out_of_reach", after=text)) == told
