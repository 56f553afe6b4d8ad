"""When may the next request be sent? So many in each stretch of time, counted from any moment."""

from collections import deque
from collections.abc import Callable


class Pace:
    """``per`` in seconds, ``clock`` in seconds that only go up."""

    def __init__(self, *, at_most: int, per: float, clock: Callable[[], float]) -> None:
        self._per = per
        self._clock = clock
        self._sent: deque[float] = deque(maxlen=at_most)

    def take(self, *, before: float) -> float | None:
        """Seconds to wait for a place, which is taken; None where none comes free ``before``."""
        now = self._clock()
        full = len(self._sent) == self._sent.maxlen
        at = max(now, self._sent[0] + self._per) if full else now
        if at >= before and at > now:
            return None
        self._sent.append(at)
        return at - now
