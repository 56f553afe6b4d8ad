"""Claims about rules, teams and people: who comes into question, who is next, and the ways out."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ortoo_daemon.audit.summary import summary
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.facts import NotAsked, PastOwnerQuestion, Workload
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.limits_model import Limits
from ortoo_daemon.policy.ownership_model import (
    PersonChoice,
    PersonMethod,
    PersonTarget,
    RooftopChoice,
    SkillWish,
    Sticky,
    TeamChoice,
)
from ortoo_daemon.records import OwnerKind
from ortoo_daemon.trace import RuleOutcome
from tests.world import (
    DESK,
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


def team(**given) -> TeamChoice:
    return TeamChoice(place=PLACE, **given)


def skills(*names: str) -> tuple[SkillWish, ...]:
    return tuple(SkillWish(skill=name) for name in names)


def choose(assign, *people, workload=None, limits=None, record=None, **rest):
    asked = policy(rule("any", assign=assign), limits=limits or Limits())
    network = directory(
        people=people, rooftops=rest.pop("rooftops", ()), hours=rest.pop("hours", None)
    )
    return decided(asked, facts(record or lead(), network, workload=workload or Workload(), **rest))


def gates(found) -> dict[str, str | None]:
    return {s.name: s.removed_by for s in found.trace.candidates if s.kind == "person"}


# Rules


def test_inner_rules_are_asked_first_and_the_outer_one_answers_when_none_matches():
    inner = rule("outer", "inner", when=is_("Size__c", "big"), assign=to_queue("Last"))
    asked = policy(rule("outer", rules=(inner,)), rule("next"))
    big = decided(asked, facts(lead(Size__c="big"), directory()))
    small = decided(asked, facts(lead(Size__c="small"), directory()))
    assert (big.rule, big.owner.id) == ("outer / inner", LAST.id)
    assert (small.rule, small.owner.id) == ("outer", DESK.id)


def test_inner_rules_are_not_asked_when_the_outer_one_does_not_hold():
    inner = rule("outer", "inner")
    asked = policy(rule("outer", when=is_("A", "x"), rules=(inner,)), rule("next"))
    found = decided(asked, facts(lead(A="y"), directory()))
    assert [step.name for step in found.trace.rules] == ["outer", "next"]


def test_the_trace_shows_the_failing_condition_with_its_value_and_place():
    asked = policy(rule("one", when=is_("A", "x", line=42)), rule("two"))
    found = decided(asked, facts(lead(A="y"), directory()))
    first, second = found.trace.rules
    assert first.outcome is RuleOutcome.NOT_MATCHED
    assert (first.failed.text, first.failed.value, first.failed.place.line) == ("A: x", "y", 42)
    assert second.outcome is RuleOutcome.MATCHED


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        ("2026-11-23T22:59:00+00:00", False),
        ("2026-11-23T23:00:00+00:00", True),
        ("2026-11-25T22:59:00+00:00", True),
        ("2026-11-25T23:00:00+00:00", False),
    ],
)
def test_during_counts_whole_days_in_the_policys_zone(now, holds):
    days = (date(2026, 11, 24), date(2026, 11, 25))
    asked = policy(rule("launch", during=days), rule("later", assign=to_queue("Last")))
    given = facts(lead(), directory(), now=datetime.fromisoformat(now))
    assert decided(asked, given).rule == ("launch" if holds else "later")


# Ways out


def test_a_rule_that_finds_nobody_goes_to_its_else_and_never_on_to_the_next_rule():
    asked = policy(
        rule("team", assign=to_people(), orelse=to_queue().target),
        rule("next", assign=to_queue("Last")),
    )
    found = decided(asked, facts(lead(), directory()))
    assert (found.reason, found.rule, found.owner.id) == (ReasonCode.RULE_ELSE, "team", DESK.id)
    assert found.trace.rules[-1].outcome is RuleOutcome.NOBODY


def test_an_else_that_cannot_own_the_record_leads_to_otherwise():
    asked = policy(rule("team", assign=to_people(), orelse=to_queue("Cases").target))
    found = decided(asked, facts(lead(), directory()))
    assert (found.reason, found.owner.id) == (ReasonCode.OTHERWISE, LAST.id)


def test_a_fallback_does_not_count_for_the_rooftop_that_could_not_take_it():
    site = rooftop(1, "Site")
    asked = policy(rule("n", assign=to_people(rooftop=RooftopChoice(place=PLACE))))
    assert decided(asked, facts(lead(), directory((site,)))).rooftop is None


def test_a_fixed_person_must_be_on_the_roster_and_active():
    target = PersonTarget(username="P1@Example.com", place=PLACE)
    assign = type(to_queue())(target=target, place=PLACE)
    found = choose(assign, person(1))
    assert (found.owner.kind, found.owner.name) == (OwnerKind.USER, "Person 1")
    assert choose(assign, person(1, active=False)).owner.id == LAST.id
    assert choose(assign, person(2)).owner.id == LAST.id


# Teams


def test_each_candidate_is_removed_by_the_first_gate_it_does_not_pass():
    found = choose(
        to_people(team=team(role="sales_adviser", required=skills("ev"))),
        person(1, active=False, role="manager"),
        person(2, role="manager"),
        person(3),
        person(4, skills=("EV",), availability="Away"),
        person(5, skills=("EV",), open_limit=2),
        person(6, skills=("EV",)),
        workload=Workload(open_work={person(5).id: 2}),
    )
    assert gates(found) == {
        "Person 1": "active",
        "Person 2": "role",
        "Person 3": "skill",
        "Person 4": "away",
        "Person 5": "open_limit",
        "Person 6": None,
    }
    assert found.owner.name == "Person 6"


def test_a_required_language_is_that_of_the_record_in_any_spelling_of_its_code():
    wish = team(required=(SkillWish(language_field="Language__c"),))
    people = (person(1, languages=("fr",)), person(2, languages=("de_DE",)))
    found = choose(to_people(team=wish), *people, record=lead(Language__c="de-AT"))
    assert found.owner.name == "Person 2"


def test_a_record_without_a_language_asks_for_none():
    wish = team(required=(SkillWish(language_field="Language__c"),))
    assert choose(to_people(team=wish), person(1)).owner.name == "Person 1"


def test_wished_skills_go_before_the_turn_the_first_wish_most():
    wish = team(wished=skills("ev", "fleet"))
    both = (person(1), person(2, skills=("fleet",)), person(3, skills=("ev",)))
    assert choose(to_people(team=wish), *both).owner.name == "Person 3"
    assert choose(to_people(team=wish), *both[:2]).owner.name == "Person 2"
    assert choose(to_people(team=wish), *both[:1]).owner.name == "Person 1"


def test_someone_away_is_back_at_the_moment_that_was_given():
    back = person(1, availability="Away", away_until=NOW)
    assert choose(to_people(), back).owner.name == "Person 1"
    later = person(1, away_until=NOW + timedelta(seconds=1))
    assert choose(to_people(), later).owner.id == LAST.id


def test_open_now_asks_the_rooftops_hours():
    shop = BusinessHours(name="Shop", zone="Europe/Paris", windows=(((540, 1080),),) * 7)
    site = rooftop(1, "Site", hours="Shop")
    assign = to_people(rooftop=RooftopChoice(place=PLACE), team=team(open_now=True))
    world = {"rooftops": (site,), "hours": {"Shop": shop}}
    assert choose(assign, person(1, at=site), **world).owner.name == "Person 1"
    night = datetime(2026, 11, 23, 22, 40, tzinfo=UTC)
    found = choose(assign, person(1, at=site), now=night, **world)
    assert (found.owner.id, gates(found)) == (LAST.id, {"Person 1": "open_now"})


def test_a_person_with_hours_of_their_own_is_asked_by_those():
    early = BusinessHours(name="Early", zone="Europe/Paris", windows=(((360, 600),),) * 7)
    shop = BusinessHours(name="Shop", zone="Europe/Paris", windows=(((540, 1080),),) * 7)
    site = rooftop(1, "Site", hours="Shop")
    assign = to_people(rooftop=RooftopChoice(place=PLACE), team=team(open_now=True))
    found = choose(
        assign,
        person(1, at=site, hours="Early"),
        person(2, at=site),
        rooftops=(site,),
        hours={"Shop": shop, "Early": early},
    )
    assert (found.owner.name, gates(found)["Person 1"]) == ("Person 2", "open_now")


def test_without_a_rooftop_the_desks_are_asked_people_of_no_rooftop():
    site = rooftop(1, "Site")
    found = choose(to_people(), person(1, at=site), person(2), rooftops=(site,))
    assert found.owner.name == "Person 2"


def test_removed_candidates_are_counted_in_full_and_named_up_to_a_bound():
    found = choose(to_people(), *(person(n, role="manager") for n in range(1, 101)))
    (gate,) = found.trace.gates
    assert (gate.gate, gate.removed) == ("role", 100)
    assert len(found.trace.candidates) == 12


# People


def test_the_smaller_of_the_policys_and_the_persons_limit_holds():
    for own, general, held, eligible in [
        (5, 3, 3, False),
        (2, 3, 2, False),
        (None, 3, 2, True),
        (5, None, 4, True),
        (0, None, 0, False),
    ]:
        found = choose(
            to_people(),
            person(1, open_limit=own),
            limits=Limits(open_per_person=general),
            workload=Workload(open_work={person(1).id: held}),
        )
        assert (found.owner.name == "Person 1") is eligible


def test_records_that_meet_unless_pass_the_limit():
    limits = Limits(open_per_person=1, unless=is_("Hot__c", "yes"))
    full = Workload(open_work={person(1).id: 9})
    assert choose(to_people(), person(1), limits=limits, workload=full).owner.id == LAST.id
    hot = choose(to_people(), person(1), limits=limits, workload=full, record=lead(Hot__c="yes"))
    assert hot.owner.name == "Person 1"


def test_least_loaded_takes_the_lowest_count_and_turns_among_equals():
    people = (person(1), person(2), person(3))
    work = Workload(open_work={people[0].id: 2, people[1].id: 1, people[2].id: 1})
    first = choose(to_people(PersonMethod.LEAST_LOADED), *people, workload=work)
    assert first.owner.name == "Person 2"
    moved = Workload(open_work=work.open_work, turns=first.reservation.applied_to(work).turns)
    again = choose(to_people(PersonMethod.LEAST_LOADED), *people, workload=moved)
    assert again.owner.name == "Person 3"


def test_a_weight_of_nothing_takes_no_turns_of_a_weighted_rotation():
    found = choose(to_people(PersonMethod.WEIGHTED_ROTATION), person(1, weight=0), person(2))
    assert (found.owner.name, gates(found)["Person 1"]) == ("Person 2", "weight")
    assert choose(to_people(), person(1, weight=0)).owner.name == "Person 1"


def test_every_rule_and_rooftop_has_a_rotation_of_its_own():
    site = rooftop(1, "Site")
    assign = to_people(rooftop=RooftopChoice(place=PLACE))
    found = choose(assign, person(1, at=site), rooftops=(site,))
    assert found.reservation.pool == f"leads/any/{site.id}"
    assert choose(to_people(), person(1)).reservation.pool == "leads/any/-"


# Sticky


def sticky(people, sites, past, record):
    wanted = Sticky(on="Email", within=timedelta(days=90), place=PLACE)
    assign = to_people(
        rooftop=RooftopChoice(brand="Brand__c", place=PLACE) if sites else None,
        person=PersonChoice(sticky=wanted, place=PLACE),
    )
    question = PastOwnerQuestion(
        object="Lead",
        field="Email",
        value="a@example.com",
        since=NOW - timedelta(days=90),
        beside=record.id,
    )
    answer = past if isinstance(past, NotAsked) else past.id
    return choose(assign, *people, rooftops=sites, record=record, answers={question: answer})


def test_a_sticky_owner_who_is_not_eligible_now_gives_way():
    people = (person(1), person(2, availability="Away"))
    found = sticky(people, (), people[1], lead(Email="a@example.com"))
    assert (found.owner.name, found.reason) == ("Person 1", ReasonCode.RULE)


def test_a_sticky_owner_keeps_the_record_at_another_rooftop_of_the_brand():
    sites = (rooftop(1, "Near"), rooftop(2, "Far"))
    people = (person(1, at=sites[0]), person(2, at=sites[1]))
    record = lead(Email="a@example.com", Brand__c="Peugeot")
    found = sticky(people, sites, people[1], record)
    assert (found.owner.name, found.rooftop) == ("Person 2", sites[1].id)


def test_a_sticky_owner_of_another_brand_gives_way():
    sites = (rooftop(1, "Peugeot"), rooftop(2, "Opel", brands=("Opel",)))
    people = (person(1, at=sites[0]), person(2, at=sites[1]))
    record = lead(Email="a@example.com", Brand__c="Peugeot")
    assert sticky(people, sites, people[1], record).owner.name == "Person 1"


def test_a_former_owner_nobody_asked_for_is_decided_without_and_told():
    found = sticky((person(1),), (), NotAsked.BUDGET, lead(Email="a@example.com"))
    assert (found.owner.name, found.reason) == ("Person 1", ReasonCode.RULE)
    (report,) = found.trace.reports
    assert (report.stage, report.field, report.code) == ("ownership", "Email", "not_asked")
    assert summary(found).endswith(
        "who had the customer before: not asked: the org's API calls are short"
    )


def test_without_a_value_nothing_is_asked_about_earlier_owners():
    assert sticky((person(1),), (), person(1), lead()).reason is ReasonCode.RULE


def test_a_sticky_owner_gives_way_to_another_rooftop_that_the_customer_chose():
    sites = (rooftop(1, "Chosen", code="C1"), rooftop(2, "Former", code="F1"))
    people = (person(1, at=sites[0]), person(2, at=sites[1]))
    wanted = Sticky(on="Email", within=timedelta(days=90), place=PLACE)
    assign = to_people(
        rooftop=RooftopChoice(prefer=("customer_choice",), place=PLACE),
        person=PersonChoice(sticky=wanted, place=PLACE),
    )
    since = NOW - timedelta(days=90)
    question = PastOwnerQuestion(
        object="Lead", field="Email", value="a@example.com", since=since, beside=lead().id
    )
    asked = policies(policy(rule("any", assign=assign)), signals={"customer_choice": "Wish__c"})

    def owner_for(wish: str | None) -> str:
        record = lead(Email="a@example.com", Wish__c=wish)
        given = facts(record, directory(sites, people), answers={question: people[1].id})
        return decided(asked, given).owner.name

    assert owner_for(None) == "Person 2"
    assert owner_for("C1") == "Person 1"
