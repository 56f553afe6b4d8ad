"""What came of the handling? Turns what the stages left into an immutable Decision."""

from dataclasses import replace

from ortoo_daemon.clocks import Waiting
from ortoo_daemon.decision import Decision, Quality
from ortoo_daemon.handling import Handling, SlaProgress, StepKind
from ortoo_daemon.mail_findings import FINDINGS_FIELD
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.sla_model import OFFER, Reassign
from ortoo_daemon.records import FieldValue, RecordId


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
        fields=_fields(handling),
        clocks=() if parked else tuple(handling.clocks),
        trail=tuple(handling.trail),
        waiting=None if parked else handling.waiting,
        parked_for=handling.parked_for,
        notices=tuple(handling.notices),
        handoff=None if parked else handling.handoff,
        reservation=None if parked else handling.reservation,
        children=() if parked else tuple(handling.children),
        reopening=None if parked else handling.reopening,
        quality=_quality(handling),
        campaign=None if parked else handling.campaign,
        known=None if parked else handling.known_update,
        noted_on=None if parked else handling.noted_on,
        duplicate_rules=handling.policy.duplicate_rules,
        trace=handling.trace.finished(),
    )


def _quality(handling: Handling) -> Quality | None:
    if handling.quality is None:
        return None
    sources = handling.key_sources
    source = handling.scope.text(sources.source) if sources is not None else ""
    return Quality(handling.quality, source)


def _fields(handling: Handling) -> dict[str, FieldValue]:
    """What the stages changed, and what was found in the e-mail: a value that nobody reads in a trace."""
    fields = handling.changed_fields()
    if handling.findings is not None:
        fields[FINDINGS_FIELD] = handling.findings
    return fields


def conclude_step(handling: Handling, sla: SlaProgress) -> Decision:
    """The decision that a clock's step leads to; policy and rule stay the record's own."""
    record = handling.facts.record
    outcome, reason = _step_outcome(handling, sla)
    rule = sla.due.rule
    returns = handling.policy.returns if sla.due.kind is StepKind.RETURN else None
    asked = rule or returns or handling.policy
    return Decision(
        object=record.object,
        record_id=record.id,
        key=handling.key,
        outcome=outcome,
        reason=reason,
        decided_at=handling.facts.now,
        policy=sla.policy or None,
        revision=handling.revision,
        rule=sla.rule or None,
        place=sla.acted.place if sla.acted else asked.place,
        seen_owner=RecordId(record.text("OwnerId")) or None,
        owner=handling.scope.owner,
        rooftop=sla.place,
        fields=handling.changed_fields(),
        clocks=tuple(handling.clocks),
        trail=tuple(sla.trail),
        returned=sla.due.returned,
        waiting=_still_waits(handling, sla),
        escalated_to=sla.escalated_to,
        first_response_at=sla.first_response_at,
        routed_at=sla.routed_at,
        notices=tuple(handling.notices),
        handoff=handling.handoff,
        reservation=handling.reservation,
        duplicate_rules=handling.policy.duplicate_rules,
        trace=handling.trace.finished(),
    )


def conclude_by_hand(handling: Handling, decision: Decision) -> Decision:
    """The decision to leave a person's assignment as it is, with what is told of it.

    Nothing that the stages found for the record is written.
    """
    if not handling.overstepped:
        return decision
    decided = decision.outcome is Outcome.NOTHING
    rooftop = handling.scope.rooftop
    trace = replace(handling.trace.finished(), changes=(), reports=())
    return replace(
        decision,
        key=handling.key,
        outcome=Outcome.REPORTED if decided else decision.outcome,
        reason=ReasonCode.OUTSIDE_BOUNDARIES,
        policy=handling.policy.name,
        rule=handling.rule.name if handling.rule and decided else decision.rule,
        place=handling.place,
        rooftop=rooftop.id if rooftop and decided else decision.rooftop,
        notices=tuple(handling.notices),
        overstepped=tuple(handling.overstepped),
        trace=trace,
    )


def _still_waits(handling: Handling, sla: SlaProgress) -> Waiting | None:
    """A wait goes on while its record stays where it is."""
    moved = handling.scope.owner is not None
    return None if moved or sla.due.kind is StepKind.END_WAIT else handling.waited


def _step_outcome(handling: Handling, sla: SlaProgress) -> tuple[Outcome, ReasonCode]:
    match sla.due.kind:
        case StepKind.STOP:
            return Outcome.CLOCK_STOPPED, _stopped(sla)
        case StepKind.REMOVE:
            return Outcome.CLOCK_STOPPED, ReasonCode.SLA_CLOCK_REMOVED
        case StepKind.END_WAIT:
            return Outcome.CLOCK_STOPPED, ReasonCode.WAIT_OVER
        case StepKind.WARN:
            return Outcome.WARNED, ReasonCode.SLA_WARNING
        case StepKind.VIOLATE:
            return _violation_outcome(handling, sla)
        case StepKind.RETURN:
            return _return_outcome(sla)
        case StepKind.LOOK:
            return Outcome.CLOCK_CHANGED, _looked(handling, sla)
        case _:
            return Outcome.CLOCK_CHANGED, _TURNS[sla.due.kind]


_TURNS = {
    StepKind.PAUSE: ReasonCode.SLA_PAUSED,
    StepKind.RESUME: ReasonCode.SLA_RESUMED,
    StepKind.RESTART: ReasonCode.SLA_RESTARTED,
    StepKind.REOPEN: ReasonCode.SLA_REOPENED,
    StepKind.ACKNOWLEDGE: ReasonCode.SLA_ACKNOWLEDGED,
    StepKind.HOLD: ReasonCode.SLA_HELD_BACK,
    StepKind.SHARE: ReasonCode.CONSENT_CHANGED,
    StepKind.MEND: ReasonCode.SLA_PUT_RIGHT,
}


def _stopped(sla: SlaProgress) -> ReasonCode:
    """An offer that is accepted is no answer to the customer."""
    only_offer = all(clock.name == OFFER for clock in sla.due.clocks)
    return ReasonCode.OFFER_ACCEPTED if only_offer else ReasonCode.SLA_ANSWERED


def _return_outcome(sla: SlaProgress) -> tuple[Outcome, ReasonCode]:
    if sla.acted is None:
        return Outcome.CLOCK_CHANGED, ReasonCode.RETURNED_IN_VAIN
    return _moved(sla), ReasonCode.RETURNED


def _moved(sla: SlaProgress) -> Outcome:
    to_colleague = sla.acted is not None and isinstance(sla.acted.action, Reassign)
    return Outcome.REASSIGNED if to_colleague else Outcome.ESCALATED


def _looked(handling: Handling, sla: SlaProgress) -> ReasonCode:
    """What came of looking for a contact."""
    name = sla.due.clocks[0].name
    clock = next(clock for clock in handling.clocks if clock.name == name)
    if clock.look_at is not None:
        return ReasonCode.SLA_WAITING
    return ReasonCode.SLA_ONE_WAY if clock.one_way else ReasonCode.SLA_ANSWERED


def _violation_outcome(handling: Handling, sla: SlaProgress) -> tuple[Outcome, ReasonCode]:
    if sla.acted is None:
        reason = ReasonCode.SLA_NOBODY if sla.in_vain else ReasonCode.SLA_VIOLATION
        return Outcome.VIOLATED, handling.reason or reason
    if sla.due.held_by_hand:
        return _moved(sla), ReasonCode.SLA_HELD_BY_PERSON
    lapsed = sla.due.rule is not None and sla.due.rule.is_offer
    return _moved(sla), ReasonCode.OFFER_LAPSED if lapsed else ReasonCode.SLA_VIOLATION
