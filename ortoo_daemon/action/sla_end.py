"""How long has a clock run that ends now? Open time and the whole time, whichever the target counts."""

from dataclasses import replace
from datetime import datetime, timedelta

from ortoo_daemon.action.sla_pauses import open_time, resumed
from ortoo_daemon.decision import ClockState, SlaClock
from ortoo_daemon.handling import Handling


def ended(clock: SlaClock, state: ClockState, ended_at: datetime, handling: Handling) -> SlaClock:
    """The clock as it ends; the trace tells both times."""
    directory = handling.facts.directory
    clock = resumed(clock, ended_at, directory)
    open_for, whole = open_time(clock, ended_at, directory), ended_at - clock.started_at
    told = [f"{_told(open_for)} open", f"{_told(whole)} in all"]
    if clock.paused_for:
        told.append(f"paused for {_told(clock.paused_for)}")
    if clock.received_at is not None:
        told.append(f"{_told(ended_at - clock.received_at)} since it first began")
    handling.trace.notes.append(f"clock {clock.name}: {state.value} after {', '.join(told)}")
    return replace(
        clock,
        state=state,
        stopped_at=ended_at,
        open_for=open_for,
        elapsed_for=whole,
        step_at=None,
        look_at=None,
    )


def _told(length: timedelta) -> str:
    """Such as ``1 day, 2:05:00``."""
    return str(timedelta(seconds=round(length.total_seconds())))
