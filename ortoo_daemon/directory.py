"""Who and what can take work: rooftops, people, queues, and the hours they keep.

A Directory is one immutable reading of the org; the daemon replaces it whole when something changed.
Pure values: nothing here talks to an org.
"""

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.json_text import json_text
from ortoo_daemon.records import FieldValue, RecordId, record_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooftop:
    """One physical dealer site, an Account. ``tags`` are the names the directory file binds to fields."""

    id: RecordId
    name: str
    brands: frozenset[str] = frozenset()
    region: str | None = None
    group: RecordId | None = None
    country: str | None = None
    postal_code: str | None = None
    point: Point | None = None
    hours: str | None = None
    code: str | None = None
    tags: Mapping[str, FieldValue] = field(default_factory=dict)
    fields: Mapping[str, FieldValue] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A Group of type Queue. Assignment works only for the objects it lists (QueueSobject)."""

    id: RecordId
    name: str
    label: str
    objects: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Directory:
    """One reading of the org's rooftops, people, queues and business hours, with the indexes rules need.

    Names are matched without case: brands by ``casefold``, queues by DeveloperName.
    """

    rooftops: Mapping[RecordId, Rooftop] = field(default_factory=dict)
    people: Mapping[RecordId, Person] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    hours: Mapping[str, BusinessHours] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        *,
        rooftops: Iterable[Rooftop] = (),
        people: Iterable[Person] = (),
        queues: Iterable[Queue] = (),
        hours: Mapping[str, BusinessHours] | None = None,
    ) -> "Directory":
        """Index plain lists by id (people, rooftops) and DeveloperName (queues)."""
        return cls(
            rooftops={r.id: r for r in rooftops},
            people={p.id: p for p in people},
            queues={q.name: q for q in queues},
            hours=dict(hours or {}),
        )

    @cached_property
    def people_by_rooftop(self) -> Mapping[RecordId | None, tuple[Person, ...]]:
        """People of each rooftop in id order; key None holds those of no rooftop (desks)."""
        found: dict[RecordId | None, list[Person]] = defaultdict(list)
        for person in sorted(self.people.values(), key=lambda p: p.id):
            found[person.rooftop].append(person)
        return {rooftop: tuple(people) for rooftop, people in found.items()}

    @cached_property
    def rooftops_in_order(self) -> tuple[Rooftop, ...]:
        """All rooftops in id order."""
        return tuple(sorted(self.rooftops.values(), key=lambda rooftop: rooftop.id))

    @cached_property
    def rooftops_by_brand(self) -> Mapping[str, tuple[Rooftop, ...]]:
        """Rooftops holding each brand (casefolded), in id order."""
        found: dict[str, list[Rooftop]] = defaultdict(list)
        for rooftop in sorted(self.rooftops.values(), key=lambda r: r.id):
            for brand in rooftop.brands:
                found[brand.casefold()].append(rooftop)
        return {brand: tuple(rooftops) for brand, rooftops in found.items()}

    @cached_property
    def people_by_username(self) -> Mapping[str, Person]:
        """People by login name, casefolded."""
        return {p.username.casefold(): p for p in self.people.values() if p.username}

    @cached_property
    def rooftops_by_code(self) -> Mapping[str, Rooftop]:
        """Rooftops by the code territory files use, casefolded; names count too where they are unique."""
        by_name: dict[str, list[Rooftop]] = defaultdict(list)
        for rooftop in self.rooftops.values():
            by_name[rooftop.name.casefold()].append(rooftop)
        found = {name: sites[0] for name, sites in by_name.items() if len(sites) == 1}
        found |= {r.code.casefold(): r for r in self.rooftops.values() if r.code}
        return found

    def rooftop_named(self, text: str) -> Rooftop | None:
        """The rooftop an id (15 or 18 characters), a dealer code or a unique name means."""
        name = text.strip()
        found = self.rooftops.get(RecordId(name))
        if found is None and len(name) == 15 and name.isascii() and name.isalnum():
            found = self.rooftops.get(record_id(name))
        return found or self.rooftops_by_code.get(name.casefold())

    @cached_property
    def _kept(self) -> dict[RecordId, Mapping[str, Any]]:
        return {}

    def as_kept(self, person: Person) -> Mapping[str, Any]:
        """The person as `person_of` reads it again; put together once in the life of the directory."""
        found = self._kept.get(person.id)
        if found is None:
            found = self._kept[person.id] = _values(person)
        return found

    @cached_property
    def _prints(self) -> dict[RecordId, str]:
        return {}

    def fingerprint(self, rooftop: Rooftop) -> str:
        """Eight hex digits that change with anything that is known of the rooftop."""
        found = self._prints.get(rooftop.id)
        if found is None:
            text = json_text(_values(rooftop))
            found = self._prints[rooftop.id] = hashlib.sha256(text.encode()).hexdigest()[:8]
        return found


def person_of(kept: Mapping[str, Any]) -> Person:
    """The person whom `Directory.as_kept` wrote. Raises TypeError for what is none."""
    read: dict[str, Any] = {
        **{name: frozenset(kept[name]) for name in ("skills", "languages") if name in kept},
        **{name: instant(kept.get(name)) for name in ("away_until", "no_login_at", "missed_at")},
        **{name: _spans_of(kept.get(name, ())) for name in ("leave", "off_shift")},
        "ranking": tuple(map(Sign, kept.get("ranking", ()))),
    }
    return Person(**{**kept, **read})


def _spans_of(kept: Iterable[Any]) -> Spans:
    """Spans as they were kept: pairs of ISO 8601 moments."""
    read = ((instant(begins_at), instant(ends_at)) for begins_at, ends_at in kept)
    return tuple((one, other) for one, other in read if one is not None and other is not None)


def _values(entry: Person | Rooftop) -> dict[str, Any]:
    """As JSON values; what is empty is left out, sets are sorted."""
    named = ((each.name, getattr(entry, each.name)) for each in fields(entry))
    return {
        name: _plain(value) for name, value in named if value not in (None, "", {}, (), frozenset())
    }


def _plain(value: object) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Point):
        return [value.latitude, value.longitude]
    if isinstance(value, Mapping):
        return dict(sorted(value.items()))
    return instant_text(value) if isinstance(value, datetime) else value
