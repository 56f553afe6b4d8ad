"""Which time is looked at, what is it held against, into which days, weeks or months is it cut?

Days begin at midnight in the report's time zone: 23 or 25 hours where the clocks change. Pure.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ortoo_daemon.policy.literals import day, exact_moment
from ortoo_daemon.reporting.asked import Trend

HOW_TO_WRITE = "write previous, year, before-daemon, or two days as 2026-10-01..2026-10-31"

_MOST_DAYS, _MOST_WEEKS = 31, 183


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``begin`` on, before ``end``; aware, UTC."""

    begin: datetime
    end: datetime

    def halves(self) -> tuple["Period", "Period"] | None:
        """Two that make it up, cut at a whole second; None for a second or less."""
        seconds = int((self.end - self.begin).total_seconds())
        if seconds < 2:
            return None
        middle = self.begin + timedelta(seconds=seconds // 2)
        return Period(begin=self.begin, end=middle), Period(begin=middle, end=self.end)


class Against(StrEnum):
    """Periods that have a name. PREVIOUS: as long, right before. YEAR: the same days a year earlier.
    BEFORE_DAEMON: as long, up to the daemon's first decision."""

    PREVIOUS = "previous"
    YEAR = "year"
    BEFORE_DAEMON = "before-daemon"


def instant_of(text: str, zone: str) -> datetime | None:
    """A day (its midnight in the zone) or a moment; None for anything else."""
    found = day(text)
    if found is not None:
        return midnight(found, zone)
    moment = exact_moment(text)
    return None if moment is None else moment.astimezone(UTC)


def compared_with(
    period: Period, asked: str, *, zone: str, first_decision_at: datetime | None
) -> Period | None:
    """The period that ``asked`` names; None where it is not to be understood, or the daemon never decided."""
    first, dots, last = asked.partition("..")
    if dots:
        begin, end = day(first.strip()), day(last.strip())
        if begin is None or end is None or end < begin:
            return None
        return Period(begin=midnight(begin, zone), end=midnight(end + timedelta(days=1), zone))
    if asked == Against.PREVIOUS:
        return Period(
            begin=_earlier(period.begin, _wall_length(period, zone), zone), end=period.begin
        )
    if asked == Against.YEAR:
        return Period(begin=_year_before(period.begin, zone), end=_year_before(period.end, zone))
    if asked == Against.BEFORE_DAEMON and first_decision_at is not None:
        end = min(first_decision_at, period.begin)
        return Period(begin=_earlier(end, _wall_length(period, zone), zone), end=end)
    return None


def midnight(on: date, zone: str) -> datetime:
    """The day's first instant in UTC; where the clocks jump over midnight, the jump."""
    return _instant(datetime.combine(on, time()), zone)


def trend_for(period: Period) -> Trend:
    """Days for a month, weeks for half a year, else months."""
    days = (period.end - period.begin).days
    if days <= _MOST_DAYS:
        return Trend.DAY
    return Trend.WEEK if days <= _MOST_WEEKS else Trend.MONTH


def stretches(period: Period, trend: Trend, zone: str) -> list[Period]:
    """The period cut at midnights, Mondays or firsts of months; the first and the last may be cut short."""
    local = ZoneInfo(zone)
    first = period.begin.astimezone(local).date()
    if trend is Trend.WEEK:
        first -= timedelta(days=first.weekday())
    elif trend is Trend.MONTH:
        first = first.replace(day=1)
    found: list[Period] = []
    begin = period.begin
    while begin < period.end:
        first = _next(first, trend)
        end = min(midnight(first, zone), period.end)
        if end > begin:
            found.append(Period(begin=begin, end=end))
            begin = end
    return found


def is_whole(stretch: Period, trend: Trend, zone: str) -> bool:
    """Whether it is a day, week or month from its beginning to its end."""
    first = stretch.begin.astimezone(ZoneInfo(zone)).date()
    if (trend is Trend.WEEK and first.weekday()) or (trend is Trend.MONTH and first.day != 1):
        return False
    return stretch == Period(begin=midnight(first, zone), end=midnight(_next(first, trend), zone))


def stretch_at(at: datetime, begins: Sequence[datetime]) -> int:
    """Which stretch a moment falls in, by their beginnings."""
    return max(bisect_right(begins, at) - 1, 0)


def stretch_name(period: Period, trend: Trend, zone: str) -> str:
    """``2026-11-03``, ``week of 2026-11-02``, ``2026-11``."""
    on = period.begin.astimezone(ZoneInfo(zone)).date()
    if trend is Trend.DAY:
        return on.isoformat()
    if trend is Trend.WEEK:
        return (on - timedelta(days=on.weekday())).isoformat()
    return on.isoformat()[:7]


def _next(first: date, trend: Trend) -> date:
    if trend is Trend.DAY:
        return first + timedelta(days=1)
    if trend is Trend.WEEK:
        return first + timedelta(days=7)
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def _wall_length(period: Period, zone: str) -> timedelta:
    """How long it is by the clock on the wall: a day is a day, whatever the clocks did."""
    return _wall(period.end, zone) - _wall(period.begin, zone)


def _wall(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _instant(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _earlier(at: datetime, length: timedelta, zone: str) -> datetime:
    return _instant(_wall(at, zone) - length, zone)


def _year_before(at: datetime, zone: str) -> datetime:
    wall = _wall(at, zone)
    try:
        return _instant(wall.replace(year=wall.year - 1), zone)
    except ValueError:  # the 29th of February
        return _instant(wall.replace(year=wall.year - 1, day=28), zone)
