"""Who is on the roster, and are they there?

Pure values, as the org, the shift tables and the daemon's own look at missed targets say.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from ortoo_daemon.records import FieldValue, RecordId

Spans = tuple[tuple[datetime, datetime], ...]
"""Begin and end of each, in order; the end does not belong to it."""


class Sign(StrEnum):
    """What may show that somebody is away, in the order in which it is believed unless told otherwise."""

    FIELDS = "fields"
    CALENDAR = "calendar"
    PRESENCE = "presence"
    SHIFTS = "shifts"
    LOGIN = "login"
    MISSED = "missed"


_RANKING = tuple(Sign)
_AWAY = frozenset({"away", "offline", "out of office"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the roster. ``open_limit`` None means the policy's own limit alone applies.

    Signs of absence beside ``availability`` and ``away_until``: ``leave`` of the calendar, ``present`` by
    Omni-Channel (None: no word), ``off_shift`` by shift tables, ``no_login_at`` and ``missed_at``, since
    when a login is overdue and targets were missed without a sign of life. ``ranking`` is the order in
    which they are believed, empty for that of `Sign`.
    """

    id: RecordId
    name: str
    username: str = ""
    active: bool = True
    rooftop: RecordId | None = None
    role: str | None = None
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    zone: str | None = None
    open_limit: int | None = None
    weight: float = 1.0
    manager: RecordId | None = None
    hours: str | None = None
    language: str | None = None
    availability: str | None = None
    away_until: datetime | None = None
    leave: Spans = ()
    present: bool | None = None
    off_shift: Spans = ()
    no_login_at: datetime | None = None
    missed_at: datetime | None = None
    ranking: tuple[Sign, ...] = ()
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    def away_by(self, now: datetime) -> Sign | None:
        """The sign by which they are away, None for somebody who is there.

        The first in the ranking that says anything is believed: who is online by a sign that ranks above
        the calendar is there.
        """
        if self._shows_nothing:
            return None
        for sign in self.ranking or _RANKING:
            says = self._says(sign, now)
            if says is not None:
                return sign if says else None
        return None

    def is_away(self, now: datetime) -> bool:
        return self.away_by(now) is not None

    def returns_at(self, now: datetime) -> datetime | None:
        """When somebody who is away now will be back; None where nobody knows."""
        later = sorted(at for at in self._turns() if at > now)
        return next((at for at in later if not self.is_away(at)), None)

    def away_spans(self, begin: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """When they are away between two moments, by what is known now."""
        edges = [begin, *sorted({at for at in self._turns() if begin < at < end}), end]
        found: list[tuple[datetime, datetime]] = []
        for one, other in itertools.pairwise(edges):
            if self.is_away(one):
                since = found.pop()[0] if found and found[-1][1] == one else one
                found.append((since, other))
        return found

    def as_if(self, *, away: bool) -> "Person":
        """The same person, away or there whatever the signs say."""
        return replace(
            self,
            availability="Away" if away else None,
            away_until=None,
            leave=(),
            present=None,
            off_shift=(),
            no_login_at=None,
            missed_at=None,
        )

    @property
    def _shows_nothing(self) -> bool:
        """Whether no sign says anything: so it is of nearly everybody, and asked for every record."""
        return (
            self.away_until is None
            and self.present is None
            and self.no_login_at is None
            and self.missed_at is None
            and not self.leave
            and not self.off_shift
            and not _marks_away(self.availability)
        )

    def _says(self, sign: Sign, now: datetime) -> bool | None:
        """Whether the sign shows them away or there; None where it says nothing.

        Own fields mark somebody away until the return time if one is given; a bare return time counts too.
        """
        match sign:
            case Sign.FIELDS:
                if self.away_until is not None:
                    return now < self.away_until or None
                return _marks_away(self.availability) or None
            case Sign.CALENDAR:
                return _within(self.leave, now)
            case Sign.PRESENCE:
                return None if self.present is None else not self.present
            case Sign.SHIFTS:
                return _within(self.off_shift, now)
            case Sign.LOGIN:
                return (self.no_login_at is not None and now >= self.no_login_at) or None
            case Sign.MISSED:
                return (self.missed_at is not None and now >= self.missed_at) or None

    def _turns(self) -> Iterator[datetime]:
        """Moments at which a sign may begin or cease to say that they are away."""
        for spans in (self.leave, self.off_shift):
            for span in spans:
                yield from span
        for at in (self.away_until, self.no_login_at, self.missed_at):
            if at is not None:
                yield at


@lru_cache(maxsize=256)  # the few words of a picklist
def _marks_away(availability: str | None) -> bool:
    return (availability or "").strip().casefold() in _AWAY


def _within(spans: Spans, now: datetime) -> bool | None:
    return any(begins_at <= now < ends_at for begins_at, ends_at in spans) or None
