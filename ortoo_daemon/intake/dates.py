"""Which day is this? Days and months in the order of the country; what could be two days is none."""

import re
from datetime import date

from ortoo_daemon.countries import country_code
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.trim import outer_trimmed

_YEAR_FIRST = re.compile(r"(\d{4})\s?[-./年]\s?(\d{1,2})\s?[-./月]\s?(\d{1,2})(?:日|[T ].*)?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[-./ ]\s?(\d{1,2})\s?[-./ ]\s?(\d{4}|\d{2})")
_BASIC = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_DAY_WORD = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(\d{1,2})(?:\.|er|st|nd|rd|th|º|ª)?\s+(?:de\s+|of\s+)?([^\W\d]+)\.?,?"
    r"\s+(?:de\s+|del\s+)?(\d{4})"
)
_WORD_DAY = re.compile(r"([^\W\d]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_MONTH_FIRST = frozenset({"US", "PH"})
_EITHER_WAY = frozenset({"CA"})
"""Where both orders are usual."""

_MONTH_WORDS = (
    "january jan januar jänner januari janvier janv enero ene gennaio gen",
    "february feb februar februari février févr fév fevrier febrero febbraio",
    "march mar märz mär maerz maart mrt mars marzo",
    "april apr avril avr abril abr aprile",
    "may mai mei mayo maggio mag",
    "june jun juni juin junio giugno giu",
    "july jul juli juillet juil julio luglio lug",
    "august aug augustus août aout agosto ago",
    "september sep sept septembre septiembre settembre set",
    "october oct oktober okt octobre octubre ottobre ott",
    "november nov novembre noviembre",
    "december dec dezember dez décembre déc decembre diciembre dic dicembre",
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}
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
    elif (found := _BASIC.fullmatch(text)) is not None:
        year, month, day = map(int, found.groups())
    elif (found := _DAY_WORD.fullmatch(text)) is not None and _month(found[2]):
        day, month, year = int(found[1]), _month(found[2]), int(found[3])
    elif (found := _WORD_DAY.fullmatch(text)) is not None and _month(found[1]):
        month, day, year = _month(found[1]), int(found[2]), int(found[3])
    else:
        raise ValueError("not a date: write 2026-11-23")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError("there is no such day") from None


def _month(word: str) -> int:
    """By its name in six languages, 0 for any other word."""
    return _MONTH_OF.get(word.casefold(), 0)


def _in_order(first: int, second: int, country: str | None) -> tuple[int, int]:
    """Day and month."""
    if first > _MONTHS:
        return first, second
    if second > _MONTHS:
        return second, first
    if (country is None or country in _EITHER_WAY) and first != second:
        raise ValueError("day and month could be the other way round, and no country tells")
    return (second, first) if country in _MONTH_FIRST else (first, second)


def _year(number: int, written: str) -> int:
    if len(written) == len("2026"):
        return number
    return number + (2000 if number < _THIS_CENTURY else 1900)
