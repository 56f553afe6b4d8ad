"""Claims about limits of rates and loads, of persons, teams and rooftops: who is full, and what counts."""

from datetime import timedelta

import pytest

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import PastOwnerQuestion, Tally, Workload
from ortoo_daemon.policy.expressions import Constant, FirstThatHolds, Reference
from ortoo_daemon.policy.limits_model import LimitLevel, Limits, LoadLimit, RateLimit
from ortoo_daemon.policy.ownership_model import (
    PersonChoice,
    PersonMethod,
    PersonTarget,
    RooftopChoice,
    Sticky,
    TeamChoice,
)
from ortoo_daemon.policy.periods import Calendar, Period
from tests.world import (
    LAST,
    NOW,
    PLACE,
    decided,
    directory,
    facts,
    is_,
    lead,
    person,
    policies,
    policy,
    rooftop,
    rule,
    to_people,
    to_queue,
)

HOUR = timedelta(hours=1)
SECOND = int(NOW.timestamp())
PERSON, TEAM, ROOFTOP = LimitLevel.PERSON, LimitLevel.TEAM, LimitLevel.ROOFTOP


def rate(level: LimitLevel, at_most: int, per: Period = HOUR, **given) -> RateLimit:
    return RateLimit(level=level, at_most=at_most, per=per, place=PLACE, **given)


def had(level: LimitLevel, subject: str, *ago: int, tag: str = "") -> dict[Tally, list[int]]:
    """Given so many seconds before now, oldest first."""
    return {Tally("leads", level, subject, tag): [SECOND - each for each in ago]}


def choose(limits: Limits, *people, given=None, assign=None, record=None, **rest) -> Decision:
    asked = policy(rule("any", assign=assign or to_people()), limits=limits)
    network = directory(
        people=people, rooftops=rest.pop("rooftops", ()), hours=rest.pop("hours", None)
    )
    counters = {name: rest.pop(name, {}) for name in ("open_work", "load")}
    workload = Workload(given=given or {}, **counters)
    return decided(policies(asked), facts(record or lead(), network, workload=workload, **rest))


def told(found: Decision, name: str) -> tuple[str | None, str]:
    """The gate that removed a candidate, and why."""
    step = next(s for s in found.trace.candidates if s.name == name and s.removed_by)
    return step.removed_by, step.detail


def test_a_person_who_had_the_most_in_the_period_is_passed_over_until_the_oldest_leaves():
    limits = Limits(rates=(rate(PERSON, 2),))
    given = had(PERSON, person(1).id, 3_500, 10)
    found = choose(limits, person(1), person(2), given=given)
    assert found.owner.name == "Person 2"
    why = "had 2 of 2 within 1h, next free 2026-11-23 10:16:41 CET"
    assert told(found, "Person 1") == ("rate_limit", why)
    later = choose(limits, person(1), given=given, now=NOW + timedelta(seconds=101))
    assert later.owner.name == "Person 1"


def test_several_limits_all_hold_and_the_first_that_is_reached_is_told():
    limits = Limits(rates=(rate(PERSON, 3), rate(PERSON, 5, Calendar.DAY)))
    given = had(PERSON, person(1).id, 9_000, 8_000, 7_000, 6_000, 5_000)
    found = choose(limits, person(1), given=given)
    assert found.owner.id == LAST.id
    why = "had 5 of 5 this day, next free 2026-11-24 00:00 CET"
    assert told(found, "Person 1") == ("rate_limit", why)


def test_a_day_is_that_of_the_person_then_of_the_rooftops_hours_then_of_the_policy():
    limits = Limits(rates=(rate(PERSON, 1, Calendar.DAY),))
    hours = {"nyc": BusinessHours.always("America/New_York")}
    site = rooftop(1, "Site", hours="nyc")
    given = had(
        PERSON, person(1).id, 5 * 3600
    )  # 05:15 in Paris, 23:15 of the day before in New York
    assign = to_people(rooftop=RooftopChoice(place=PLACE))

    def free(**of_person) -> bool:
        one = person(1, at=site, **of_person)
        found = choose(limits, one, given=given, assign=assign, rooftops=(site,), hours=hours)
        return found.owner.name == "Person 1"

    assert free()
    assert not free(zone="Europe/Paris")
    assert free(zone="no/zone")
    fixed = Limits(rates=(rate(PERSON, 1, Calendar.DAY, zone="Europe/Paris"),))
    assert choose(fixed, person(1, zone="America/New_York"), given=given).owner.id == LAST.id
    assert choose(limits, person(1), given=given).owner.id == LAST.id


def test_a_limit_for_some_records_binds_and_counts_these_alone():
    hot = rate(PERSON, 1, met=is_("Hot__c", "yes"), about="{Hot__c: yes}", tag="hot")
    limits = Limits(rates=(rate(PERSON, 5), hot))
    given = had(PERSON, person(1).id, 60) | had(PERSON, person(1).id, 60, tag="hot")
    full = choose(limits, person(1), given=given, record=lead(Hot__c="yes"))
    assert told(full, "Person 1")[1].startswith("had 1 of 1 of those with {Hot__c: yes} within 1h")
    cold = choose(limits, person(1), given=given, record=lead(Hot__c="no"))
    assert cold.owner.name == "Person 1"
    assert cold.reservation.given.tallies == (Tally("leads", "person", person(1).id),)
    assert cold.reservation.given.tags == ()
    first = choose(limits, person(1), record=lead(Hot__c="yes"))
    assert {tally.tag for tally in first.reservation.given.tallies} == {"", "hot"}
    assert first.reservation.given.tags == ("hot",)


def test_records_that_meet_unless_pass_and_count():
    limits = Limits(rates=(rate(PERSON, 1),), rates_unless=is_("Hot__c", "yes"))
    found = choose(
        limits, person(1), given=had(PERSON, person(1).id, 60), record=lead(Hot__c="yes")
    )
    assert found.owner.name == "Person 1"
    assert found.reservation.given.tallies == (Tally("leads", "person", person(1).id),)


def test_a_full_rooftop_makes_way_for_the_next_and_is_told():
    limits = Limits(rates=(rate(ROOFTOP, 2, Calendar.DAY),))
    near, far = rooftop(1, "Near"), rooftop(2, "Far")
    found = choose(
        limits,
        person(1, at=near),
        person(2, at=far),
        given=had(ROOFTOP, near.id, 60, 30),
        assign=to_people(rooftop=RooftopChoice(place=PLACE)),
        rooftops=(near, far),
    )
    assert (found.rooftop, found.owner.name) == (far.id, "Person 2")
    why = "had 2 of 2 this day, next free 2026-11-24 00:00 CET"
    assert told(found, "Near") == ("rate_limit", why)
    assert found.reservation.given.tallies == (Tally("leads", "rooftop", far.id),)


def test_a_rooftop_holds_what_its_people_hold():
    limits = Limits(open_per_rooftop=5)
    near, far = rooftop(1, "Near"), rooftop(2, "Far")
    found = choose(
        limits,
        person(1, at=near),
        person(3, at=near, role="manager"),
        person(2, at=far),
        open_work={person(1).id: 3, person(3).id: 2, person(2).id: 4},
        assign=to_people(rooftop=RooftopChoice(place=PLACE)),
        rooftops=(near, far),
    )
    assert found.owner.name == "Person 2"
    assert told(found, "Near") == ("open_limit", "its people hold 5 of 5")


def test_a_team_is_those_of_one_role_at_one_place():
    people = (person(1), person(2, role="service_agent"))
    either = to_people(team=TeamChoice(place=PLACE))
    by_open = choose(Limits(open_per_team=2), *people, open_work={person(1).id: 2}, assign=either)
    assert by_open.owner.name == "Person 2"
    assert told(by_open, "Person 1") == (
        "team_open_limit",
        "those who are sales_adviser hold 2 of 2",
    )
    given = had(TEAM, "-/sales_adviser", 60)
    by_rate = choose(Limits(rates=(rate(TEAM, 1),)), *people, given=given, assign=either)
    assert by_rate.owner.name == "Person 2"
    assert told(by_rate, "Person 1")[0] == "team_rate_limit"
    assert by_rate.reservation.given.tallies == (Tally("leads", "team", "-/service_agent"),)


def test_who_had_the_customer_before_is_bound_like_everybody():
    sticky = PersonChoice(
        sticky=Sticky(on="Email", within=timedelta(days=90), place=PLACE), place=PLACE
    )
    record = lead(Email="a@b.c")
    question = PastOwnerQuestion(
        object="Lead",
        field="Email",
        value="a@b.c",
        since=(NOW - timedelta(days=90)).replace(second=0, microsecond=0),
        beside=record.id,
    )
    limits = Limits(rates=(rate(PERSON, 1),))

    def owner(given) -> str:
        return choose(
            limits,
            person(1),
            person(2),
            given=given,
            assign=to_people(person=sticky),
            record=record,
            answers={question: person(1).id},
        ).owner.name

    assert owner({}) == "Person 1"
    assert owner(had(PERSON, person(1).id, 60)) == "Person 2"


def test_a_fixed_person_is_not_bound_and_counts():
    target = type(to_queue())(
        target=PersonTarget(username="p1@example.com", place=PLACE), place=PLACE
    )
    limits = Limits(rates=(rate(PERSON, 1),))
    found = choose(limits, person(1), given=had(PERSON, person(1).id, 60), assign=target)
    assert found.owner.name == "Person 1"
    assert found.reservation.given.tallies == (Tally("leads", "person", person(1).id),)


def test_what_goes_to_a_queue_counts_for_nobody():
    found = choose(Limits(rates=(rate(PERSON, 1),)), assign=to_queue())
    assert found.reservation is None


def test_a_policy_without_rate_limits_counts_nothing():
    found = choose(Limits(open_per_person=3), person(1), given=had(PERSON, person(1).id, 60))
    assert found.reservation.given is None


WEIGH = FirstThatHolds(
    PLACE, ((is_("Hot__c", "yes"), Constant(PLACE, 3)), (None, Constant(PLACE, 0.5)))
)


def loaded(**given) -> Limits:
    return Limits(load=LoadLimit(weigh=WEIGH, place=PLACE, **given))


def test_a_person_whose_load_the_record_would_make_too_much_is_passed_over():
    people = (person(1), person(2))
    load = {person(1).id: 8, person(2).id: 7}
    hot = choose(loaded(person=10), *people, load=load, record=lead(Hot__c="yes"))
    assert hot.owner.name == "Person 2"
    why = "a load of 8 of 10, and this one weighs 3"
    assert told(hot, "Person 1") == ("load_limit", why)
    assert hot.reservation.load == 3
    light = choose(loaded(person=8.5), person(1), load=load)
    assert (light.owner.name, light.reservation.load) == ("Person 1", 0.5)


def test_least_loaded_goes_by_the_weight_where_the_policy_weighs():
    people = (person(1), person(2))
    given = {
        "load": {person(1).id: 9, person(2).id: 2},
        "open_work": {person(1).id: 1, person(2).id: 4},
        "assign": to_people(PersonMethod.LEAST_LOADED),
    }
    assert choose(loaded(), *people, **given).owner.name == "Person 2"
    assert choose(Limits(), *people, **given).owner.name == "Person 1"


def test_loads_of_teams_and_rooftops_are_those_of_their_people():
    near, far = rooftop(1, "Near"), rooftop(2, "Far")
    people = (person(1, at=near), person(3, at=near, role="manager"), person(2, at=far))
    given = {
        "load": {person(1).id: 5, person(3).id: 4.75},
        "assign": to_people(rooftop=RooftopChoice(place=PLACE)),
        "rooftops": (near, far),
    }
    by_site = choose(loaded(rooftop=10), *people, **given)
    why = "its people have a load of 9.75 of 10, and this one weighs 0.5"
    assert told(by_site, "Near") == ("load_limit", why)
    by_team = choose(loaded(team=5), *people, **given)
    assert told(by_team, "Person 1")[0] == "team_load_limit"
    assert by_site.owner.name == by_team.owner.name == "Person 2"


def test_records_that_meet_unless_pass_the_load_limit_and_weigh():
    limits = loaded(person=1, team=1, rooftop=1, unless=is_("Hot__c", "yes"))
    found = choose(limits, person(1), load={person(1).id: 7}, record=lead(Hot__c="yes"))
    assert (found.owner.name, found.reservation.load) == ("Person 1", 3)


@pytest.mark.parametrize(
    ("value", "weight"), [(2, 2), ("2.5", 2.5), ("heavy", 1), (-1, 1), (None, 1), (True, 1)]
)
def test_a_weight_that_is_none_is_one(value, weight):
    limits = Limits(load=LoadLimit(weigh=Reference(PLACE, "Points__c"), place=PLACE))
    found = choose(limits, person(1), record=lead(Points__c=value))
    assert found.reservation.load == weight


def test_the_same_counts_give_the_same_decision_whenever_they_were_made():
    limits = Limits(rates=(rate(PERSON, 2), rate(ROOFTOP, 9)))
    given = had(PERSON, person(1).id, 60, 50)
    frozen = {tally: tuple(moments) for tally, moments in given.items()}
    people = (person(1), person(2))
    assert choose(limits, *people, given=given) == choose(limits, *people, given=frozen)
