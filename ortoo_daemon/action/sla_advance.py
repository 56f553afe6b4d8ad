"""How far have the clocks come once a step is taken?"""

from dataclasses import replace
from datetime import datetime

from ortoo_daemon.action.sla_due import warnings_passed
from ortoo_daemon.action.stamps import FIRST_RESPONSE, MODIFIED_AT, MODIFIED_BY
from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.decision import ClockState, SlaClock
from ortoo_daemon.directory import Directory
from ortoo_daemon.handling import Handling, SlaProgress, StepKind
from ortoo_daemon.instants import instant

_ALWAYS = BusinessHours.always()


def advance_clocks(handling: Handling) -> None:
    """Put the clocks that the step is about one step further; the others stay as they are."""
    sla = handling.sla
    if sla is None:
        return
    names = {clock.name for clock in sla.due.clocks}
    handling.clocks = [
        _advanced(clock, handling, sla) if clock.name in names else clock
        for clock in handling.clocks
    ]
    if sla.due.kind is StepKind.STOP and FIRST_RESPONSE in names:
        sla.first_response_at = _answered_at(handling)


def _advanced(clock: SlaClock, handling: Handling, sla: SlaProgress) -> SlaClock:
    now = handling.facts.now
    match sla.due.kind:
        case StepKind.STOP:
            ended_at = max(_answered_at(handling), clock.started_at)
            return _ended(clock, ClockState.STOPPED, ended_at, handling.facts.directory)
        case StepKind.REMOVE:
            return _ended(clock, ClockState.REMOVED, now, handling.facts.directory)
        case StepKind.END_WAIT:  # it is about no clock
            return clock
        case StepKind.WARN:
            return replace(clock, warned=warnings_passed(clock, now))
        case StepKind.VIOLATE:
            return _violated(clock, handling, sla)


def _violated(clock: SlaClock, handling: Handling, sla: SlaProgress) -> SlaClock:
    """The next step's time counts from now, not from the target: after an outage nobody is run over."""
    now = handling.facts.now
    steps = sla.due.rule.on_violation if sla.due.rule else ()
    left = steps[sla.steps_done :]
    step_at = None
    if left and left[0].after is not None:
        after = left[0].after
        step_at = _hours(clock, handling.facts.directory).add(now, after) or now + after
    return replace(clock, state=ClockState.VIOLATED, steps=sla.steps_done, step_at=step_at)


def _ended(
    clock: SlaClock, state: ClockState, ended_at: datetime, directory: Directory
) -> SlaClock:
    return replace(
        clock,
        state=state,
        stopped_at=ended_at,
        open_for=_hours(clock, directory).between(clock.started_at, ended_at),
        elapsed_for=ended_at - clock.started_at,
        step_at=None,
    )


def _answered_at(handling: Handling) -> datetime:
    """When somebody did what stops the clock: the last change, unless that was the daemon's own.

    Never before the change itself, and no later than now.
    """
    record, facts = handling.facts.record, handling.facts
    modified_at = instant(record.get(MODIFIED_AT))
    if modified_at is None or record.text(MODIFIED_BY) in facts.intake_owners:
        modified_at = facts.item.happened_at
    return min(modified_at, facts.now)


def _hours(clock: SlaClock, directory: Directory) -> BusinessHours:
    return directory.hours.get(clock.hours, _ALWAYS)
