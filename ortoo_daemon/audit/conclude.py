"""What came of the handling? Turns what the stages left into an immutable Decision."""

from ortoo_daemon.decision import Decision, Outcome, ReasonCode
from ortoo_daemon.handling import Handling
from ortoo_daemon.records import RecordId


def conclude(handling: Handling) -> Decision:
    """The decision: parked with its reason, or assigned to the owner that was found.

    Raises ValueError when the stages left neither an owner nor a reason to park, which none does.
    """
    facts, scope = handling.facts, handling.scope
    parked = handling.parked_for is not None
    if scope.owner is None and not parked:
        raise ValueError(f"{facts.record.id}: the stages found no owner and no reason to park")
    return Decision(
        object=facts.record.object,
        record_id=facts.record.id,
        key=handling.key,
        outcome=Outcome.PARKED if parked else Outcome.ASSIGNED,
        reason=handling.reason or ReasonCode.OTHERWISE,
        decided_at=facts.now,
        policy=handling.policy.name,
        revision=handling.revision,
        rule=handling.rule.name if handling.rule else None,
        place=handling.place or handling.policy.place,
        seen_owner=RecordId(facts.record.text("OwnerId")) or None,
        owner=None if parked else scope.owner,
        rooftop=scope.rooftop.id if scope.rooftop else None,
        fields=handling.changed_fields(),
        clocks=() if parked else tuple(handling.clocks),
        parked_for=handling.parked_for,
        reservation=None if parked else handling.reservation,
        trace=handling.trace.finished(),
    )
