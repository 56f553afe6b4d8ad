"""Who has the record on offer? Keeps the clock of ``offer:`` in step with who holds the record.

Whoever is given the record by a rule or by a colleague's turn may accept it or let it lapse. A superior or a
queue just has it, and so does whom a person gave it to.
"""

from ortoo_daemon.action.sla_end import ended
from ortoo_daemon.action.sla_start import holder_of, restart_clock, start_clock
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.handling import Handling, SlaProgress
from ortoo_daemon.policy.sla_model import OFFER, Reassign, SlaRule
from ortoo_daemon.records import Owner, OwnerKind, WorkReason


def offered_clock(handling: Handling, rule: SlaRule, before: SlaClock | None) -> SlaClock | None:
    """The clock as the record's decision leaves it: begun for whoever gets the record now."""
    if not _is_offered(handling):
        return _over(handling, before)
    if before is None:
        return start_clock(handling, rule, handling.facts.now)
    requeued = handling.facts.item.reason is WorkReason.REQUEUED
    same = before.holder == holder_of(handling) and before.state is not ClockState.REMOVED
    return before if same and not requeued else _begun(handling, rule, before)


def _is_offered(handling: Handling) -> bool:
    """Whether a person has the record once the decision is written: no queue ever accepts one."""
    holder = holder_of(handling)
    return holder is not None and Owner.kind_of(holder) is OwnerKind.USER


def offer_again(handling: Handling, sla: SlaProgress) -> None:
    """Where a step has given the record away: begin anew for a colleague; for anybody else it is over."""
    rule = next((each for each in handling.policy.sla if each.is_offer), None)
    before = next((clock for clock in handling.clocks if clock.name == OFFER), None)
    if handling.scope.owner is None or sla.acted is None or sla.due.held_by_hand:
        return
    handling.clocks = [clock for clock in handling.clocks if clock is not before]
    offered = isinstance(sla.acted.action, Reassign)
    clock = (
        _begun(handling, rule, before) if offered and rule is not None else _over(handling, before)
    )
    if clock is not None:
        handling.clocks.insert(0, clock)


def _begun(handling: Handling, rule: SlaRule, before: SlaClock | None) -> SlaClock | None:
    now = handling.facts.now
    if before is None:
        return start_clock(handling, rule, now)
    return restart_clock(handling, rule, before, now) or _over(handling, before)


def _over(handling: Handling, clock: SlaClock | None) -> SlaClock | None:
    """An offer that nobody is to accept any more."""
    if clock is None or not clock.is_live:
        return clock
    return ended(clock, ClockState.REMOVED, handling.facts.now, handling)
