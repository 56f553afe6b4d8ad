"""How are the org's datetimes read and written? Text of the REST API on one side, aware UTC on the other."""

from datetime import UTC, datetime
from functools import lru_cache

from ortoo_daemon.records import FieldValue


def instant(value: FieldValue) -> datetime | None:
    """An aware UTC datetime from ``2026-11-23T09:15:00.000+0000`` or ISO 8601; None from anything else.

    A datetime without an offset is UTC, as the API means it. Years the platform can't hold (before
    1700, after 4000) are no datetimes.
    """
    return _instant(value) if isinstance(value, str) else None


@lru_cache(maxsize=2048)  # every step of a record's handling looks at its moments again
def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 1700 <= found.year <= 4000:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def instant_text(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds, as the REST API takes it: ``2026-11-23T09:15:00.000Z``."""
    return _text(at if at.tzinfo is UTC else at.astimezone(UTC))


@lru_cache(maxsize=2048)  # a decision names its moments many times
def _text(at: datetime) -> str:
    """Of UTC only: in other zones two different instants may be equal, when clocks are put back."""
    text = at.isoformat(timespec="milliseconds")
    return f"{text[:-6]}Z"  # for +00:00
