"""Which policy takes the record, as it was read? Answers with the policy, or with why not."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from ortoo_daemon.action.sla_clocks import NO_CLOCKS, read_stamp
from ortoo_daemon.action.sla_due import routed_at
from ortoo_daemon.action.stamps import (
    ASSIGNED_OWNER,
    DECIDED_AT,
    DECISION_KEY,
    PARKED,
    POLICY,
    SLA_CLOCKS,
)
from ortoo_daemon.admission.admitted import Admitted, AdmittedStep, Refused
from ortoo_daemon.admission.due import due_step
from ortoo_daemon.admission.held import is_where_it_was_parked, may_be_taken
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.ownership.absence import Standing, leaves
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.records import FIRST_ENTRY, WorkReason
from ortoo_daemon.scope import RecordScope


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
        return due_step(candidates, facts, done) or _nothing(facts, done)
    key = _key_of_reopening(facts) if reopened else facts.item.decision_key
    received_at = instant(facts.record.get("CreatedDate")) or facts.now
    found = _first_taking(candidates, facts, received_at)
    if isinstance(found, Refused):
        return found
    policy, scope = found
    if not may_be_taken(policy, facts):
        if facts.item.reason is WorkReason.REVIEWED and is_where_it_was_parked(facts.record):
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


def _key_of_reopening(facts: Facts) -> str:
    """A re-opened record has been decided under its first key; each re-opening follows one decision.

    The org keeps whole seconds: re-openings within the second of the decision they follow are counted.
    """
    record = facts.record
    key, standing = f"{record.id}:reopened:{record.text(DECIDED_AT)}", record.text(DECISION_KEY)
    if standing != key and not standing.startswith(f"{key}:"):
        return key
    count = standing[len(key) + 1 :]
    return f"{key}:{int(count) + 1 if count.isdecimal() else 2}"
