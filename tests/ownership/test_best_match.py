"""Claims about the best match: points for what people have, the turn among equals."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.facts import Workload
from ortoo_daemon.policy.ownership_model import (
    MatchPoints,
    PersonChoice,
    PersonMethod,
    SkillWish,
    TeamChoice,
)
from ortoo_daemon.policy.reach import fields_read
from tests.world import PLACE, decided, directory, facts, lead, person, policy, rule, to_people

SENIOR = MatchPoints(wish=SkillWish(skill="Senior"), points=2)
SPEAKS = MatchPoints(wish=SkillWish(language_field="Language__c"), points=3)
KNOWS = MatchPoints(wish=SkillWish(skill_field="Line__c"), points=4)


def asking(*match, team=None):
    choice = PersonChoice(by=PersonMethod.BEST_MATCH, match=match, place=PLACE)
    return policy(rule("best", assign=to_people(person=choice, team=team)))


def owner(asked, *people, workload=None, **fields):
    given_ = facts(lead(**fields), directory(people=people), workload=workload or Workload())
    return decided(asked, given_)


def points(found) -> dict[str, float]:
    return {step.name: step.rank["points"] for step in found.trace.candidates}


PEOPLE = (
    person(1, name="Plain"),
    person(2, name="Senior", skills=("senior",)),
    person(3, name="Speaker", languages=("de",)),
    person(4, name="Vans", skills=("VAN", "Truck")),
)


def test_points_are_added_up_and_shown():
    asked = asking(SENIOR, SPEAKS, KNOWS)
    found = owner(asked, *PEOPLE, Language__c="de_AT", Line__c="van")
    assert found.owner.name == "Vans"
    assert points(found) == {"Plain": 0, "Senior": 2, "Speaker": 3, "Vans": 4}
    both = person(5, name="Both", skills=("senior",), languages=("DE",))
    assert owner(asked, *PEOPLE, both, Language__c="de", Line__c="van").owner.name == "Both"


def test_a_field_that_is_empty_gives_nobody_points():
    found = owner(asking(SENIOR, SPEAKS, KNOWS), *PEOPLE)
    assert points(found) == {"Plain": 0, "Senior": 2, "Speaker": 0, "Vans": 0}


def test_a_field_with_several_skills_asks_for_all_of_them():
    assert owner(asking(KNOWS), *PEOPLE, Line__c="Van;Truck").owner.name == "Vans"
    assert set(points(owner(asking(KNOWS), *PEOPLE, Line__c="Van;Bike")).values()) == {0}


def test_equals_take_turns():
    people = (*PEOPLE, person(5, name="Other", skills=("senior",)))
    workload, got = Workload(), Counter()
    for _ in range(10):
        found = owner(asking(SENIOR), *people, workload=workload)
        workload = found.reservation.applied_to(workload)
        got[found.owner.name] += 1
    assert got == {"Senior": 5, "Other": 5}


def test_a_skill_named_by_a_field_may_be_required():
    team = TeamChoice(required=(SkillWish(skill_field="Line__c"),), place=PLACE)
    found = owner(asking(SENIOR, team=team), *PEOPLE, Line__c="truck")
    assert found.owner.name == "Vans"
    assert owner(asking(SENIOR, team=team), *PEOPLE).owner.name == "Senior"


def test_fields_of_the_match_are_read():
    assert fields_read(asking(SENIOR, SPEAKS, KNOWS)) >= {"Language__c", "Line__c"}


SKILLS = st.frozensets(st.sampled_from(["ev", "senior", "van"]))
ROSTERS = st.lists(SKILLS, min_size=1, max_size=8)
METHODS = st.sampled_from(list(PersonMethod))
LIMITS = st.lists(st.none() | st.integers(0, 2), min_size=8, max_size=8)


@settings(max_examples=150, deadline=None)
@given(roster=ROSTERS, by=METHODS, limits=LIMITS, shuffle=st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_are_listed_changes_nothing(roster, by, limits, shuffle):
    weights = (50, 100, 0, 120)
    people = [
        person(n, skills=skills, open_limit=limits[n], weight=weights[n % 4])
        for n, skills in enumerate(roster)
    ]
    match = (SENIOR,) if by is PersonMethod.BEST_MATCH else ()
    choice = PersonChoice(by=by, match=match, place=PLACE)
    team = TeamChoice(wished=(SkillWish(skill="ev"), SkillWish(skill="van")), place=PLACE)
    asked = policy(rule("any", assign=to_people(person=choice, team=team)))
    workload = Workload(open_work={each.id: n % 3 for n, each in enumerate(people)})
    first = owner(asked, *people, workload=workload)
    for _ in range(3):
        shuffle.shuffle(people)
        again = owner(asked, *people, workload=workload)
        assert again == first


@pytest.mark.parametrize("by", list(PersonMethod))
def test_the_same_facts_break_a_tie_the_same_way_every_time(by):
    match = (SENIOR,) if by is PersonMethod.BEST_MATCH else ()
    choice = PersonChoice(by=by, match=match, place=PLACE)
    asked = policy(rule("any", assign=to_people(person=choice)))
    people = [person(n) for n in range(1, 6)]
    names = {owner(asked, *people).owner.name for _ in range(5)}
    assert names == {"Person 1"}
