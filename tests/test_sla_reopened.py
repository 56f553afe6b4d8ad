"""Claims about late clocks that are stopped and run again, told as timelines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ortoo_daemon.clocks import ClockState
from ortoo_daemon.facts import ContactKind
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.sla_model import OnReopen, Returns
from tests.test_sla import BOSS, COLLEAGUE, MANAGER, NETWORK, asked, begun, clock, step
from tests.timeline import Timeline
from tests.world import PLACE, is_, minutes

RESUMES = clock(step(COLLEAGUE), step(MANAGER, 30), on_reopen=OnReopen.RESUME)


def taken(record: Timeline, *, from_: int, until: int) -> list[tuple[int, str]]:
    """Steps that sweeps take, minute by minute."""
    found = [(after, record.sweep(after)) for after in range(from_, until)]
    return [(after, each.outcome.value) for after, each in found if each is not None]


def test_a_late_clock_that_was_stopped_and_runs_again_still_has_the_steps_it_had_left():
    record = begun(RESUMES)
    assert record.sweep(30).outcome is Outcome.REASSIGNED
    record.person_sets(40, Status="Working")
    found = record.person_sets(45, Status="New")
    assert found.reason is ReasonCode.SLA_REOPENED
    assert taken(record, from_=46, until=500) == [(65, "escalated")]  # 20 minutes were left
    assert record.owner == BOSS.id


def test_a_clock_answered_late_before_any_step_takes_its_first_step_when_it_runs_again():
    record = begun(RESUMES)
    record.person_sets(35, Status="Working")
    record.person_sets(45, Status="New")
    assert taken(record, from_=46, until=500) == [(46, "reassigned"), (76, "escalated")]


def test_however_often_a_status_flips_the_steps_come_once_after_the_time_that_was_left():
    record = begun(RESUMES)
    record.sweep(30)
    for minute in range(32, 70, 4):  # two of four minutes count
        record.person_sets(minute, Status="Working")
        record.person_sets(minute + 2, Status="New")
    assert taken(record, from_=72, until=500) == [(80, "escalated")]


def test_a_late_clock_without_steps_is_told_as_late_once():
    record = begun(clock(on_reopen=OnReopen.RESUME))
    assert record.sweep(30).outcome is Outcome.VIOLATED
    record.person_sets(40, Status="Working")
    record.person_sets(45, Status="New")
    assert record.status == "Violated"
    assert taken(record, from_=46, until=500) == []


def test_somebody_who_took_note_has_ended_the_steps_of_a_clock_that_runs_again_too():
    noted = is_("Seen__c", "yes")
    record = begun(replace(RESUMES, acknowledged_by=(noted,)))
    record.sweep(30)
    record.person_sets(35, Seen__c="yes")
    record.person_sets(40, Status="Working")
    record.person_sets(45, Status="New")
    assert taken(record, from_=46, until=500) == []
    assert record.clocks["first_response"].state is ClockState.VIOLATED


def test_whoever_gets_a_late_record_that_was_given_back_has_the_targets_time_first():
    new = SetField(field="Status", value=Constant(value="New", place=PLACE), place=PLACE)
    opens = (replace(step(COLLEAGUE), sets=(new,)),)
    returns = Returns(reason="Back__c", steps=opens, place=PLACE)
    record = Timeline(replace(asked(RESUMES), returns=returns), NETWORK)
    record.created()
    record.person_sets(35, Status="Working")
    found = record.person_sets(40, Back__c="Not mine")
    assert found.outcome is Outcome.REASSIGNED
    assert record.clocks["first_response"].state is ClockState.RUNNING
    assert taken(record, from_=41, until=100) == [(70, "reassigned")]


@pytest.mark.parametrize("how", ["acknowledged", "reopened"])
def test_a_late_clock_without_steps_before_it_still_ends_by_a_call(how):
    noted = is_("Seen__c", "yes")
    record = begun(
        replace(RESUMES, acknowledged_by=(noted,), contacts=frozenset({ContactKind.CALL}))
    )
    record.sweep(30)
    if how == "acknowledged":
        record.person_sets(35, Seen__c="yes")
    else:
        record.sweep(60)
        record.person_sets(61, Status="Working")
        record.person_sets(62, Status="New")
    record.contact(70, ContactKind.CALL)
    assert taken(record, from_=63, until=300)[-1][1] == "clock_stopped"
    assert record.clocks["first_response"].elapsed_for == minutes(70)
