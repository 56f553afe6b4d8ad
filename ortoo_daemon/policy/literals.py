"""How are durations, dates, periods and distances written in a policy?

``30m``, ``4h``, ``2d`` (a day is 24 hours) · ``3 open hours`` · ``2026-11-23`` ·
``2026-11-23T00:00:00+01:00`` · ``2026-11-01 .. 2027-03-31`` (both days included) · ``80km``. Each reader
answers None for anything else; saying what is wrong is the caller's part, for it knows where.
"""

import re
from datetime import date, datetime, timedelta

_DURATION = re.compile(r"([0-9]{1,6})\s*([smhdw])")
_OPEN_TIME = re.compile(r"([0-9]{1,5}) open (minute|hour)s?")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DISTANCE = re.compile(r"([0-9]{1,5}(?:\.[0-9]{1,3})?)\s*km")
_LONGEST = timedelta(days=36_500)

HOW_TO_WRITE_A_DURATION = "write a number and s, m, h, d or w, such as 30m, 4h or 2d"
HOW_TO_WRITE_OPEN_TIME = "write a number and open hours or open minutes, such as 3 open hours"
HOW_TO_WRITE_A_MOMENT = "write 2026-11-23, or 2026-11-23T09:00:00+01:00 with its offset from UTC"
HOW_TO_WRITE_A_PERIOD = "write two days with two dots between, such as 2026-11-01 .. 2027-03-31"


def duration(text: str) -> timedelta | None:
    """``30m``, ``4h``, ``2d``; None when the text is no positive duration of at most 100 years."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        return None
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    return length if timedelta() < length <= _LONGEST else None


def open_time(text: str) -> timedelta | None:
    """``3 open hours``, ``90 open minutes``; None when the text is no positive open time."""
    found = _OPEN_TIME.fullmatch(text.strip())
    if not found or not int(found[1]):
        return None
    return timedelta(**{f"{found[2]}s": int(found[1])})


def day(text: str) -> date | None:
    """``2026-11-23``; None for anything else, days that do not exist included."""
    if len(text) != 10 or text[4] != "-":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def exact_moment(text: str) -> datetime | None:
    """A datetime with its offset from UTC; None when either is missing."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def day_or_moment(text: str) -> date | datetime | None:
    return day(text.strip()) or exact_moment(text)


def period(text: str) -> tuple[date, date] | None:
    """``first .. last``; None unless both are days in this order."""
    first, dots, last = text.partition("..")
    begin, end = day(first.strip()), day(last.strip())
    if not dots or begin is None or end is None or begin > end:
        return None
    return begin, end


def kilometres(text: str) -> float | None:
    """``80km``; None when the text is no positive distance."""
    found = _DISTANCE.fullmatch(text.strip())
    return (float(found[1]) or None) if found else None


def written_duration(length: timedelta) -> str:
    """The shortest exact way to write a duration."""
    seconds = int(length.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
