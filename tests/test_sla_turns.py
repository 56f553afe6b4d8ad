"""Claims about clocks that pause, begin anew, are reopened, or are stopped by contacts, told as timelines."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.clocks import ClockState
from ortoo_daemon.facts import ContactKind
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.policy.sla_model import OnReassign, OnReopen, OnRepeat
from ortoo_daemon.records import WorkReason
from ortoo_daemon.repeats import ASKED_AGAIN_AT
from tests.test_sla import ANA, BEN, CLEO, COLLEAGUE, MANAGER, NETWORK, TO_DESK, asked, clock, step
from tests.timeline import PERSON, Timeline, at
from tests.world import is_, minutes

WAITS = is_("Status", "Waiting")
CALL = frozenset({ContactKind.CALL})


def begun(*clocks, network=NETWORK, **given_) -> Timeline:
    found = Timeline(asked(*clocks, **given_), network)
    assert found.created().outcome is Outcome.ASSIGNED
    return found


# Pauses


def test_a_clock_that_pauses_goes_on_with_the_time_that_was_left():
    record = begun(clock(step(COLLEAGUE), paused_by=(WAITS,)))
    paused = record.person_sets(10, Status="Waiting")
    assert (paused.outcome, paused.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_PAUSED)
    assert record.status == "Paused"
    assert all(record.sweep(after) is None for after in (15, 30, 400))
    resumed = record.person_sets(400, Status="New")
    assert resumed.reason is ReasonCode.SLA_RESUMED
    assert record.clocks["first_response"].target_at == at(420)
    assert record.sweep(404) is None
    assert record.sweep(405).outcome is Outcome.WARNED  # 15 of 30 minutes
    assert record.sweep(420).outcome is Outcome.REASSIGNED


def test_what_had_passed_before_a_pause_stays_passed_and_warns_once():
    record = begun(clock(paused_by=(WAITS,)))
    assert record.sweep(16).key.endswith("warning1")
    record.person_sets(20, Status="Waiting")
    record.person_sets(50, Status="New")
    assert record.sweep(53) is None
    assert record.sweep(54).key.endswith("warning2")  # 24 minutes of running time
    assert record.sweep(60).outcome is Outcome.VIOLATED


def test_a_clock_may_pause_many_times_each_under_a_key_of_its_own():
    record = begun(clock(paused_by=(WAITS,)))
    for after in (2, 6, 10):
        record.person_sets(after, Status="Waiting")
        record.person_sets(after + 2, Status="New")
    keys = [each.key.rpartition(":")[2] for each in record.decisions[1:]]
    assert keys == ["paused1", "resumed2", "paused3", "resumed4", "paused5", "resumed6"]
    assert record.clocks["first_response"].paused_for == minutes(6)
    assert record.clocks["first_response"].target_at == at(36)


def test_a_pause_that_nobody_heard_of_is_found_before_a_step_is_taken():
    record = begun(clock(step(COLLEAGUE), paused_by=(WAITS,)))
    record._set({"Status": "Waiting", "LastModifiedById": PERSON})
    assert record.sweep(30).reason is ReasonCode.SLA_PAUSED
    assert record.sweep(31) is None


def test_the_time_of_pauses_is_told_apart_from_open_time_and_kept_with_the_whole_time():
    record = begun(clock(paused_by=(WAITS,)))
    record.person_sets(10, Status="Waiting")
    record.person_sets(40, Status="New")
    stopped = record.person_sets(55, Status="Working")
    kept = record.clocks["first_response"]
    assert (kept.open_for, kept.elapsed_for, kept.paused_for) == (
        minutes(25),
        minutes(55),
        minutes(30),
    )
    told = "clock first_response: stopped after 0:25:00 open, 0:55:00 in all, paused for 0:30:00"
    assert told in stopped.trace.notes


def test_a_clock_that_is_answered_while_it_pauses_counts_only_until_then():
    record = begun(clock(paused_by=(WAITS,)))
    record.person_sets(10, Status="Waiting")
    record.person_sets(100, Status="Working")
    kept = record.clocks["first_response"]
    assert (kept.state, kept.open_for, kept.elapsed_for) == (
        ClockState.STOPPED,
        minutes(10),
        minutes(100),
    )
    assert record.status == "Met"


def test_pauses_count_open_time_in_the_clocks_hours():
    shop = BusinessHours(name="Shop", zone="UTC", windows=(((540, 600),),) * 7)  # 9 to 10
    network = replace(NETWORK, hours={"Shop": shop})
    record = begun(clock(hours="Shop", paused_by=(WAITS,)), network=network)  # it is 9:15
    record.person_sets(15, Status="Waiting")
    record.person_sets(24 * 60, Status="New")  # 9:15 the next day
    assert record.clocks["first_response"].target_at == at(24 * 60 + 15)


pauses = st.lists(st.integers(1, 20), min_size=2, max_size=8)


@settings(max_examples=60, deadline=None)
@given(pauses)
def test_however_often_it_pauses_the_target_comes_after_the_same_running_time(lengths):
    record = begun(clock(target=200, warn=(), paused_by=(WAITS,)))
    after, running = 0, 0
    for number, length in enumerate(lengths):
        after += length
        running += 0 if number % 2 else length
        record.person_sets(after, Status="New" if number % 2 else "Waiting")
    if len(lengths) % 2:
        after += 5
        record.person_sets(after, Status="New")
    left = 200 - running
    assert record.clocks["first_response"].target_at == at(after + left)
    assert record.sweep(after + left - 1) is None
    assert record.sweep(after + left).outcome is Outcome.VIOLATED


# A new owner


RESTARTS = clock(step(COLLEAGUE), on_reassign=OnReassign.RESTART)


def test_a_clock_that_restarts_gives_each_new_owner_the_whole_target_until_nobody_is_left():
    record = begun(RESTARTS)
    moves = {}
    for after in range(200):
        found = record.sweep(after)
        if found is not None and found.outcome is not Outcome.WARNED:
            moves[after] = (found.outcome.value, found.key.partition(":sla:")[2])
    assert moves == {
        30: ("reassigned", "first_response:violation"),
        60: ("reassigned", "first_response:violation:2"),
        90: ("violated", "first_response:violation:3"),
    }
    assert record.clocks["first_response"].received_at == at(0)
    record.person_sets(100, Status="Working")
    assert record.clocks["first_response"].elapsed_for == minutes(40)
    told = " ".join(record.decisions[-1].trace.notes)
    assert "1:40:00 since it first began" in told


def test_a_clock_that_does_not_restart_keeps_its_time_for_the_new_owner():
    record = begun(clock(step(COLLEAGUE)))
    record.sweep(30)
    assert record.clocks["first_response"].run == 1
    assert record.clocks["first_response"].target_at == at(30)


def test_a_person_who_takes_the_record_has_the_whole_target_too_where_it_restarts():
    record = begun(RESTARTS)
    found = record.person_sets(20, OwnerId=PERSON)
    assert (found.outcome, found.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_RESTARTED)
    assert record.clocks["first_response"].target_at == at(50)
    assert record.owner == PERSON


# The customer asks again


AGAIN = clock(step(COLLEAGUE), on_repeat=OnRepeat.RESTART)


def test_a_customer_who_asks_again_has_the_whole_target_once_more():
    record = begun(AGAIN)
    found = record.person_sets(20, **{ASKED_AGAIN_AT: instant_text(at(19))})
    assert (found.outcome, found.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_RESTARTED)
    assert record.clocks["first_response"].started_at == at(19)
    assert record.clocks["first_response"].target_at == at(49)
    assert record.clocks["first_response"].received_at == at(0)
    assert record.sweep(21) is None


def test_a_clock_that_does_not_restart_goes_on_when_the_customer_asks_again():
    record = begun(clock(step(COLLEAGUE)))
    record.person_sets(20, **{ASKED_AGAIN_AT: instant_text(at(19))})
    assert record.clocks["first_response"].target_at == at(30)


def test_a_clock_that_was_stopped_runs_again_only_where_what_stopped_it_holds_no_more():
    record = begun(AGAIN)
    record.person_sets(10, Status="Working")
    assert record.clocks["first_response"].state is ClockState.STOPPED
    asked = {ASKED_AGAIN_AT: instant_text(at(19))}
    assert record.person_sets(20, **asked).outcome is Outcome.NOTHING
    found = record.person_sets(25, Status="New", **asked)
    assert found.reason is ReasonCode.SLA_RESTARTED
    assert record.clocks["first_response"].state is ClockState.RUNNING


def test_a_reopened_record_that_goes_to_somebody_else_restarts_such_clocks_only():
    watching = {"on": Triggers(changed=frozenset({"Brand__c"}))}
    keeps = clock(clock="other", target=300, stopped_by=(is_("Visited__c", "yes"),))
    record = begun(RESTARTS, keeps, **watching)
    record.workload = replace(record.workload, open_work={record.owner: 9})
    first = record.owner
    record.person_sets(10, Brand__c="Fiat")
    assert record.owner != first
    assert record.clocks["first_response"].started_at == at(10)
    assert record.clocks["other"].started_at == at(0)


def test_moves_are_bounded_however_often_a_clock_restarts():
    bounded = asked(RESTARTS)
    record = Timeline(replace(bounded, moves=replace(bounded.moves, at_most=1)), NETWORK)
    record.created()
    assert record.sweep(30).outcome is Outcome.REASSIGNED
    found = record.sweep(60)
    assert (found.outcome, found.reason) == (Outcome.VIOLATED, ReasonCode.SLA_MOVED_OFTEN)


# Reopened


@pytest.mark.parametrize("how", OnReopen)
def test_what_stopped_a_clock_and_holds_no_more_reopens_it_as_its_policy_says(how):
    record = begun(clock(step(TO_DESK), on_reopen=how))
    record.person_sets(20, Status="Working")
    found = record.person_sets(100, Status="New")
    kept = record.clocks["first_response"]
    if how is OnReopen.KEEP:
        assert found.outcome is Outcome.NOTHING
        assert kept.state is ClockState.STOPPED
        return
    assert (found.outcome, found.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_REOPENED)
    assert kept.target_at == at(110 if how is OnReopen.RESUME else 130)
    assert (
        record.sweep(kept.target_at and (110 if how is OnReopen.RESUME else 130)).owner is not None
    )


def test_a_reopened_clock_is_stopped_again_under_another_key():
    record = begun(clock(on_reopen=OnReopen.RESUME))
    record.person_sets(20, Status="Working")
    record.person_sets(100, Status="New")
    record.person_sets(105, Status="Working")
    keys = [each.key for each in record.decisions]
    assert len(keys) == len(set(keys))
    kept = record.clocks["first_response"]
    assert (kept.open_for, kept.elapsed_for) == (minutes(25), minutes(105))


# Several turns at once


def test_one_change_may_stop_one_clock_and_make_another_pause():
    resolution = clock(
        clock="resolution", target=300, warn=(), paused_by=(is_("Status", "Working"),)
    )
    record = begun(clock(), replace(resolution, stopped_by=(is_("Status", "Closed"),)))
    record.person_sets(10, Status="Working")
    assert record.clocks["first_response"].state is ClockState.STOPPED
    assert record.clocks["resolution"].paused_at == at(10)


# Contacts


def test_a_call_stops_the_clock_at_the_time_of_the_call_when_a_step_is_due():
    record = begun(clock(step(COLLEAGUE), contacts=CALL))
    record.contact(7, ContactKind.CALL)
    found = record.sweep(15)
    assert (found.outcome, found.reason) == (Outcome.CLOCK_STOPPED, ReasonCode.SLA_ANSWERED)
    assert record.clocks["first_response"].stopped_at == at(7)
    assert record.record.text("Ortoo_First_Response_At__c")
    assert record.sweep(30) is None


@pytest.mark.parametrize("kind", [ContactKind.EMAIL_OUT, ContactKind.EVENT, ContactKind.EMAIL_IN])
def test_a_contact_of_another_kind_does_not_stop_it(kind):
    record = begun(clock(step(COLLEAGUE), contacts=CALL))
    record.contact(7, kind)
    assert record.sweep(30).outcome is Outcome.REASSIGNED


def test_a_contact_from_before_the_clock_began_does_not_stop_it():
    record = begun(clock(step(COLLEAGUE), contacts=CALL))
    record.contact(-5, ContactKind.CALL)
    assert record.sweep(30).outcome is Outcome.REASSIGNED


def test_after_its_last_step_a_contact_is_looked_for_ever_more_rarely():
    record = begun(clock(contacts=CALL, warn=()))
    looks = [after for after in range(0, 40_000, 10) if record.sweep(after) is not None]
    assert looks[0] == 30
    assert 5 < len(looks) < 12
    record.contact(30_000, ContactKind.CALL)
    stopped = next(found for after in range(40_000, 90_000, 60) if (found := record.sweep(after)))
    assert stopped.outcome is Outcome.CLOCK_STOPPED
    assert record.status == "Missed"


def test_an_answer_without_a_contact_in_both_directions_within_a_day_is_flagged():
    record = begun(clock(contacts=CALL, two_way_within=timedelta(hours=24)))
    record.contact(7, ContactKind.CALL)
    record.sweep(15)
    assert record.sweep(24 * 60 + 6) is None
    found = record.sweep(24 * 60 + 7)
    assert (found.outcome, found.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.SLA_ONE_WAY)
    assert record.status == "One-way"
    assert record.sweep(10_000) is None


def test_an_answer_of_the_customer_within_a_day_is_a_contact_in_both_directions():
    record = begun(clock(contacts=CALL, two_way_within=timedelta(hours=24)))
    record.contact(7, ContactKind.CALL)
    record.sweep(15)
    record.contact(300, ContactKind.EMAIL_IN, both_ways=True)
    assert record.sweep(24 * 60 + 7).reason is ReasonCode.SLA_ANSWERED
    assert record.status == "Met"


def test_nobody_looked_is_not_the_same_as_nobody_called():
    record = begun(clock(contacts=CALL, two_way_within=timedelta(hours=24)))
    record.contact(7, ContactKind.CALL)
    record.sweep(15)
    unasked = record.handle(WorkReason.CHANGED, 24 * 60 + 7, changed_fields=frozenset({"City"}))
    assert unasked.reason is ReasonCode.SLA_WAITING
    assert record.clocks["first_response"].look_at is not None


# Taken note of


def test_somebody_who_takes_note_ends_the_steps_but_not_the_clock():
    noted = is_("Seen__c", "yes")
    record = begun(clock(step(COLLEAGUE), step(MANAGER, 30), acknowledged_by=(noted,)))
    record.sweep(30)
    found = record.person_sets(35, Seen__c="yes")
    assert found.reason is ReasonCode.SLA_ACKNOWLEDGED
    assert record.sweep(500) is None
    assert record.clocks["first_response"].state is ClockState.VIOLATED
    record.person_sets(600, Status="Working")
    assert record.status == "Missed"


def test_people_of_the_site_are_all_different_holders():
    record = begun(RESTARTS)
    for after in range(100):
        record.sweep(after)
    owners = [each.owner.id for each in record.decisions if each.owner]
    assert sorted(owners) == sorted({ANA.id, BEN.id, CLEO.id})


def test_both_times_of_a_clock_that_is_late_are_kept_at_each_step_and_go_on_until_it_stops():
    record = begun(clock(step(COLLEAGUE), step(MANAGER, 30)))
    found = record.sweep(30)
    late = record.clocks["first_response"]
    assert (late.open_for, late.elapsed_for) == (minutes(30), minutes(30))
    assert "clock first_response: violated after 0:30:00 open, 0:30:00 in all" in found.trace.notes
    record.sweep(60)
    assert record.clocks["first_response"].elapsed_for == minutes(60)
    record.person_sets(75, Status="Working")
    assert record.clocks["first_response"].elapsed_for == minutes(75)
