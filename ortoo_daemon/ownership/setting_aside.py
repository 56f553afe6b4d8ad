"""Where does a record go that the rules of the network reject? Into its queue, and no further."""

from ortoo_daemon.handling import Handling
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.ownership.targets import take_target

STAGE = "ownership"
_NOWHERE = "rejected_queue_missing"


def set_aside(handling: Handling) -> None:
    """Give a rejected record to the queue that the policy names, with the values it names; a person must look
    where there is no such queue."""
    rejected, wanted = handling.rejected, handling.policy.govern
    if rejected is None or wanted is None:
        return
    handling.trace.notes.append(f"{rejected.place}: rejected by {rejected.name!r}")
    if wanted.queue is None or not take_target(handling, wanted.queue):
        handling.parked_for = _NOWHERE
        handling.reason = ReasonCode.NO_TARGET
        return
    for each in wanted.sets:
        value = each.value.evaluate(handling.scope)
        handling.give(each.field, value, stage=STAGE, place=each.place)
    handling.reason = ReasonCode.REJECTED
