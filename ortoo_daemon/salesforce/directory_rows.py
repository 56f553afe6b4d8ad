"""How does a row of the org become a rooftop or a person, and whose hours are which? Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from ortoo_daemon.countries import country_code
from ortoo_daemon.directory import Point, Rooftop
from ortoo_daemon.instants import instant
from ortoo_daemon.person import Person
from ortoo_daemon.records import FieldValue, RecordId, record_id
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping, PersonMapping
from ortoo_daemon.salesforce.hours_rows import ClosedDays, hours_key


class RowFields(Mapping[str, FieldValue]):
    """A row as it was read, in a third of a dict's room: rows of one query share their names."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: Mapping[str, int], values: tuple[FieldValue, ...]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, name: str) -> FieldValue:
        return self._values[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


class Sharing:
    """Gives out one object for equal values of a type: 20,000 people repeat the same few roles and sets."""

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}
        self._places: dict[tuple[str, ...], Mapping[str, int]] = {}

    def of(self, value: Any) -> Any:
        return self._known.setdefault((type(value), value), value)

    def fields(self, row: Mapping[str, Any]) -> RowFields:
        """The whole row, its names and values shared."""
        names = tuple(row)
        places = self._places.get(names)
        if places is None:
            places = self._places[names] = {name: place for place, name in enumerate(names)}
        return RowFields(places, tuple(map(self.of, row.values())))


def rooftop(row: Mapping[str, Any], mapping: DirectoryMapping, sharing: Sharing) -> Rooftop:
    """One site."""
    m = mapping.rooftops
    region, country = sharing.of(_text(row, m.region)), sharing.of(_country(row, m.country))
    return Rooftop(
        id=sharing.of(record_id(row["Id"])),
        name=_text(row, m.name) or row["Id"],
        brands=sharing.of(_set(row, m.brand)),
        region=region,
        group=sharing.of(_id(row, m.group)),
        country=country,
        postal_code=_text(row, m.postal_code),
        point=_point(row, m.at),
        hours=sharing.of(_hours(row, m.hours)),
        code=_text(row, m.code),
        tags={tag: row.get(field) for tag, field in m.tags.items()},
        fields=sharing.fields(row),
    )


def person(row: Mapping[str, Any], m: PersonMapping, sharing: Sharing) -> Person:
    """One user. A weight in percent becomes a share of 1; nonsense in a number field counts as empty."""
    limit, weight = _number(row, m.open_limit), _number(row, m.weight)
    availability, away_until = m.away or (None, None)
    return Person(
        id=sharing.of(record_id(row["Id"])),
        name=_text(row, m.name) or row["Id"],
        username=_text(row, m.username) or "",
        active=bool(row.get(m.active)),
        rooftop=sharing.of(_id(row, m.rooftop)),
        role=sharing.of(_text(row, m.role)),
        skills=sharing.of(_set(row, m.skills)),
        languages=sharing.of(_set(row, m.languages)),
        zone=sharing.of(_text(row, m.zone)),
        open_limit=None if limit is None else int(limit),
        weight=1.0 if weight is None else max(weight, 0.0) / 100,
        manager=sharing.of(_id(row, m.manager)),
        hours=sharing.of(_hours(row, m.hours)),
        language=sharing.of(_text(row, m.language)),
        availability=sharing.of(_text(row, availability)),
        away_until=instant(row.get(away_until)) if away_until else None,
        fields=sharing.fields(row),
    )


def keeps_hours(
    people: Iterable[Person],
    sites: Iterable[Rooftop],
    mapping: DirectoryMapping,
    closed: Mapping[str, ClosedDays],
) -> tuple[list[Person], list[Rooftop]]:
    """The same people and sites, each with the `hours_key` of the hours they keep.

    What the file says of one person or site comes before the org's field. A person without hours of their
    own keeps those of their team, and without these the site's (None).
    """
    kept = KeptHours(mapping, closed)
    of_sites = [_with_hours(site, kept.of_site(site)) for site in sites]
    by_id = {site.id: site for site in of_sites}
    of_people = []
    for person in people:
        site = by_id.get(person.rooftop) if person.rooftop else None
        of_people.append(_with_hours(person, kept.of_person(person, site)))
    return of_people, of_sites


_Kept = TypeVar("_Kept", Person, Rooftop)


def _with_hours(entry: _Kept, hours: str | None) -> _Kept:
    return entry if hours == entry.hours else replace(entry, hours=hours)


class KeptHours:
    """Who keeps which hours, by the file's ``for`` and by the org's fields."""

    def __init__(self, mapping: DirectoryMapping, closed: Mapping[str, ClosedDays]) -> None:
        self._closed = closed
        self._by: dict[tuple[str, str, str], str] = {}
        for name, hours in mapping.hours.items():
            for each in hours.kept_by:
                asked = (each.rooftop or "", each.role or "", each.person or "")
                self._by.setdefault(tuple(map(str.casefold, asked)), name)  # type: ignore[arg-type]

    def of_site(self, site: Rooftop) -> str | None:
        own = self._at(site, "") or site.hours
        return own and self._closing(own, site)

    def of_person(self, person: Person, site: Rooftop | None) -> str | None:
        role = (person.role or "").casefold()
        own = self._by.get(("", "", person.username.casefold())) or person.hours
        if own is None and role:
            own = (self._at(site, role) if site else None) or self._by.get(("", role, ""))
        return own and self._closing(own, site)

    def _at(self, site: Rooftop, role: str) -> str | None:
        names = (site.code or "", site.id, site.name)
        found = (self._by.get((name.casefold(), role, "")) for name in names if name)
        return next((name for name in found if name is not None), None) if self._by else None

    def _closing(self, hours: str, site: Rooftop | None) -> str:
        places = (site.country, site.region, site.code) if site else ()
        return hours_key(hours, places, self._closed)


def _text(row: Mapping[str, Any], field: str | None) -> str | None:
    value = row.get(field) if field else None
    return str(value).strip() or None if value is not None else None


def _country(row: Mapping[str, Any], field: str | None) -> str | None:
    """The ISO code where the text is a country known by code or name, else the text."""
    text = _text(row, field)
    return (country_code(text) or text) if text else None


def _set(row: Mapping[str, Any], field: str | None) -> frozenset[str]:
    text = _text(row, field) or ""
    return frozenset(part.strip() for part in text.split(";") if part.strip())


def _id(row: Mapping[str, Any], field: str | None) -> RecordId | None:
    """A lookup's id, or one kept as text; text that is no id counts as empty."""
    text = _text(row, field)
    try:
        return record_id(text) if text else None
    except ValueError:
        return None


def _hours(row: Mapping[str, Any], field: str | None) -> str | None:
    """A lookup's id, or the name of hours."""
    return _id(row, field) or _text(row, field)


def _number(row: Mapping[str, Any], field: str | None) -> float | None:
    value = row.get(field) if field else None
    return float(value) if isinstance(value, int | float) else None


def _point(row: Mapping[str, Any], fields: tuple[str, str] | None) -> Point | None:
    if fields is None:
        return None
    latitude, longitude = (_number(row, field) for field in fields)
    if latitude is None or longitude is None:
        return None
    return Point(latitude=latitude, longitude=longitude)
