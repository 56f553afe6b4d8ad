"""Over which stretch of time does a rate limit count, and when is there room again?

A period is a length, which rolls along with the clock (``1h``: the hour until now), or a part of the
calendar in a time zone (``day``: since midnight there). Moments are counted in whole seconds, as the org
keeps them: a rolling period counts a second for as long as any part of it lies within. Pure.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from ortoo_daemon.policy import literals


class Calendar(StrEnum):
    """Parts of the calendar; a week begins on Monday."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


Period = timedelta | Calendar

LONGEST = timedelta(days=31)
"""The longest a rolling period may be: a month of decisions is what is read back at a start."""

_LONGEST_OF = {
    Calendar.HOUR: timedelta(hours=2),
    Calendar.DAY: timedelta(days=1, hours=2),
    Calendar.WEEK: timedelta(days=7, hours=2),
    Calendar.MONTH: timedelta(days=31, hours=2),
}
"""With a change of the clocks in between."""


_SLOT = 900
"""Seconds. No window begins or ends within a quarter of an hour: all clocks are set by quarters."""


def period(text: str) -> Period | None:
    """``1h``, ``30m``, ``day``, ``month``; None for anything else, or a length above LONGEST."""
    word = text.strip()
    if word in tuple(Calendar):
        return Calendar(word)
    length = literals.duration(word)
    return length if length is not None and length <= LONGEST else None


def written(period: Period) -> str:
    """As it stands in a policy."""
    return period.value if isinstance(period, Calendar) else literals.written_duration(period)


def longest(period: Period) -> timedelta:
    """No window of the period is longer."""
    return _LONGEST_OF[period] if isinstance(period, Calendar) else period + timedelta(seconds=1)


def first_counted(period: Period, now: datetime, zone: str) -> int:
    """The first second (since 1970, UTC) that counts at ``now``, an aware datetime."""
    second = int(now.timestamp())
    if isinstance(period, timedelta):
        return second - int(period.total_seconds())
    return _window(period, second // _SLOT, zone)[0]


def free_at(
    period: Period, moments: Sequence[int], *, at_most: int, now: datetime, zone: str
) -> datetime:
    """When the next may be given, where at least ``at_most`` of ``moments`` (ascending) count."""
    if isinstance(period, timedelta):
        second = moments[-at_most] + int(period.total_seconds()) + 1
    else:
        second = _window(period, int(now.timestamp()) // _SLOT, zone)[1]
    return datetime.fromtimestamp(second, UTC)


@lru_cache(maxsize=512)
def _window(part: Calendar, slot: int, zone: str) -> tuple[int, int]:
    """First second of the window that a quarter of an hour lies in, and of the next one."""
    place = ZoneInfo(zone)
    local = datetime.fromtimestamp(slot * _SLOT, place)
    if part is Calendar.HOUR:
        begin = slot * _SLOT - (local.minute * 60 + local.second)
        return begin, begin + 3600
    first, after = _days(part, local.date())
    return _midnight(first, place), _midnight(after, place)


def _days(part: Calendar, today: date) -> tuple[date, date]:
    """The first day of the part that today lies in, and of the next."""
    if part is Calendar.DAY:
        return today, today + timedelta(days=1)
    if part is Calendar.WEEK:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=7)
    first = today.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1)


def _midnight(day: date, place: ZoneInfo) -> int:
    """When the day begins: the first of two midnights; where there is none, when the clocks are set on."""
    return int(datetime.combine(day, time(), place).timestamp())
