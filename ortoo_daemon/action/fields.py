"""Which business fields does the decision set, and when is an answer due?

Pure: the values are handed on in the decision; writing them is the daemon's part of this stage.
"""

from datetime import timedelta

from ortoo_daemon.action.sla_clocks import read_stamp
from ortoo_daemon.action.stamps import SLA_CLOCKS
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.decision import ClockState, SlaClock
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.sla_model import SlaRule, SlaTarget
from ortoo_daemon.records import WorkReason

STAGE = "action"
AROUND_THE_CLOCK = "24x7"
_ALWAYS = BusinessHours.always()


def prepare_fields(handling: Handling) -> None:
    """Evaluate ``action.set`` in order, then start the SLA clocks."""
    for assignment in handling.policy.sets:
        if assignment.only_empty and handling.scope.text(assignment.field):
            continue
        value = assignment.value.evaluate(handling.scope)
        handling.give(assignment.field, value, stage=STAGE, place=assignment.place)
    stamp = read_stamp(handling.facts.record.get(SLA_CLOCKS))
    handling.trail = stamp.trail
    for rule in handling.policy.sla:
        clock = _clock(handling, rule, stamp.named(rule.clock))
        if clock is not None:
            handling.clocks.append(clock)


def _clock(handling: Handling, rule: SlaRule, before: SlaClock | None) -> SlaClock | None:
    """The clock of one rule; None when no target's condition holds for this record.

    A clock that runs or has ended goes on as it is; only a person's requeue starts it anew.
    """
    anew = handling.facts.item.reason is WorkReason.REQUEUED
    if before is not None and before.state is not ClockState.REMOVED and not anew:
        return before
    target_for = _target_for(handling, rule.target)
    if target_for is None:
        return None
    key, hours = _hours(handling, rule)
    started_at, now = handling.received_at, handling.facts.now
    lengths = (target_for, *_warnings(rule, target_for))
    target_at, *warned_at = hours.add_each(started_at, lengths)
    if target_at is None:
        message = f"{hours.name} does not open for {target_for} within two years; measured 24x7"
        _report(handling, rule, "hours_never_open", message)
        key, hours, target_at = AROUND_THE_CLOCK, _ALWAYS, started_at + target_for
        warned_at = hours.add_each(started_at, lengths[1:])
    late = target_at <= now
    warn_at = tuple(sorted({at for at in warned_at if at is not None}))
    return SlaClock(
        name=rule.clock,
        started_at=started_at,
        target_at=target_at,
        warn_at=warn_at,
        hours=key,
        act_at=(hours.add(now, target_for) or now + target_for) if late else None,
        warned=len(warn_at) if late else 0,
        run=before.run + 1 if before else 1,
    )


def _target_for(handling: Handling, target: SlaTarget) -> timedelta | None:
    for condition, target_for in target.choices:
        if condition is None or condition.holds(handling.scope):
            return target_for
    return None


def _hours(handling: Handling, rule: SlaRule) -> tuple[str, BusinessHours]:
    """Hours a clock runs in, with their key in the directory; 24x7 where none are known."""
    if rule.hours == AROUND_THE_CLOCK:
        return AROUND_THE_CLOCK, _ALWAYS
    rooftop = handling.scope.rooftop
    key = rule.hours
    if rule.hours == "rooftop":
        key = (rooftop.hours or "") if rooftop else ""
    found = handling.facts.directory.hours.get(key)
    if found is not None:
        return key, found
    if rooftop is None and rule.hours == "rooftop":
        why = "no rooftop was chosen"
    else:
        why = f"the directory has no hours {key!r}" if key else "the rooftop names no hours"
    _report(handling, rule, "hours_unknown", f"{why}; the clock {rule.clock} is measured 24x7")
    return AROUND_THE_CLOCK, _ALWAYS


def _warnings(rule: SlaRule, target_for: timedelta) -> list[timedelta]:
    """After how much open time to warn: a fraction of the target passed, or so much of it left."""
    found = (
        target_for - warn if isinstance(warn, timedelta) else target_for * warn
        for warn in rule.warn
    )
    return [after for after in found if timedelta() < after < target_for]


def _report(handling: Handling, rule: SlaRule, code: str, message: str) -> None:
    handling.report(rule.clock, stage=STAGE, code=code, message=message, place=rule.place)
