"""When are two values the same, and which is greater? One answer for the whole policy language.

Values come as the API's JSON gives them: dates and datetimes are text, multi-selects ``a;b``. Every
comparison of text goes through `fold`, every comparison of numbers through `number`, and both see a
number the same way whether it arrived as a number or as text.
"""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from ortoo_daemon.records import FieldValue

_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,400})?")
"""Not so many digits that no float could hold them."""

_LOOKS_LIKE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d.*)?")


def text_of(value: FieldValue) -> str:
    """The value as trimmed text: whole numbers without a point, booleans as ``true``, None as ````."""
    if type(value) is str:
        return value.strip()
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        text = repr(value)
        return format(Decimal(text), "f") if "e" in text else text
    return str(value)


def fold(value: FieldValue) -> str:
    """The form in which text is compared: trimmed, without case, accents composed."""
    if value is None:
        return ""  # most fields of a record
    text = value.strip() if type(value) is str else text_of(value)
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def without_accents(text: str) -> str:
    """Letters without their marks: ``é`` as ``e``, full-width ones as plain ones.

    >>> without_accents("Škoda")
    'Skoda'
    """
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text)
    return "".join(char for char in apart if not unicodedata.combining(char))


def is_blank(value: FieldValue) -> bool:
    """No value, or nothing but blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def number(value: FieldValue) -> int | float | None:
    """The value as a number; None for anything that is not one (booleans are not)."""
    kind = type(value)
    if kind is float or kind is int:
        return value  # type: ignore[return-value]  # narrowed by the exact type
    if kind is not str:
        return None
    text = value.strip()  # type: ignore[union-attr]
    if not _NUMBER.fullmatch(text):
        return None
    return float(text) if "." in text else int(text)


def choices(value: FieldValue) -> frozenset[str]:
    """The chosen values of a multi-select, folded."""
    parts = (part.strip() for part in fold(value).split(";"))
    return frozenset(part for part in parts if part)


def moment(value: FieldValue) -> date | datetime | None:
    """A date or an aware datetime from the API's text; None for anything else."""
    return _moment(value) if isinstance(value, str) else None


@lru_cache(maxsize=512)  # tests and points of one record look at the same few
def _moment(value: str) -> date | datetime | None:
    text = value.strip()
    if not _LOOKS_LIKE_DATE.fullmatch(text):
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def local_date(value: date | datetime, zone: str) -> date:
    """The calendar day of a date or an instant in ``zone``."""
    if isinstance(value, datetime):
        return value.astimezone(ZoneInfo(zone)).date()
    return value


def instant(value: date | datetime, zone: str) -> datetime:
    """The instant itself, or the midnight with which a date begins in ``zone``."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), tzinfo=ZoneInfo(zone))
