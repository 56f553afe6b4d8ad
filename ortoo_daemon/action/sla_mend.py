"""Has somebody else written to the fields that keep a record's clocks? Puts the next moment right.

The sweep finds records by that moment alone: one in the past is found for ever, without one a clock is never
late. Whoever writes it again and again is not fought: it is put right once until another step follows.
"""

from datetime import datetime, timedelta

from ortoo_daemon.action.sla_clocks import SlaStamp
from ortoo_daemon.action.stamps import DECISION_KEY, SLA_CLOCKS, SLA_NEXT_AT
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Record

_ROUNDED = timedelta(seconds=1)
"""The org keeps whole seconds."""


def find_mending(policy: Policy | None, stamp: SlaStamp, record: Record) -> DueStep | None:
    """The step that writes what the clocks say; None where the record says the same."""
    kept, true = instant(record.get(SLA_NEXT_AT)), stamp.next_at
    before = record.text(DECISION_KEY).startswith(f"{record.id}:sla:-:{StepKind.MEND.value}")
    if before or _same(kept, true):
        return None
    return DueStep(
        kind=StepKind.MEND,
        name=f"{StepKind.MEND.value}{true:%Y%m%dT%H%M%SZ}" if true else StepKind.MEND.value,
        clocks=(),
        rule=None,
        held_by_hand=False,
        why=_why(policy, stamp, record, kept, true),
    )


def _same(one: datetime | None, other: datetime | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _ROUNDED


def _why(
    policy: Policy | None,
    stamp: SlaStamp,
    record: Record,
    kept: datetime | None,
    true: datetime | None,
) -> str:
    said = f"{SLA_NEXT_AT} said {_told(kept)}"
    if stamp.clocks or stamp.waiting or policy is None or not policy.sla:
        return f"{said}, the clocks say {_told(true)}"
    what = "holds nothing that can be read" if record.get(SLA_CLOCKS) else "is empty"
    return f"{said}, and {SLA_CLOCKS} {what}: no clock counts until the record is requeued"


def _told(at: datetime | None) -> str:
    return instant_text(at) if at else "nothing"
