"""What may the directory file say about opening hours and closed days? Its ``hours`` and ``holidays``.

Names and days are checked here as far as that needs no org.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ortoo_daemon.calendars import Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS = 366
"""A span of closed days is no longer."""

_SPAN = re.compile(r"(\d\d):(\d\d)\s*-\s*(\d\d):(\d\d)")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _days(value: object) -> object:
    """A list of days and of spans ``2026-08-01 .. 2026-08-15``, both days included."""
    if not isinstance(value, list | set | frozenset):
        raise ValueError("is a list of days (2026-12-24) and spans (2026-08-01 .. 2026-08-15)")
    return frozenset(day for item in value for day in _span_of_days(item))


def _span_of_days(item: object) -> Iterator[date]:
    if isinstance(item, date):
        yield item
        return
    first_text, _, last_text = str(item).partition("..")
    try:
        first = date.fromisoformat(first_text.strip())
        last = date.fromisoformat(last_text.strip()) if last_text else first
    except ValueError:
        raise ValueError(f"{item!r} is no day; write 2026-12-24, or first .. last") from None
    if not timedelta(0) <= last - first < timedelta(days=MOST_DAYS):
        raise ValueError(f"{item!r} is no span of 1 to {MOST_DAYS} days")
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


Days = Annotated[frozenset[date], BeforeValidator(_days, json_schema_input_type=list[str])]


class ClosedDaysMapping(_Model):
    """Closed days of a place: ``public`` holidays of a country or region (``DE-BY``) by its calendar, with
    further ``categories`` of them; ``org``: names of the org's Holiday records; ``also`` and ``open`` are
    days beside and nevertheless.
    """

    public: str | None = None
    categories: list[str] = []
    org: list[str] = []
    also: Days = frozenset()
    open: Days = frozenset()

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.public is not None:
            public_holidays(self.public, tuple(self.categories), (2026,))
        elif self.categories:
            raise ValueError("'categories' are of public holidays: add public: COUNTRY")
        return self


def _closed(value: object) -> object:
    return {"also": value} if isinstance(value, list | set | frozenset) else value


ClosedDaysOfPlace = Annotated[
    ClosedDaysMapping,
    BeforeValidator(_closed, json_schema_input_type=ClosedDaysMapping | list[str]),
]


@lru_cache(maxsize=512)
def public_holidays(
    place: str, categories: tuple[str, ...], years: tuple[int, ...]
) -> frozenset[date]:
    """Public holidays of ``FR`` or ``DE-BY``. Raises ValueError for a place or category not known."""
    import holidays  # 100 ms and 7 MB in the daemon, for those who ask for them only

    country, _, region = place.partition("-")
    try:
        found = holidays.country_holidays(
            country,
            subdiv=region or None,
            years=years,
            categories=("public", *categories) if categories else None,
        )
    except (NotImplementedError, ValueError) as error:
        raise ValueError(f"no public holidays are known of {place!r}: {error}") from error
    return frozenset(found)


class HoursOf(_Model):
    """Who keeps hours: everybody at a rooftop (and the rooftop itself), those of a role at it, those of a
    role anywhere, or one person. Rooftops by code, name or id, people by username."""

    rooftop: str | None = None
    role: str | None = None
    person: str | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.person is None) == (self.rooftop is None and self.role is None):
            raise ValueError("name {rooftop: …}, {rooftop: …, role: …}, {role: …} or {person: …}")
        return self


def _windows(value: object) -> object:
    """``08:30-12:00``, several of them, or ``closed``."""
    items = value if isinstance(value, list) else [value]
    if items == ["closed"]:
        return ()
    return tuple(_window(item) for item in items)


def _window(item: object) -> Window:
    """A closing at or before the opening is on the next day: ``00:00-00:00`` is all of a day."""
    found = _SPAN.fullmatch(str(item).strip())
    hours = [int(part) for part in found.groups()] if found else []
    if not hours or any(part > 59 for part in hours[1::2]):
        raise ValueError(f"{item!r} is no time of opening; write 08:30-12:00, or closed")
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if start >= 1440 or end > 1440:
        raise ValueError(f"{item!r}: a day has 24 hours; a night is written 22:00-06:00")
    return start, end if end > start else end + 1440


Windows = Annotated[
    tuple[Window, ...], BeforeValidator(_windows, json_schema_input_type=str | list[str])
]


class HoursMapping(_Model):
    """Hours of a week in a time zone. ``week`` names days (``mon``, ``mon-fri``); those not named are closed.

    ``closed`` are days of these hours alone, ``holidays`` places of the file's ``holidays``; ``for`` is who
    keeps the hours.
    """

    zone: str
    week: dict[str, Windows]
    closed: Days = frozenset()
    holidays: list[str] = []
    kept_by: list[HoursOf] = Field(default=[], alias="for")

    @model_validator(mode="before")
    @classmethod
    def _zone_is_known(cls, value: Any) -> Any:
        zone = value.get("zone") if isinstance(value, dict) else None
        if isinstance(zone, str) and zone not in available_timezones():
            raise ValueError(f"{zone!r} is no time zone; write for example Europe/Paris")
        return value

    @model_validator(mode="after")
    def _days_are_known(self) -> Self:
        seen: set[int] = set()
        for name in self.week:
            days = _weekdays(name)
            if seen & days:
                raise ValueError(f"{name!r}: a day of it is named twice")
            seen |= days
        return self

    def windows(self) -> tuple[tuple[Window, ...], ...]:
        """Of each weekday, Monday first."""
        week: list[tuple[Window, ...]] = [()] * 7
        for name, windows in self.week.items():
            for day in _weekdays(name):
                week[day] = windows
        return tuple(week)


def _weekdays(name: str) -> set[int]:
    """Numbers of ``sat``, ``mon-fri`` or ``daily``; a span may run over the week's end (``fri-mon``)."""
    first, _, last = name.strip().casefold().partition("-")
    if (first, last) == ("daily", ""):
        return set(range(7))
    try:
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
    except ValueError:
        known = ", ".join(WEEKDAYS)
        message = f"{name!r} is no day of the week; write {known}, mon-fri or daily"
        raise ValueError(message) from None
    return {number % 7 for number in range(start, end + 1 if end >= start else end + 8)}


def zone_of(name: str) -> ZoneInfo | None:
    """None when this machine does not know the time zone."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
