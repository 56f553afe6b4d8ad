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


HANDED = """
policy: retail
object: Lead
take_from: 2026-11-01T00:00:00+01:00
on: [created, {changed: [Brand__c]}]
ownership:
  rules:
    - name: network
      assign: {rooftop: {brand: Brand__c}, team: {role: sales_adviser}}
  otherwise: {queue: Last}
action:
  handoff:
    send: adf
    by: smtp
    to: desk@crm.example
    exclusive_for: 2d
    replies:
      - {says: [we take it], set: {Status: Working}}
      - {says: [return], set: {Why__c: $reply}}
  campaign: {of: "{{ Utm__c }}", by: Name}
  returns: {reason: Why__c, steps: [{reassign: {within: region}}]}
"""

ANSWERED = """
policy: retail
now: 2026-11-23T10:15:00+01:00
defaults: {Status: New, Brand__c: Peugeot, Utm__c: Launch 26}
cases:
  - name: no two have it at once
    given: {}
    expect: {rooftop: L1, handoff: due, campaign: launch 26}
    then:
      - {after: 1h, given: {Brand__c: Fiat}, expect: {rooftop: L2, handoff: waits}}
  - name: in two days the other one may have it
    given: {Utm__c: ~}
    expect: {rooftop: L1, handoff: due, campaign: none}
    then:
      - {after: 49h, given: {Brand__c: Fiat}, expect: {rooftop: L2, handoff: due}}
  - name: what was returned is free at once
    given: {}
    expect: {rooftop: L1, handoff: due}
    then:
      - {after: 1h, reply: "RETURN - sold", expect: {outcome: reassigned, rooftop: L2, handoff: due}}
  - name: other words change nothing
    given: {}
    expect: {rooftop: L1}
    then:
      - {after: 1h, reply: We don't return these, expect: no_write}
"""

TWO_SITES = (
    rooftop(1, "Peugeot Lyon", code="L1", region="R", brands=("Peugeot",)),
    rooftop(2, "Fiat Lyon", code="L2", region="R", brands=("Peugeot", "Fiat")),
)


def run_handed(cases: str = ANSWERED, policy: str = HANDED):
    files = {"leads.yaml": policy.encode(), "leads_test.yaml": cases.encode()}
    people = tuple(person(number, at=site) for number, site in enumerate(TWO_SITES, 1))
    return run_tests(load(files), load_tests(files), directory(TWO_SITES, people))


def test_a_dealer_answers_and_no_other_has_the_record_before_its_time():
    assert [result.missed for result in run_handed().results] == [(), (), (), ()]


def test_handoffs_and_campaigns_that_were_not_expected_are_told():
    wrong = ANSWERED.replace("handoff: waits", "handoff: due").replace(
        "campaign: launch 26", "campaign: none"
    )
    assert run_handed(wrong).results[0].missed == (
        "expected the campaign empty, got 'Launch 26'",
        "after 1h: expected handoff due, got waits",
    )


def test_a_reply_to_a_policy_that_reads_none_is_told():
    start, end = HANDED.index("    replies:"), HANDED.index("  campaign:")
    missed = run_handed(policy=HANDED[:start] + HANDED[end:]).results[3].missed
    assert missed == ("a dealer replies, but the policy has no handoff with replies",)
