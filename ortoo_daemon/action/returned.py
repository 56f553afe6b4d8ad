"""Does whoever holds the record give it back? Then they have said why, in the field that the policy names.

Asked of the record as it was read. The field is emptied in the write that gives the record to somebody
else, so what was said is heeded once.
"""

from ortoo_daemon.action.sla_clocks import SlaStamp
from ortoo_daemon.action.stamps import DECIDED_AT, OWNER
from ortoo_daemon.decision import Returned
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Record, RecordId


def find_returned(policy: Policy | None, stamp: SlaStamp, record: Record) -> DueStep | None:
    """The step to take where the record is given back. ``policy`` is the record's own, None when it is gone.

    Its name tells the decision before it and how many have lost the record so far, so that a record which is
    given back again has another, within the same second too.
    """
    returns, decided_at = policy.returns if policy else None, instant(record.get(DECIDED_AT))
    if returns is None or decided_at is None or not record.text(OWNER):
        return None
    value = record.get(returns.reason)
    said = value.strip() if isinstance(value, str) else ""
    if not said:
        return None
    return DueStep(
        kind=StepKind.RETURN,
        name=f"{StepKind.RETURN.value}{len(stamp.trail) + 1}-{decided_at:%Y%m%dT%H%M%SZ}",
        clocks=(),
        rule=None,
        held_by_hand=False,
        returned=Returned(by=RecordId(record.text(OWNER)), field=returns.reason, reason=said),
    )
