"""Claims about records that their holders give back, told as timelines: minutes after the record came in."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.action.stamps import CUSTODY, SLA_CLOCKS, owner_write
from ortoo_daemon.consequences import NoticeTo
from ortoo_daemon.facts import Moved
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.policy.ownership_model import QueueTarget
from ortoo_daemon.policy.sla_model import Moves, OnReassign, OnReopen, Returns
from ortoo_daemon.records import WorkReason
from tests.test_sla import (
    ANA,
    BEN,
    BOSS,
    CLEO,
    COLLEAGUE,
    MANAGER,
    NETWORK,
    USUAL,
    asked,
    clock,
    step,
)
from tests.test_sla_escalation import stepping, tells
from tests.timeline import PERSON, Timeline, at
from tests.world import DESK, LAST, PLACE, is_

WHY = "Ortoo_Return_Reason__c"
WRONG_AREA = {WHY: "Wrong area"}
TO_COLLEAGUE = step(COLLEAGUE)


def begun(*steps, clocks=(USUAL,), network=NETWORK, **given) -> Timeline:
    returns = Returns(reason=WHY, steps=steps or (TO_COLLEAGUE,), place=PLACE)
    found = replace(asked(*clocks), returns=returns, **given)
    found = found if clocks else replace(found, sla=())
    record = Timeline(found, network)
    assert record.created().outcome is Outcome.ASSIGNED
    return record


def test_who_cannot_serve_a_customer_gives_the_record_back_and_a_colleague_has_it():
    record = begun()
    first = record.owner
    found = record.person_sets(5, **WRONG_AREA)
    assert (found.outcome, found.reason) == (Outcome.REASSIGNED, ReasonCode.RETURNED)
    assert record.owner == found.owner.id != first
    assert record.record.get(WHY) is None
    assert (found.returned.by, found.returned.reason) == (first, "Wrong area")
    assert any("given back by" in note and "Wrong area" in note for note in found.trace.notes)


def test_what_was_said_stands_on_the_record_with_whom_it_came_from_and_went_to():
    record = begun()
    names = {each.id: each.name for each in (ANA, BEN, CLEO)}
    first = names[record.owner]
    record.person_sets(5, **{WHY: "Wrong\narea"})
    lines = record.record.text(CUSTODY).splitlines()
    assert len(lines) == 3
    assert lines[1].endswith(f"given back by {first}: Wrong area")
    assert lines[2].endswith(f"reassigned to {names[record.owner]}: it was given back (Site)")


def test_a_return_is_heeded_once():
    record = begun()
    record.person_sets(5, **WRONG_AREA)
    after = record.owner
    again = record.handle(WorkReason.CHANGED, 6, changed_fields=frozenset({WHY}))
    assert (again.outcome, record.owner) == (Outcome.NOTHING, after)


def test_the_same_return_has_the_same_key_however_often_it_is_decided_and_the_next_another():
    record = begun()
    record._set(WRONG_AREA)
    keys = {
        record.handle(reason, after, write=False).key
        for reason in (WorkReason.CHANGED, WorkReason.SLA)
        for after in (5, 6)
    }
    assert len(keys) == 1
    record.person_sets(7, **WRONG_AREA)
    assert record.person_sets(8, **WRONG_AREA).key not in keys


def test_two_returns_within_a_second_are_two_decisions():
    record = begun()
    keys = {record.person_sets(0, **WRONG_AREA).key for _ in range(2)}
    assert len(keys) == 2


def test_nobody_who_gave_it_back_gets_it_again_however_long_ago_unless_a_person_asks_anew():
    record = begun(TO_COLLEAGUE, moves=Moves(at_most=20))
    had = [record.owner]
    for after in (1, 2):
        record.person_sets(after * 60 * 24 * 40, **WRONG_AREA)
        had.append(record.owner)
    assert sorted(had) == sorted(each.id for each in (ANA, BEN, CLEO))
    last = record.person_sets(60 * 24 * 200, **WRONG_AREA)
    assert (last.outcome, record.owner) == (Outcome.ESCALATED, LAST.id)
    anew = record.handle(WorkReason.REQUEUED, 60 * 24 * 201, entry="again")
    assert anew.owner.id in had


def test_nor_does_a_clock_give_it_back_to_them():
    record = begun(clocks=(clock(TO_COLLEAGUE, on_reassign=OnReassign.RESTART),))
    first = record.owner
    record.person_sets(5, **WRONG_AREA)
    second = record.owner
    assert record.sweep(20).outcome is Outcome.WARNED
    assert record.sweep(35).outcome is Outcome.REASSIGNED
    assert record.owner not in {first, second}


def test_the_step_whose_condition_holds_for_what_was_said_is_taken():
    too_much = stepping(MANAGER, when=is_(WHY, "No capacity"))
    record = begun(too_much, TO_COLLEAGUE)
    assert record.person_sets(5, **WRONG_AREA).outcome is Outcome.REASSIGNED
    record = begun(too_much, TO_COLLEAGUE)
    found = record.person_sets(5, **{WHY: "No capacity"})
    assert (found.outcome, record.owner) == (Outcome.ESCALATED, BOSS.id)


def test_who_gets_it_is_told_and_so_is_who_is_told_on_the_way():
    record = begun(
        stepping(notify=tells(NoticeTo.ROOFTOP)), stepping(COLLEAGUE, notify=tells(NoticeTo.OWNER))
    )
    found = record.person_sets(5, **WRONG_AREA)
    assert [notice.recipients for notice in found.notices] == [(BOSS.id,), (found.owner.id,)]


def test_where_no_step_finds_anybody_the_way_out_has_it_and_tells():
    target = QueueTarget(queue="Desk", place=PLACE, notify=tells(NoticeTo.QUEUE))
    alone = replace(NETWORK, people={ANA.id: ANA})
    record = begun(network=alone, otherwise=target)
    found = record.person_sets(5, **WRONG_AREA)
    assert (found.outcome, found.reason) == (Outcome.ESCALATED, ReasonCode.RETURNED)
    assert record.owner == DESK.id
    assert [notice.recipients for notice in found.notices] == [(DESK.id,)]


def test_what_has_been_moved_as_often_as_allowed_goes_to_the_way_out():
    record = begun(moves=Moves(at_most=1))
    assert record.person_sets(5, **WRONG_AREA).outcome is Outcome.REASSIGNED
    found = record.person_sets(6, **WRONG_AREA)
    assert (found.outcome, record.owner) == (Outcome.ESCALATED, LAST.id)
    assert any("moved 1 times" in note for note in found.trace.notes)


def test_where_not_even_the_way_out_can_take_it_it_stays_and_says_so():
    record = begun(
        network=replace(NETWORK, people={ANA.id: ANA}),
        otherwise=QueueTarget(queue="No_Such_Queue", place=PLACE),
    )
    found = record.person_sets(5, **WRONG_AREA)
    assert (found.outcome, found.reason) == (Outcome.CLOCK_CHANGED, ReasonCode.RETURNED_IN_VAIN)
    assert record.owner == ANA.id
    assert record.record.get(WHY) is None
    assert "given back by Ana: Wrong area" in record.record.text(CUSTODY)


def test_a_person_who_took_the_record_by_hand_may_give_it_back():
    record = begun()
    record.person_sets(3, OwnerId=PERSON)
    found = record.person_sets(5, **WRONG_AREA)
    assert found.outcome is Outcome.REASSIGNED
    assert record.owner in {each.id for each in (ANA, BEN, CLEO)}


def test_who_gave_it_back_is_kept_where_the_policy_runs_no_clock():
    record = begun(clocks=())
    had = [record.owner]
    for after in (5, 6):
        record.person_sets(after, **WRONG_AREA)
        had.append(record.owner)
    assert len(set(had)) == 3
    trail = json.loads(record.record.text(SLA_CLOCKS))["trail"]
    assert [(past["owner"], past["gave_back"]) for past in trail] == [
        (had[0], True),
        (had[1], True),
    ]


@pytest.mark.parametrize(
    ("on_reopen", "live"),
    [(OnReopen.KEEP, False), (OnReopen.RESUME, True), (OnReopen.RESTART, True)],
)
def test_a_clock_that_the_last_holder_stopped_goes_on_where_the_step_undoes_what_stopped_it(
    on_reopen, live
):
    anew = SetField(field="Status", value=Constant(value="New", place=PLACE), place=PLACE)
    undone = replace(TO_COLLEAGUE, sets=(anew,))
    record = begun(undone, clocks=(clock(on_reopen=on_reopen),))
    record.person_sets(10, Status="Working")
    assert not record.clocks["first_response"].is_live
    record.person_sets(15, **WRONG_AREA)
    assert record.record.text("Status") == "New"
    found = record.clocks["first_response"]
    assert found.is_live is live
    if on_reopen is OnReopen.RESUME:
        assert found.target_at == at(35)


def test_clocks_that_run_run_on():
    record = begun()
    record.sweep(16)
    record.person_sets(20, **WRONG_AREA)
    assert record.clocks["first_response"].target_at == at(30)
    assert record.sweep(30).outcome is Outcome.REASSIGNED


def test_a_blank_or_a_value_that_is_no_text_gives_nothing_back():
    for said in (None, "", "  ", False, 0):
        record = begun()
        assert record.person_sets(5, **{WHY: said}).outcome is Outcome.NOTHING


def test_a_fuse_that_is_blown_leaves_it_for_later():
    record = begun(fuse=Fuse(of="network", at_most=1, per=timedelta(hours=1), place=PLACE))
    room = record.workload
    record.workload = replace(room, moved={"network": Moved(had=1, free_at=0)})
    found = record.person_sets(5, **WRONG_AREA)
    assert (found.outcome, found.reason) == (Outcome.NOTHING, ReasonCode.FUSE)
    assert record.record.text(WHY)
    record.workload = room
    assert record.handle(WorkReason.SLA, 90).reason is ReasonCode.RETURNED


def test_the_field_is_emptied_with_the_owner_and_not_apart_from_it():
    record = begun()
    record._set(WRONG_AREA)
    found = record.handle(WorkReason.CHANGED, 5, write=False)
    write = owner_write(found, record.record)
    assert write.core[WHY] is None
    assert write.core["OwnerId"] == found.owner.id
