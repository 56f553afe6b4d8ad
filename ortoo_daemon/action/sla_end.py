"""How long has a clock run that ends now, or that is late? Open time and the whole time, whichever counts."""

from dataclasses import replace
from datetime import datetime, timedelta

from ortoo_daemon.action.sla_pauses import open_time, resumed
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.handling import Handling


def ended(clock: SlaClock, state: ClockState, ended_at: datetime, handling: Handling) -> SlaClock:
    """The clock as it ends; the trace tells both times.

    One that is stopped keeps the moment of its next step, should it be opened again.
    """
    clock = resumed(clock, ended_at, handling.facts.directory)
    clock = measured(replace(clock, state=state), ended_at, handling)
    step_at = clock.step_at if state is ClockState.STOPPED else None
    return replace(clock, stopped_at=ended_at, step_at=step_at, look_at=None)


def measured(clock: SlaClock, at: datetime, handling: Handling) -> SlaClock:
    """With both times as they stand at a moment at which it does not pause; the trace tells them, too."""
    open_for = open_time(clock, at, handling.facts.directory)
    whole = at - clock.started_at
    told = [f"{_told(open_for)} open", f"{_told(whole)} in all"]
    if clock.paused_for:
        told.append(f"paused for {_told(clock.paused_for)}")
    if clock.received_at is not None:
        told.append(f"{_told(at - clock.received_at)} since it first began")
    handling.trace.notes.append(f"clock {clock.name}: {clock.state.value} after {', '.join(told)}")
    return replace(clock, open_for=open_for, elapsed_for=whole)


def _told(length: timedelta) -> str:
    """Such as ``1 day, 2:05:00``."""
    return str(timedelta(seconds=round(length.total_seconds())))
