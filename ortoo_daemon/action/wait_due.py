"""Is a record that waits for wished skills to be decided again, or has somebody ended its wait?

Asked of the record as it was read: its own stamp says when the next wish is dropped. A record that is no
longer where it was put to wait, or that its policy takes no more, is left as it is.
"""

from ortoo_daemon.action.stamps import ASSIGNED_OWNER, OWNER
from ortoo_daemon.clocks import Waiting
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import Owner, OwnerKind, Record
from ortoo_daemon.scope import RecordScope


def waits_there(policy: Policy | None, record: Record, scope: RecordScope) -> bool:
    """Whether the record still waits where it was put, and its policy still takes it."""
    if policy is None or record.text(OWNER) != record.text(ASSIGNED_OWNER):
        return False
    return policy.enter is None or policy.enter.holds(scope)


def key_of_wait(record: Record, waiting: Waiting) -> str:
    """The key of the decision that follows; the same for this step of the wait after any crash."""
    return f"{record.id}:waited:{waiting.next_at:%Y%m%dT%H%M%SZ}"


def wait_over(record: Record, waiting: Waiting) -> DueStep:
    """The step that takes the wait off the record and leaves everything else."""
    by_hand = Owner.kind_of(record.text(OWNER)) is OwnerKind.USER
    name = f"{StepKind.END_WAIT.value}{waiting.since:%Y%m%dT%H%M%SZ}"
    return DueStep(kind=StepKind.END_WAIT, name=name, clocks=(), rule=None, held_by_hand=by_hand)
