"""What stands of a conclusion, given how the record came in, and what it adds to the trail of holders?"""

from dataclasses import replace

from ortoo_daemon.action.stamps import ASSIGNED_OWNER, CUSTODY, LENGTHS, PARKED, reason_word
from ortoo_daemon.audit.custody import custody_text
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.ownership.absence import has_left, returning
from ortoo_daemon.records import WorkReason


def unless_parked_so(decision: Decision, facts: Facts) -> Decision:
    """A review that would park the record for the reason it is parked for leaves it as it is."""
    if facts.item.reason is not WorkReason.REVIEWED or decision.parked_for is None:
        return decision
    if reason_word(facts.record.text(PARKED)) != reason_word(decision.parked_for):
        return decision
    return replace(
        decision,
        outcome=Outcome.NOTHING,
        reason=ReasonCode.PARKED_ALREADY,
        fields={},
        parked_for=None,
        notices=(),
    )


def for_absence(decision: Decision, facts: Facts) -> Decision:
    """Says that the owner's absence was the reason. Where nobody else can take the record it stays, unless
    its owner has left for good."""
    if facts.item.reason is not WorkReason.ABSENCE:
        return decision
    if has_left(facts) and decision.outcome is Outcome.ASSIGNED:
        return replace(decision, reason=ReasonCode.OWNER_LEFT)
    if returning(facts) is not None:
        back = decision.outcome is Outcome.ASSIGNED and decision.reason is ReasonCode.KEPT
        return replace(decision, reason=ReasonCode.OWNER_BACK) if back else _stays(decision)
    found = decision.reason in (ReasonCode.RULE, ReasonCode.STICKY, ReasonCode.KEPT)
    if decision.outcome is Outcome.ASSIGNED and found:
        return replace(decision, reason=ReasonCode.OWNER_AWAY)
    return _stays(decision)


def _stays(decision: Decision) -> Decision:
    """The record stays where it is."""
    return replace(
        decision,
        outcome=Outcome.NOTHING,
        reason=ReasonCode.OWNER_KEEPS,
        owner=None,
        fields={},
        clocks=(),
        parked_for=None,
        notices=(),
        reservation=None,
        children=(),
        reopening=None,
        known=None,
        noted_on=None,
        campaign=None,
    )


def with_custody(decision: Decision, facts: Facts) -> Decision:
    """The decision with the readable trail of holders, where it adds to it."""
    record = facts.record
    text = custody_text(
        decision,
        facts,
        before=record.text(CUSTODY),
        assigned=record.text(ASSIGNED_OWNER),
        length=LENGTHS[CUSTODY],
    )
    if text is not None:
        # Nobody has seen this decision yet; a copy of all its fields would cost as much as making it.
        object.__setattr__(decision, "custody", text)
    return decision
