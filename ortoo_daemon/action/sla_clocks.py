"""How are a record's clocks kept on the record itself, so that nothing but the org need know of them?

``Ortoo_SLA_Clocks__c`` holds ``{"v": 1, "clocks": [...], "trail": [...], "routed_at": ...}``. A clock is
``name``, ``state``, ``started_at``, ``target_at``, ``warn_at`` (a list) and ``hours``, and as far as it has
come ``act_at``, ``warned``, ``steps``, ``rounds``, ``step_at``, ``stopped_at``, ``open_s``, ``elapsed_s``,
``run``, ``received_at``, ``paused_at``, ``paused_s``, ``paused_open_s``, ``changes``, ``holder``,
``contacted``, ``one_way``, ``look_at`` and ``acknowledged_at``; what is none or nought is left out. The
trail is ``{"owner", "until"}``, with ``"gave_back": true`` of those who gave it back, oldest first. A
record that waits for wished skills has
``"waiting": {"rule", "since", "next_at"}``. Instants are ISO 8601 in UTC, lengths are seconds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from ortoo_daemon.clocks import ClockState, PastHolder, SlaClock, Waiting
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.json_text import json_text
from ortoo_daemon.records import FieldValue, RecordId

MOST_IN_TRAIL = 20
"""So many past holders are kept, the latest ones."""

_INSTANTS = (
    *("act_at", "step_at", "stopped_at"),
    *("received_at", "paused_at", "look_at", "acknowledged_at"),
)
_LENGTHS = {"open_for": "open_s", "elapsed_for": "elapsed_s"}
_PAUSES = {"paused_for": "paused_s", "paused_open_for": "paused_open_s"}
_FLAGS = ("contacted", "one_way")
_COUNTS = ("warned", "steps", "rounds", "changes")
_instants_of, _counts_of = attrgetter(*_INSTANTS), attrgetter(*_COUNTS)

_OUTLINE = frozenset({"name", "state", "started_at", "target_at", "warn_at", "hours"})
_PROGRESS = tuple(each for each in fields(SlaClock) if each.name not in _OUTLINE)
_progress_of = attrgetter(*(each.name for each in _PROGRESS))
_NO_PROGRESS = tuple(each.default for each in _PROGRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaStamp:
    """What the field says. ``routed_at``: when the record was routed, if a clock's step came after it.

    ``waiting``: the record waits in a queue for somebody with the wished skills.
    """

    clocks: tuple[SlaClock, ...] = ()
    trail: tuple[PastHolder, ...] = ()
    routed_at: datetime | None = None
    waiting: Waiting | None = None

    @property
    def live(self) -> tuple[SlaClock, ...]:
        return tuple(clock for clock in self.clocks if clock.is_live)

    @property
    def next_at(self) -> datetime | None:
        """When the next step of all clocks is due, or of the wait."""
        moments = [at for clock in self.clocks if (at := clock.next_at) is not None]
        if self.waiting is not None:
            moments.append(self.waiting.next_at)
        return min(moments, default=None)

    def named(self, name: str) -> SlaClock | None:
        return next((clock for clock in self.clocks if clock.name == name), None)


NO_CLOCKS = SlaStamp()


def stamp_text(stamp: SlaStamp) -> str:
    """The field's text."""
    saved: dict[str, Any] = {"v": 1, "clocks": [_saved(clock) for clock in stamp.clocks]}
    if stamp.trail:
        saved["trail"] = [_saved_past(past) for past in stamp.trail[-MOST_IN_TRAIL:]]
    if stamp.routed_at is not None:
        saved["routed_at"] = instant_text(stamp.routed_at)
    if stamp.waiting is not None:
        waiting = stamp.waiting
        moments = {"since": instant_text(waiting.since), "next_at": instant_text(waiting.next_at)}
        saved["waiting"] = {"rule": waiting.rule} | moments
    return json_text(saved)


def read_stamp(value: FieldValue) -> SlaStamp:
    """What the field says; no clocks where it is empty or not a text of this program's."""
    try:
        saved: Any = json.loads(str(value)) if value else None
        if not saved or saved["v"] != 1:
            return NO_CLOCKS
        return SlaStamp(
            clocks=tuple(_clock(entry) for entry in saved["clocks"]),
            trail=tuple(_past(entry) for entry in saved.get("trail", ())),
            routed_at=instant(saved.get("routed_at")),
            waiting=_waiting(saved.get("waiting")),
        )
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return NO_CLOCKS  # numbers and nesting that nothing of this program's writes


def _saved(clock: SlaClock) -> dict[str, Any]:
    saved = clock.outline()
    if _progress_of(clock) == _NO_PROGRESS:
        return saved  # most clocks are written when they have just begun
    for name, at in zip(_INSTANTS, _instants_of(clock), strict=True):
        if at is not None:
            saved[name] = instant_text(at)
    for name, key in _LENGTHS.items():
        length = getattr(clock, name)
        if length is not None:
            saved[key] = round(length.total_seconds())
    for name, key in _PAUSES.items():
        length = getattr(clock, name)
        if length and (paused := round(length.total_seconds())):
            saved[key] = paused
    counts = zip(_COUNTS, _counts_of(clock), strict=True)
    saved |= {name: count for name, count in counts if count}
    if clock.holder:
        saved["holder"] = clock.holder
    for name in _FLAGS:
        if getattr(clock, name):
            saved[name] = True
    if clock.run != 1:
        saved["run"] = clock.run
    return saved


def _clock(entry: Mapping[str, Any]) -> SlaClock:
    known: dict[str, Any] = {name: instant(entry.get(name)) for name in _INSTANTS}
    known |= {name: _length(entry, key) for name, key in _LENGTHS.items()}
    known |= {name: _length(entry, key) or timedelta() for name, key in _PAUSES.items()}
    known |= {name: int(entry.get(name, 0)) for name in _COUNTS}
    known |= {name: entry.get(name) is True for name in _FLAGS}
    return SlaClock(
        name=str(entry["name"]),
        state=ClockState(entry.get("state", "running")),
        started_at=_instant(entry["started_at"]),
        target_at=_instant(entry["target_at"]),
        warn_at=tuple(_instant(at) for at in entry.get("warn_at", ())),
        hours=str(entry.get("hours", "24x7")),
        run=int(entry.get("run", 1)),
        holder=RecordId(str(entry["holder"])) if entry.get("holder") else None,
        **known,
    )


def _length(entry: Mapping[str, Any], key: str) -> timedelta | None:
    return timedelta(seconds=entry[key]) if key in entry else None


def _saved_past(past: PastHolder) -> dict[str, Any]:
    saved: dict[str, Any] = {"owner": past.owner, "until": instant_text(past.until)}
    return saved | {"gave_back": True} if past.gave_back else saved


def _past(entry: Mapping[str, Any]) -> PastHolder:
    return PastHolder(
        owner=RecordId(str(entry["owner"])),
        until=_instant(entry["until"]),
        gave_back=entry.get("gave_back") is True,
    )


def _waiting(entry: Mapping[str, Any] | None) -> Waiting | None:
    if entry is None:
        return None
    since, next_at = _instant(entry["since"]), _instant(entry["next_at"])
    return Waiting(rule=str(entry["rule"]), since=since, next_at=next_at)


def _instant(value: FieldValue) -> datetime:
    found = instant(value)
    if found is None:
        raise ValueError(f"{value!r} is no datetime")
    return found
