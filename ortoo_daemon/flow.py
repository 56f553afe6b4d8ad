"""How does a record become a decision? Five stages in one order, one pure function.

`decide` reads facts and answers with a Decision, or with the questions whose answers it lacks. It does
no I/O, reads no clock and rolls no dice: same facts, same decision, byte for byte. `resume` takes a
decision up where it waits for answers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from ortoo_daemon.action.campaigns import join_campaign
from ortoo_daemon.action.events import with_events
from ortoo_daemon.action.fields import prepare_fields
from ortoo_daemon.action.fuse import hold_step_at_fuse, stop_at_fuse
from ortoo_daemon.action.handoff import follow_handoff, prepare_handoff
from ortoo_daemon.action.notices import prepare_notices, prepare_reports, tell_parked
from ortoo_daemon.action.repeats import note_repeat
from ortoo_daemon.action.shares import with_shares
from ortoo_daemon.action.sla_advance import advance_clocks
from ortoo_daemon.action.sla_due import holder_place, routed_at
from ortoo_daemon.action.sla_follow import follow_steps
from ortoo_daemon.action.stamps import OWNER, POLICY, RULE
from ortoo_daemon.admission.admit import admit
from ortoo_daemon.admission.admitted import AdmittedStep, Refused
from ortoo_daemon.admission.begin import begin_handling
from ortoo_daemon.admission.by_hand import given_by_hand
from ortoo_daemon.audit.conclude import conclude, conclude_by_hand, conclude_step
from ortoo_daemon.decision import Decision
from ortoo_daemon.enrichment.enrich import enrich, enrich_without_asking
from ortoo_daemon.facts import Facts, Question
from ortoo_daemon.handling import Handling, SlaProgress
from ortoo_daemon.instants import instant_text
from ortoo_daemon.intake.adf_step import read_enquiry
from ortoo_daemon.intake.governing import govern
from ortoo_daemon.intake.mail_step import read_mail
from ortoo_daemon.intake.matching.find import find_customer
from ortoo_daemon.intake.matching.known import look_at_known
from ortoo_daemon.intake.standardise import standardise
from ortoo_daemon.intake.vehicle_step import find_vehicle
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.ownership.boundaries import look_at_boundaries
from ortoo_daemon.ownership.choose import choose_owner, find_rule
from ortoo_daemon.ownership.handover import hand_over
from ortoo_daemon.ownership.setting_aside import set_aside
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId
from ortoo_daemon.settled import for_absence, unless_parked_so, with_custody

Stage = Callable[[Handling], None]

STAGES: tuple[tuple[str, Stage], ...] = (
    ("intake", read_mail),
    ("intake", read_enquiry),
    ("intake", standardise),
    ("intake", govern),
    ("ownership", set_aside),
    ("intake", find_vehicle),
    ("intake", find_customer),
    ("intake", look_at_known),
    ("enrichment", enrich),
    ("ownership", find_rule),
    ("ownership", choose_owner),
    ("action", stop_at_fuse),
    ("action", prepare_fields),
    ("action", note_repeat),
    ("action", join_campaign),
    ("action", prepare_handoff),
    ("action", prepare_notices),
)
"""The way of every record, in order; the fifth stage, audit, concludes from what these have left.

A step that parks the record, sets it aside or asks a question ends the way. One that asks leaves everything
else as it found it, or goes on from there when it has its answer (enrichment); before the first that may ask
no step looks at counters."""

STAGES_OF_A_STEP: tuple[tuple[str, Stage], ...] = (
    ("ownership", hand_over),
    ("action", follow_steps),
    ("action", advance_clocks),
    ("action", follow_handoff),
)
"""The way of a record that is decided already and one of whose clocks, or whose holder, asks for a step."""


STAGES_BY_HAND: tuple[tuple[str, Stage], ...] = (
    ("intake", read_enquiry),
    ("intake", standardise),
    ("enrichment", enrich_without_asking),
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
    handling = begin_handling(policies, facts, admitted)
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
        if handling.rejected is not None and handling.scope.owner is not None:
            break
    facts = handling.facts
    decision = unless_parked_so(conclude(handling), facts)
    decision = with_custody(for_absence(decision, facts), facts)
    return with_events(with_shares(decision, handling), handling)


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
    handling = begin_handling(policies, facts, admitted)
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
    decision = with_custody(conclude_step(handling, sla), facts)
    return with_events(with_shares(decision, handling), handling)


def _left_to_a_person(policies: PolicySet, facts: Facts, refused: Refused) -> Decision:
    """Nothing is decided about the owner; a person's assignment may be told of."""
    decision = _refusal(policies, facts, refused)
    by_hand = given_by_hand(policies, facts, refused)
    if by_hand is None:
        return with_custody(decision, facts)
    handling = begin_handling(policies, facts, by_hand)
    for _, stage in STAGES_BY_HAND:
        stage(handling)
        if handling.parked_for is not None or handling.questions:
            return with_custody(decision, facts)
    return with_custody(conclude_by_hand(handling, decision), facts)


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


def _id(text: str) -> RecordId | None:
    return RecordId(text) if text else None
