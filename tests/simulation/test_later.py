"""Claims about cases that follow a record on while time passes."""

from ortoo_daemon.audit.explain import plain_lines
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.simulation.policy_tests import run_tests
from tests.world import directory, person, rooftop

POLICY = """
policy: retail
object: Lead
take_from: 2026-11-01T00:00:00+01:00
on: [created, {changed: [Brand__c]}]
ownership:
  rules:
    - name: network
      assign:
        rooftop: {brand: Brand__c}
        team: {role: sales_adviser}
        person: {sticky: {on: Email, for: 9d}}
  otherwise: {queue: Last}
action:
  sla:
    - clock: first_response
      target: 30m
      hours: 24x7
      warn: [50%]
      stopped_by: {Status: Working}
      on_violation: [{reassign: {within: rooftop}}, {after: 10m, escalate: rooftop_manager}]
"""

CASES = """
policy: retail
now: 2026-11-23T10:15:00+01:00
defaults: {Status: New, Brand__c: Peugeot, Email: a@example.com}
cases:
  - name: nobody answers
    given: {}
    expect: {outcome: assigned, owner: {role: sales_adviser}}
    then:
      - {after: 14m, expect: no_write}
      - {after: 29m, expect: {outcome: warned}}
      - {after: 30m, expect: {outcome: reassigned, rule: network, owner: {role: sales_adviser}}}
      - {after: 5h, expect: {outcome: escalated, owner: {role: rooftop_manager}}}
      - {after: 6h, given: {Status: Working}, expect: {outcome: clock_stopped, sla: {first_response: 30m}}}
      - {after: 9d, expect: no_write}
  - name: a change reopens it and the clock goes on
    given: {}
    expect: {rule: network}
    then:
      - {after: 20m, given: {Brand__c: Fiat}, expect: {outcome: assigned, queue: Last}}
      - {after: 31m, expect: {outcome: violated}}
"""

SITE = rooftop(1, "Peugeot Lyon", code="L1")
PEOPLE = (person(1, at=SITE), person(2, at=SITE), person(3, at=SITE, role="rooftop_manager"))


def run(cases: str = CASES, policy: str = POLICY):
    files = {"leads.yaml": policy.encode(), "leads_test.yaml": cases.encode()}
    return run_tests(load(files), load_tests(files), directory((SITE,), PEOPLE))


def test_a_case_follows_the_record_through_every_step():
    report = run()
    assert [result.missed for result in report.results] == [(), ()]
    assert [len(result.later) for result in report.results] == [4, 2]


def test_a_later_expectation_that_is_not_met_says_when_and_what_came_instead():
    wrong = CASES.replace(
        "{after: 29m, expect: {outcome: warned}}", "{after: 29m, expect: no_write}"
    )
    wrong = wrong.replace(
        "{after: 30m, expect: {outcome: reassigned, rule: network, owner: {role: sales_adviser}}}",
        "{after: 30m, expect: {outcome: escalated}}",
    )
    wrong = wrong.replace(
        "{after: 14m, expect: no_write}", "{after: 14m, expect: {outcome: warned}}"
    )
    failed, _ = run(wrong).results
    assert failed.missed == (
        "after 14m: expected a write, nothing happened",
        "after 29m: expected no write, got warned: part of the time for an answer has passed",
        "after 30m: expected outcome escalated, got reassigned to Person 2: "
        "the time for an answer has passed",
    )


def test_a_failing_case_tells_the_whole_story():
    wrong = CASES.replace(
        "{after: 5h, expect: {outcome: escalated", "{after: 5h, expect: {outcome: warned"
    )
    failed, _ = run(wrong).results
    text = "\n".join(plain_lines(failed.node()))
    assert "reassigned to Person 2" in text
    assert "escalated to Person 3" in text
    assert "clock first_response: step2 (target 2026-11-23T09:45:00.000Z, hours 24x7)" in text
