"""When is a place open, and when will so much open time have passed?

Weekly windows in one time zone, with closed days and closed parts of days. Arithmetic is on real elapsed
time: a window that spans a change of the clocks is an hour shorter or longer, as it is for the people in
it. Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Window = tuple[int, int]
"""Minutes after midnight, opening and closing; a closing of 1440 is midnight at the day's end.

A closing at or before the opening, or after 1440, is on the next day: ``(1320, 360)`` and
``(1320, 1800)`` are both 22:00 to 06:00, and ``(0, 0)`` is the whole day.
"""

ClosedPart = tuple[date, int, int]
"""Part of a day that is closed: the day, and from which minute to which (1440 at most)."""

_HORIZON_IN_WEEKS = 105
_DAY = 1440
_ONE_DAY = timedelta(days=1)
_ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """Windows of each weekday (Monday first), in local time of ``zone``; ``closed`` are whole days, and
    ``closed_parts`` parts of further ones.

    A week with no window at all is never open. Windows may overlap and may run into the next day; a
    closed day is closed from midnight to midnight, also for a window that began the evening before.
    Raises ValueError for a week that has not seven days or a window that is no window.
    """

    name: str
    zone: str
    windows: tuple[tuple[Window, ...], ...]
    closed: frozenset[date] = frozenset()
    closed_parts: frozenset[ClosedPart] = frozenset()

    def __post_init__(self) -> None:
        if len(self.windows) != 7:
            raise ValueError(f"hours {self.name!r}: a week has 7 days, not {len(self.windows)}")
        for start, end in (window for day in self.windows for window in day):
            if not (0 <= start < _DAY and 0 <= end <= 2 * _DAY and end - start <= _DAY):
                raise ValueError(f"hours {self.name!r}: no window of a day: {start} to {end}")
        for _, start, end in self.closed_parts:
            if not 0 <= start < end <= _DAY:
                raise ValueError(f"hours {self.name!r}: no part of a day: {start} to {end}")

    @classmethod
    def always(cls, zone: str = "UTC") -> "BusinessHours":
        """Open around the clock."""
        return cls(name="24x7", zone=zone, windows=(((0, _DAY),),) * 7)

    def is_open(self, at: datetime) -> bool:
        """Whether the instant lies in a window; the closing minute itself is outside."""
        for start, end in self._spans(at, weeks=1):
            if end > at:
                return start <= at
        return False

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant at or after ``at`` in UTC; None when there is none in two years."""
        for start, end in self._spans(at):
            if end > at:
                return max(start, at.astimezone(UTC))
        return None

    def add(self, at: datetime, working_for: timedelta) -> datetime | None:
        """The instant in UTC by which ``working_for`` of open time has passed since ``at``.

        None when that does not happen within two years. No time at all has passed at the next opening.
        """
        return self.add_each(at, (working_for,))[0]

    def add_each(self, at: datetime, lengths: Sequence[timedelta]) -> list[datetime | None]:
        """What `add` says to each length, for one look at the weeks ahead."""
        found: list[datetime | None] = [None] * len(lengths)
        waiting = sorted(range(len(lengths)), key=lengths.__getitem__, reverse=True)
        passed, since = timedelta(), at.astimezone(UTC)
        for start, end in self._spans(at):
            begin = max(start, since)
            if begin >= end:
                continue
            while waiting and lengths[waiting[-1]] - passed <= end - begin:
                number = waiting.pop()
                found[number] = begin + (lengths[number] - passed)
            if not waiting:
                break
            passed += end - begin
        return found

    def between(self, begin: datetime, end: datetime) -> timedelta:
        """Open time from ``begin`` to ``end``; zero when the order is reversed."""
        total = timedelta()
        for start, finish in self._spans(begin, weeks=_weeks_between(begin, end)):
            if start >= end:
                break
            total += max(min(finish, end) - max(start, begin), timedelta())
        return total

    def open_spans(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open spans from ``begin`` to ``end`` in UTC, in order and without overlap."""
        for start, finish in self._spans(begin, weeks=_weeks_between(begin, end)):
            if start >= end:
                return
            if finish > begin:
                yield max(start, begin.astimezone(UTC)), min(finish, end.astimezone(UTC))

    def _spans(
        self, at: datetime, weeks: int = _HORIZON_IN_WEEKS
    ) -> Iterator[tuple[datetime, datetime]]:
        """Open spans in UTC, in order and without overlap, from the Monday before the local day of ``at``.

        The day before counts because its windows may run past midnight. Weeks begin on Mondays, so that
        moments of one week share what was worked out.
        """
        yesterday = at.astimezone(_zone(self.zone)).date() - _ONE_DAY
        first = yesterday - yesterday.weekday() * _ONE_DAY
        for number in range(weeks + 1):
            yield from _week_from(self, first + number * _ONE_WEEK)

    def __hash__(self) -> int:
        """Cheap: calendars of one name are few."""
        return hash((self.name, self.zone))


def day_of(at: datetime, zone: str) -> date:
    """The day of an instant in a zone, as zones are since 1972: no day begins within a minute of UTC."""
    at = at if at.tzinfo is UTC else at.astimezone(UTC)
    return _day_of_minute(at.date(), at.hour, at.minute, zone)


@lru_cache(maxsize=512)  # records of a burst come, and are decided, in the same minutes
def _day_of_minute(day: date, hour: int, minute: int, zone: str) -> date:
    return datetime.combine(day, time(hour, minute), UTC).astimezone(_zone(zone)).date()


def _weeks_between(begin: datetime, end: datetime) -> int:
    """So many weeks from the day before the one hold the other, whatever the zones."""
    return max((end - begin).days, 0) // 7 + 2


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    """ZoneInfo itself keeps but eight, and reads the others again from disk."""
    return ZoneInfo(name)


@lru_cache(maxsize=4096)  # many records come in within one week
def _week_from(hours: BusinessHours, first: date) -> tuple[tuple[datetime, datetime], ...]:
    """Open spans in UTC of seven days, in order and without overlap.

    A day's own pieces end at its midnight at the latest, so that weeks follow each other without overlap.
    """
    found: list[tuple[datetime, datetime]] = []
    reached: datetime | None = None
    for offset in range(7):
        for start, end in _spans_of(hours, first + timedelta(days=offset)):
            begin = start if reached is None or start > reached else reached
            if begin < end:
                reached = end
                found.append((begin, end))
    return tuple(found)


def _spans_of(hours: BusinessHours, day: date) -> list[tuple[datetime, datetime]]:
    """Beginnings and ends in UTC of the day's windows and of what runs over from the day before."""
    if day in hours.closed:
        return []
    yesterday = day - _ONE_DAY
    worked = yesterday not in hours.closed and _is_there(yesterday, hours.zone)
    before = hours.windows[yesterday.weekday()] if worked else ()
    pieces = _pieces_of(before, hours.windows[day.weekday()])
    if hours.closed_parts:
        pieces = _left_open(pieces, [part for part in hours.closed_parts if part[0] == day])
    midnight = _midnight_of_even_day(day, hours.zone)
    if midnight is None:
        zone = hours.zone
        return [(_instant(day, start, zone), _instant(day, end, zone)) for start, end in pieces]
    return [(midnight + _length(start), midnight + _length(end)) for start, end in pieces]


@lru_cache(maxsize=2 * _DAY)
def _length(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


@lru_cache(maxsize=4096)  # weeks repeat themselves
def _pieces_of(yesterday: tuple[Window, ...], today: tuple[Window, ...]) -> list[Window]:
    """The pieces of a day by its own windows and those of the day before, in order."""
    pieces = [(0, closing - _DAY) for _, closing in map(_unfolded, yesterday) if closing > _DAY]
    pieces += [(opening, min(closing, _DAY)) for opening, closing in map(_unfolded, today)]
    pieces.sort()
    return pieces


def _left_open(pieces: list[Window], closed: list[ClosedPart]) -> list[Window]:
    """What closed parts of the day leave of its pieces, in order."""
    for _, start, end in closed:
        around = ((a, b) for x, y in pieces for a, b in ((x, min(y, start)), (max(x, end), y)))
        pieces = [(opening, closing) for opening, closing in around if opening < closing]
    return sorted(pieces)


def _unfolded(window: Window) -> Window:
    """A window whose closing counts on from its opening's midnight."""
    start, end = window
    return (start, end + _DAY) if end <= start else window


@lru_cache(maxsize=4096)  # many calendars share a zone
def _midnight_of_even_day(day: date, zone_name: str) -> datetime | None:
    """The day's first instant in UTC; None of a day with a change of the clocks."""
    zone, wall = _zone(zone_name), datetime.combine(day, time())
    first, last = wall.replace(tzinfo=zone), (wall + _ONE_DAY).replace(tzinfo=zone)
    begins, ends = first.astimezone(UTC), last.astimezone(UTC)
    shown = begins.astimezone(zone).replace(tzinfo=None) == wall
    return begins if shown and ends - begins == _ONE_DAY else None


@lru_cache(maxsize=4096)
def _is_there(day: date, zone_name: str) -> bool:
    """Whether the day comes at all: a zone that changes sides of the date line leaves one out."""
    if _midnight_of_even_day(day, zone_name) is not None:
        return True
    return _instant(day, 0, zone_name) < _instant(day, _DAY, zone_name)


def _instant(day: date, minutes: int, zone_name: str) -> datetime:
    """The first instant at which the wall clock of that day shows at least so many minutes, in UTC.

    A time that a change of the clocks leaves out is the moment of the change; one that comes twice is
    its first coming.
    """
    if minutes >= _DAY:
        day, minutes = day + _ONE_DAY, minutes - _DAY
    zone = _zone(zone_name)
    wall = datetime.combine(day, time(minutes // 60, minutes % 60))
    found = wall.replace(tzinfo=zone).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    return _moment_of_change(wall.replace(tzinfo=zone, fold=1).astimezone(UTC), found, zone)


def _moment_of_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the zone's offset becomes what it is at the later one."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
