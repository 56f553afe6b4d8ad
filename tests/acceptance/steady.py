"""People who go on making records, at a steady pace, whatever becomes of the daemon meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

MakeMore = Callable[[int], list[str]]
"""Makes the next few records, given how many there are; their ids."""


class Steady(threading.Thread):
    """Makes ``number`` records at about so many a second; ``ids`` are those made so far."""

    def __init__(self, make: MakeMore, number: int, *, a_second: float) -> None:
        super().__init__(name="steady", daemon=True)
        self.ids: list[str] = []
        self.error: Exception | None = None
        self._make, self._number, self._a_second = make, number, a_second

    def run(self) -> None:
        began = time.monotonic()
        try:
            while len(self.ids) < self._number:
                self.ids += self._make(len(self.ids))
                ahead = len(self.ids) / self._a_second - (time.monotonic() - began)
                time.sleep(max(ahead, 0.0))
        except Exception as error:
            self.error = error

    def finish(self, within: float) -> list[str]:
        self.join(within)
        assert not self.is_alive(), f"only {len(self.ids)} records were made in time"
        assert self.error is None, self.error
        return self.ids
