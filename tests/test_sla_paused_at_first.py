"""Claims about clocks of records that pause when their clocks begin, told as timelines."""

from __future__ import annotations

from dataclasses import replace

from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.sla_model import OnReassign
from ortoo_daemon.records import WorkReason
from tests.test_sla import ANA, BEN, COLLEAGUE, NETWORK, asked, begun, clock, step
from tests.timeline import Timeline, at
from tests.world import is_, minutes

WAITING = is_("Status", "Waiting")
PAUSES = clock(step(COLLEAGUE), paused_by=(WAITING,))


def taken(record: Timeline, *, from_: int, until: int) -> list[tuple[int, str]]:
    found = [(after, record.sweep(after)) for after in range(from_, until)]
    return [(after, each.outcome.value) for after, each in found if each is not None]


def waiting_from_the_first(*clocks) -> Timeline:
    record = Timeline(asked(*clocks), NETWORK, Status="Waiting")
    record.created(after=1)
    return record


def test_a_record_that_waits_when_it_comes_in_has_the_whole_target_once_it_goes_on():
    record = waiting_from_the_first(PAUSES)
    assert "clock first_response: pauses from the first" in record.decisions[0].trace.notes
    assert record.status == "Paused"
    assert taken(record, from_=1, until=100) == []
    assert record.person_sets(100, Status="New").reason is ReasonCode.SLA_RESUMED
    assert record.clocks["first_response"].target_at == at(130)
    assert [outcome for _, outcome in taken(record, from_=101, until=131)] == [
        *("warned", "warned", "reassigned")
    ]
    assert record.clocks["first_response"].open_for == minutes(30)


def test_who_gets_a_record_that_waits_has_the_whole_target_once_it_goes_on():
    record = begun(replace(PAUSES, on_reassign=OnReassign.RESTART))
    record.person_sets(5, Status="Waiting")
    other = BEN if record.owner != BEN.id else ANA
    record.person_sets(10, OwnerId=other.id)
    assert record.status == "Paused"
    assert taken(record, from_=11, until=100) == []
    record.person_sets(100, Status="New")
    assert record.clocks["first_response"].target_at == at(130)


def test_an_old_record_that_waits_and_is_requeued_is_not_late():
    record = begun(PAUSES)
    record.person_sets(5, Status="Waiting")
    record.handle(WorkReason.REQUEUED, 500, entry="by hand")
    assert record.status == "Paused"
    record.person_sets(600, Status="New")
    assert record.clocks["first_response"].target_at == at(630)


def test_a_clock_that_pauses_is_not_shown_as_late_when_another_takes_a_step():
    other = clock(clock="resolution", target=200, warn=(0.5,))
    record = begun(PAUSES, other)
    record.person_sets(5, Status="Waiting")
    assert record.sweep(100).outcome is Outcome.WARNED
    assert record.status == "Warning"
