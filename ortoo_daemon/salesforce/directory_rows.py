"""How does a row of the org become a rooftop, a person, or opening hours? Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from ortoo_daemon.calendars import BusinessHours, Window
from ortoo_daemon.countries import country_code
from ortoo_daemon.directory import Person, Point, Rooftop
from ortoo_daemon.instants import instant
from ortoo_daemon.records import FieldValue, RecordId, record_id
from ortoo_daemon.salesforce.directory_mapping import DirectoryMapping, PersonMapping

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS_FIELDS = (
    "Id",
    "Name",
    "IsActive",
    "TimeZoneSidKey",
    *(f"{day}{edge}Time" for day in DAYS for edge in ("Start", "End")),
)
_DAY_IN_MINUTES = 1440


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
    """One site. Its hours are named by `hours_key`, so that closed days of its place count."""
    m = mapping.rooftops
    region, country = sharing.of(_text(row, m.region)), sharing.of(_country(row, m.country))
    hours = _id(row, m.hours)
    return Rooftop(
        id=sharing.of(record_id(row["Id"])),
        name=_text(row, m.name) or row["Id"],
        brands=sharing.of(_set(row, m.brand)),
        region=region,
        group=sharing.of(_id(row, m.group)),
        country=country,
        postal_code=_text(row, m.postal_code),
        point=_point(row, m.at),
        hours=hours_key(hours, country, region, mapping.holidays) if hours else None,
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
        hours=sharing.of(_id(row, m.hours)),
        availability=sharing.of(_text(row, availability)),
        away_until=instant(row.get(away_until)) if away_until else None,
        fields=sharing.fields(row),
    )


def hours_key(
    hours: str,
    country: str | None,
    region: str | None,
    holidays: Mapping[str, frozenset[date]],
) -> str:
    """The name under which a rooftop's hours stand in the directory.

    The record's id; with the places whose closed days apply (``01m...@FR,FR-57``) where there are some.
    """
    places = [place for place in (country, region) if place and place in holidays]
    return f"{hours}@{','.join(places)}" if places else hours


def business_hours(
    rows: Iterable[Mapping[str, Any]],
    sites: Iterable[Rooftop],
    holidays: Mapping[str, frozenset[date]],
) -> dict[str, BusinessHours]:
    """Active hours by record id, by name, and by every `hours_key` that a rooftop uses."""
    found: dict[str, BusinessHours] = {}
    for row in rows:
        if row.get("IsActive") and (hours := _hours(row)) is not None:
            found[record_id(row["Id"])] = hours
            found.setdefault(hours.name, hours)
    for key in {site.hours for site in sites if site.hours and "@" in site.hours}:
        base, _, places = key.partition("@")
        if base in found:
            closed = frozenset().union(*(holidays[place] for place in places.split(",")))
            plain = found[base]
            found[key] = BusinessHours(
                name=plain.name, zone=plain.zone, windows=plain.windows, closed=closed
            )
    return found


def _hours(row: Mapping[str, Any]) -> BusinessHours | None:
    """None when the time zone is not one this machine knows."""
    zone = row.get("TimeZoneSidKey") or "UTC"
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        return None
    windows = tuple(_windows(row.get(f"{day}StartTime"), row.get(f"{day}EndTime")) for day in DAYS)
    return BusinessHours(name=row["Name"], zone=zone, windows=windows)


def _windows(start: str | None, end: str | None) -> tuple[Window, ...]:
    """Empty times mean closed; a closing at or before the opening lies on the next day."""
    if start is None or end is None:
        return ()
    opening, closing = _minutes(start), _minutes(end)
    return ((opening, closing if closing > opening else closing + _DAY_IN_MINUTES),)


def _minutes(text: str) -> int:
    """From ``08:30:00.000Z``; the Z means nothing, the time is local to the hours' own zone."""
    hour, minute = text.split(":")[:2]
    return int(hour) * 60 + int(minute)


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
