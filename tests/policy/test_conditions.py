"""Conditions: what each operator holds for, and what a failure tells."""

import time
from datetime import UTC, datetime

import pytest

from ortoo_daemon.calendars import BusinessHours
from tests.policy.scopes import FixedScope, condition, scope

HOLDS = [
    ("{Brand__c: peugeot }", {"Brand__c": " PEUGEOT"}),
    ("{Brand__c: Citroën}", {"Brand__c": "CITROE\u0308N"}),
    ("{Brand__c: [Audi, BMW]}", {"Brand__c": "bmw"}),
    ("{PostalCode: 69003}", {"PostalCode": "69003"}),
    ("{PostalCode: 01234}", {"PostalCode": "01234"}),
    ("{Country: NO}", {"Country": "no"}),
    ("{IsConverted: false}", {"IsConverted": False}),
    ("{FleetSize__c: 10}", {"FleetSize__c": 10.0}),
    ("{FleetSize__c: '10'}", {"FleetSize__c": 10.0}),
    ("{FleetSize__c: {at_least: 10}}", {"FleetSize__c": "10.0"}),
    ("{FleetSize__c: {above: 9, below: 11}}", {"FleetSize__c": 10}),
    ("{FleetSize__c: {at_most: 10}}", {"FleetSize__c": 10}),
    ("{FleetSize__c: {between: [10, 20]}}", {"FleetSize__c": 20}),
    ("{PostalCode: {starts_with: [69, 01]}}", {"PostalCode": "01000"}),
    ("{Email: {ends_with: '@Example.com'}}", {"Email": "a@EXAMPLE.COM"}),
    ("{Subject: {contains: recall}}", {"Subject": "URGENT: Recall!"}),
    ("{Vin__c: {matches: 'VF3*'}}", {"Vin__c": "vf3abc"}),
    ("{Vin__c: {matches: '[0-9][0-9]??*z'}}", {"Vin__c": "12abxxz"}),
    ("{Skills__c: {includes: [ev, fleet]}}", {"Skills__c": "senior;EV"}),
    ("{Skills__c: {includes_all: [ev, senior]}}", {"Skills__c": "senior; EV"}),
    ("{Skills__c: {excludes: [fleet]}}", {"Skills__c": "senior;ev"}),
    ("{Phone: {blank: true}}", {"Phone": "  "}),
    ("{Phone: {blank: true}}", {}),
    ("{Phone: {blank: false}}", {"Phone": 0}),
    ("{CreatedDate: {before: 2026-11-23}}", {"CreatedDate": "2026-11-22T22:59:59.000+0000"}),
    ("{CreatedDate: {after: 2026-11-22}}", {"CreatedDate": "2026-11-22T23:00:00.000+0000"}),
    ("{Day__c: {between: [2026-11-01, 2026-11-30]}}", {"Day__c": "2026-11-30"}),
    ("{CreatedDate: {older_than: 2d}}", {"CreatedDate": "2026-11-21T09:14:59.000Z"}),
    ("{CreatedDate: {newer_than: 2d}}", {"CreatedDate": "2026-11-21T09:15:00.000Z"}),
    ("{Email: {same_as: OtherEmail}}", {"Email": "A@x.fr", "OtherEmail": "a@X.FR "}),
    ("{any: [Email, Phone]}", {"Phone": "+33"}),
    ("{all: [Email, {Phone: {blank: true}}]}", {"Email": "a"}),
    ("{not: {Brand__c: Audi}}", {"Brand__c": "BMW"}),
    ("{Account.Region__c: FR-Ouest}", {"Account.Region__c": "fr-ouest"}),
]

FAILS = [
    ("{Brand__c: Audi}", {"Brand__c": "Audi A3"}),
    ("{PostalCode: '69003'}", {"PostalCode": "069003"}),
    ("{FleetSize__c: {at_least: 10}}", {"FleetSize__c": "many"}),
    ("{FleetSize__c: {at_least: 0}}", {"FleetSize__c": True}),
    ("{Vin__c: {matches: 'VF3'}}", {"Vin__c": "VF3A"}),
    ("{Vin__c: {matches: '*a*b*c'}}", {"Vin__c": "acb"}),
    ("{CreatedDate: {before: 2026-11-23}}", {"CreatedDate": "2026-11-22T23:00:00.000+0000"}),
    ("{CreatedDate: {newer_than: 2d}}", {"CreatedDate": "yesterday"}),
    ("{Skills__c: {includes: [ev]}}", {"Skills__c": "level"}),
]


@pytest.mark.parametrize(("text", "fields"), HOLDS)
def test_holds_for(text, fields):
    tested = condition(text)
    assert tested.holds(scope(**fields))
    assert tested.failure(scope(**fields)) is None


@pytest.mark.parametrize(("text", "fields"), FAILS)
def test_does_not_hold_for(text, fields):
    tested = condition(text)
    assert not tested.holds(scope(**fields))
    assert tested.failure(scope(**fields)) is not None


POSITIVE = [
    "{A: x}", "{A: [x, 1]}", "{A: {at_least: 0}}", "{A: {below: 5}}", "{A: {between: [0, 1]}}",
    "{A: {starts_with: x}}", "{A: {ends_with: x}}", "{A: {contains: x}}", "{A: {matches: '*'}}",
    "{A: {includes: x}}", "{A: {includes_all: x}}", "{A: {before: 2030-01-01}}",
    "{A: {after: 2000-01-01}}", "{A: {older_than: 1d}}", "{A: {newer_than: 1d}}",
    "{A: {same_as: B}}", "{A: {blank: false}}",
]  # fmt: skip
NEGATIVE = ["{A: {is_not: x}}", "{A: {not_in: [x, 1]}}", "{A: {excludes: x}}", "{A: {blank: true}}"]


@pytest.mark.parametrize("text", POSITIVE)
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_a_test_on_an_empty_field_is_false_and_its_negation_true(text, empty):
    assert not condition(text).holds(scope(A=empty, B=empty))
    assert condition(f"{{not: {text}}}").holds(scope(A=empty, B=empty))


@pytest.mark.parametrize("text", NEGATIVE)
@pytest.mark.parametrize("empty", [None, "", "  "])
def test_negative_operators_are_true_on_an_empty_field(text, empty):
    assert condition(text).holds(scope(A=empty))


def test_a_failure_names_the_first_part_that_does_not_hold_with_its_place_and_value():
    failed = condition("Country: FR\nBrand__c: [Audi, BMW]\nFleetSize__c: {at_least: 10}").failure(
        scope(Country="FR", Brand__c="Fiat", FleetSize__c=3)
    )
    assert failed is not None
    assert str(failed.place) == "test.yaml:2:1"
    assert (failed.text, failed.field, failed.value) == (
        "Brand__c: [Audi, BMW]",
        "Brand__c",
        "Fiat",
    )


def test_fields_are_every_name_that_is_read():
    tested = condition("{any: [Email, {not: {A.B: x}}], Phone: {same_as: MobilePhone}}")
    assert tested.fields() == {"Email", "A.B", "Phone", "MobilePhone"}


def test_a_pattern_made_to_blow_up_takes_no_time():
    hostile = condition("{A: {matches: '" + "*a" * 90 + "*b'}}")
    started = time.perf_counter()
    assert not hostile.holds(scope(A="a" * 100_000))
    assert time.perf_counter() - started < 1


WEEK = BusinessHours(name="Office", zone="Europe/Paris", windows=(((540, 1080),),) * 5 + ((),) * 2)
FRIDAY_AT_SIX = "2026-11-20T16:00:00.000+0000"  # an hour before the office closes


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("CreatedDate: {older_than: 1 open hour}", True),
        ("CreatedDate: {older_than: 75 open minutes}", False),  # to the minute: no longer ago
        ("CreatedDate: {older_than: 74 open minutes}", True),
        ("CreatedDate: {newer_than: 75 open minutes}", True),
        ("CreatedDate: {newer_than: 1 open hour}", False),
        ("CreatedDate: {older_than: 2d}", True),
    ],
)
def test_open_time_counts_while_the_hours_are_open(text, holds):
    monday = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)  # a quarter past nine in Paris
    known = FixedScope(fields={"CreatedDate": FRIDAY_AT_SIX}, now=monday, hours=WEEK)
    assert condition(f"{{{text}}}").holds(known) is holds


def test_without_hours_open_time_is_all_time_and_an_empty_field_is_neither():
    asked = condition("{CreatedDate: {older_than: 3 open hours}}")
    assert asked.holds(scope(CreatedDate="2026-11-23T06:00:00Z"))
    assert not asked.holds(scope(CreatedDate="2026-11-23T06:15:00Z"))
    assert not asked.holds(scope())
    assert not condition("{CreatedDate: {newer_than: 3 open hours}}").holds(scope())


def test_what_is_yet_to_come_is_newer_in_open_time_too():
    known = FixedScope(fields={"At__c": "2026-11-24T10:00:00Z"}, hours=WEEK)
    assert condition("{At__c: {newer_than: 1 open minute}}").holds(known)
    assert not condition("{At__c: {older_than: 1 open minute}}").holds(known)


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("2026-11-23T09:15:00Z", True),
        ("2026-11-23T09:14:59Z", False),
        ("2026-11-25T09:15:00Z", True),
        ("2026-11-25T09:15:01Z", False),
        ("2026-11-23", True),
        ("2026-11-22", False),
        ("2026-11-25", True),
        ("2026-11-26", False),
        ("soon", False),
        (None, False),
    ],
)
def test_what_lies_within_the_next_days_counts_days_for_dates_and_moments_for_times(value, holds):
    assert condition("{At__c: {within_next: 2d}}").holds(scope(At__c=value)) is holds


def test_a_test_in_open_time_is_shown_as_it_was_written():
    failed = condition("{At__c: {older_than: 3 open hours}}").failure(scope())
    assert failed.text == "At__c: {older_than: 3 open hours}"


@pytest.mark.parametrize(
    ("text", "fields", "holds"),
    [
        ("{A: {above: {field: B}}}", {"A": 3, "B": "2"}, True),
        ("{A: {above: {field: B}}}", {"A": 2, "B": 2}, False),
        ("{A: {at_least: {field: B}}}", {"A": 2, "B": 2}, True),
        ("{A: {below: {field: B}}}", {"A": 2, "B": 10}, True),
        ("{A: {at_most: {field: B}}}", {"A": 11, "B": 10}, False),
        ("{A: {before: {field: B}}}", {"A": "2026-11-23", "B": "2026-11-24"}, True),
        ("{A: {after: {field: B}}}", {"A": "2026-11-24T09:00:00Z", "B": "2026-11-24"}, False),
        ("{A: {after: {field: B}}}", {"A": "2026-11-24T23:30:00Z", "B": "2026-11-24"}, True),
        (
            "{A: {after: {field: B}}}",
            {"A": "2026-11-24T09:00:01Z", "B": "2026-11-24T09:00:00Z"},
            True,
        ),
        ("{A: {above: {field: B}}}", {"A": 3}, False),
        ("{A: {below: {field: B}}}", {"B": 3}, False),
        ("{A: {above: {field: B}}}", {"A": "x", "B": "a"}, False),
        ("{A: {above: {field: Account.B}}}", {"A": 3, "Account.B": 1}, True),
    ],
)
def test_a_field_is_compared_with_another_by_size_and_time(text, fields, holds):
    assert condition(text).holds(FixedScope(fields=fields)) is holds


def test_both_fields_of_a_comparison_are_read():
    assert condition("{A: {above: {field: Account.B}}}").fields() == {"A", "Account.B"}
