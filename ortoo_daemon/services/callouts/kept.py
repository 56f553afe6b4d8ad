"""Has the same request been answered lately? A bounded memory of answers, one for each service."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace

from ortoo_daemon.callouts import CallAnswer


class KeptAnswers:
    """``keep_for`` in seconds; of more than ``at_most`` those go that were used longest ago."""

    def __init__(self, *, keep_for: float, at_most: int, clock: Callable[[], float]) -> None:
        self._keep_for = keep_for
        self._at_most = at_most
        self._clock = clock
        self._kept: OrderedDict[bytes, tuple[float, CallAnswer]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: bytes) -> CallAnswer | None:
        """The answer as one that cost nothing, None where there is none any more."""
        found = self._kept.get(key)
        if found is None:
            return None
        until, answer = found
        if self._clock() >= until:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        return replace(answer, kept=True, took_for=0, requests=0)

    def keep(self, key: bytes, answer: CallAnswer) -> None:
        self._kept[key] = (self._clock() + self._keep_for, answer)
        self._kept.move_to_end(key)
        while len(self._kept) > self._at_most:
            self._kept.popitem(last=False)
