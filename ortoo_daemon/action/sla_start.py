"""When is an answer due? Starts the clock of one rule, at the record's receipt or anew.

Pure: which clock stands in the decision; writing it is the daemon's part of this stage.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.clocks import SlaClock
from ortoo_daemon.directory import Directory
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.sla_model import OnReassign, SlaRule, SlaTarget
from ortoo_daemon.records import RecordId

STAGE = "action"
AROUND_THE_CLOCK = "24x7"
OF_ROOFTOP = "rooftop"
OF_OWNER = "owner"
_ALWAYS = BusinessHours.always()

_Warn = tuple[float | timedelta, ...]
"""A fraction of the target passed, or so much of it left."""


def hours_of(clock: SlaClock, directory: Directory) -> BusinessHours:
    """The hours that a clock counts; around the clock where they are no longer known."""
    return directory.hours.get(clock.hours, _ALWAYS)


def hours_of_holder(handling: Handling, rule: SlaRule, clock: SlaClock) -> BusinessHours:
    """The hours in which whoever has the record now has their time, where the rule counts theirs.

    The site may not be that at which the clock began; where its hours are not known, the clock's own count.
    """
    directory, rooftop = handling.facts.directory, handling.scope.rooftop
    key = rooftop.hours if rooftop and rule.hours in (OF_ROOFTOP, OF_OWNER) else None
    if rule.hours == OF_OWNER:
        person = directory.people.get(holder_of(handling) or RecordId(""))
        key = (person.hours if person else None) or key
    return directory.hours.get(key or "") or hours_of(clock, directory)


def start_clock(handling: Handling, rule: SlaRule, started_at: datetime) -> SlaClock | None:
    """The clock of one rule from a moment on; None when no target's condition holds for this record.

    Where what makes it pause holds already it pauses from the first.
    """
    target_for = _target_for(handling, rule.target)
    if target_for is None:
        return None
    key, hours = _hours(handling, rule)
    now = handling.facts.now
    target_at, warn_at = _due(hours, started_at, target_for, rule.warn)
    if target_at is None:
        message = f"{hours.name} does not open for {target_for} within two years; measured 24x7"
        _report(handling, rule, "hours_never_open", message)
        key, hours, target_at = AROUND_THE_CLOCK, _ALWAYS, started_at + target_for
        _, warn_at = _due(hours, started_at, target_for, rule.warn)
    pauses = any(condition.holds(handling.scope) for condition in rule.paused_by)
    if pauses:
        handling.trace.notes.append(f"clock {rule.clock}: pauses from the first")
    late = target_at <= now and not pauses
    return SlaClock(
        name=rule.clock,
        started_at=started_at,
        target_at=target_at,
        warn_at=warn_at,
        hours=key,
        act_at=(hours.add(now, target_for) or now + target_for) if late else None,
        warned=len(warn_at) if late else 0,
        paused_at=started_at if pauses else None,
        holder=holder_of(handling) if rule.on_reassign is OnReassign.RESTART else None,
    )


def restart_clock(
    handling: Handling, rule: SlaRule, before: SlaClock, started_at: datetime
) -> SlaClock | None:
    """The same clock anew, under keys of its own; when it first began stays with it."""
    clock = start_clock(handling, rule, started_at)
    if clock is None:
        return None
    received_at = before.received_at or before.started_at
    return replace(clock, run=before.run + 1, received_at=received_at)


def with_time_for_next(handling: Handling, rule: SlaRule, clock: SlaClock) -> SlaClock:
    """A late clock before its first step: who gets the record now has the target's time, too."""
    now, target_for = handling.facts.now, _target_for(handling, rule.target)
    if target_for is None:
        began_in = hours_of(clock, handling.facts.directory)
        target_for = began_in.between(clock.started_at, clock.target_at)
    hours = hours_of_holder(handling, rule, clock)
    act_at = hours.add(now, target_for) or now + target_for
    return replace(clock, act_at=act_at, warned=len(clock.warn_at))


def holder_of(handling: Handling) -> RecordId | None:
    """Who holds the record once the decision is written."""
    owner = handling.scope.owner
    return owner.id if owner else RecordId(handling.facts.record.text("OwnerId")) or None


def _target_for(handling: Handling, target: SlaTarget) -> timedelta | None:
    for condition, target_for in target.choices:
        if condition is None or condition.holds(handling.scope):
            return target_for
    return None


def _hours(handling: Handling, rule: SlaRule) -> tuple[str, BusinessHours]:
    """Hours a clock runs in, with their key in the directory; 24x7 where none are known."""
    if rule.hours == AROUND_THE_CLOCK:
        return AROUND_THE_CLOCK, _ALWAYS
    rooftop, person = handling.scope.rooftop, handling.scope.person
    key = rule.hours
    if rule.hours in (OF_ROOFTOP, OF_OWNER):
        key = (rooftop.hours or "") if rooftop else ""
    if rule.hours == OF_OWNER and person is not None and person.hours:
        key = person.hours
    found = handling.facts.directory.hours.get(key)
    if found is not None:
        return key, found
    if rooftop is None and rule.hours in (OF_ROOFTOP, OF_OWNER):
        why = "no rooftop was chosen"
    else:
        why = f"the directory has no hours {key!r}" if key else "the rooftop names no hours"
    _report(handling, rule, "hours_unknown", f"{why}; the clock {rule.clock} is measured 24x7")
    return AROUND_THE_CLOCK, _ALWAYS


@lru_cache(maxsize=512)  # records of a burst come in the same seconds
def _due(
    hours: BusinessHours, started_at: datetime, target_for: timedelta, warn: _Warn
) -> tuple[datetime | None, tuple[datetime, ...]]:
    """When the target has passed, None for hours that do not open, and when to warn before, in order.

    ``started_at`` in UTC: elsewhere two instants may be equal.
    """
    lengths = (target_for, *_warnings(warn, target_for))
    target_at, *warned_at = hours.add_each(started_at, lengths)
    return target_at, tuple(sorted({at for at in warned_at if at is not None}))


def _warnings(warn: _Warn, target_for: timedelta) -> tuple[timedelta, ...]:
    """After how much open time to warn: a fraction of the target passed, or so much of it left."""
    found = (
        target_for - each if isinstance(each, timedelta) else target_for * each for each in warn
    )
    return tuple(after for after in found if timedelta() < after < target_for)


def _report(handling: Handling, rule: SlaRule, code: str, message: str) -> None:
    handling.report(rule.clock, stage=STAGE, code=code, message=message, place=rule.place)
