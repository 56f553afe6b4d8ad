"""Which records did no policy take, so that the next reconciliation need not read them again?

Kept in memory, bounded, and for an hour at most: what a policy compares may change without a mark on the
record itself (a parent's field, the time of day). Whatever is not known here is simply read again.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from ortoo_daemon.records import RecordId

_KEPT_FOR = 1800.0
"""Seconds of a generation; a record is forgotten with the second one, after an hour at the latest."""

_MOST = 50_000
"""Records of a generation: about five megabytes. What comes on top is read at every reconciliation."""

_SETTLED_AFTER = timedelta(seconds=10)
"""The org's stamps are whole seconds, and its clock is not ours: a record that was changed just before it
was read may have been changed again within the same second."""


class PassedOver:
    """Records by id and last change, for one revision of the policies."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._now: dict[RecordId, int] = {}
        self._before: dict[RecordId, int] = {}
        self._turned_at = clock()

    def note(
        self, id: RecordId, *, modified_at: datetime, read_at: datetime, revision: str
    ) -> None:
        """The policies of this revision do not take the record as it was read."""
        self._turn()
        if read_at - modified_at >= _SETTLED_AFTER and len(self._now) < _MOST:
            self._now[id] = _mark(modified_at, revision)

    def holds(self, id: RecordId, *, modified_at: datetime, revision: str) -> bool:
        """Whether the record as it stands need not be read: unchanged since, by the same policies."""
        self._turn()
        known = self._now.get(id) or self._before.get(id)
        return known is not None and known == _mark(modified_at, revision)

    def __len__(self) -> int:
        return len(self._now.keys() | self._before.keys())

    def _turn(self) -> None:
        """Forget the generation before the last when a new one begins."""
        late_by = self._clock() - self._turned_at
        if late_by < _KEPT_FOR:
            return
        recent = late_by < 2 * _KEPT_FOR
        self._before, self._now = (self._now if recent else {}), {}
        self._turned_at = self._turned_at + _KEPT_FOR if recent else self._clock()


def _mark(modified_at: datetime, revision: str) -> int:
    return hash((modified_at, revision))
