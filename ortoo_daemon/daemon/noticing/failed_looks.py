"""Why can't notices be looked through? Told once a minute for each cause; it is tried every two seconds."""

from collections.abc import Callable
from time import monotonic

import structlog

from ortoo_daemon.errors import OrgError, StateError
from ortoo_daemon.work.seldom import Seldom

_log = structlog.get_logger("ortoo_daemon.notices")


class FailedLooks:
    """Tells of looks that failed. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._seldom = Seldom(clock)

    def note(self, error: OrgError | StateError) -> None:
        """One look failed; the org's code, or the kind of the store's failure, is its cause."""
        cause = error.code if isinstance(error, OrgError) else type(error).__name__
        if self._seldom.told_for(cause):
            _log.warning("notice.look_failed", error=str(error))
