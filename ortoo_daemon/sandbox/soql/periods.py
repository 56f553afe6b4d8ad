"""Which days does a date literal mean?  TODAY, LAST_WEEK, LAST_N_DAYS:7 and their like.

Days begin in the running user's time zone; weeks begin on Sunday for US locales, else on Monday.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from ortoo_daemon.sandbox.values import format_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When and for whom a query runs."""

    now: datetime
    zone: ZoneInfo
    sunday_first: bool = False

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> str:
        """Midnight of `day` in the user's zone, in API form."""
        local = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return format_datetime(local.astimezone(UTC))


Span = tuple[date, date]  # first day, and the first day after


def span(name: str, moment: Moment) -> Span:
    """The days a literal stands for. `name` is one that `known` accepts."""
    word, _, number = name.partition(":")
    today = moment.today
    if number:
        return _COUNTED[word](today, int(number))
    return _PLAIN[word](today, moment.sunday_first)


def known(name: str) -> bool:
    word, colon, number = name.partition(":")
    return word in (_COUNTED if colon else _PLAIN) and (not colon or int(number) < 100_000)


def _days(first: int, count: int) -> Callable[[date, bool], Span]:
    def days(today: date, _sunday_first: bool) -> Span:
        start = today + timedelta(days=first)
        return start, start + timedelta(days=count)

    return days


def _weeks(offset: int) -> Callable[[date, bool], Span]:
    def weeks(today: date, sunday_first: bool) -> Span:
        into_week = (today.weekday() + 1) % 7 if sunday_first else today.weekday()
        start = today - timedelta(days=into_week) + timedelta(weeks=offset)
        return start, start + timedelta(weeks=1)

    return weeks


def _months(offset: int, count: int, align: int) -> Callable[[date, bool], Span]:
    """`count` months, starting `offset` spans away; `align` months make a span (3: quarter)."""

    def months(today: date, _sunday_first: bool) -> Span:
        index = today.year * 12 + today.month - 1
        index = index - index % align + offset * align
        return _first_of(index), _first_of(index + count)

    return months


def _first_of(month_index: int) -> date:
    year, month = divmod(month_index, 12)
    return date(year, month + 1, 1)


_PLAIN: dict[str, Callable[[date, bool], Span]] = {
    "YESTERDAY": _days(-1, 1),
    "TODAY": _days(0, 1),
    "TOMORROW": _days(1, 1),
    "LAST_WEEK": _weeks(-1),
    "THIS_WEEK": _weeks(0),
    "NEXT_WEEK": _weeks(1),
    "LAST_MONTH": _months(-1, 1, 1),
    "THIS_MONTH": _months(0, 1, 1),
    "NEXT_MONTH": _months(1, 1, 1),
    "LAST_QUARTER": _months(-1, 3, 3),
    "THIS_QUARTER": _months(0, 3, 3),
    "NEXT_QUARTER": _months(1, 3, 3),
    "LAST_YEAR": _months(-1, 12, 12),
    "THIS_YEAR": _months(0, 12, 12),
    "NEXT_YEAR": _months(1, 12, 12),
    "LAST_90_DAYS": _days(-90, 91),
    "NEXT_90_DAYS": _days(1, 90),
}

# LAST_N_DAYS reaches from n days ago through today, NEXT_N_DAYS from tomorrow on.
_COUNTED: dict[str, Callable[[date, int], Span]] = {
    "LAST_N_DAYS": lambda today, n: (today - timedelta(days=n), today + timedelta(days=1)),
    "NEXT_N_DAYS": lambda today, n: (
        today + timedelta(days=1),
        today + timedelta(days=n + 1),
    ),
    "N_DAYS_AGO": lambda today, n: (today - timedelta(days=n), today - timedelta(days=n - 1)),
}
