"""What stands of a record's SLA clocks, of its waits and of those who have had it?

Pure values; what they are written as stands in `action.sla_clocks`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import RecordId


class ClockState(StrEnum):
    """RUNNING: before its target is acted on. VIOLATED: afterwards. The others are ends."""

    RUNNING = "running"
    VIOLATED = "violated"
    STOPPED = "stopped"
    REMOVED = "removed"


_LIVE = frozenset({ClockState.RUNNING, ClockState.VIOLATED})


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaClock:
    """A clock and how far it has come; all instants are aware UTC datetimes.

    ``act_at`` is when the target is acted on, if not at the target itself: an owner who gets a record
    that is late already has the target's time first. ``warned`` counts the warnings that are done with,
    ``steps`` those of ``on_violation``; ``step_at`` is when the next of these is due, ``rounds`` how often
    the last one was taken. ``stopped_at`` is when the clock ended. ``open_for`` (pauses left out) and
    ``elapsed_for`` (pauses and all) are the times from its start until then, of a late one until its last
    step. ``run`` tells clocks of one name apart that were started anew; ``received_at`` is then when the
    first of them began.

    ``paused_at``: it pauses since then; ``paused_for`` is the whole time of the pauses before,
    ``paused_open_for`` the open time of them, ``changes`` how often it was paused, taken up or held back.
    ``holder`` is for whom it runs, where a change of owner starts it anew. ``contacted``: a contact stopped
    it; ``one_way``: none in both directions followed. ``look_at`` is when a contact is looked for next.
    ``acknowledged_at``: no more steps.
    """

    name: str
    started_at: datetime
    target_at: datetime
    warn_at: tuple[datetime, ...] = ()
    hours: str = "24x7"
    state: ClockState = ClockState.RUNNING
    act_at: datetime | None = None
    warned: int = 0
    steps: int = 0
    step_at: datetime | None = None
    stopped_at: datetime | None = None
    open_for: timedelta | None = None
    elapsed_for: timedelta | None = None
    run: int = 1
    received_at: datetime | None = None
    paused_at: datetime | None = None
    paused_for: timedelta = timedelta()
    paused_open_for: timedelta = timedelta()
    changes: int = 0
    rounds: int = 0
    holder: RecordId | None = None
    contacted: bool = False
    one_way: bool = False
    look_at: datetime | None = None
    acknowledged_at: datetime | None = None

    def outline(self) -> dict[str, Any]:
        """What is told of every clock, and kept of it on the record; instants are ISO 8601 in UTC."""
        return {
            "name": self.name,
            "state": self.state.value,
            "started_at": instant_text(self.started_at),
            "target_at": instant_text(self.target_at),
            "warn_at": [instant_text(at) for at in self.warn_at],
            "hours": self.hours,
        }

    @property
    def is_live(self) -> bool:
        return self.state in _LIVE

    def is_late(self, at: datetime) -> bool:
        """Whether the target has passed by a moment; while it pauses, none passes."""
        counted = at if self.paused_at is None else min(at, self.paused_at)
        return self.state is ClockState.VIOLATED or self.target_at <= counted

    @property
    def violation_at(self) -> datetime:
        """When the target is acted on."""
        return self.act_at or self.target_at

    @property
    def next_at(self) -> datetime | None:
        """When the next step is due; None when none is left, or it pauses."""
        if self.paused_at is not None:
            return None
        if self.state is ClockState.STOPPED:
            return self.look_at
        if self.state is ClockState.RUNNING:
            return min((*self.warn_at[self.warned :], self.violation_at))
        return (self.step_at or self.look_at) if self.state is ClockState.VIOLATED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A record waits in a queue for somebody with the wished skills.

    ``rule`` is the name of the rule that lets it wait, ``since`` when that began, ``next_at`` when the next
    wish is dropped and the record is decided again.
    """

    rule: str
    since: datetime
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PastHolder:
    """Somebody from whom a clock took the record, or who ``gave_back`` it, and when."""

    owner: RecordId
    until: datetime
    gave_back: bool = False
