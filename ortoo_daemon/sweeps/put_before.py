"""Which due steps were put already, and are found again because nothing came of them?

A step that is taken moves on; one that is found again at the same moment waits for something, such as room
at a fuse. It is looked at again at growing pauses and counts as put once, so that what waits keeps nothing
else from its turn. Pure.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ortoo_daemon.records import RecordId, WorkItem

LONGEST_PAUSE = timedelta(minutes=5)
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Put:
    entry: str
    at: datetime
    pause: timedelta


class PutBefore:
    """Remembers what was put; forgotten with the process, which costs one look at each."""

    def __init__(self, *, every: timedelta) -> None:
        self._shortest = every / 2  # the next sweep may look again, be it a little early
        self._put: OrderedDict[RecordId, _Put] = OrderedDict()

    def sorted(
        self, items: Sequence[WorkItem], now: datetime
    ) -> tuple[list[WorkItem], list[WorkItem]]:
        """Steps that are new, and those that are to be looked at again by now; the others are left out."""
        new: list[WorkItem] = []
        again: list[WorkItem] = []
        for item in items:
            before = self._put.get(item.record_id)
            if before is None or before.entry != item.entry:
                new.append(item)
            elif not timedelta() <= now - before.at < before.pause:
                again.append(item)
        return new, again

    def note(self, items: Iterable[WorkItem], now: datetime) -> None:
        """These were put just now."""
        for item in items:
            before = self._put.pop(item.record_id, None)
            pause = self._shortest
            if before is not None and before.entry == item.entry:
                pause = min(before.pause * 2, LONGEST_PAUSE)
            self._put[item.record_id] = _Put(entry=item.entry, at=now, pause=pause)
        while len(self._put) > _MOST_REMEMBERED:
            self._put.popitem(last=False)
