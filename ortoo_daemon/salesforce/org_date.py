"""By how much is this machine's clock ahead of the org's? As the Date of an answer tells."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_HALF_A_SECOND = timedelta(milliseconds=500)
"""The header is cut to the second; half of one is the fair guess."""


def ahead_of_org(date: str | None, now: datetime) -> timedelta | None:
    """``date`` is the header of an answer that came at ``now``; None where it tells nothing."""
    if not date:
        return None
    try:
        told = parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return now - told - _HALF_A_SECOND
