"""That the store fails is told, and not once for each of hundreds of records in each second."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

import structlog

from ortoo_daemon.errors import StateError

_log = structlog.get_logger("ortoo_daemon.work")

_TOLD_EVERY = 60.0


@dataclass(slots=True)
class Complaints:
    """Of each thing that the store keeps from being done one in a minute, with how many it stands for."""

    clock: Callable[[], float] = monotonic
    _told_at: dict[str, float] = field(default_factory=dict)
    _untold: dict[str, int] = field(default_factory=dict)

    def tell(self, during: str, error: StateError, **about: str) -> None:
        """``during`` is what could not be done; ``about`` goes to the log with it."""
        now = self.clock()
        if now - self._told_at.get(during, -_TOLD_EVERY) < _TOLD_EVERY:
            self._untold[during] = self._untold.get(during, 0) + 1
            return
        self._told_at[during] = now
        before = self._untold.pop(during, 0)
        untold = {"untold": before} if before else {}
        _log.error("work.store_failed", during=during, error=str(error), **about, **untold)
