"""What do a record's clocks ask for now: nothing, an end, a warning, or a step after the target?

Asked of the record as it was read; the record's own stamp says what has been done already, so that a
step is due once, whoever asks and however often.
"""

from datetime import datetime

from ortoo_daemon.action.sla_clocks import SlaStamp
from ortoo_daemon.action.stamps import (
    ASSIGNED_OWNER,
    DECIDED_AT,
    DECISION_KEY,
    OWNER,
    ROOFTOP,
    SLA_NEXT_AT,
)
from ortoo_daemon.decision import ClockState, SlaClock
from ortoo_daemon.directory import Directory
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.sla_model import SlaRule
from ortoo_daemon.records import Owner, OwnerKind, Record, RecordId
from ortoo_daemon.scope import RecordScope


def find_due(
    policy: Policy | None, stamp: SlaStamp, record: Record, scope: RecordScope
) -> DueStep | None:
    """The step to take now. ``policy`` is the record's own, None when it is gone.

    Ends go before steps: a record that was answered is not moved for being late.
    """
    rules = {rule.clock: rule for rule in policy.sla} if policy else {}
    live = stamp.live
    answered = tuple(clock for clock in live if _answered(rules.get(clock.name), scope))
    if answered:
        return _step(StepKind.STOP, answered, rules, record)
    removed = tuple(clock for clock in live if clock.name not in rules)
    if removed or (not live and stamp.waiting is None and record.get(SLA_NEXT_AT)):
        return _step(StepKind.REMOVE, removed, rules, record)
    late = [clock for clock in live if _is_due(clock, scope.now)]
    if not late:
        return None
    clock = min(late, key=_when)
    warning = clock.state is ClockState.RUNNING and clock.violation_at > scope.now
    kind = StepKind.WARN if warning else StepKind.VIOLATE
    return _step(kind, (clock,), rules, record, now=scope.now)


def key_of(step: DueStep, record: Record) -> str:
    """The decision's key: the same for this step of this clock after any crash."""
    clock = step.clocks[0] if step.clocks else None
    run = f":{clock.run}" if clock and clock.run > 1 else ""
    return f"{record.id}:sla:{clock.name if clock else '-'}:{step.name}{run}"


def routed_at(record: Record, stamp: SlaStamp) -> datetime | None:
    """When the owner was last decided by the rules: before the clocks' steps that came since."""
    if stamp.routed_at is not None and record.text(DECISION_KEY).startswith(f"{record.id}:sla:"):
        return stamp.routed_at
    return instant(record.get(DECIDED_AT))


def warnings_passed(clock: SlaClock, now: datetime) -> int:
    return sum(at <= now for at in clock.warn_at)


def holder_place(record: Record, directory: Directory) -> RecordId | None:
    """The rooftop whose people may take over: the record's, else the holder's."""
    if record.text(ROOFTOP):
        return RecordId(record.text(ROOFTOP))
    holder = directory.people.get(RecordId(record.text(OWNER)))
    return holder.rooftop if holder else None


def _answered(rule: SlaRule | None, scope: RecordScope) -> bool:
    return rule is not None and any(condition.holds(scope) for condition in rule.stopped_by)


def _is_due(clock: SlaClock, now: datetime) -> bool:
    return clock.next_at is not None and clock.next_at <= now


def _when(clock: SlaClock) -> tuple[datetime, str]:
    assert clock.next_at is not None
    return clock.next_at, clock.name


def _step(
    kind: StepKind,
    clocks: tuple[SlaClock, ...],
    rules: dict[str, SlaRule],
    record: Record,
    *,
    now: datetime | None = None,
) -> DueStep:
    owner, assigned = record.text(OWNER), record.text(ASSIGNED_OWNER)
    by_hand = bool(owner) and owner != assigned and Owner.kind_of(owner) is OwnerKind.USER
    return DueStep(
        kind=kind,
        name=_name(kind, clocks, now),
        clocks=clocks,
        rule=rules.get(clocks[0].name) if clocks else None,
        held_by_hand=by_hand,
    )


def _name(kind: StepKind, clocks: tuple[SlaClock, ...], now: datetime | None) -> str:
    if kind is StepKind.WARN and now is not None:
        return f"warning{warnings_passed(clocks[0], now)}"
    if kind is StepKind.VIOLATE:
        clock = clocks[0]
        return "violation" if clock.state is ClockState.RUNNING else f"step{clock.steps + 1}"
    return kind.value
