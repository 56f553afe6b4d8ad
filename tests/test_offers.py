"""Claims about records that are offered for a while, told as timelines: minutes after the record came in."""

from dataclasses import replace

from ortoo_daemon.action.stamps import CUSTODY
from ortoo_daemon.clocks import ClockState
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.sla_model import OFFER, OnReassign, Returns
from ortoo_daemon.records import WorkReason
from tests.test_sla import (
    ANA,
    BEN,
    BOSS,
    CLEO,
    COLLEAGUE,
    MANAGER,
    NETWORK,
    TO_DESK,
    USUAL,
    asked,
    clock,
    step,
)
from tests.timeline import PERSON, Timeline, at
from tests.world import DESK, PLACE, is_, to_queue

NAMES = {each.id: each.name for each in (ANA, BEN, CLEO, BOSS)}
WHY = "Ortoo_Return_Reason__c"


def offer(*steps, length=10, **given):
    found = clock(
        *(steps or (step(COLLEAGUE), step(MANAGER))),
        clock=OFFER,
        target=length,
        warn=(),
        on_reassign=OnReassign.RESTART,
        **given,
    )
    return replace(found, is_offer=True)


def begun(*clocks, network=NETWORK, after: float = 0, **given) -> Timeline:
    record = Timeline(asked(*(clocks or (offer(),)), **given), network)
    assert record.created(after=after).outcome is Outcome.ASSIGNED
    return record


def test_what_nobody_accepts_is_offered_to_one_after_the_other_and_to_nobody_twice():
    record = begun()
    seen = [record.owner]
    for after in range(1, 60):
        found = record.sweep(after)
        if found is not None:
            assert found.reason is ReasonCode.OFFER_LAPSED
            seen.append((after, found.outcome, record.owner))
    assert [(after, outcome) for after, outcome, _ in seen[1:]] == [
        (10, Outcome.REASSIGNED),
        (20, Outcome.REASSIGNED),
        (30, Outcome.ESCALATED),
    ]
    had = {seen[0], *(owner for _, _, owner in seen[1:])}
    assert had == {ANA.id, BEN.id, CLEO.id, BOSS.id}
    keys = [each.key for each in record.decisions]
    assert len(keys) == len(set(keys))


def test_an_offer_that_is_accepted_ends_and_the_record_stays():
    record = begun()
    owner = record.owner
    found = record.person_sets(5, Status="Working")
    assert (found.outcome, found.reason) == (Outcome.CLOCK_STOPPED, ReasonCode.OFFER_ACCEPTED)
    assert all(record.sweep(after) is None for after in (10, 20, 500))
    assert record.owner == owner
    assert record.record.text(CUSTODY).splitlines()[-1] == (
        f"{at(5):%Y-%m-%d %H:%M} UTC: accepted by {NAMES[owner]}"
    )


def test_acceptance_that_is_an_answer_too_is_told_as_the_answer():
    record = begun(offer(), USUAL)
    found = record.person_sets(5, Status="Working")
    assert found.reason is ReasonCode.SLA_ANSWERED
    assert all(each.state is ClockState.STOPPED for each in record.clocks.values())
    assert "accepted by" in record.record.text(CUSTODY)


def test_the_record_tells_until_when_it_is_offered_and_that_it_lapsed():
    record = begun()
    first = NAMES[record.owner]
    record.sweep(10)
    lines = record.record.text(CUSTODY).splitlines()
    assert lines[0].endswith(
        f"to {first}: by rule network (Site), offered until {at(10):%Y-%m-%d %H:%M} UTC"
    )
    assert lines[1].endswith(
        f"reassigned to {NAMES[record.owner]}: the offer was not accepted in time (Site), "
        f"offered until {at(20):%Y-%m-%d %H:%M} UTC"
    )


def test_an_offer_begins_when_it_is_made_not_when_the_record_came_in():
    record = begun(offer(), USUAL, after=25)
    assert record.clocks[OFFER].target_at == at(35)
    assert record.clocks["first_response"].target_at == at(30)


def test_a_queue_accepts_nothing():
    record = Timeline(asked(offer(), USUAL, assign=to_queue("Desk")), NETWORK)
    record.created()
    assert set(record.clocks) == {"first_response"}


def test_whom_a_superior_or_a_queue_gets_it_from_a_step_is_no_offer():
    record = begun(offer(step(MANAGER)))
    record.sweep(10)
    assert record.owner == BOSS.id
    assert record.clocks[OFFER].state is ClockState.REMOVED
    record = begun(offer(), clock(step(TO_DESK), target=5))
    record.sweep(5)
    assert record.owner == DESK.id
    assert record.clocks[OFFER].state is ClockState.REMOVED
    assert all(record.sweep(after) is None for after in (10, 30, 300))


def test_another_clock_that_gives_it_to_a_colleague_offers_it_to_them():
    record = begun(offer(), clock(step(COLLEAGUE), target=5))
    record.sweep(5)
    assert record.clocks[OFFER].target_at == at(15)
    assert record.clocks[OFFER].holder == record.owner


def test_what_was_accepted_and_is_given_back_is_offered_anew():
    policy = replace(
        asked(offer(stopped_by=(is_("Accepted__c", "yes"),))),
        returns=Returns(reason=WHY, steps=(step(COLLEAGUE),), place=PLACE),
    )
    record = Timeline(policy, NETWORK)
    record.created()
    record.person_sets(5, Accepted__c="yes")
    assert not record.clocks[OFFER].is_live
    record.person_sets(6, **{WHY: "No capacity", "Accepted__c": None})
    assert record.clocks[OFFER].is_live
    assert record.clocks[OFFER].target_at == at(16)
    assert record.sweep(16).reason is ReasonCode.OFFER_LAPSED


def test_who_got_the_record_by_hand_has_accepted_it():
    record = begun()
    found = record.person_sets(4, OwnerId=PERSON)
    assert (found.outcome, found.reason) == (Outcome.CLOCK_STOPPED, ReasonCode.OFFER_ACCEPTED)
    assert all(record.sweep(after) is None for after in (10, 500))
    assert record.owner == PERSON
    assert "who got it by hand" in record.record.text(CUSTODY)
    assert "accepted by" not in record.record.text(CUSTODY)


def test_a_requeue_offers_it_anew_under_keys_of_its_own():
    record = begun()
    record.person_sets(5, Status="Working")
    record.person_sets(6, Status="New")
    record.handle(WorkReason.REQUEUED, 7, entry="again")
    assert record.clocks[OFFER].target_at == at(17)
    assert record.clocks[OFFER].run == 2
