"""Within whose boundaries is an assignment expected to stay that a person made?"""

from ortoo_daemon.action.stamps import ASSIGNED_OWNER, OWNER, POLICY
from ortoo_daemon.admission.admitted import Admitted, Refused
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import WorkReason, entry_by_hand
from ortoo_daemon.scope import RecordScope


def given_by_hand(policies: PolicySet, facts: Facts, refused: Refused) -> Admitted | None:
    """The policy within whose boundaries a person's assignment is expected to stay; None where there is none.

    The person took the record before it was decided, or gave a decided one to somebody else.
    """
    record, policy = facts.record, refused.policy
    key = refused.key
    if refused.reason is ReasonCode.ALREADY_DECIDED and _owner_was_changed(facts):
        found = (each for each in policies.for_object(record.object))
        policy = next((each for each in found if each.name == record.text(POLICY)), None)
        key = f"{record.id}:{entry_by_hand(facts.item.happened_at)}"
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
    told = item.reason is WorkReason.CHANGED or item.found_by_hand
    changed = told and OWNER in item.changed_fields
    by_hand = bool(owner) and owner != record.text(ASSIGNED_OWNER)
    return changed and by_hand and record.get("IsConverted") is not True
