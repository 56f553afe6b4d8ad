"""What became of each row of a batch?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one row. `error` is None exactly when it was written.

    `event_uuid` is set when the row was a platform event, which was published.
    """

    id: str | None = None
    created: bool = False
    error: OrgError | None = None
    event_uuid: str | None = None

    @property
    def success(self) -> bool:
        return self.error is None


def attempt(step: Callable[..., str], *args: Any, created: bool = False) -> Outcome:
    """The outcome of one row's step, which answers with the record's id or raises OrgError."""
    try:
        return Outcome(id=step(*args), created=created)
    except OrgError as error:
        return Outcome(error=error)
