"""Where and when nobody is there: held against asking every half hour, and told in spans."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.ownership_model import Programme, RooftopChoice, TeamChoice
from ortoo_daemon.policy.programme_days import ProgrammeDays
from ortoo_daemon.simulation.look_ahead import look_ahead
from tests.world import (
    NOW,
    PLACE,
    directory,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
    to_queue,
)

DAYS = BusinessHours(
    name="Days", zone="Europe/Paris", windows=(*(((540, 720), (840, 1080)),) * 5, ((540, 720),), ())
)
LATE = BusinessHours(name="Late", zone="Europe/Paris", windows=(((1020, 120),),) * 7)
HOURS = {"Days": DAYS, "Late": LATE}
LYON = rooftop(1, "Lyon", hours="Days")
METZ = rooftop(2, "Metz", hours="Late")
IN_HOURS = TeamChoice(role="sales_adviser", open_now=True, place=PLACE)
ANY_TIME = TeamChoice(role="sales_adviser", place=PLACE)


def found(people, team=IN_HOURS, sites=(LYON, METZ), **more):
    choice = RooftopChoice(brand="Brand__c", place=PLACE)
    asked = policies(policy(rule("network", assign=to_people(rooftop=choice, team=team), **more)))
    network = directory(sites, tuple(people), HOURS)
    subject = Subject(policies=asked, directory=network, today=NOW.date())
    return {each.where: each for each in look_ahead(subject, network, now=NOW)}


def test_a_team_that_need_not_be_at_work_is_always_there():
    assert found([person(1, at=LYON), person(2, at=METZ)], team=ANY_TIME) == {}


def test_an_absence_is_told_by_its_hours_and_by_those_in_which_the_site_is_open():
    back = NOW + timedelta(days=1)
    people = [person(1, at=LYON, away_until=back), person(2, at=METZ)]
    (lyon,) = found(people, team=ANY_TIME).values()
    assert (lyon.where, lyon.spans, lyon.zone) == ("Lyon", ((NOW, back),), "Europe/Paris")
    assert lyon.minutes == 24 * 60
    # From 10:15 to 12, from 14 to 18, and the next morning from 9 to 10:15.
    assert lyon.minutes_in_hours == 105 + 240 + 75


def test_somebody_with_hours_of_their_own_fills_in():
    people = [person(1, at=LYON), person(2, at=LYON, hours="Late")]
    lyon = found(people, sites=(LYON,))["Lyon"]
    assert lyon.in_hours == ()
    assert lyon.minutes == found([person(1, at=LYON)], sites=(LYON,))["Lyon"].minutes - (
        # Late covers 17:00 to 02:00, of which Days has 17:00 to 18:00 on five days.
        7 * 9 * 60 - 5 * 60
    )


def test_nobody_at_any_site_is_told_as_everywhere():
    told = found([person(1, at=LYON), person(2, at=METZ)])
    assert set(told) == {"Lyon", "Metz", "everywhere"}
    assert told["everywhere"].minutes < told["Lyon"].minutes


def test_a_rule_whose_days_are_over_looks_for_nobody():
    last_week = (NOW.date() - timedelta(days=9), NOW.date() - timedelta(days=2))
    assert found([person(1, at=LYON)], during=last_week) == {}


@pytest.mark.parametrize(
    ("first", "last", "off", "minutes"),
    [(None, None, False, 7 * 24 * 60), (date(2026, 11, 29), None, False, 2055),
     (None, date(2026, 11, 23), False, 825), (None, None, True, 0)],
)  # fmt: skip
def test_a_programme_looks_for_people_on_its_days_alone(first, last, off, minutes):
    days = ProgrammeDays(name="launch", first=first, last=last, off=off, place=PLACE)
    told = found(
        [person(1, at=LYON, availability="Away")], ANY_TIME, programme=Programme(days=days)
    )
    assert sum(each.minutes for each in told.values() if each.where == "Lyon") == minutes


def test_a_fixed_owner_is_no_team():
    asked = policies(policy(rule("desk", assign=to_queue())))
    network = directory((LYON,), (), HOURS)
    assert look_ahead(Subject(policies=asked), network, now=NOW) == []


members = st.lists(
    st.tuples(
        st.sampled_from([None, "Days", "Late"]),
        st.sampled_from([None, 0, 5, 30, 80, 400]),
        st.sampled_from([None, "Away"]),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(members=members, open_now=st.booleans())
def test_the_spans_are_what_asking_every_half_hour_says(members, open_now):
    people = [
        person(
            number,
            at=LYON,
            hours=hours,
            availability=availability,
            away_until=None if away is None else NOW + timedelta(hours=away),
        )
        for number, (hours, away, availability) in enumerate(members, start=1)
    ]
    team = replace(IN_HOURS, open_now=open_now)
    told = found(people, team=team, sites=(LYON,))
    spans = told["Lyon"].spans if told else ()
    for step in range(7 * 48):
        at = NOW + timedelta(minutes=30 * step + 7)
        there = any(
            not each.is_away(at)
            and (not open_now or HOURS[each.hours or "Days"].is_open(at.astimezone(UTC)))
            for each in people
        )
        assert any(begin <= at < end for begin, end in spans) is not there, at


def test_a_thousand_sites_are_looked_at_in_a_moment():
    sites = [rooftop(number, f"Site {number}", hours="Days") for number in range(10, 1010)]
    people = [person(number, at=site) for number, site in enumerate(sites, start=1)]
    began = datetime.now(UTC)
    told = found(people, sites=tuple(sites))
    assert len(told) == 1001
    assert datetime.now(UTC) - began < timedelta(seconds=5)
