"""Claims about the clocks of decided records, told as timelines: minutes after the record came in."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.beside import recovered
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.facts import Tally
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome, ReasonCode
from ortoo_daemon.policy.limits_model import LimitLevel, Limits, RateLimit
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.policy.ownership_model import QueueTarget, RooftopChoice
from ortoo_daemon.policy.periods import Calendar
from ortoo_daemon.policy.sla_model import (
    EscalateTo,
    Reassign,
    SlaRule,
    SlaStep,
    SlaTarget,
    Superior,
    Within,
)
from ortoo_daemon.records import WorkReason
from tests.timeline import PERSON, Timeline, at
from tests.world import (
    DESK,
    NOW,
    PLACE,
    directory,
    facts,
    is_,
    item,
    minutes,
    person,
    policy,
    rooftop,
    rule,
    to_people,
    to_queue,
)

SITE = rooftop(1, "Site")
OTHER_SITE = rooftop(2, "Other site")
BOSS = person(9, at=SITE, role="rooftop_manager", name="Boss")
ANA, BEN, CLEO = (person(n, at=SITE, name=name) for n, name in enumerate(("Ana", "Ben", "Cleo"), 1))
ELSEWHERE = person(7, at=OTHER_SITE)
NETWORK = directory((SITE, OTHER_SITE), (ANA, BEN, CLEO, BOSS, ELSEWHERE))

COLLEAGUE = Reassign(within=Within.ROOFTOP, place=PLACE)
MANAGER = EscalateTo(superior=Superior.ROOFTOP_MANAGER, place=PLACE)
TO_DESK = QueueTarget(queue="Desk", place=PLACE)
ANSWERED = is_("Status", "Working")


def step(action, after: float | None = None) -> SlaStep:
    return SlaStep(action=action, after=None if after is None else minutes(after), place=PLACE)


def clock(*steps: SlaStep, target: float = 30, **given) -> SlaRule:
    given.setdefault("clock", "first_response")
    given.setdefault("hours", "24x7")
    given.setdefault("warn", (0.5, 0.8))
    given.setdefault("stopped_by", (ANSWERED,))
    return SlaRule(
        target=SlaTarget(choices=((None, minutes(target)),)),
        on_violation=steps,
        place=PLACE,
        **given,
    )


AT_SITE = to_people(rooftop=RooftopChoice(where=is_("Name", "Site"), place=PLACE))
USUAL = clock(step(COLLEAGUE), step(MANAGER, 30), step(TO_DESK, 60))


def asked(*clocks: SlaRule, assign=AT_SITE, **given):
    return policy(rule("network", assign=assign), sla=clocks or (USUAL,), **given)


def begun(*clocks: SlaRule, network=NETWORK, **given) -> Timeline:
    found = Timeline(asked(*clocks), network, **given)
    assert found.created().outcome is Outcome.ASSIGNED
    return found


# The whole of it


def test_nobody_answers_warned_twice_moved_to_a_colleague_then_to_the_manager_then_to_the_desk():
    record = begun()
    first = record.owner
    seen = []
    for after in range(200):
        found = record.sweep(after)
        if found is not None:
            seen.append((after, found.outcome.value, found.key.rpartition(":")[2], record.status))
    assert seen == [
        (15, "warned", "warning1", "Warning"),
        (24, "warned", "warning2", "Warning"),
        (30, "reassigned", "violation", "Violated"),
        (60, "escalated", "step2", "Violated"),
        (120, "escalated", "step3", "Violated"),
    ]
    owners = [each.owner.id for each in record.decisions if each.owner]
    assert owners[0] == first
    assert owners[1] in {ANA.id, BEN.id, CLEO.id} - {first}
    assert owners[2:] == [BOSS.id, DESK.id]
    assert record.owner == record.record.text("Ortoo_Assigned_Owner__c") == DESK.id
    assert record.record.get("Ortoo_SLA_Next_At__c") is None


def test_an_answer_before_the_target_stops_the_clock_for_good():
    record = begun()
    record.sweep(16)
    found = record.person_sets(20, Status="Working")
    assert (found.outcome, found.reason) == (Outcome.CLOCK_STOPPED, ReasonCode.SLA_ANSWERED)
    assert found.owner is None
    assert record.status == "Met"
    assert record.record.text("Ortoo_First_Response_At__c") == instant_text(at(20))
    assert all(record.sweep(after) is None for after in (30, 60, 500))
    kept = json.loads(record.record.text("Ortoo_SLA_Clocks__c"))["clocks"][0]
    assert (kept["state"], kept["elapsed_s"], kept["open_s"]) == ("stopped", 1200, 1200)


def test_an_answer_after_the_target_stops_the_steps_and_is_told_as_missed():
    record = begun()
    record.sweep(30)
    colleague = record.owner
    record.person_sets(45, Status="Working")
    assert record.status == "Missed"
    assert record.sweep(100) is None
    assert record.owner == colleague


def test_an_answer_that_nobody_heard_of_is_found_when_the_next_step_is_due():
    record = begun()
    change = {"Status": "Working", "LastModifiedById": PERSON}
    record._set({**change, "LastModifiedDate": instant_text(at(11))})
    assert record.sweep(15).outcome is Outcome.CLOCK_STOPPED
    assert record.record.text("Ortoo_First_Response_At__c") == instant_text(at(11))


def test_open_time_and_the_whole_time_are_both_kept():
    shop = BusinessHours(name="Shop", zone="UTC", windows=(((540, 600),),) * 7)  # 9 to 10
    network = replace(NETWORK, hours={"Shop": shop})
    record = begun(clock(hours="Shop"), network=network)  # it is 9:15
    record.person_sets(60 * 24, Status="Working")
    kept = json.loads(record.record.text("Ortoo_SLA_Clocks__c"))["clocks"][0]
    assert (kept["open_s"], kept["elapsed_s"]) == (60 * 60, 24 * 60 * 60)


def test_a_later_step_counts_open_time_from_the_step_before():
    shop = BusinessHours(name="Shop", zone="UTC", windows=(((540, 600),),) * 7)
    network = replace(NETWORK, hours={"Shop": shop})
    record = begun(clock(step(COLLEAGUE), step(MANAGER, 30), hours="Shop"), network=network)
    assert record.sweep(30).outcome is Outcome.REASSIGNED  # 9:45, 15 minutes are left today
    assert record.sweep(24 * 60 - 1) is None
    assert record.sweep(24 * 60).outcome is Outcome.ESCALATED  # 9:15 the next day


def test_a_first_step_may_wait_after_the_target():
    record = begun(clock(step(MANAGER, 10)))
    found = record.sweep(30)
    assert (found.outcome, found.reason) == (Outcome.VIOLATED, ReasonCode.SLA_VIOLATION)
    assert record.status == "Violated"
    assert record.sweep(39) is None
    assert record.sweep(40).outcome is Outcome.ESCALATED


def test_a_clock_without_steps_is_violated_and_stays_with_its_owner():
    record = begun(clock())
    owner = record.owner
    assert record.sweep(30).reason is ReasonCode.SLA_VIOLATION
    assert record.owner == owner
    assert record.sweep(1000) is None


# Who gets it


def test_never_the_holder_and_never_a_past_holder():
    steps = [step(COLLEAGUE)] + [step(COLLEAGUE, 10)] * 4
    record = begun(clock(*steps))
    owners = [record.owner]
    for after in range(30, 120):
        found = record.sweep(after)
        if found is not None:
            owners.append(record.owner)
    assert len(owners[:3]) == len(set(owners[:3])) == 3
    assert set(owners) == {ANA.id, BEN.id, CLEO.id}
    assert record.story()[-1] == "violated"
    assert record.decisions[-1].reason is ReasonCode.SLA_NOBODY


def test_a_past_holder_comes_into_question_again_after_the_window():
    two = directory((SITE,), (ANA, BEN))
    record = begun(clock(step(COLLEAGUE), step(COLLEAGUE, 31 * 24 * 60)), network=two)
    first = record.owner
    record.sweep(30)
    assert record.owner != first
    record.sweep(30 + 31 * 24 * 60)
    assert record.owner == first


def test_people_who_are_away_full_or_of_another_role_or_site_are_not_asked():
    away, full = replace(BEN, availability="Away"), replace(CLEO, open_limit=2)
    network = directory((SITE, OTHER_SITE), (ANA, away, full, BOSS, ELSEWHERE))
    record = begun(clock(step(COLLEAGUE)), network=network, open_work={CLEO.id: 2})
    assert record.owner == ANA.id
    found = record.sweep(30)
    assert (found.outcome, found.reason) == (Outcome.VIOLATED, ReasonCode.SLA_NOBODY)
    assert record.owner == ANA.id
    gates = {each.id: each.removed_by for each in found.trace.candidates}
    assert gates == {
        ANA.id: "held_before",
        BEN.id: "away",
        CLEO.id: "open_limit",
        BOSS.id: "role",
    }


def test_the_policys_own_limit_holds_too():
    limited = asked(clock(step(COLLEAGUE)), limits=Limits(open_per_person=3))
    record = Timeline(limited, NETWORK, open_work={ANA.id: 0, BEN.id: 3, CLEO.id: 3})
    record.created()
    assert record.sweep(30).reason is ReasonCode.SLA_NOBODY


def test_a_colleague_who_was_given_enough_is_passed_over_and_a_record_that_goes_on_counts_once():
    """The rooftop and its team have the record already: their limits are no reason to keep it."""
    levels = tuple(
        RateLimit(level=level, at_most=1, per=Calendar.DAY, place=PLACE) for level in LimitLevel
    )
    limited = asked(clock(step(COLLEAGUE)), limits=Limits(rates=levels))
    record = Timeline(limited, NETWORK, open_work={ANA.id: 0, BEN.id: 3, CLEO.id: 4})
    first = record.created().reservation.given
    assert [tally.level for tally in first.tallies] == ["person", "rooftop", "team"]
    had = {**record.workload.given, Tally("leads", "person", BEN.id): [first.at]}
    record.workload = replace(record.workload, given=had)
    found = record.sweep(30)
    assert record.owner == CLEO.id
    assert {each.id: each.removed_by for each in found.trace.candidates}[BEN.id] == "rate_limit"
    tallies = found.reservation.given.tallies
    assert tallies == (Tally("leads", "person", CLEO.id),)


def test_where_no_colleague_is_left_the_next_step_is_taken_at_once():
    alone = directory((SITE,), (ANA, BOSS))
    record = begun(network=alone)
    found = record.sweep(30)
    assert (found.outcome, record.owner) == (Outcome.ESCALATED, BOSS.id)
    assert record.sweep(89) is None
    assert record.sweep(90).owner.id == DESK.id


def test_a_step_without_a_time_is_only_for_when_the_one_before_finds_nobody():
    steps = (step(COLLEAGUE), step(MANAGER), step(TO_DESK, 30))
    record = begun(clock(*steps))
    assert record.sweep(30).outcome is Outcome.REASSIGNED
    assert record.sweep(59) is None
    assert record.sweep(60).owner.id == DESK.id
    alone = begun(clock(*steps), network=directory((SITE,), (ANA, BOSS)))
    assert alone.sweep(30).owner.id == BOSS.id


def test_the_holders_own_manager_comes_before_the_role():
    chief = person(8, role="group_manager", name="Chief")
    led = replace(ANA, manager=chief.id)
    record = begun(clock(step(MANAGER)), network=directory((SITE,), (led, BOSS, chief)))
    assert record.sweep(30).owner.id == chief.id


def test_a_manager_who_is_away_is_passed_over():
    chief = person(8, role="group_manager", name="Chief", availability="Away")
    led = replace(ANA, manager=chief.id)
    record = begun(clock(step(MANAGER)), network=directory((SITE,), (led, BOSS, chief)))
    assert record.sweep(30).owner.id == BOSS.id


def test_a_manager_who_holds_it_already_is_passed_over_for_another_one():
    second = person(10, at=SITE, role="rooftop_manager", name="Second")
    network = directory((SITE,), (ANA, BOSS, second))
    record = begun(clock(step(MANAGER), step(MANAGER, 10)), network=network)
    assert record.sweep(30).owner.id == BOSS.id
    assert record.sweep(40).owner.id == second.id


def test_with_nobody_to_escalate_to_the_owner_stays_and_it_is_said():
    record = begun(clock(step(MANAGER)), network=directory((SITE,), (ANA,)))
    found = record.sweep(30)
    assert (found.outcome, found.reason) == (Outcome.VIOLATED, ReasonCode.SLA_NOBODY)
    assert "no rooftop_manager is there" in " ".join(found.trace.notes)


def test_a_record_in_a_fixed_queue_has_no_colleagues():
    record = Timeline(
        asked(clock(step(COLLEAGUE), step(TO_DESK, 5)), assign=to_queue("Last")), NETWORK
    )
    record.created()
    assert record.sweep(30).owner.id == DESK.id


def test_a_desk_without_rooftop_hands_over_within_the_desk():
    desk = directory((SITE,), (person(11), person(12), ANA))
    record = Timeline(asked(clock(step(COLLEAGUE)), assign=to_people()), desk)
    record.created()
    first = record.owner
    found = record.sweep(30)
    assert found.outcome is Outcome.REASSIGNED
    assert {first, record.owner} == {person(11).id, person(12).id}


# People win


def test_a_record_that_a_person_took_by_hand_keeps_its_owner_and_is_escalated_in_name():
    record = begun()
    record.person_sets(5, OwnerId=PERSON)
    record.sweep(15)
    found = record.sweep(30)
    assert (found.outcome, found.reason) == (Outcome.ESCALATED, ReasonCode.SLA_HELD_BY_PERSON)
    assert (found.owner, found.escalated_to.id, found.reservation) == (None, BOSS.id, None)
    assert "OwnerId" not in owner_write(found, record.record).whole
    assert record.owner == PERSON
    assert record.status == "Violated"


def test_a_record_moved_by_hand_to_a_queue_may_be_given_to_a_colleague():
    record = begun(clock(step(COLLEAGUE)))
    record.person_sets(5, OwnerId=DESK.id)
    assert record.sweep(30).outcome is Outcome.REASSIGNED


# Once, and only once


def test_a_crash_between_write_and_proof_leads_to_the_same_key():
    record = begun()
    found = record.handle(WorkReason.SLA, 30, write=False, entry="sla:x")
    again = record.handle(WorkReason.SLA, 31, write=False, entry="sla:x")
    assert found.key == again.key == f"{record.record.id}:sla:first_response:violation"
    record.sweep(30)
    after_crash = record.handle(WorkReason.SLA, 31, entry="sla:x")
    assert after_crash.reason is ReasonCode.ALREADY_DECIDED
    proof = recovered(facts(record.record, NETWORK))
    assert (proof.key, proof.owner.id) == (found.key, record.owner)
    entry = found.key.removeprefix(f"{record.record.id}:")
    lost_store = record.handle(WorkReason.RECONCILED, 32, entry=entry)
    assert lost_store.reason is ReasonCode.ALREADY_DECIDED


def test_a_late_sweep_takes_one_step_and_gives_the_new_owner_the_whole_time_before_the_next():
    record = begun()
    found = record.sweep(12 * 60)
    assert found.outcome is Outcome.REASSIGNED
    assert record.sweep(12 * 60 + 29) is None
    assert record.sweep(12 * 60 + 30).outcome is Outcome.ESCALATED
    assert record.story() == ["assigned", "reassigned", "escalated"]


def test_warnings_missed_are_one_warning():
    record = begun()
    assert record.sweep(25).key.endswith("warning2")
    assert record.sweep(26) is None


def test_an_owner_who_gets_a_late_record_has_the_targets_time_first():
    record = Timeline(asked(), NETWORK)
    record.created(after=120)
    assert record.status == "Violated"
    assert record.sweep(149) is None
    assert record.sweep(150).outcome is Outcome.REASSIGNED


moves = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from(["sweep", "again", "owner", "noise"])),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(moves)
def test_each_step_is_taken_at_most_once_for_any_order_of_sweeps_and_changes(events):
    record = begun()
    for after, what in sorted(events, key=lambda event: event[0]):
        if what == "sweep":
            record.sweep(after)
        elif what == "again":
            record.handle(WorkReason.SLA, after, entry="sla:anything")
        elif what == "owner":
            record.person_sets(after, OwnerId=PERSON)
        else:
            record.person_sets(after, City="Lyon")
    keys = Counter(each.key for each in record.decisions if each.outcome in FOLLOW_UPS)
    assert all(count == 1 for count in keys.values()), keys
    held = [each.owner.id for each in record.decisions if each.owner]
    people = [id for id in held if id.startswith("005")]
    assert len(people) == len(set(people))


@settings(max_examples=60, deadline=None)
@given(moves, st.integers(0, 300))
def test_after_an_answer_no_step_is_ever_taken(events, answered):
    record = begun()
    for after, _ in sorted(events):
        if after < answered:
            record.sweep(after)
    record.person_sets(answered, Status="Working")
    owner, before = record.owner, len(record.story())
    for after in range(answered, answered + 300, 7):
        record.handle(WorkReason.SLA, after, entry="sla:anything")
    assert (record.owner, len(record.story())) == (owner, before)


# Beside other ways in


def test_a_change_heard_before_a_step_but_handled_after_it_still_reopens_the_record():
    watching = asked(on=Triggers(changed=frozenset({"Brand__c"})))
    record = Timeline(watching, NETWORK)
    record.created()
    record.sweep(15)
    heard = item(
        record.record,
        reason=WorkReason.CHANGED,
        heard_at=at(14),
        changed_fields=frozenset({"Brand__c"}),
    )
    found = record.handle(heard.reason, 14, changed_fields=heard.changed_fields, entry=heard.entry)
    assert found.outcome is Outcome.ASSIGNED


def test_a_reopened_record_keeps_its_clocks_and_what_they_did():
    watching = asked(on=Triggers(changed=frozenset({"Brand__c"})))
    record = Timeline(watching, NETWORK)
    record.created()
    record.person_sets(10, Status="Working")
    before = record.record.text("Ortoo_SLA_Clocks__c")
    assert record.person_sets(200, Brand__c="Fiat").outcome is Outcome.ASSIGNED
    assert (
        json.loads(record.record.text("Ortoo_SLA_Clocks__c"))["clocks"]
        == json.loads(before)["clocks"]
    )
    assert record.sweep(1000) is None


def test_a_requeue_starts_the_clock_anew_under_keys_of_its_own():
    record = begun()
    record.sweep(30)
    record.handle(WorkReason.REQUEUED, 100, entry="20261123T105500Z")
    assert record.sweep(129) is None
    assert record.sweep(130).key.endswith(":violation:2")


def test_a_clock_that_its_policy_no_longer_has_is_ended():
    record = begun()
    record.policies = replace(record.policies, policies=(asked(clock(clock="other")),))
    found = record.sweep(15)
    assert (found.outcome, found.reason) == (Outcome.CLOCK_STOPPED, ReasonCode.SLA_CLOCK_REMOVED)
    assert record.record.get("Ortoo_SLA_Next_At__c") is None


def test_a_stamp_that_nobody_can_read_does_not_come_back_for_ever():
    record = begun()
    record._set({"Ortoo_SLA_Clocks__c": '{"v": 1, "clocks": [{"name": "x"}]}'})
    record.sweep(15)
    assert record.record.get("Ortoo_SLA_Next_At__c") is None


def test_a_converted_lead_is_left_alone():
    record = begun()
    record._set({"IsConverted": True})
    assert record.handle(WorkReason.SLA, 40, entry="sla:x").outcome is Outcome.NOTHING


def test_two_clocks_go_their_own_ways():
    visited = clock(clock="visit", target=60, warn=(), stopped_by=(is_("Visited__c", "yes"),))
    record = begun(clock(), visited)
    record.person_sets(10, Status="Working")
    assert record.status == "Running"
    assert record.record.text("Ortoo_SLA_Target_At__c") == instant_text(NOW + timedelta(minutes=60))
    assert record.sweep(59) is None
    assert record.sweep(60).key.endswith(":sla:visit:violation")


def test_of_two_clocks_late_at_once_the_second_gives_the_next_owner_its_targets_time():
    visit = clock(step(COLLEAGUE), clock="visit", target=20, warn=())
    record = begun(clock(step(COLLEAGUE), warn=()), visit)
    first = record.owner
    assert record.sweep(31).outcome is Outcome.REASSIGNED
    second = record.owner
    assert record.sweep(31) is None
    assert record.sweep(50) is None
    last = record.sweep(62) or record.sweep(62)
    assert last.outcome is Outcome.REASSIGNED
    assert record.owner not in (first, second)
    clocks = [each.key.split(":")[2] for each in record.decisions[1:]]
    assert sorted(clocks) == ["first_response", "visit"]


def test_a_second_late_clock_that_moves_nothing_does_not_wait():
    told = clock(step(None), clock="visit", warn=())
    record = begun(clock(step(COLLEAGUE), warn=()), told)
    found = [record.sweep(31), record.sweep(31), record.sweep(31)]
    assert [each and each.outcome for each in found] == [
        Outcome.REASSIGNED,
        Outcome.VIOLATED,
        None,
    ]


@pytest.mark.parametrize("reason", [WorkReason.SLA, WorkReason.CHANGED])
def test_an_undecided_or_parked_record_has_no_steps(reason):
    record = begun()
    record._set({"Ortoo_Parked__c": "no_contact"})
    assert record.handle(reason, 40).outcome is Outcome.NOTHING
