"""That the store fails is told, and not once for each of hundreds of records in each second."""

from collections.abc import Callable
from time import monotonic

import structlog

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.seldom import Seldom

_log = structlog.get_logger("ortoo_daemon.work")


class Complaints:
    """Of each thing that the store keeps from being done. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._seldom = Seldom(clock)

    def tell(self, during: str, error: StateError, **about: str) -> None:
        """``during`` is what could not be done; ``about`` goes to the log with it."""
        if times := self._seldom.told_for(during):
            untold = {"untold": times - 1} if times > 1 else {}
            _log.error("work.store_failed", during=during, error=str(error), **about, **untold)
