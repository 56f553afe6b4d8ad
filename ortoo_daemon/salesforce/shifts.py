"""Who works when, by shift tables? Rows of the directory file or of a CSV file, and the time off they leave.

On a day of which a table says something of somebody, they are off outside the hours it gives. Of other days
it says nothing, so that a table that has run out sends nobody home. Pure.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PrivateAttr
from pydantic import ValidationError as WrongValueError

from ortoo_daemon.calendars import Window
from ortoo_daemon.errors import Place
from ortoo_daemon.person import Spans
from ortoo_daemon.policy.csv_files import read_csv
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.salesforce.hours_mapping import Days, Windows, zone_of

COLUMNS = ("person", "days", "hours")
OFF = "off"


def _one_or_several(value: object) -> object:
    return value if isinstance(value, list | frozenset) else [value]


def _times(value: object) -> object:
    """``off`` is a day without hours."""
    items = value if isinstance(value, list) else str(value).split()
    return ["closed"] if [str(each).casefold() for each in items] == [OFF] else items


def _table_name(text: str) -> str:
    name = posixpath.normpath(text)
    if not name.startswith("tables/") or not name.endswith(".csv"):
        raise ValueError(f"{text!r} is no table: write tables/shifts.csv, or the rows themselves")
    return name


ShiftTable = Annotated[str, AfterValidator(_table_name)]
"""A CSV file among the tables, with the columns ``person``, ``days`` and ``hours``."""


class Shift(BaseModel):
    """One row: a username, days (``2026-11-23``, ``2026-11-23 .. 2026-11-27``), and the hours of each of
    them by the clock where the person is (``08:00-12:00 13:00-17:00``, ``22:00-06:00``), or ``off``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: str
    days: Annotated[Days, BeforeValidator(_one_or_several, json_schema_input_type=str | list[str])]
    hours: Annotated[Windows, BeforeValidator(_times, json_schema_input_type=str | list[str])]
    _line: int = PrivateAttr(default=0)

    @property
    def line(self) -> int:
        """Where it stands in its table; 0 for a row of the directory file."""
        return self._line


def read_shifts(file: str, data: bytes, problems: Problems) -> list[Shift]:
    """The rows of a table; what is wrong with others is noted with its line."""
    table = read_csv(file, data, problems)
    if table is None:
        return []
    if sorted(table.header) != sorted(COLUMNS):
        message = f"the columns are {', '.join(table.header)}"
        problems.add(Place(file), "wrong_header", message, f"they are {', '.join(COLUMNS)}")
        return []
    return [
        shift
        for line, cells in table.rows
        for shift in _row(file, line, table.header, cells, problems)
    ]


def _row(
    file: str, line: int, header: tuple[str, ...], cells: tuple[str, ...], problems: Problems
) -> Iterator[Shift]:
    try:
        shift = Shift.model_validate(dict(zip(header, cells, strict=True)))
    except WrongValueError as error:
        for found in error.errors(include_url=False):
            message = f"{found['loc'][0]}: {found['msg'].removeprefix('Value error, ')}"
            problems.add(Place(file, line), "wrong_row", message)
        return
    shift._line = line
    yield shift


def time_off(
    shifts: Iterable[Shift], zones: Mapping[str, str | None], *, first: date, last: date
) -> dict[str, Spans]:
    """When people are off between two days, both included, by folded username.

    ``zones`` are those of the people, by folded username; UTC where it is not known.
    """
    of_day: dict[str, dict[date, list[Window]]] = defaultdict(lambda: defaultdict(list))
    day_before = first - timedelta(days=1)
    for shift in shifts:
        name = shift.person.strip().casefold()
        for day in shift.days:
            if name in zones and day_before <= day <= last:
                of_day[name][day] += shift.hours
    found = {}
    for name, days in of_day.items():
        zone = zone_of(zones[name] or "") or ZoneInfo("UTC")
        spans = _left(_whole(days, zone), _worked(days, zone))
        found[name] = tuple((one.astimezone(UTC), other.astimezone(UTC)) for one, other in spans)
    return {name: spans for name, spans in found.items() if spans}


_Span = tuple[datetime, datetime]


def _whole(days: Iterable[date], zone: ZoneInfo) -> list[_Span]:
    """The days from midnight to midnight, those in a row as one."""
    found: list[_Span] = []
    for day in sorted(days):
        begin, end = _at(day, 0, zone), _at(day, 1440, zone)
        if found and found[-1][1] == begin:
            begin = found.pop()[0]
        found.append((begin, end))
    return found


def _worked(days: Mapping[date, Iterable[Window]], zone: ZoneInfo) -> list[_Span]:
    return sorted(
        (_at(day, start, zone), _at(day, end, zone))
        for day, windows in days.items()
        for start, end in windows
    )


def _left(spans: Iterable[_Span], taken: list[_Span]) -> Iterator[_Span]:
    for begin, end in spans:
        at = begin
        for one, other in taken:
            if other <= at or one >= end:
                continue
            if one > at:
                yield at, one
            at = max(at, other)
        if at < end:
            yield at, end


def _at(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """In UTC, so that spans over a change of the clocks compare by what really passes."""
    days, rest = divmod(minutes, 1440)
    clock = time(rest // 60, rest % 60)
    return datetime.combine(day + timedelta(days=days), clock, tzinfo=zone).astimezone(UTC)
