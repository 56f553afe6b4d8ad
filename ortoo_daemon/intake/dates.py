"""Which day is this? Days and months in the order of the country; what could be two days is none."""

import re
from datetime import date

from ortoo_daemon.countries import country_code
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.trim import outer_trimmed

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-./年]\s?(\d{1,2})\s?[-./月]\s?(\d{1,2})(?:日|[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[-./ ]\s?(\d{1,2})\s?[-./ ]\s?(\d{4}|\d{2})")
_MONTH_FIRST = frozenset({"US", "PH"})
_MONTHS = 12
_THIS_CENTURY = 70


def standard_date(form: Form) -> str:
    """``2026-11-23``; raises ValueError where the text is no day, or may be two."""
    text = outer_trimmed(form.text)
    if (found := _YEAR_FIRST.fullmatch(text)) is not None:
        year, month, day = map(int, found.groups())
    elif (found := _YEAR_LAST.fullmatch(text)) is not None:
        first, second, written = map(int, found.groups())
        day, month = _in_order(first, second, country_code(form.country))
        year = _year(written, found[3])
    else:
        raise ValueError("not a date: write 2026-11-23")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError("there is no such day") from None


def _in_order(first: int, second: int, country: str | None) -> tuple[int, int]:
    """Day and month."""
    if first > _MONTHS:
        return first, second
    if second > _MONTHS:
        return second, first
    if country is None and first != second:
        raise ValueError("day and month could be the other way round, and no country tells")
    return (second, first) if country in _MONTH_FIRST else (first, second)


def _year(number: int, written: str) -> int:
    if len(written) == len("2026"):
        return number
    return number + (2000 if number < _THIS_CENTURY else 1900)
