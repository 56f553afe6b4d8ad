"""Which moment does a date in a feed mean? ISO 8601 as it should be, and the ways in which it is missed."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from email.utils import parsedate_to_datetime

from ortoo_daemon.intake.adf.model import Moment

_ISO = re.compile(
    r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\s?\d{1,2}(?::?\d{1,2})?)?)?",
    re.ASCII,
)
_DAY_FIRST = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"
    r"(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AaPp]\.?[Mm]\.?)?)?",
    re.ASCII,
)
_ADF = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?", re.ASCII
)
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?", re.ASCII)


def is_iso(text: str) -> bool:
    """Whether it is written as the standard asks for."""
    return _ADF.fullmatch(text) is not None


def moment(text: str) -> Moment:
    """What the text means. A day and a month that may be one the other are not guessed."""
    text = " ".join(text.split())[:100]
    try:
        at = _iso(text) or _epoch(text) or _by_day_or_month(text) or _of_mail(text)
    except (ValueError, OverflowError):
        at = None
    if at is None:
        return Moment(text=text)
    day = at.date().isoformat()
    return Moment(text=text, at=at.astimezone(UTC) if at.tzinfo else None, day=day)


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, half, offset = found.groups()
    on = date(int(year), int(month), int(day))
    return _joined(on, hour, minute, second, half).replace(tzinfo=_offset(offset))


def _by_day_or_month(text: str) -> datetime | None:
    found = _DAY_FIRST.fullmatch(text)
    if found is None:
        return None
    one, other, year, hour, minute, second, half = found.groups()
    first, second_number = int(one), int(other)
    if first <= 12 and second_number <= 12 and first != second_number:
        return None
    day, month = (first, second_number) if first > 12 else (second_number, first)
    return _joined(date(int(year), month, day), hour, minute, second, half)


def _of_mail(text: str) -> datetime | None:
    """As in the head of an e-mail: Thu, 30 Mar 2000 15:30:20 -0800."""
    return parsedate_to_datetime(text) if re.search(r"[A-Za-z]{3}", text) else None


def _epoch(text: str) -> datetime | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


def _joined(
    on: date, hour: str | None, minute: str | None, second: str | None, half: str | None
) -> datetime:
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half[0] in "Pp" else 0)
    at = time(hours, int(minute or 0), min(int(second or 0), 59))
    return datetime.combine(on, at)


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] in "ZzUG":
        return UTC
    sign = -1 if text[0] == "-" else 1
    hours, _, minutes = text[1:].strip().partition(":")
    if not minutes and len(hours) > 2:
        hours, minutes = hours[:-2], hours[-2:]
    return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes or 0)))
