"""What do records wait for, and how long? Told once a minute for each cause, however many they are."""

from collections.abc import Callable
from datetime import timedelta
from time import monotonic

import structlog

from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import ApiLimitError, LoginError, TemporaryOrgError
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.seldom import Seldom
from ortoo_daemon.work.verdicts import Retry

_log = structlog.get_logger("ortoo_daemon.records")

AFTER_TROUBLE = timedelta(seconds=10)
LONGEST_AT_LIMIT = timedelta(minutes=5)
_MOST_FOR_OWNERS = 3
_FIRST_AT_LIMIT = timedelta(seconds=20)
_LONGEST_WAIT = timedelta(minutes=15)
"""However long the org asks to be left alone, a record is looked at again by then."""


def pause_after(error: TemporaryOrgError | LoginError, attempts: int) -> timedelta:
    """How long a record waits that was tried so often before. The limit of calls may end in a moment, as the
    day it counts rolls on, or last for hours."""
    if isinstance(error, ApiLimitError):
        return min(_FIRST_AT_LIMIT * 2.0 ** min(attempts, 8), LONGEST_AT_LIMIT)
    if error.retry_after:
        return min(timedelta(seconds=error.retry_after), _LONGEST_WAIT)
    return AFTER_TROUBLE


class Waits:
    """Counts waits by the code of what went wrong, and tells of them. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._seldom = Seldom(clock)

    def for_owners(
        self, back_in: timedelta | None, claim: Claim, decision: Decision
    ) -> Retry | None:
        """A few times, where nobody may be left but for those whom the org refused a moment ago."""
        untried = claim.item.attempts < _MOST_FOR_OWNERS
        if back_in is None or not untried or decision.reason is not ReasonCode.NO_TARGET:
            return None
        self.note("OWNERS_REFUSED", back_in)
        return Retry(back_in, "all who could own it were refused by the org a moment ago")

    def note(self, code: str, again_in: timedelta) -> None:
        """A record is put off for so long."""
        if waits := self._seldom.told_for(code):
            seconds = round(again_in.total_seconds(), 1)
            _log.warning("records.waiting", code=code, waits=waits, again_in=seconds)
