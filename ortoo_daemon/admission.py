"""Is the record to be handled at all, and by which policy?

Asked before the first stage, on the record as it was read. Answers with the policy, or with why not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.action.returned import find_returned
from ortoo_daemon.action.sla_clocks import NO_CLOCKS, SlaStamp, read_stamp
from ortoo_daemon.action.sla_due import find_due, key_of, routed_at
from ortoo_daemon.action.sla_hold import held_back
from ortoo_daemon.action.stamps import (
    ASSIGNED_OWNER,
    DECIDED_AT,
    DECISION_KEY,
    MODIFIED_AT,
    MODIFIED_BY,
    OWNER,
    PARKED,
    POLICY,
    PRIOR_OWNER,
    SLA_CLOCKS,
)
from ortoo_daemon.action.wait_due import key_of_wait, wait_over, waits_there
from ortoo_daemon.clocks import Waiting
from ortoo_daemon.decision import Outcome, ReasonCode
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.instants import instant
from ortoo_daemon.ownership.absence import Standing, leaves
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.records import FIRST_ENTRY, Owner, OwnerKind, Record, RecordId, WorkReason
from ortoo_daemon.scope import RecordScope


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The policy that takes the record; ``key`` is the decision's, ``received_at`` the record's age.

    ``stamp`` is what the record says of its clocks and of who has had it. ``waited``: it comes from a wait
    for somebody with the wished skills; a person's requeue starts anew.
    """

    policy: Policy
    scope: RecordScope
    key: str
    received_at: datetime
    stamp: SlaStamp = NO_CLOCKS
    waited: Waiting | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedStep:
    """A step that the clocks of a decided record, or its holder, ask for. ``policy`` stands in where its own
    is gone."""

    policy: Policy
    scope: RecordScope
    key: str
    received_at: datetime
    stamp: SlaStamp
    due: DueStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Why nothing is decided; LEFT_ALONE is stamped, NOTHING is not."""

    outcome: Outcome
    reason: ReasonCode
    key: str
    policy: Policy | None = None


def admit(policies: PolicySet, facts: Facts) -> Admitted | AdmittedStep | Refused:
    """The first policy whose ``on`` and ``enter`` take the record, unless something speaks against it.

    A record that is decided may have a clock that asks for a step, or be given back.
    """
    candidates = policies.for_object(facts.record.object)
    if not candidates:
        return _nothing(facts, ReasonCode.NO_POLICY)
    if facts.item.reason is WorkReason.ABSENCE:
        return _of_absent(candidates, facts)
    reopened = _reopened(candidates, facts)
    done = None if reopened else _done(facts)
    if done is not None:
        return _due_step(candidates, facts, done) or _nothing(facts, done)
    key = _key_of_reopening(facts) if reopened else facts.item.decision_key
    received_at = instant(facts.record.get("CreatedDate")) or facts.now
    found = _first_taking(candidates, facts, received_at)
    if isinstance(found, Refused):
        return found
    policy, scope = found
    if not _may_be_taken(policy, facts):
        if facts.item.reason is WorkReason.REVIEWED and _is_where_it_was_parked(facts.record):
            return _nothing(facts, ReasonCode.PARKED_ALREADY, policy=policy)
        return Refused(
            outcome=Outcome.LEFT_ALONE,
            reason=ReasonCode.TAKEN_BY_PERSON,
            key=key,
            policy=policy,
        )
    stamped = facts.record.get(SLA_CLOCKS)
    stamp = read_stamp(stamped) if stamped else NO_CLOCKS
    anew = facts.item.reason is WorkReason.REQUEUED
    return Admitted(
        policy=policy,
        scope=scope,
        key=key,
        received_at=received_at,
        stamp=stamp,
        waited=None if anew else stamp.waiting,
    )


def given_by_hand(policies: PolicySet, facts: Facts, refused: Refused) -> Admitted | None:
    """The policy within whose boundaries a person's assignment is expected to stay; None where there is none.

    The person took the record before it was decided, or gave a decided one to somebody else.
    """
    record, policy = facts.record, refused.policy
    key = refused.key
    if refused.reason is ReasonCode.ALREADY_DECIDED and _owner_was_changed(facts):
        found = (each for each in policies.for_object(record.object))
        policy = next((each for each in found if each.name == record.text(POLICY)), None)
        key = f"{record.id}:by_hand:{facts.item.happened_at:%Y%m%dT%H%M%S.%fZ}"
    elif refused.reason is not ReasonCode.TAKEN_BY_PERSON:
        return None
    if policy is None or policy.boundaries is None:
        return None
    scope = RecordScope(record, now=facts.now, zone="UTC")
    scope.asked_by(policy, facts.directory)
    received_at = instant(record.get("CreatedDate")) or facts.now
    return Admitted(policy=policy, scope=scope, key=key, received_at=received_at)


def _owner_was_changed(facts: Facts) -> bool:
    """Whether the change is that of the owner, and somebody else's than the daemon's."""
    record, item = facts.record, facts.item
    owner = record.text(OWNER)
    changed = item.reason is WorkReason.CHANGED and OWNER in item.changed_fields
    by_hand = bool(owner) and owner != record.text(ASSIGNED_OWNER)
    return changed and by_hand and record.get("IsConverted") is not True


def _of_absent(candidates: Sequence[Policy], facts: Facts) -> Admitted | Refused:
    """The policy that gave the record to somebody who is away, where it lets the record go."""
    record, key = facts.record, facts.item.decision_key
    if record.get(DECISION_KEY) == key:
        return _nothing(facts, ReasonCode.ALREADY_DECIDED)
    policy = next((each for each in candidates if each.name == record.text(POLICY)), None)
    closed = record.text(PARKED) or record.get("IsConverted") is True
    if policy is None or policy.absence is None or closed:
        return _nothing(facts, ReasonCode.OWNER_KEEPS, policy=policy)
    scope = RecordScope(record, now=facts.now, zone="UTC")
    scope.asked_by(policy, facts.directory)
    stamp = read_stamp(record.get(SLA_CLOCKS))
    standing = Standing(
        decided_by=record.get(DECISION_KEY),
        given_to=record.get(ASSIGNED_OWNER),
        clocks=stamp.clocks,
    )
    if not leaves(policy.absence, facts, scope, standing):
        return _nothing(facts, ReasonCode.OWNER_KEEPS, policy=policy)
    return Admitted(
        policy=policy,
        scope=scope,
        key=key,
        received_at=instant(record.get("CreatedDate")) or facts.now,
        stamp=stamp,
    )


def _first_taking(
    candidates: Iterable[Policy], facts: Facts, received_at: datetime
) -> tuple[Policy, RecordScope] | Refused:
    too_old: Policy | None = None
    by_hand = facts.item.reason is WorkReason.REQUEUED
    scope = RecordScope(facts.record, now=facts.now, zone="UTC")
    for policy in candidates:
        scope.asked_by(policy, facts.directory)
        if not _triggered(policy, facts):
            continue
        if policy.enter is not None and not policy.enter.holds(scope):
            continue
        if received_at < policy.take_from and not by_hand:
            too_old = too_old or policy
            continue
        return policy, scope
    reason = ReasonCode.NOT_ENTERED if too_old is None else ReasonCode.BEFORE_TAKE_FROM
    return _nothing(facts, reason, policy=too_old)


def _nothing(facts: Facts, reason: ReasonCode, *, policy: Policy | None = None) -> Refused:
    key = facts.item.decision_key
    return Refused(outcome=Outcome.NOTHING, reason=reason, key=key, policy=policy)


def _triggered(policy: Policy, facts: Facts) -> bool:
    """Whether the policy's ``on`` takes this way in.

    A reconciled record may be new or may have come into scope unheard; so may one of which nobody said what
    happened to it. A requeue is a person's word.
    """
    match facts.item.reason:
        case WorkReason.CREATED | WorkReason.SPLIT:
            return policy.on.created or policy.on.enters
        case WorkReason.CHANGED:
            return policy.on.enters or _may_be_new(facts) or _has_changed(policy, facts)
        case WorkReason.RECONCILED | WorkReason.REQUEUED | WorkReason.REVIEWED:
            return True
        case WorkReason.SLA | WorkReason.ABSENCE:
            return False


def _may_be_new(facts: Facts) -> bool:
    return facts.item.names_no_change and not facts.record.get(DECIDED_AT)


def _has_changed(policy: Policy, facts: Facts) -> bool:
    """Whether a field that the policy watches has changed, by what was compared, else by what is told."""
    compared = facts.changed_since
    return not policy.on.changed.isdisjoint(
        facts.item.changed_fields if compared is None else compared
    )


def _reopened(candidates: Iterable[Policy], facts: Facts) -> bool:
    """Whether a change that a policy watches was made after the decision that stands.

    What was compared with that decision is sure; else the moments tell. A clock's step is no decision about
    the owner by the rules: what counts is the one before it.
    """
    if facts.item.reason is WorkReason.SLA:
        return False
    record = facts.record
    decided_at = instant(record.get(DECIDED_AT))
    if decided_at is None or not any(_has_changed(policy, facts) for policy in candidates):
        return False
    if facts.changed_since is not None:
        return True
    before = routed_at(record, read_stamp(record.get(SLA_CLOCKS))) or decided_at
    return facts.item.happened_at > before


def _done(facts: Facts) -> ReasonCode | None:
    """Whether an earlier run has handled this item, or the record as such for a first entry."""
    record, item = facts.record, facts.item
    if item.reason is WorkReason.SLA:
        return ReasonCode.PARKED_ALREADY if record.text(PARKED) else ReasonCode.ALREADY_DECIDED
    if item.reason is WorkReason.REVIEWED and not record.text(PARKED):
        return ReasonCode.ALREADY_DECIDED if record.get(DECIDED_AT) else None
    first = item.entry == FIRST_ENTRY and item.reason not in _ANEW
    if not first and record.get(DECISION_KEY) != item.decision_key:
        return None
    if record.text(PARKED):
        return ReasonCode.PARKED_ALREADY
    return ReasonCode.ALREADY_DECIDED if record.get(DECIDED_AT) else None


_ANEW = frozenset({WorkReason.REQUEUED, WorkReason.REVIEWED})
"""Ways in that look at a decided record once more; each has an entry of its own."""


def _due_step(
    candidates: Sequence[Policy], facts: Facts, done: ReasonCode
) -> Admitted | AdmittedStep | None:
    """What a clock, a wait or the holder asks for; a change may have stopped it. The org lets nobody write a
    converted lead."""
    record, item = facts.record, facts.item
    if done is not ReasonCode.ALREADY_DECIDED or record.get("IsConverted") is True:
        return None
    if item.reason not in (WorkReason.SLA, WorkReason.CHANGED) or not record.get(DECIDED_AT):
        return None
    own = next((policy for policy in candidates if policy.name == record.text(POLICY)), None)
    policy = own or candidates[0]
    scope = RecordScope(record, now=facts.now, zone=policy.zone)
    scope.asked_by(policy, facts.directory)
    stamp = read_stamp(record.get(SLA_CLOCKS))
    received_at = instant(record.get("CreatedDate")) or facts.now
    due, waiting = _asked(own, policy, facts, stamp, scope), stamp.waiting
    waits = waiting is not None and waiting.next_at <= facts.now
    if waiting is not None and waits and (due is None or due.kind not in _ENDS):
        if waits_there(own, record, scope):
            key = key_of_wait(record, waiting)
            return Admitted(
                policy=policy,
                scope=scope,
                key=key,
                received_at=received_at,
                stamp=stamp,
                waited=waiting,
            )
        due = wait_over(record, waiting)
    if due is None:
        return None
    return AdmittedStep(
        policy=policy,
        scope=scope,
        key=key_of(due, record),
        received_at=received_at,
        stamp=stamp,
        due=due,
    )


_ENDS = frozenset({StepKind.STOP, StepKind.REMOVE, StepKind.RETURN})
"""Steps that go before the next step of a wait."""


def _asked(
    own: Policy | None, policy: Policy, facts: Facts, stamp: SlaStamp, scope: RecordScope
) -> DueStep | None:
    """What the holder asks for, else the clocks. ``policy`` stands in where the record's own is gone."""
    returned = find_returned(own, stamp, facts.record)
    if returned is not None:
        return returned
    due = find_due(own, stamp, facts.record, scope, facts.contacts)
    return None if due is None else held_back(due, policy, facts)


def _key_of_reopening(facts: Facts) -> str:
    """A re-opened record has been decided under its first key; each re-opening follows one decision."""
    return f"{facts.record.id}:reopened:{facts.record.text(DECIDED_AT)}"


def _may_be_taken(policy: Policy, facts: Facts) -> bool:
    """Whether nobody holds the record: people win, unless one of them put it back by hand."""
    owner_id = facts.record.text(OWNER)
    if not owner_id or facts.item.reason is WorkReason.REQUEUED:
        return True
    if Owner.kind_of(owner_id) is OwnerKind.QUEUE or owner_id in facts.intake_owners:
        return True
    if owner_id in (facts.record.text("CreatedById"), facts.record.text(ASSIGNED_OWNER)):
        return True
    if _was_parked_there(facts):
        return True
    return is_untouched(facts.record, facts.intake_owners) or _named(
        policy.take_over, owner_id, facts
    )


def _was_parked_there(facts: Facts) -> bool:
    """Whether a policy had taken the reviewed record from this owner, and nobody else has had it since."""
    reviewed = facts.item.reason is WorkReason.REVIEWED
    return reviewed and bool(facts.record.text(POLICY)) and _is_where_it_was_parked(facts.record)


def _is_where_it_was_parked(record: Record) -> bool:
    return record.text(OWNER) == record.text(PRIOR_OWNER)


def is_untouched(record: Record, intake_owners: frozenset[RecordId]) -> bool:
    """Whether nobody has changed the record since it was created, or only the daemon's user has.

    So the org's default owner, who is not the creator, is no person who took the record. A change by
    the creator counts as a person's: nothing tells a transfer from another edit. Of a decided record
    the last change tells nothing: the daemon's stamps may lie over a person's change of owner.
    """
    created_at, modified_at = instant(record.get("CreatedDate")), instant(record.get(MODIFIED_AT))
    if created_at is None or modified_at is None:
        return False
    by = record.text(MODIFIED_BY)
    if by in intake_owners:
        return not record.get(DECIDED_AT)
    return by == record.text("CreatedById") and modified_at <= created_at


def _named(names: Iterable[str], owner_id: str, facts: Facts) -> bool:
    by_username = facts.directory.people_by_username
    for name in names:
        person = by_username.get(name.strip().casefold())
        known = person.id if person else facts.usernames.get(name.strip().casefold())
        if owner_id in (name, known):
            return True
    return False
