"""Which business fields does the decision set, and which clocks run from now on?

Pure: the values are handed on in the decision; writing them is the daemon's part of this stage.
"""

from collections.abc import Iterable

from ortoo_daemon.action.sla_clocks import read_stamp
from ortoo_daemon.action.sla_offers import offered_clock
from ortoo_daemon.action.sla_start import STAGE, holder_of, restart_clock, start_clock
from ortoo_daemon.action.stamps import SLA_CLOCKS
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.sla_model import OnReassign, SlaRule
from ortoo_daemon.records import WorkReason


def prepare_fields(handling: Handling) -> None:
    """Evaluate ``action.set`` in order, then start the SLA clocks."""
    set_fields(handling, handling.policy.sets)
    stamp = read_stamp(handling.facts.record.get(SLA_CLOCKS))
    handling.trail = stamp.trail
    for rule in handling.policy.sla:
        clock = _clock(handling, rule, stamp.named(rule.clock))
        if clock is not None:
            handling.clocks.append(clock)


def set_fields(handling: Handling, sets: Iterable[SetField]) -> None:
    """Give fields their values, in order."""
    for assignment in sets:
        if assignment.only_empty and handling.scope.text(assignment.field):
            continue
        value = assignment.value.evaluate(handling.scope)
        handling.give(assignment.field, value, stage=STAGE, place=assignment.place)


def _clock(handling: Handling, rule: SlaRule, before: SlaClock | None) -> SlaClock | None:
    """The clock of one rule; None when no target's condition holds for this record.

    A clock that runs or has ended goes on as it is; a person's requeue starts it anew, and so does a new
    owner where the rule says so.
    """
    if rule.is_offer:
        return offered_clock(handling, rule, before)
    if before is None:
        return start_clock(handling, rule, handling.received_at)
    if handling.facts.item.reason is WorkReason.REQUEUED or before.state is ClockState.REMOVED:
        return restart_clock(handling, rule, before, handling.received_at)
    moved = before.holder is not None and before.holder != holder_of(handling)
    if moved and before.is_live and rule.on_reassign is OnReassign.RESTART:
        return restart_clock(handling, rule, before, handling.facts.now)
    return before
