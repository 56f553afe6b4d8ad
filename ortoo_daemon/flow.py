"""How does a record become a decision? Five stages in one order, one pure function.

`decide` reads facts and answers with a Decision, or with the questions whose answers it lacks. It does
no I/O, reads no clock and rolls no dice: same facts, same decision, byte for byte. `resume` takes a
decision up where it waits for answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ortoo_daemon.action.fields import prepare_fields
from ortoo_daemon.action.fuse import hold_step_at_fuse, stop_at_fuse
from ortoo_daemon.action.notices import prepare_notices, prepare_reports, tell_parked
from ortoo_daemon.action.sla_advance import advance_clocks
from ortoo_daemon.action.sla_due import holder_place, routed_at
from ortoo_daemon.action.sla_follow import follow_steps
from ortoo_daemon.action.stamps import (
    ASSIGNED_OWNER,
    CUSTODY,
    DECIDED_AT,
    DECISION_KEY,
    LENGTHS,
    OWNER,
    PARKED,
    POLICY,
    ROOFTOP,
    RULE,
    reason_word,
)
from ortoo_daemon.admission import Admitted, AdmittedStep, Refused, admit, given_by_hand
from ortoo_daemon.audit.conclude import conclude, conclude_by_hand, conclude_step
from ortoo_daemon.audit.custody import custody_text
from ortoo_daemon.decision import Decision, Notice, Outcome, ReasonCode
from ortoo_daemon.enrichment.enrich import enrich
from ortoo_daemon.facts import Facts, Question
from ortoo_daemon.handling import Handling, SlaProgress
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.intake.mail_step import read_mail
from ortoo_daemon.intake.matching.find import find_customer
from ortoo_daemon.intake.standardise import standardise
from ortoo_daemon.ownership.absence import has_left, returning
from ortoo_daemon.ownership.boundaries import look_at_boundaries
from ortoo_daemon.ownership.choose import choose_owner, find_rule
from ortoo_daemon.ownership.handover import hand_over
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Owner, RecordId, WorkReason
from ortoo_daemon.scope import RecordScope

Stage = Callable[[Handling], None]

STAGES: tuple[tuple[str, Stage], ...] = (
    ("intake", read_mail),
    ("intake", standardise),
    ("intake", find_customer),
    ("enrichment", enrich),
    ("ownership", find_rule),
    ("ownership", choose_owner),
    ("action", stop_at_fuse),
    ("action", prepare_fields),
    ("action", prepare_notices),
)
"""The way of every record, in order; the fifth stage, audit, concludes from what these have left.

A step that parks the record or asks a question ends the way. One that asks leaves everything else as it
found it, and before the first that may ask no step looks at counters or answers."""

STAGES_OF_A_STEP: tuple[tuple[str, Stage], ...] = (
    ("ownership", hand_over),
    ("action", follow_steps),
    ("action", advance_clocks),
)
"""The way of a record that is decided already and one of whose clocks, or whose holder, asks for a step."""


STAGES_BY_HAND: tuple[tuple[str, Stage], ...] = (
    ("intake", standardise),
    ("enrichment", enrich),
    ("ownership", find_rule),
    ("ownership", look_at_boundaries),
    ("action", prepare_reports),
)
"""The way of a record that a person gave to somebody: what would the policy say? Nothing of it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A decision that waits for answers: what the steps before number ``step`` have found."""

    policies: PolicySet
    handling: Handling
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """`decide` can't go on before these are answered.

    Call it again with the answers added, or `resume`, which comes to the same.
    """

    questions: tuple[Question, ...]
    begun: Begun = field(repr=False, compare=False)


def decide(policies: PolicySet, facts: Facts, *, whole_trace: bool = False) -> Decision | Needs:
    """The decision for one record, or what must be answered first.

    ``whole_trace`` keeps every rule tried in the trace, of long lists too; the decision is the same.
    """
    admitted = admit(policies, facts)
    if isinstance(admitted, Refused):
        return _left_to_a_person(policies, facts, admitted)
    if isinstance(admitted, AdmittedStep):
        return _decide_step(policies, facts, admitted)
    handling = _handling(policies, facts, admitted)
    handling.whole_trace = whole_trace
    return _go_on(policies, handling, 0)


def resume(needs: Needs, facts: Facts) -> Decision | Needs:
    """What `decide` says to these facts, without the steps that were taken before the question.

    Uses ``needs`` up: a second call with the same one decides about what the first has left.
    """
    begun, before = needs.begun, needs.begun.handling.facts
    if not _same_but_answers(before, facts):
        return decide(begun.policies, facts, whole_trace=begun.handling.whole_trace)
    begun.handling.facts = facts
    begun.handling.questions.clear()
    return _go_on(begun.policies, begun.handling, begun.step)


def _go_on(policies: PolicySet, handling: Handling, first: int) -> Decision | Needs:
    for number, (_, step) in enumerate(STAGES[first:], start=first):
        step(handling)
        if handling.questions:
            begun = Begun(policies=policies, handling=handling, step=number)
            return Needs(questions=tuple(handling.questions), begun=begun)
        if handling.parked_for is not None:
            tell_parked(handling)
            break
    facts = handling.facts
    decision = _unless_parked_so(conclude(handling), facts)
    return _with_custody(_for_absence(decision, facts), facts)


def _unless_parked_so(decision: Decision, facts: Facts) -> Decision:
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


def _for_absence(decision: Decision, facts: Facts) -> Decision:
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
    )


def _with_custody(decision: Decision, facts: Facts) -> Decision:
    """The decision with the readable trail of holders, where it adds to it."""
    record = facts.record
    text = custody_text(
        decision,
        facts,
        before=record.text(CUSTODY),
        assigned=record.text(ASSIGNED_OWNER),
        length=LENGTHS[CUSTODY],
    )
    return decision if text is None else replace(decision, custody=text)


def _same_but_answers(before: Facts, now: Facts) -> bool:
    """Whether the facts differ in answers and counters only: nobody has looked at these yet."""
    return (
        before.record is now.record
        and before.directory is now.directory
        and before.postal is now.postal
        and (before.item, before.now) == (now.item, now.now)
        and (before.intake_owners, before.usernames) == (now.intake_owners, now.usernames)
    )


def _decide_step(policies: PolicySet, facts: Facts, admitted: AdmittedStep) -> Decision:
    handling = _handling(policies, facts, admitted)
    record, stamp, due = facts.record, admitted.stamp, admitted.due
    sla = handling.sla = SlaProgress(
        due=due,
        trail=list(stamp.trail),
        policy=record.text(POLICY),
        rule=record.text(RULE),
        place=holder_place(record, facts.directory),
        routed_at=routed_at(record, stamp),
    )
    handling.clocks = list(stamp.clocks)
    if sla.place is not None:
        handling.scope.rooftop = facts.directory.rooftops.get(sla.place)
    for clock in due.clocks:
        target = f"target {instant_text(clock.target_at)}, hours {clock.hours}"
        handling.trace.notes.append(f"clock {clock.name}: {due.name} ({target})")
    for _, stage in STAGES_OF_A_STEP:
        stage(handling)
        if stage is hand_over and hold_step_at_fuse(handling):
            refused = Refused(outcome=Outcome.NOTHING, reason=ReasonCode.FUSE, key=admitted.key)
            return _refusal(policies, facts, replace(refused, policy=admitted.policy))
    return _with_custody(conclude_step(handling, sla), facts)


def _left_to_a_person(policies: PolicySet, facts: Facts, refused: Refused) -> Decision:
    """Nothing is decided about the owner; a person's assignment may be told of."""
    decision = _refusal(policies, facts, refused)
    by_hand = given_by_hand(policies, facts, refused)
    if by_hand is None:
        return _with_custody(decision, facts)
    handling = _handling(policies, facts, by_hand)
    for _, stage in STAGES_BY_HAND:
        stage(handling)
        if handling.parked_for is not None or handling.questions:
            return _with_custody(decision, facts)
    return _with_custody(conclude_by_hand(handling, decision), facts)


def recovered(facts: Facts) -> Decision:
    """The decision that an earlier run wrote, rebuilt from the record's stamps.

    For a stamped record whose audit record is missing. Raises ValueError when the record bears no
    decision key.
    """
    record = facts.record
    key = record.text(DECISION_KEY)
    if not key:
        raise ValueError(f"{record.id}: no {DECISION_KEY}, so there is no decision to recover")
    return Decision(
        object=record.object,
        record_id=record.id,
        key=key,
        outcome=Outcome.RECOVERED,
        reason=ReasonCode.RECOVERED,
        decided_at=instant(record.get(DECIDED_AT)) or facts.now,
        policy=record.text(POLICY) or None,
        rule=record.text(RULE) or None,
        seen_owner=_id(record.text(OWNER)),
        owner=_stamped_owner(facts),
        rooftop=_id(record.text(ROOFTOP)),
        parked_for=record.text(PARKED) or None,
    )


def parked_notices(policies: PolicySet, facts: Facts, decision: Decision) -> tuple[Notice, ...]:
    """Who is told of a record that was parked beside the stages: the org refuses it, or nobody could decide.

    By the policy that the decision names, else the first of the object.
    """
    candidates = policies.for_object(facts.record.object)
    named = next((each for each in candidates if each.name == decision.policy), None)
    policy = named or next(iter(candidates), None)
    if policy is None or decision.outcome is not Outcome.PARKED:
        return ()
    scope = RecordScope(facts.record, now=facts.now, zone=policy.zone)
    scope.asked_by(policy, facts.directory)
    received_at = instant(facts.record.get("CreatedDate")) or facts.now
    admitted = Admitted(policy=policy, scope=scope, key=decision.key, received_at=received_at)
    handling = _handling(policies, facts, admitted)
    tell_parked(handling)
    return tuple(handling.notices)


def given_back(policies: PolicySet, facts: Facts, owner_id: RecordId) -> Decision:
    """The decision to give a record back to the person whose change of owner our write overwrote.

    ``Ortoo_Assigned_Owner__c`` keeps the owner that was chosen, so that the record counts as held by a
    person from now on. Its key follows from the overwriting decision: the same after any crash.
    """
    record = facts.record
    return Decision(
        object=record.object,
        record_id=record.id,
        key=f"{record.id}:person:{record.text(DECIDED_AT)}",
        outcome=Outcome.LEFT_ALONE,
        reason=ReasonCode.PERSON_WINS,
        decided_at=facts.now,
        policy=record.text(POLICY) or None,
        revision=policies.revision,
        rule=record.text(RULE) or None,
        seen_owner=_id(record.text(OWNER)),
        owner=_owner(facts, owner_id),
        rooftop=_id(record.text(ROOFTOP)),
    )


def _handling(policies: PolicySet, facts: Facts, admitted: Admitted | AdmittedStep) -> Handling:
    return Handling(
        policy=admitted.policy,
        signals=policies.signals,
        key_sources=policies.key_sources.get(facts.record.object),
        customers=policies.key_sources,
        revision=policies.revision,
        key=admitted.key,
        facts=facts,
        scope=admitted.scope,
        received_at=admitted.received_at,
        decided_before=bool(facts.record.get(DECIDED_AT)),
        trail=admitted.stamp.trail,
        waited=admitted.waited if isinstance(admitted, Admitted) else admitted.stamp.waiting,
    )


def _refusal(policies: PolicySet, facts: Facts, refused: Refused) -> Decision:
    return Decision(
        object=facts.record.object,
        record_id=facts.record.id,
        key=refused.key,
        outcome=refused.outcome,
        reason=refused.reason,
        decided_at=facts.now,
        policy=refused.policy.name if refused.policy else None,
        revision=policies.revision,
        place=refused.policy.place if refused.policy else None,
        seen_owner=_id(facts.record.text(OWNER)),
    )


def _stamped_owner(facts: Facts) -> Owner | None:
    owner_id = _id(facts.record.text(ASSIGNED_OWNER))
    return None if owner_id is None else _owner(facts, owner_id)


def _owner(facts: Facts, owner_id: RecordId) -> Owner:
    person = facts.directory.people.get(owner_id)
    queues = {queue.id: queue.label for queue in facts.directory.queues.values()}
    name = person.name if person else queues.get(owner_id, owner_id)
    return Owner(id=owner_id, kind=Owner.kind_of(owner_id), name=name)


def _id(text: str) -> RecordId | None:
    return RecordId(text) if text else None
