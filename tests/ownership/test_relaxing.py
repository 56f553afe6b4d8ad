"""Claims about waiting for wished skills, told as timelines: minutes after the record came in."""

from datetime import timedelta

import pytest

from ortoo_daemon.action.sla_clocks import read_stamp
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.ownership_model import QueueTarget, RooftopChoice, SkillWish, TeamChoice
from ortoo_daemon.policy.sla_model import Reassign, SlaRule, SlaStep, SlaTarget, Within
from ortoo_daemon.records import WorkReason
from tests.timeline import PERSON, Timeline, at
from tests.world import (
    DESK,
    LAST,
    PLACE,
    directory,
    is_,
    minutes,
    person,
    policy,
    rooftop,
    rule,
    to_people,
)

SITE = rooftop(1, "Site")
SENIOR = person(1, skills=("ev", "senior"), languages=("fr",), name="Senior")
SPEAKER = person(2, skills=("ev",), languages=("de",), name="Speaker")
PLAIN = person(3, skills=("ev",), name="Plain")
OTHER = person(4, skills=("senior",), languages=("de",), name="No EV")

WISHES = (SkillWish(skill="senior"), SkillWish(language_field="Language__c"))


def team(**given) -> TeamChoice:
    given.setdefault("wished", WISHES)
    return TeamChoice(
        required=(SkillWish(skill="ev"),),
        relax_after=timedelta(minutes=10),
        hold_in=QueueTarget(queue="Desk", place=PLACE),
        place=PLACE,
        **given,
    )


def asking(choice: TeamChoice | None = None, **given):
    assign = to_people(team=choice or team(), rooftop=given.pop("at", None))
    return policy(rule("ev", assign=assign, orelse=given.pop("orelse", None)), **given)


def life(*people, asked=None, rooftops=(), **fields) -> Timeline:
    fields.setdefault("Language__c", "de")
    return Timeline(asked or asking(), directory(rooftops, people), **fields)


def test_who_meets_every_wish_has_the_record_at_once():
    both = person(5, skills=("ev", "senior"), languages=("de",), name="Both")
    assert life(SENIOR, SPEAKER, both).created().owner.name == "Both"


def test_wishes_are_dropped_one_by_one_least_important_first():
    told = life(SENIOR, SPEAKER, PLAIN, OTHER)
    first = told.created()
    assert (first.owner.id, first.reason) == (DESK.id, ReasonCode.WAITING)
    assert "nobody with senior and de (Language__c): waits in Desk" in first.trace.notes[-1]
    assert told.sweep(9.9) is None
    second = told.sweep(10)
    assert (second.owner.name, second.outcome) == ("Senior", Outcome.ASSIGNED)
    assert any("de (Language__c) was dropped at" in note for note in second.trace.notes)
    assert told.sweep(60) is None


def test_what_is_required_is_never_dropped():
    told = life(OTHER)
    assert told.created().owner.id == DESK.id
    assert told.sweep(10).reason is ReasonCode.WAITING
    last = told.sweep(20)
    assert (last.owner.id, last.reason) == (LAST.id, ReasonCode.OTHERWISE)
    assert told.sweep(500) is None


def test_dropped_wishes_still_decide_among_those_who_meet_the_others():
    third = person(6, skills=("ev", "senior"), languages=("it",), name="Third")
    told = life(PLAIN, SPEAKER, asked=asking(team(wished=(WISHES[1], WISHES[0]))))
    assert told.created().owner.id == DESK.id  # nobody speaks German and is senior
    assert told.sweep(10).owner.name == "Speaker"
    told = life(PLAIN, third, asked=asking(team(wished=(WISHES[1], WISHES[0]))))
    told.created()
    told.sweep(10)
    assert told.sweep(20).owner.name == "Third"


def test_a_record_without_a_language_waits_for_none():
    told = life(PLAIN, Language__c=None)
    told.created()
    assert told.sweep(10).owner.name == "Plain"
    alone = asking(team(wished=(WISHES[1],)))
    assert life(PLAIN, asked=alone, Language__c=None).created().owner.name == "Plain"


def test_after_an_outage_all_is_dropped_that_should_have_been():
    told = life(PLAIN)
    told.created()
    assert told.sweep(35).owner.name == "Plain"


def test_somebody_who_comes_in_meanwhile_is_found_at_the_next_step_only():
    told = life(PLAIN)
    told.created()
    told.directory = directory((), (PLAIN, SENIOR))
    assert told.sweep(5) is None
    assert told.sweep(11).owner.name == "Senior"


def test_the_wait_stands_on_the_record_so_that_a_sweep_finds_it_after_any_restart():
    told = life(PLAIN)
    told.created()
    waiting = read_stamp(told.record.get("Ortoo_SLA_Clocks__c")).waiting
    assert (waiting.rule, waiting.since, waiting.next_at) == ("ev", at(0), at(10))
    assert told.record.get("Ortoo_SLA_Next_At__c") == "2026-11-23T09:25:00.000Z"
    told.sweep(10)
    assert told.record.get("Ortoo_SLA_Next_At__c") == "2026-11-23T09:35:00.000Z"
    told.sweep(20)
    assert told.record.get("Ortoo_SLA_Next_At__c") is None
    assert told.record.get("Ortoo_SLA_Clocks__c") is None


def test_each_step_has_a_key_of_its_own_that_a_crash_does_not_change():
    told = life(PLAIN)
    told.created()
    entry = "sla:20261123T092500Z"
    lost = told.handle(WorkReason.SLA, 10, entry=entry, write=False)
    again = told.handle(WorkReason.SLA, 11, entry=entry)
    assert lost.key == again.key == f"{told.record.id}:waited:20261123T092500Z"
    assert told.sweep(20).key != again.key


def test_a_person_who_takes_it_from_the_queue_keeps_it():
    told = life(PLAIN)
    told.created()
    told.person_sets(5, OwnerId=PERSON)
    over = told.sweep(10)
    assert (over.outcome, over.reason) == (Outcome.CLOCK_STOPPED, ReasonCode.WAIT_OVER)
    assert told.record.get("OwnerId") == PERSON
    assert told.record.get("Ortoo_SLA_Next_At__c") is None
    assert told.sweep(60) is None


def test_a_record_that_its_policy_takes_no_more_is_left_where_it_is():
    told = life(PLAIN, asked=asking(enter=is_("Status", "New")))
    told.created()
    told.person_sets(5, Status="Closed")
    assert told.sweep(10).reason is ReasonCode.WAIT_OVER
    assert told.record.get("OwnerId") == DESK.id


def test_a_requeue_by_hand_begins_anew():
    told = life(PLAIN)
    told.created()
    told.sweep(10)
    anew = told.handle(WorkReason.REQUEUED, 15, entry="requeued:1")
    assert anew.waiting.since == at(15)
    assert anew.waiting.next_at == at(25)


def test_clocks_run_while_it_waits_and_one_that_hands_it_over_ends_the_wait():
    clock = SlaRule(
        clock="answer",
        target=SlaTarget(choices=((None, minutes(15)),)),
        hours="24x7",
        stopped_by=(is_("Status", "Done"),),
        on_violation=(SlaStep(action=Reassign(within=Within.ROOFTOP, place=PLACE), place=PLACE),),
        place=PLACE,
    )
    told = life(PLAIN, asked=asking(sla=(clock,)))
    assert told.created().clocks[0].target_at == at(15)
    again = told.sweep(10)
    assert (again.reason, again.clocks[0].target_at) == (ReasonCode.WAITING, at(15))
    moved = told.sweep(15)
    assert (moved.outcome, moved.owner.name) == (Outcome.REASSIGNED, "Plain")
    assert told.sweep(20) is None


def test_it_counts_for_the_first_rooftop_in_order_while_it_waits():
    there = person(3, at=SITE, skills=("ev",), name="Plain")
    told = life(there, asked=asking(at=RooftopChoice(place=PLACE)), rooftops=(SITE,))
    assert told.created().rooftop == SITE.id
    assert told.sweep(20).owner.name == "Plain"


def test_where_no_rooftop_is_found_nothing_is_waited_for():
    told = life(PLAIN, asked=asking(at=RooftopChoice(place=PLACE)))
    assert told.created().reason is ReasonCode.OTHERWISE


@pytest.mark.parametrize("queue", ["Nowhere", "Cases"])
def test_a_queue_that_can_not_own_it_is_no_place_to_wait(queue):
    choice = team()
    choice = type(choice)(
        required=choice.required,
        wished=choice.wished,
        relax_after=choice.relax_after,
        hold_in=QueueTarget(queue=queue, place=PLACE),
        place=PLACE,
    )
    assert life(PLAIN, asked=asking(choice)).created().reason is ReasonCode.OTHERWISE
