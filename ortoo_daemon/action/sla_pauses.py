"""Where do a clock's moments lie once it has paused? Open time that was left is left afterwards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ortoo_daemon.action.sla_start import hours_of
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.directory import Directory
from ortoo_daemon.policy.sla_model import SlaRule


def paused(clock: SlaClock, at: datetime) -> SlaClock:
    """From then on nothing of it falls due."""
    return replace(clock, paused_at=max(at, clock.started_at), changes=clock.changes + 1)


def resumed(clock: SlaClock, at: datetime, directory: Directory) -> SlaClock:
    """It goes on with the open time that was left; what had passed before stays where it was."""
    if clock.paused_at is None:
        return clock
    hours, since = hours_of(clock, directory), clock.paused_at
    until = max(at, since)

    def later(moment: datetime) -> datetime:
        if moment <= since:
            return moment
        left = hours.between(since, moment)
        return hours.add(until, left) or until + left

    moved = _moved(clock, later)
    return replace(
        moved,
        paused_at=None,
        paused_for=clock.paused_for + (until - since),
        paused_open_for=clock.paused_open_for + hours.between(since, until),
        changes=clock.changes + 1,
    )


def reopened(clock: SlaClock, rule: SlaRule | None, at: datetime, directory: Directory) -> SlaClock:
    """A clock that was stopped runs again; the time for which it stood counts as a pause.

    It gets keys of its own: the steps that it has before it may have been taken already. One that was late
    goes on with the steps it had left: its first where none was taken before it was stopped.
    """
    if clock.stopped_at is None:
        return clock
    late = _was_acted_on(clock) or (
        clock.violation_at <= clock.stopped_at and not (rule and rule.on_violation)
    )
    standing = replace(
        clock,
        state=ClockState.VIOLATED if late else ClockState.RUNNING,
        paused_at=clock.stopped_at,
        stopped_at=None,
        open_for=None,
        elapsed_for=None,
        look_at=None,
        contacted=False,
        one_way=False,
        run=clock.run + 1,
    )
    return resumed(standing, at, directory)


def _was_acted_on(clock: SlaClock) -> bool:
    """Whether its target had passed, and the steps that follow had begun."""
    return bool(clock.steps or clock.step_at or clock.acknowledged_at)


def open_time(clock: SlaClock, until: datetime, directory: Directory) -> timedelta:
    """Open time from the start of a clock that does not pause now, pauses before left out."""
    whole = hours_of(clock, directory).between(clock.started_at, until) - clock.paused_open_for
    return max(whole, timedelta())


def _moved(clock: SlaClock, later: Callable[[datetime], datetime]) -> SlaClock:
    done, left = clock.warn_at[: clock.warned], clock.warn_at[clock.warned :]
    return replace(
        clock,
        target_at=later(clock.target_at),
        warn_at=(*done, *map(later, left)),
        act_at=later(clock.act_at) if clock.act_at else None,
        step_at=later(clock.step_at) if clock.step_at else None,
    )
