"""Who and what can take work: rooftops, people, queues, and the hours they keep.

A Directory is one immutable reading of the org; the daemon replaces it whole when something changed.
Pure values: nothing here talks to an org.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cached_property
from typing import Any

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.json_text import json_text, written_once
from ortoo_daemon.person import Person, Sign, Spans
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
    def _kept(self) -> dict[RecordId, Any]:
        return {}

    def as_kept(self, person: Person) -> Any:
        """The person as a part of JSON, which `person_of` reads again; written once in the life of the
        directory."""
        found = self._kept.get(person.id)
        if found is None:
            found = self._kept[person.id] = written_once(_values(person))
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
