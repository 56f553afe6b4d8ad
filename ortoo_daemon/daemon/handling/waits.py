"""What do records wait for? Told once a minute for each cause, however many records there are."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

import structlog

_log = structlog.get_logger("ortoo_daemon.records")

_TOLD_EVERY = 60.0


class Waits:
    """Counts waits by the code of what went wrong, and tells of them. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._told_at: dict[str, float] = {}
        self._untold: Counter[str] = Counter()

    def note(self, code: str, again_in: timedelta) -> None:
        """A record is put off for so long."""
        self._untold[code] += 1
        now = self._clock()
        if now - self._told_at.get(code, -_TOLD_EVERY) < _TOLD_EVERY:
            return
        self._told_at[code] = now
        seconds = round(again_in.total_seconds(), 1)
        _log.warning("records.waiting", code=code, waits=self._untold.pop(code), again_in=seconds)
