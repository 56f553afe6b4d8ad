"""The clock of a test, which only the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clock:
    """Begins at noon of a Monday."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **length: float) -> None:
        self.now += timedelta(**length)
