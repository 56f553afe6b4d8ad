"""How many records may be in hand at once, when they outlast their leases? Fewer, until they don't.

A machine that is too slow for what it has taken loses its leases, others take the same records, and all of
them do everything twice: the more is in hand, the less gets done.
"""

from collections.abc import Callable
from time import monotonic

_LEAST = 25
_HALVED_EVERY = 1.0
"""Seconds; leases are lost many at a time."""


class Room:
    """``most`` places, while leases last. Half of them after some were lost; one more with each record that
    was handled in time."""

    def __init__(self, most: int, *, clock: Callable[[], float] = monotonic) -> None:
        self.places = self._most = most
        self._clock = clock
        self._halved_at = -_HALVED_EVERY

    def lost(self) -> None:
        """A lease ended before its record was handled."""
        now = self._clock()
        if now - self._halved_at >= _HALVED_EVERY:
            self._halved_at = now
            self.places = min(self._most, max(_LEAST, self.places // 2))

    def in_time(self) -> None:
        """A record was handled while its lease lasted."""
        if self.places < self._most:
            self.places += 1
