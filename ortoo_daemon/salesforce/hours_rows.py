"""When is whom open, by the org's Business Hours and Holidays and by the directory file? Pure.

Hours stand in the directory under several keys: the record's id, the name, and one for each set of places
whose closed days apply (``01m...@FR,FR-57``): a country, a region, a rooftop's own code.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule

from ortoo_daemon.calendars import BusinessHours, ClosedPart, Window
from ortoo_daemon.salesforce.hours_mapping import (
    ClosedDaysMapping,
    HoursMapping,
    public_holidays,
    zone_of,
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS_FIELDS = (
    "Id",
    "Name",
    "IsActive",
    "TimeZoneSidKey",
    *(f"{day}{edge}Time" for day in DAYS for edge in ("Start", "End")),
)
HOLIDAY_FIELDS = (
    "Id",
    "Name",
    "ActivityDate",
    "IsAllDay",
    "StartTimeInMinutes",
    "EndTimeInMinutes",
    "IsRecurrence",
    "RecurrenceType",
    "RecurrenceStartDate",
    "RecurrenceEndDateOnly",
    "RecurrenceInterval",
    "RecurrenceDayOfMonth",
    "RecurrenceDayOfWeekMask",
    "RecurrenceInstance",
    "RecurrenceMonthOfYear",
)
_DAY_IN_MINUTES = 1440
_YEARS_BEFORE, _YEARS_AFTER = 2, 13
"""From the decade's first: clocks look two years ahead at most, and measure what began before."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_INSTANCES = {"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDays:
    """Whole days that a place is closed, and parts of further ones."""

    days: frozenset[date] = frozenset()
    parts: frozenset[ClosedPart] = frozenset()

    def together(self, other: "ClosedDays") -> "ClosedDays":
        return ClosedDays(days=self.days | other.days, parts=self.parts | other.parts)


def years_around(year: int) -> tuple[int, ...]:
    """The years whose closed days are put down in a reading of that year: the same for a decade, so that
    a directory that was kept stays comparable."""
    decade = year - year % 10
    return tuple(range(decade - _YEARS_BEFORE, decade + _YEARS_AFTER))


def closed_days(
    places: Mapping[str, ClosedDaysMapping],
    holiday_rows: Iterable[Mapping[str, Any]],
    years: tuple[int, ...],
) -> dict[str, ClosedDays]:
    """Closed days of every place of the file, by its name."""
    of_org: dict[str, ClosedDays] = {}
    for row in holiday_rows:
        found = of_org.get(row["Name"], ClosedDays())
        of_org[row["Name"]] = found.together(_holiday(row, years))
    return {name: _closed(place, of_org, years) for name, place in places.items()}


def _closed(
    place: ClosedDaysMapping, of_org: Mapping[str, ClosedDays], years: tuple[int, ...]
) -> ClosedDays:
    found = ClosedDays(days=place.also)
    if place.public is not None:
        public = public_holidays(place.public, tuple(place.categories), years)
        found = found.together(ClosedDays(days=public))
    for name in place.org:
        found = found.together(of_org.get(name, ClosedDays()))
    parts = (part for part in found.parts if part[0] not in place.open)
    return ClosedDays(days=found.days - place.open, parts=frozenset(parts))


def hours_key(hours: str, places: Iterable[str | None], closed: Mapping[str, ClosedDays]) -> str:
    """The name under which hours stand in the directory with the closed days of these places."""
    known = [place for place in places if place and place in closed]
    return f"{hours}@{','.join(known)}" if known else hours


def all_hours(
    rows: Iterable[Mapping[str, Any]],
    named: Mapping[str, HoursMapping],
    keys: Iterable[str | None],
    closed: Mapping[str, ClosedDays],
) -> dict[str, BusinessHours]:
    """Active hours by record id and by name, and by every `hours_key` that somebody uses.

    Hours of the file stand before those of the org that have the same name.
    """
    found: dict[str, BusinessHours] = {}
    for row in rows:
        if row.get("IsActive") and (hours := _of_row(row)) is not None:
            found[row["Id"]] = hours
            found.setdefault(hours.name, hours)
    found |= {name: _of_file(name, mapping, closed) for name, mapping in named.items()}
    for key in {key for key in keys if key and "@" in key}:
        base, _, places = key.rpartition("@")
        if base in found:
            found[key] = _closing(found[base], (closed[place] for place in places.split(",")))
    return found


def _of_file(name: str, mapping: HoursMapping, closed: Mapping[str, ClosedDays]) -> BusinessHours:
    week = BusinessHours(
        name=name, zone=mapping.zone, windows=mapping.windows(), closed=mapping.closed
    )
    return _closing(week, (closed[place] for place in mapping.holidays))


def _closing(hours: BusinessHours, closed: Iterable[ClosedDays]) -> BusinessHours:
    whole = ClosedDays(days=hours.closed, parts=hours.closed_parts)
    for each in closed:
        whole = whole.together(each)
    return replace(hours, closed=whole.days, closed_parts=whole.parts)


def _of_row(row: Mapping[str, Any]) -> BusinessHours | None:
    """None when the time zone is not one this machine knows."""
    zone = row.get("TimeZoneSidKey") or "UTC"
    if zone_of(zone) is None:
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


def _holiday(row: Mapping[str, Any], years: tuple[int, ...]) -> ClosedDays:
    days = frozenset(_recurring(row, years) if row.get("IsRecurrence") else _single(row))
    start, end = row.get("StartTimeInMinutes"), row.get("EndTimeInMinutes")
    if row.get("IsAllDay") or start is None or end is None:
        return ClosedDays(days=days)
    first, last = int(start), int(end) or _DAY_IN_MINUTES
    if not 0 <= first < last <= _DAY_IN_MINUTES:
        return ClosedDays(days=days)
    return ClosedDays(parts=frozenset((day, first, last) for day in days))


def _single(row: Mapping[str, Any]) -> Iterator[date]:
    if row.get("ActivityDate"):
        yield date.fromisoformat(row["ActivityDate"])


def _recurring(row: Mapping[str, Any], years: tuple[int, ...]) -> Iterator[date]:
    """Days on which it comes again, within the years; of one without a beginning, none."""
    begins = row.get("RecurrenceStartDate") or row.get("ActivityDate")
    rule = _RULES.get(str(row.get("RecurrenceType")))
    if not begins or rule is None:
        return
    first, ends = date.fromisoformat(begins), row.get("RecurrenceEndDateOnly")
    last = date(years[-1], 12, 31)
    if ends:
        last = min(last, date.fromisoformat(ends))
    days = rrule(
        rule,
        dtstart=datetime.combine(first, time()),
        until=datetime.combine(last, time()),
        interval=max(int(row.get("RecurrenceInterval") or 1), 1),
        **_on(row),
    )
    yield from (moment.date() for moment in days if moment.year >= years[0])


_RULES = {
    "RecursDaily": DAILY,
    "RecursEveryWeekday": WEEKLY,
    "RecursWeekly": WEEKLY,
    "RecursMonthly": MONTHLY,
    "RecursMonthlyNth": MONTHLY,
    "RecursYearly": YEARLY,
    "RecursYearlyNth": YEARLY,
}


def _on(row: Mapping[str, Any]) -> dict[str, Any]:
    """On which days of the period, as dateutil names them."""
    found: dict[str, Any] = {}
    kind = row["RecurrenceType"]
    weekdays = _masked(int(row.get("RecurrenceDayOfWeekMask") or 0))
    if kind == "RecursEveryWeekday":
        weekdays = list(range(5))
    if kind.startswith("RecursYearly") and row.get("RecurrenceMonthOfYear") in _MONTHS:
        found["bymonth"] = _MONTHS.index(row["RecurrenceMonthOfYear"]) + 1
    if kind.endswith("Nth"):
        found["byweekday"] = weekdays or list(range(7))
        found["bysetpos"] = _INSTANCES.get(str(row.get("RecurrenceInstance")), 1)
    elif kind in ("RecursWeekly", "RecursEveryWeekday"):
        found["byweekday"] = weekdays or None
    elif kind != "RecursDaily" and row.get("RecurrenceDayOfMonth"):
        found["bymonthday"] = int(row["RecurrenceDayOfMonth"])
    return found


def _masked(mask: int) -> list[int]:
    """Weekdays (Monday is 0) of the org's mask, in which Sunday is 1 and Saturday 64."""
    return [(bit - 1) % 7 for bit in range(7) if mask & (1 << bit)]
