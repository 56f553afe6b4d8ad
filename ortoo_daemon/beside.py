"""Which decisions are made beside the stages?

Those that an earlier run has made, that undo what a write of ours covered, or that park a record which the
org refuses.
"""

from dataclasses import replace

from ortoo_daemon.action.notices import tell_parked
from ortoo_daemon.action.stamps import (
    ASSIGNED_OWNER,
    DECIDED_AT,
    DECISION_KEY,
    OWNER,
    PARKED,
    POLICY,
    ROOFTOP,
    RULE,
)
from ortoo_daemon.admission.admitted import Admitted
from ortoo_daemon.admission.begin import begin_handling
from ortoo_daemon.consequences import Notice
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Owner, Record, RecordId
from ortoo_daemon.scope import RecordScope


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
    handling = begin_handling(policies, facts, admitted)
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


def is_parked_for_fight(record: Record) -> bool:
    return record.text(PARKED).startswith(f"{ReasonCode.OWNER_FIGHT.value}: ")


def owner_fight(policies: PolicySet, facts: Facts, *, by: str, times: int) -> Decision:
    """The decision to leave a record to whoever takes its owner back again and again, and to say so.

    ``by`` is how people know that user.
    Nothing is to be done where the record is parked for that already: each write would be answered.
    """
    record = facts.record
    decision = Decision(
        object=record.object,
        record_id=record.id,
        key=f"{record.id}:owner_fight:{record.text(DECIDED_AT)}",
        outcome=Outcome.NOTHING if is_parked_for_fight(record) else Outcome.PARKED,
        reason=ReasonCode.OWNER_FIGHT,
        decided_at=facts.now,
        policy=record.text(POLICY) or None,
        revision=policies.revision,
        rule=record.text(RULE) or None,
        seen_owner=_id(record.text(OWNER)),
        parked_for=f"{ReasonCode.OWNER_FIGHT.value}: {by} changed the owner {times} times",
    )
    return replace(decision, notices=parked_notices(policies, facts, decision))


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
