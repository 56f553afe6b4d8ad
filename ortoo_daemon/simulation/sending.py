"""Does a record that is handed over leave at once, and what stands on it once the dealer has it?

In cases every dealer's system takes what it is sent in the moment of the decision.
"""

from collections.abc import Mapping

from ortoo_daemon.action.handoff import DUE, SENT, has_alone, message_id
from ortoo_daemon.action.stamps import owner_write
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.instants import instant_text
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_AT, HANDOFF_ID, HANDOFF_TO
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue, Record


def waits(decision: Decision, policy: Policy | None, before: Record, directory: Directory) -> bool:
    """Whether another rooftop has the record alone, so that this one gets it later. ``before``: as it stood
    when it was decided."""
    rule, handoff = policy.handoff if policy is not None else None, decision.handoff
    if rule is None or handoff is None or handoff.held:
        return False
    after = {**before.fields, **owner_write(decision, before).core}
    alone = has_alone(Record(object=before.object, id=before.id, fields=after), rule, directory)
    return alone is not None and alone[0] != handoff.rooftop and alone[1] > decision.decided_at


def sent(record: Record, decision: Decision) -> Mapping[str, FieldValue]:
    """What the dealer's receipt writes; nothing where nothing is sent now."""
    if decision.handoff is None or record.text(HANDOFF) != DUE:
        return {}
    return {
        HANDOFF: SENT,
        HANDOFF_TO: decision.handoff.rooftop,
        HANDOFF_AT: instant_text(decision.decided_at),
        HANDOFF_ID: message_id(decision.handoff.key),
    }
