"""Does a decided record ask for a step: by a clock, by a wait, by its holder, by the customer's consent?"""

from collections.abc import Sequence

from ortoo_daemon.action.returned import find_returned
from ortoo_daemon.action.shares import find_consent
from ortoo_daemon.action.sla_clocks import SlaStamp, read_stamp
from ortoo_daemon.action.sla_due import find_due, key_of
from ortoo_daemon.action.sla_hold import held_back
from ortoo_daemon.action.sla_mend import find_mending
from ortoo_daemon.action.stamps import DECIDED_AT, POLICY, SLA_CLOCKS
from ortoo_daemon.action.wait_due import key_of_wait, wait_over, waits_there
from ortoo_daemon.admission.admitted import Admitted, AdmittedStep
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import WorkReason
from ortoo_daemon.scope import RecordScope


def due_step(
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
    """What the holder asks for, else the clocks, else the customer's consent, else what was written over.
    ``policy`` stands in where the record's own is gone."""
    returned = find_returned(own, stamp, facts.record)
    if returned is not None:
        return returned
    due = find_due(own, stamp, facts.record, scope, facts.contacts)
    if due is not None:
        return held_back(due, policy, facts)
    return find_consent(own, facts) or find_mending(own, stamp, facts.record)
