"""Claims about records whose owner is away or has left."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.action.sla_clocks import SlaStamp, stamp_text
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.facts import Workload
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.ownership.absence import AWAY, BACK, LEFT, entry_of
from ortoo_daemon.person import Sign
from ortoo_daemon.policy.absence_model import Absence, GiveBack, Move
from ortoo_daemon.policy.limits_model import Limits
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.records import WorkReason
from tests.world import (
    LAST,
    NOW,
    PLACE,
    an_id,
    decided,
    directory,
    facts,
    is_,
    item,
    lead,
    person,
    policy,
    rooftop,
    rule,
    to_people,
)

SITE = rooftop(1, "Site")
DAEMON = an_id("005", 99)
ANN, BOB = person(1, at=SITE), person(2, at=SITE)
GONE = replace(ANN, availability="Away")
RULE = rule("n", assign=to_people(rooftop=RooftopChoice(place=PLACE)))


def held(**given):
    values = {
        "OwnerId": ANN.id,
        "Ortoo_Assigned_Owner__c": ANN.id,
        "Ortoo_Decided_At__c": "2026-11-23T09:11:00.000+0000",
        "Ortoo_Decision_Key__c": "before",
        "Ortoo_Policy__c": "leads",
        "LastModifiedById": DAEMON,
    }
    return lead(**(values | given))


def clocks(**given) -> str:
    values = {"name": "first_response", "started_at": NOW, "target_at": NOW} | given
    return stamp_text(SlaStamp(clocks=(SlaClock(**values),)))


def absence(move: Move = Move.ALL, **given) -> Absence:
    return Absence(move=move, place=PLACE, **given)


def moved(asked: Absence | None, *, kind=AWAY, people=(GONE, BOB), record=None):
    record = record or held()
    work = item(record, reason=WorkReason.ABSENCE, entry=entry_of(kind, ANN.id, "20261123T091500Z"))
    known = facts(record, directory((SITE,), people), work=work, intake_owners=frozenset({DAEMON}))
    return decided(policy(RULE, absence=asked), known)


def test_a_record_goes_to_a_colleague_by_the_same_rule():
    found = moved(absence())
    assert (found.outcome, found.reason) == (Outcome.ASSIGNED, ReasonCode.OWNER_AWAY)
    assert found.owner is not None
    assert (found.owner.id, found.seen_owner, found.rule) == (BOB.id, ANN.id, "n")
    assert found.key.endswith(f":{AWAY}:{ANN.id}:20261123T091500Z")


def kept(*given, **more) -> bool:
    found = moved(*given, **more)
    assert found.owner is None or found.outcome is Outcome.ASSIGNED
    return (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.OWNER_KEEPS)


def test_without_a_word_in_the_policy_nothing_is_moved():
    assert kept(None)


def test_who_is_back_keeps_their_work():
    assert kept(absence(), people=(ANN, BOB))


def test_a_record_that_went_to_somebody_else_meanwhile_is_left_alone():
    assert kept(absence(), record=held(OwnerId=BOB.id))


def test_what_somebody_wrote_to_is_not_untouched():
    by_ann = held(LastModifiedById=ANN.id)
    assert kept(absence(Move.UNTOUCHED), record=by_ann)
    assert not kept(absence(Move.ALL), record=by_ann)
    assert not kept(absence(Move.UNTOUCHED))


def test_what_somebody_answered_is_not_untouched_though_the_daemon_wrote_that_down():
    answered = clocks(state=ClockState.STOPPED, stopped_at=NOW)
    assert kept(absence(Move.UNTOUCHED), record=held(Ortoo_SLA_Clocks__c=answered))
    assert not kept(absence(Move.UNTOUCHED), record=held(Ortoo_SLA_Clocks__c=clocks()))


def test_what_they_took_by_hand_is_moved_only_by_all():
    taken = held(Ortoo_Assigned_Owner__c=BOB.id)
    assert kept(absence(Move.UNTOUCHED), record=taken)
    assert not kept(absence(Move.ALL), record=taken)


def test_a_condition_bounds_what_is_moved():
    hot = absence(when=is_("Rating", "Hot"))
    assert kept(hot)
    assert not kept(hot, record=held(Rating="Hot"))


@pytest.mark.parametrize(
    ("target", "back", "stays"), [(1, 2, False), (3, 2, True), (3, None, False)]
)
def test_only_what_is_due_before_the_return(target, back, stays):
    due = held(Ortoo_SLA_Clocks__c=clocks(target_at=NOW + timedelta(hours=target)))
    away = replace(GONE, away_until=NOW + timedelta(hours=back) if back else None)
    found = kept(absence(due_before_return=True), record=due, people=(away, BOB))
    assert found is stays


def test_work_leaves_only_those_who_are_away_by_a_sign_that_the_policy_names():
    resting = replace(ANN, off_shift=((NOW, NOW + timedelta(hours=8)),))
    assert kept(absence(), people=(resting, BOB))
    shifts = absence(signs=frozenset({Sign.SHIFTS}))
    assert not kept(shifts, people=(resting, BOB))
    assert kept(shifts)


def test_the_trace_says_by_which_sign_somebody_is_away():
    on_leave = replace(ANN, leave=((NOW, NOW + timedelta(hours=8)),))
    found = moved(absence(), people=(on_leave, BOB))
    (step,) = [each for each in found.trace.candidates if each.removed_by == "away"]
    assert step.detail == f"away until {(NOW + timedelta(hours=8)).isoformat()}, by the calendar"


def test_without_a_clock_nothing_is_due_before_the_return():
    assert kept(absence(due_before_return=True))


def test_where_nobody_else_can_take_it_the_record_stays():
    assert kept(absence(), people=(GONE,))


def test_of_somebody_who_left_everything_goes_to_the_way_out_too():
    found = moved(
        absence(Move.UNTOUCHED), kind=LEFT, people=(), record=held(LastModifiedById=BOB.id)
    )
    assert (found.outcome, found.reason) == (Outcome.ASSIGNED, ReasonCode.OWNER_LEFT)
    assert found.owner is not None
    assert found.owner.id == LAST.id


def test_a_move_that_was_made_is_not_made_again():
    key = f"{held().id}:{entry_of(AWAY, ANN.id, '20261123T091500Z')}"
    found = moved(absence(), record=held(Ortoo_Decision_Key__c=key))
    assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.ALREADY_DECIDED)


def test_parked_and_converted_records_stay():
    assert kept(absence(), record=held(Ortoo_Parked__c="x"))
    assert kept(absence(), record=held(IsConverted=True))


NOTICED = "20261123T091500Z"
GIVE_BACK = absence(give_back=GiveBack())


def with_bob(**given):
    """A record that was moved from Ann to Bob when she went away."""
    values = {
        "OwnerId": BOB.id,
        "Ortoo_Assigned_Owner__c": BOB.id,
        "Ortoo_Decision_Key__c": f"{held().id}:{entry_of(AWAY, ANN.id, NOTICED)}",
    }
    return held(**(values | given))


def given_back(record=None, *, asked=GIVE_BACK, people=(ANN, BOB), **given):
    record = record or with_bob()
    work = item(record, reason=WorkReason.ABSENCE, entry=entry_of(BACK, ANN.id, NOTICED))
    given.setdefault("intake_owners", frozenset({DAEMON}))
    limits = given.pop("limits", None)
    known = facts(record, directory((SITE,), people), work=work, **given)
    more = {} if limits is None else {"limits": limits}
    return decided(policy(RULE, absence=asked, **more), known)


def stays(*given, **more) -> bool:
    found = given_back(*given, **more)
    return (found.outcome, found.reason, found.owner) == (
        Outcome.NOTHING,
        ReasonCode.OWNER_KEEPS,
        None,
    )


def test_what_nobody_has_touched_goes_back_to_whoever_returns():
    found = given_back()
    assert (found.outcome, found.reason) == (Outcome.ASSIGNED, ReasonCode.OWNER_BACK)
    assert found.owner is not None
    assert (found.owner.id, found.seen_owner, found.rooftop) == (ANN.id, BOB.id, SITE.id)
    assert found.key.endswith(f":{BACK}:{ANN.id}:{NOTICED}")
    assert found.custody is not None
    assert "nobody has touched it" in found.custody


def test_nothing_goes_back_where_the_policy_does_not_say_so():
    assert stays(asked=absence())
    assert stays(asked=None)


def test_what_was_touched_answered_or_decided_since_stays():
    assert stays(with_bob(LastModifiedById=BOB.id))
    assert stays(with_bob(OwnerId=DAEMON))
    assert stays(with_bob(Ortoo_Decision_Key__c="a clock's step"))
    answered = clocks(state=ClockState.STOPPED, stopped_at=NOW)
    assert stays(with_bob(Ortoo_SLA_Clocks__c=answered))
    assert not stays(with_bob(Ortoo_SLA_Clocks__c=clocks()))


def test_it_stays_while_they_are_not_back_or_can_take_no_more():
    assert stays(people=(GONE, BOB))
    assert stays(people=(replace(ANN, active=False), BOB))
    assert stays(people=(BOB,))
    full = Workload(open_work={ANN.id: 3})
    assert stays(workload=full, limits=Limits(open_per_person=3))
    assert not stays(workload=Workload(open_work={ANN.id: 2}), limits=Limits(open_per_person=3))


def test_it_goes_back_to_them_whoever_would_be_next():
    busy = Workload(open_work={ANN.id: 9})
    found = given_back(workload=busy)
    assert found.owner is not None
    assert found.owner.id == ANN.id


def test_a_record_that_went_back_is_not_decided_again():
    key = f"{held().id}:{entry_of(BACK, ANN.id, NOTICED)}"
    found = given_back(with_bob(OwnerId=ANN.id, Ortoo_Decision_Key__c=key))
    assert found.reason is ReasonCode.ALREADY_DECIDED
