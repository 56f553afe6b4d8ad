"""Is a provider worth asking just now? After failures in a row it is left alone for a while.

When that while is over one request tries it; the others wait for its outcome elsewhere.
"""

from collections.abc import Callable


class Breaker:
    """``pause_for`` in seconds, ``clock`` in seconds that only go up."""

    def __init__(self, *, failures: int, pause_for: float, clock: Callable[[], float]) -> None:
        self._most = failures
        self._pause_for = pause_for
        self._clock = clock
        self._failed = 0
        self._until: float | None = None
        self._trying = False

    @property
    def paused(self) -> bool:
        """Whether it is left alone, a single trial aside."""
        return self._until is not None

    def admits(self) -> bool:
        """Whether a request may be sent; whoever is admitted says how it went by one of the others."""
        if self._until is None:
            return True
        if self._trying or self._clock() < self._until:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._failed, self._until, self._trying = 0, None, False

    def failed(self) -> bool:
        """Returns True when this failure begins a pause."""
        self._failed += 1
        again, self._trying = self._trying, False
        if not again and self._failed < self._most:
            return False
        begins = self._until is None
        self._until = self._clock() + self._pause_for
        return begins

    def let_go(self) -> None:
        """The request told nothing of the provider: it was given up by who asked."""
        self._trying = False
