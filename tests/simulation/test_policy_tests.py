"""Claims about running the cases beside a policy."""

from datetime import date

from ortoo_daemon.audit.explain import plain_lines
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.directory import Directory, Queue
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.load import load
from ortoo_daemon.policy.parsing.cases import load_tests
from ortoo_daemon.simulation.policy_tests import run_tests
from tests.world import an_id, directory, person, rooftop

POLICY = """
policy: retail
object: Lead
take_from: 2026-11-01T00:00:00+01:00
zone: Europe/Paris
enter: {IsConverted: false}
intake:
  cleanse: {Email: email}
  require: {any: [Email, Phone], else: {park: no_contact}}
ownership:
  rules:
    - name: fleet
      when: {FleetSize__c: {at_least: 10}}
      assign: {queue: Desk}
    - name: network
      assign:
        rooftop: {brand: Brand__c, prefer: [nearest]}
        team: {role: sales_adviser}
        person: {by: least_loaded}
        else: {queue: Last}
      rules:
        - name: vans
          when: {Type__c: van}
          assign: {queue: Desk}
  limits: {open_limit: {person: 5}}
  otherwise: {queue: Last}
action:
  set: {Site__c: $rooftop.Code}
  sla:
    - {clock: first_response, target: 30m, hours: rooftop, warn: [50%]}
"""

TESTS = """
policy: retail
now: 2026-11-23T10:15:00+01:00
defaults: {IsConverted: false, Email: a@example.com, Brand__c: Peugeot}
cases:
  - name: fleets go to the desk
    given: {FleetSize__c: 12}
    expect: {rule: fleet, queue: Desk}
  - name: the site's adviser gets it, due in half an hour of open time
    now: 2026-11-23T17:50:00+01:00
    given: {}
    expect:
      rule: network
      rooftop: L1
      owner: {role: sales_adviser, skills: ev}
      sla: {first_response: 30m}
      fields: {Site__c: L1}
  - name: who is away gets nothing
    given: {}
    roster: {p1@example.com: {away: true}}
    expect: {rule: network, queue: Last}
  - name: who holds enough gets nothing
    given: {}
    roster: {p1@example.com: {open_work: 5}}
    expect: {queue: Last}
  - name: without any contact it is parked
    given: {Email: null}
    expect: {parked: no_contact}
  - name: a converted lead is none of our business
    given: {IsConverted: true}
    expect: no_write
"""

SHOP = BusinessHours(
    name="Shop",
    zone="Europe/Paris",
    windows=(((540, 1080),),) * 6 + ((),),
    closed=frozenset({date(2026, 12, 25)}),
)
SITE = rooftop(1, "Peugeot Lyon", code="L1", hours="01m1@FR", at=(45.7, 4.8))
NETWORK = directory((SITE,), (person(1, at=SITE, skills=("ev",)),), hours={"01m1@FR": SHOP})


def run(policy: str = POLICY, tests: str = TESTS, network: Directory = NETWORK):
    files = {"leads.yaml": policy.encode(), "leads_test.yaml": tests.encode()}
    return run_tests(load(files), load_tests(files), network)


def test_cases_that_say_what_the_policy_does_pass():
    report = run()
    assert [result.missed for result in report.results] == [()] * 6
    assert report.passed


def test_cases_pass_on_a_day_on_which_the_adviser_they_expect_is_on_holiday():
    adviser = person(1, at=SITE, skills=("ev",)).as_if(away=True)
    assert run(network=directory((SITE,), (adviser,), hours={"01m1@FR": SHOP})).passed


def test_rules_that_no_case_reaches_are_listed_with_their_place():
    ((policy, rule, place),) = run().unreached
    assert (policy, rule, place.file) == ("retail", "network / vans", "leads.yaml")


def test_every_expectation_that_is_not_met_is_told_with_what_came_instead():
    wrong = TESTS.replace(
        "expect: {rule: fleet, queue: Desk}",
        "expect: {rule: vans, queue: Last, rooftop: L1, owner: x@example.com,"
        " sla: {second: 5m, first_response: 5m}, fields: {Site__c: L1}}",
    )
    (failed,) = run(tests=wrong).failed
    assert failed.missed == (
        "expected rule vans, got fleet",
        "expected rooftop L1, got none",
        "expected queue Last, got to queue The desk: by rule fleet",
        "expected a person, got to queue The desk: by rule fleet",
        "expected clock second to start, got first_response",
        "expected clock first_response to give 0:05:00, got 0:30:00",
        "expected Site__c 'L1', got empty",
    )


def test_a_failed_case_is_a_problem_of_its_line_and_shows_the_whole_way():
    wrong = TESTS.replace("expect: no_write", "expect: {rule: fleet}")
    report = run(tests=wrong)
    (problem,) = report.problems
    assert str(problem.place).startswith("leads_test.yaml:")
    assert "case 'a converted lead is none of our business'" in problem.message
    assert "expected a write, got nothing to do: no policy takes it" in problem.message
    text = "\n".join(plain_lines(report.failed[0].node()))
    assert "given IsConverted: True" in text


def test_a_write_where_none_was_expected_fails():
    wrong = TESTS.replace("given: {IsConverted: true}", "given: {FleetSize__c: 40}")
    (failed,) = run(tests=wrong).failed
    assert failed.missed == ("expected no write, got to queue The desk: by rule fleet",)


def test_a_case_fails_when_another_policy_takes_the_record_first():
    first = POLICY.replace("policy: retail", "policy: first")
    files = {
        "a.yaml": first.encode(),
        "b.yaml": POLICY.encode(),
        "b_test.yaml": TESTS.encode(),
    }
    report = run_tests(load(files), load_tests(files), NETWORK)
    assert "expected policy retail, but first takes the record first" in report.failed[0].missed


def test_tests_of_an_unknown_policy_are_a_problem():
    (problem,) = run(tests=TESTS.replace("policy: retail", "policy: retial")).problems
    assert "a policy 'retial' that does not exist" in problem.message
    assert problem.mend == "known are retail"


def test_a_roster_change_of_somebody_unknown_fails_the_case():
    wrong = TESTS.replace("p1@example.com: {away: true}", "px@example.com: {away: true}")
    (failed,) = run(tests=wrong).failed
    assert "nobody on the roster is px@example.com" in failed.missed[0]


RATED = POLICY.replace(
    "limits: {open_limit: {person: 5}}",
    "limits: {rate_limit: {person: {at_most: 2, per: 1h}, rooftop: {at_most: 3, per: day}}}",
)

RATE_TESTS = """
policy: retail
now: 2026-11-23T10:15:00+01:00
defaults: {IsConverted: false, Email: a@example.com, Brand__c: Peugeot}
cases:
  - name: who had two within the hour is passed over
    roster: {p1@example.com: {given_last: [50m, 20m]}}
    given: {}
    expect: {owner: p2@example.com}
  - name: an hour later it is their turn again
    roster: {p1@example.com: {given_last: [61m, 20m]}, p2@example.com: {away: true}}
    given: {}
    expect: {owner: p1@example.com}
  - name: a rooftop that had its three of the day takes no more
    roster: {p1@example.com: {given_last: {times: 3, ago: 10h}}}
    given: {}
    expect: {queue: Last}
  - name: yesterday does not count
    roster: {p1@example.com: {given_last: {times: 3, ago: 11h}}}
    given: {}
    expect: {rooftop: L1}
"""


def test_a_case_fills_rate_limits_by_what_people_were_given():
    site = rooftop(1, "Site", code="L1", brands=("Peugeot",))
    people = (person(1, at=site), person(2, at=site))
    report = run_tests(
        load({"a.yaml": RATED.encode()}),
        load_tests({"a_test.yaml": RATE_TESTS.encode()}),
        directory((site,), people),
    )
    assert [result.missed for result in report.results] == [(), (), (), ()]


PAIR = directory((SITE,), (person(1, at=SITE), person(2, at=SITE)), hours={"01m1@FR": SHOP})
ABSENCE = (
    POLICY
    + """
absence: {move: untouched, give_back: {at_most: 5}}
"""
)


def test_in_a_case_people_go_away_come_back_and_leave():
    told = """
policy: retail
now: 2026-11-23T10:15:00+01:00
defaults: {IsConverted: false, Email: a@example.com, Brand__c: Peugeot}
cases:
  - name: away and back
    expect: {owner: p1@example.com}
    then:
      - {after: 1m, roster: {owner: {away: true}}, expect: {outcome: assigned, owner: p2@example.com}}
      - {after: 2m, roster: {former_owner: {away: false}}, expect: {owner: p1@example.com}}
      - {after: 3m, given: {Rating: Hot}, expect: no_write}
      - {after: 4m, roster: {p1@example.com: {away: true}}, expect: no_write}
      - {after: 5m, roster: {p1@example.com: {active: false}}, expect: {owner: p2@example.com}}
"""
    report = run(ABSENCE, told, PAIR)
    assert report.problems == ()
    first = report.results[0]
    assert [each.reason for each in first.later] == [
        ReasonCode.OWNER_AWAY,
        ReasonCode.OWNER_BACK,
        ReasonCode.ALREADY_DECIDED,
        ReasonCode.OWNER_KEEPS,
        ReasonCode.OWNER_LEFT,
    ]


def test_a_move_that_does_not_happen_and_somebody_unknown_fail_the_case():
    told = """
policy: retail
now: 2026-11-23T10:15:00+01:00
defaults: {IsConverted: false, Email: a@example.com, Brand__c: Peugeot}
cases:
  - name: nothing is moved
    expect: {owner: p1@example.com}
    then:
      - {after: 1m, roster: {owner: {away: true}}, expect: {owner: p2@example.com}}
      - {after: 2m, roster: {nobody@example.com: {away: true}, former_owner: {away: false}}, expect: no_write}
"""
    (result,) = run(POLICY, told, PAIR).results
    assert any("nobody on the roster is nobody@example.com" in each for each in result.missed)
    assert any("nobody on the roster is former_owner" in each for each in result.missed)
    assert any("expected a write, got nothing to do: it stays" in each for each in result.missed)


CALLS = """\
policy: leads
object: Lead
take_from: 2026-11-01T00:00:00Z
enrichment:
  - call: {service: stock, send: {model: Model__c}, set: {Site__c: site}, else: {Site__c: none}}
ownership:
  rules:
    - {name: here, when: {Site__c: R1}, assign: {queue: Desk}}
  otherwise: {queue: Desk}
"""


def answered(*cases: str) -> list[str]:
    """What the cases of a policy with a call miss."""
    text = "policy: leads\nnow: 2026-11-23T10:15:00+01:00\ncases:\n" + "".join(
        f"  - {case}\n" for case in cases
    )
    files = {"policies/leads.yaml": CALLS.encode(), "policies/leads_test.yaml": text.encode()}
    desk = Queue(id=an_id("00G", 1), name="Desk", label="Desk", objects=frozenset({"Lead"}))
    report = run_tests(load(files), load_tests(files), Directory(queues={"Desk": desk}))
    return [missed for result in report.results for missed in result.missed]


def test_a_case_answers_for_the_services_that_the_policy_asks():
    assert (
        answered(
            "{name: a, answers: {stock: {site: R1}}, expect: {rule: here, fields: {Site__c: R1}}}",
            "{name: b, answers: {stock: timed_out}, expect: {fields: {Site__c: none}}}",
            "{name: c, expect: {fields: {Site__c: none}}}",
        )
        == []
    )


def test_an_answer_that_no_step_asks_for_or_that_is_none_is_told_with_its_place():
    first, second = answered(
        "{name: a, answers: {stok: {site: R1}}, expect: {queue: Desk}}",
        "{name: b, answers: {stock: timedout}, expect: {queue: Desk}}",
    )
    assert first.endswith(
        "4:25: no step of the policy that asks is labelled 'stok' (did you mean stock?)"
    )
    assert second.endswith("5:25: no call ends as 'timedout' (did you mean timed_out?)")
