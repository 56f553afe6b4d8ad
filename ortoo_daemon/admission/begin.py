"""With what do the stages begin?"""

from ortoo_daemon.action.stamps import ASSIGNED_OWNER, DECIDED_AT
from ortoo_daemon.admission.admitted import Admitted, AdmittedStep
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId


def begin_handling(
    policies: PolicySet, facts: Facts, admitted: Admitted | AdmittedStep
) -> Handling:
    """A handling as the first stage finds it, by the policy that takes the record."""
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
        given_to=RecordId(facts.record.text(ASSIGNED_OWNER)) or None,
        trail=admitted.stamp.trail,
        waited=admitted.waited if isinstance(admitted, Admitted) else admitted.stamp.waiting,
    )
