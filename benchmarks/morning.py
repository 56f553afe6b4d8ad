"""At which time of a week are figures taken that depend on opening hours? On a working morning."""

from datetime import datetime, timedelta

_HOUR_UTC = 9
"""All of Europe is open."""


def next_morning(now: datetime) -> datetime:
    """The next Tuesday at 9 UTC: nobody's weekend, and seldom a holiday."""
    days = (1 - now.weekday()) % 7 or 7
    moment = now.replace(hour=_HOUR_UTC, minute=0, second=0, microsecond=0)
    return moment + timedelta(days=days)
