"""How often is the same thing told? Once a minute for each cause, however often it happens."""

from collections import Counter
from collections.abc import Callable
from time import monotonic

_TOLD_EVERY = 60.0


class Seldom:
    """Counts what happens by its cause. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._told_at: dict[str, float] = {}
        self._untold: Counter[str] = Counter()

    def told_for(self, cause: str) -> int:
        """It has happened once more. For how many times it is to be told now: 0 where it just was."""
        self._untold[cause] += 1
        now = self._clock()
        if now - self._told_at.get(cause, -_TOLD_EVERY) < _TOLD_EVERY:
            return 0
        self._told_at[cause] = now
        return self._untold.pop(cause)
