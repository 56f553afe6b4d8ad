"""Files of policy tests: defaults, clocks, roster and expectations, and what is wrong with them."""

from datetime import UTC, datetime, timedelta

import pytest

from ortoo_daemon.errors import ConfigError
from ortoo_daemon.policy.cases import ExpectedOwner
from ortoo_daemon.policy.parsing.cases import load_tests
from tests.policy.files import shipped_files

WHOLE = """\
policy: retail-leads
now: 2026-11-23T10:15:00+01:00
defaults: {Country: FR, Status: New}
roster: {ana@x.example: {away: true}, bea@x.example: {open_work: 25}}
cases:
  - name: first
    given: {PostalCode: "69003", Status: Open, Email: null}
    expect: {rule: EV launch, rooftop: Lyon, owner: {skills: ev}, sla: {first_response: 30m}}
  - name: second
    now: 2026-11-23T23:40:00+01:00
    roster: {ANA@x.example: {away: false}}
    expect: {owner: bea@x.example, fields: {Rating: Hot, Brand__c: null}}
  - {name: third, expect: no_write}
"""


def test_cases_carry_what_the_file_says_for_all():
    (tests,) = load_tests({"leads_test.yaml": WHOLE.encode(), "leads.yaml": b"not read"})
    first, second, third = tests.cases
    assert tests.policy == "retail-leads"
    assert first.given == {"Country": "FR", "Status": "Open", "PostalCode": "69003", "Email": None}
    assert first.now == datetime(2026, 11, 23, 9, 15, tzinfo=UTC)
    assert first.expect.owner == ExpectedOwner(skills=("ev",))
    assert first.expect.sla == {"first_response": timedelta(minutes=30)}
    assert str(first.place) == "leads_test.yaml:6:5"
    assert second.now == datetime(2026, 11, 23, 22, 40, tzinfo=UTC)
    assert [(one.username, one.away, one.open_work) for one in second.roster] == [
        ("ANA@x.example", False, None),
        ("bea@x.example", None, 25),
    ]
    assert second.expect.owner == ExpectedOwner(username="bea@x.example")
    assert second.expect.fields == {"Rating": "Hot", "Brand__c": None}
    assert third.expect.no_write


def test_mistakes_are_told_with_their_places():
    text = """\
polisy: x
cases:
  - name: one
    given: {Brand__c: [a, b]}
    expect: {rul: x}
  - name: One
    now: 2026-11-23
    expect: nothing
  - {name: two, answers: [], now: 2026-11-23T00:00:00Z, expect: {}}
"""
    with pytest.raises(ConfigError) as caught:
        load_tests({"a_test.yaml": text.encode()})
    told = {(p.place.line, p.place.column, p.rule) for p in caught.value.problems}
    assert told == {
        (1, 1, "missing_key"), (1, 1, "unknown_key"), (3, 5, "missing_key"), (4, 23, "wrong_type"),
        (5, 14, "unknown_key"), (7, 10, "wrong_type"), (8, 13, "wrong_type"), (9, 26, "wrong_type"),
        (9, 65, "empty"),
    }  # fmt: skip


def test_shipped_tests_are_read():
    found = {tests.policy: len(tests.cases) for tests in load_tests(shipped_files())}
    assert found.keys() == {
        "retail-leads", "dealer-cases", "service-tickets", "fleet-deals", "call-backs",
    }  # fmt: skip
    assert min(found.values()) >= 3


def test_mistakes_in_what_becomes_of_a_record_are_told_with_their_places():
    text = """\
policy: x
now: 2026-11-23T00:00:00Z
cases:
  - name: one
    expect: {outcome: nothing}
    then:
      - {after: 30m, expect: {outcome: reasigned}}
      - {after: 20m, expect: no_write}
      - {expect: no_write, befor: 3m}
      - {after: soon, expect: {}}
"""
    with pytest.raises(ConfigError) as caught:
        load_tests({"a_test.yaml": text.encode()})
    told = {(p.place.line, p.place.column, p.rule) for p in caught.value.problems}
    assert told == {
        (5, 23, "unknown_name"), (7, 40, "unknown_name"), (8, 9, "wrong_order"), (9, 9, "missing_key"),
        (9, 28, "unknown_key"), (10, 17, "wrong_type"), (10, 31, "empty"),
    }  # fmt: skip


def test_what_people_were_given_is_a_list_of_durations_or_a_number_and_one():
    text = """\
policy: x
now: 2026-11-23T00:00:00Z
roster:
  a@example.com: {given_last: [5m, soon]}
  b@example.com: {given_last: {times: -1, ago: 5m}}
  c@example.com: {given_last: {times: 2}}
  d@example.com: {given_last: 6}
cases: []
"""
    with pytest.raises(ConfigError) as caught:
        load_tests({"a_test.yaml": text.encode()})
    told = {(p.place.line, p.place.column, p.rule) for p in caught.value.problems}
    assert told == {
        (4, 36, "wrong_type"), (5, 39, "wrong_type"), (6, 31, "missing_key"), (7, 31, "wrong_type"),
    }  # fmt: skip


TABLE = """\
policy: x
now: 2026-11-23T00:00:00Z
defaults: {Status: New}
cases:
  - name: own site
    given: {Country: FR}
    roster: {ana@x.example: {away: true}}
    expect: {rule: network}
    each:
      - [Brand__c, PostalCode, rooftop, now, sla.first_response, fields.Pod__c]
      - [Renault, "35000", R1, ~, 30m, POD-RG]
      - [Renault, "35000", ~, 2026-11-24T00:00:00Z, ~, ~]
      - [~, "31000", R2, ~, ~, ~]
  - name: a fleet
    expect: {queue: Fleet_Desk}
    each:
      - {given: {FleetSize__c: 10}, expect: {rule: fleet}}
      - {given: {FleetSize__c: 10}, roster: {bea@x.example: {away: true}}}
      - {name: none at all, given: {FleetSize__c: 0}, expect: no_write}
"""


def test_a_row_of_a_table_is_a_case_at_its_own_place_with_what_the_case_says_beside_it():
    (tests,) = load_tests({"a_test.yaml": TABLE.encode()})
    first, second, third = tests.cases[:3]
    assert [case.name for case in tests.cases] == [
        "own site: Renault, 35000",
        "own site: Renault, 35000, 2026-11-24T00:00:00Z",
        "own site: nothing, 31000",
        "a fleet: 10",
        "a fleet: 10 (row 2)",
        "a fleet: none at all",
    ]
    assert [case.place.line for case in tests.cases] == [11, 12, 13, 17, 18, 19]
    assert first.given == {
        "Status": "New", "Country": "FR", "Brand__c": "Renault", "PostalCode": "35000",
    }  # fmt: skip
    assert third.given["Brand__c"] is None
    assert [case.expect.rooftop for case in (first, second, third)] == ["R1", None, "R2"]
    assert {case.expect.rule for case in (first, second, third)} == {"network"}
    assert first.expect.sla == {"first_response": timedelta(minutes=30)}
    assert [case.expect.fields for case in (first, second)] == [{"Pod__c": "POD-RG"}, {}]
    assert second.now - first.now == timedelta(days=1)
    assert all(len(case.roster) == 1 for case in (first, second, third))


def test_a_row_goes_before_its_case_and_adds_to_it_key_by_key():
    (tests,) = load_tests({"a_test.yaml": TABLE.encode()})
    ten, away, none = tests.cases[3:]
    assert (ten.expect.rule, ten.expect.queue) == ("fleet", "Fleet_Desk")
    assert (away.expect.rule, away.expect.queue) == (None, "Fleet_Desk")
    assert [one.username for one in away.roster] == ["bea@x.example"]
    assert none.expect.no_write


def test_mistakes_in_a_table_are_told_once_with_their_places():
    text = """\
policy: x
now: 2026-11-23T00:00:00Z
cases:
  - {name: none, expect: no_write, each: []}
  - name: heading
    expct: x
    given: {Brand__c: [a, b]}
    expect: no_write
    each:
      - [Status, own.role, Status]
      - [a, b]
      - [a, b, c]
      - [d, e, f]
  - name: rows
    each:
      - {given: {A: 1}, expec: 3}
      - {given: {A: [1]}, expect: no_write}
      - 3
  - {name: no list, expect: no_write, each: {a: b}}
  - {name: only a heading, expect: no_write, each: [[Status]]}
  - {name: no heading, expect: no_write, each: [[[a], b], [c, d]]}
"""
    with pytest.raises(ConfigError) as caught:
        load_tests({"a_test.yaml": text.encode()})
    told = sorted((p.place.line, p.place.column, p.rule) for p in caught.value.problems)
    assert told == [
        (4, 42, "empty"), (6, 5, "unknown_key"), (7, 23, "wrong_type"), (10, 18, "unknown_key"),
        (10, 28, "duplicate_key"), (11, 9, "wrong_type"), (16, 9, "missing_key"),
        (16, 25, "unknown_key"), (17, 21, "wrong_type"), (18, 9, "wrong_type"),
        (19, 45, "wrong_type"), (20, 52, "empty"), (21, 49, "wrong_type"),
    ]  # fmt: skip
