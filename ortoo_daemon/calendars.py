"""When is a place open, and when will so much open time have passed?

Weekly windows in one time zone, with closed days. Arithmetic is on real elapsed time: a window that
spans a change of the clocks is an hour shorter or longer, as it is for the people in it. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Window = tuple[int, int]
"""Minutes after midnight, opening and closing; a closing of 1440 is midnight at the day's end."""

_HORIZON_IN_DAYS = 366 * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours:
    """Windows of each weekday (Monday first), in local time of ``zone``; ``closed`` are whole days.

    A week with no window at all is never open.
    """

    name: str
    zone: str
    windows: tuple[tuple[Window, ...], ...]
    closed: frozenset[date] = frozenset()

    @classmethod
    def always(cls, zone: str = "UTC") -> "BusinessHours":
        """Open around the clock."""
        return cls(name="24x7", zone=zone, windows=(((0, 1440),),) * 7)

    def is_open(self, at: datetime) -> bool:
        """Whether the instant lies in a window; the closing minute itself is outside."""
        return any(start <= at < end for start, end in self._spans(at, days=1))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant at or after ``at`` in UTC; None when there is none in two years."""
        for start, end in self._spans(at):
            if end > at:
                return max(start, at)
        return None

    def add(self, at: datetime, working_for: timedelta) -> datetime | None:
        """The instant by which ``working_for`` of open time has passed since ``at``.

        None when that does not happen within two years.
        """
        left = working_for
        for start, end in self._spans(at):
            begin = max(start, at)
            if begin >= end:
                continue
            if left <= end - begin:
                return begin + left
            left -= end - begin
        return None

    def between(self, begin: datetime, end: datetime) -> timedelta:
        """Open time from ``begin`` to ``end``; zero when the order is reversed."""
        total = timedelta()
        for start, finish in self._spans(begin):
            if start >= end:
                break
            total += max(min(finish, end) - max(start, begin), timedelta())
        return total

    def _spans(
        self, at: datetime, days: int = _HORIZON_IN_DAYS
    ) -> Iterator[tuple[datetime, datetime]]:
        """Open spans in UTC, in order, from the local day of ``at`` on."""
        zone = ZoneInfo(self.zone)
        first = at.astimezone(zone).date()
        for offset in range(days):
            day = first + timedelta(days=offset)
            if day in self.closed:
                continue
            for start, end in self.windows[day.weekday()]:
                yield _instant(day, start, zone), _instant(day, end, zone)


def _instant(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    if minutes >= 1440:
        day, minutes = day + timedelta(days=1), minutes - 1440
    local = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone)
    return local.astimezone(UTC)
