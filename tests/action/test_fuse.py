"""No policy moves more records than its fuse lets pass, and nobody but a person passes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.action.fuse import moved_lately
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Moved, Workload
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.fuse_model import Fuse
from ortoo_daemon.records import WorkReason
from tests.world import DESK, LAST, NOW, PLACE, decided, directory, facts, item, lead, policy, rule

FUSE = Fuse(of="leads", at_most=3, per=timedelta(hours=1), place=PLACE)
LEADS = policy(rule("desk"), fuse=FUSE)


def at(
    moved: int,
    *,
    reason: WorkReason = WorkReason.CREATED,
) -> Decision:
    record = lead(OwnerId=LAST.id)
    workload = Workload(moved={"leads": Moved(had=moved)})
    work = item(record, reason=reason, entry="first")
    return decided(LEADS, facts(record, directory(), work=work, workload=workload))


def test_the_last_record_that_the_fuse_lets_pass_is_counted():
    decision = at(2)
    assert decision.outcome is Outcome.ASSIGNED
    assert decision.reservation is not None
    assert decision.reservation.given is not None
    assert decision.reservation.given.tallies == (FUSE.tally,)


def test_the_next_one_is_parked_and_says_by_what():
    decision = at(3)
    assert (decision.outcome, decision.reason) == (Outcome.PARKED, ReasonCode.FUSE)
    assert decision.parked_for == "fuse (leads)"
    assert decision.trace.notes == ("fuse of leads: moved 3 of 3 within 1h",)
    assert decision.reservation is None


def test_what_stays_with_its_owner_passes_and_does_not_count():
    record = lead(OwnerId=DESK.id)
    workload = Workload(moved={"leads": Moved(had=9)})
    decision = decided(LEADS, facts(record, directory(), workload=workload))
    assert (decision.outcome, decision.reservation) == (Outcome.ASSIGNED, None)


def test_a_requeue_by_hand_passes_and_counts():
    decision = at(9, reason=WorkReason.REQUEUED)
    assert decision.outcome is Outcome.ASSIGNED
    assert decision.reservation is not None


@given(st.lists(st.integers(0, 7200), max_size=40).map(sorted), st.integers(0, 7200))
def test_whoever_asks_the_fuse_before_each_never_moves_more_within_its_time(
    moments: list[int], later: int
):
    start = int(NOW.timestamp())
    passed: list[int] = []
    for moment in moments:
        now = NOW + timedelta(seconds=moment)
        if moved_lately((FUSE,), {FUSE.tally: passed}, now)["leads"].had < FUSE.at_most:
            passed.append(start + moment)
    for end in passed:
        assert sum(end - 3600 <= one <= end for one in passed) <= FUSE.at_most
    now = NOW + timedelta(seconds=7200 + later)
    free_at = moved_lately((FUSE,), {FUSE.tally: passed}, now)["leads"].free_at
    assert free_at is None or free_at > now.timestamp()


def test_a_decision_taken_uses_up_its_place():
    decision = at(2)
    assert decision.reservation is not None
    after = decision.reservation.applied_to(Workload(moved={"leads": Moved(had=2)}))
    assert after.moved == {"leads": Moved(had=3)}
    record = lead(2, OwnerId=LAST.id)
    next_one = decided(LEADS, replace(facts(record, directory()), workload=after))
    assert next_one.reason is ReasonCode.FUSE
