"""What was given to whom lately, as rate limits count it?

Decisions add to it as they are reserved; what the org shows is laid over it, decision by decision, so
that no decision counts twice however often it is read. A decision whose write went unanswered keeps its
place until the record is decided again under the same key. Nothing here is durable: the org is.
"""

from array import array
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping, Sequence

from ortoo_daemon.facts import Given, Tally

Moments = dict[Tally, "array[int]"]


class Rebuild:
    """A whole reading while its pages come in: each decision once, the first that is told."""

    def __init__(self, *, known_from: int) -> None:
        self.moments: Moments = {}
        self.recent: dict[str, Given] = {}
        self._known_from = known_from
        self._keys: set[str] = set()

    def take(self, found: Iterable[Given]) -> None:
        for given in found:
            if given.key in self._keys:
                continue
            self._keys.add(given.key)
            if given.at >= self._known_from:
                self.recent[given.key] = given
            _enter(self.moments, given)

    def knows(self, key: str) -> bool:
        return key in self._keys


class RateLog:
    """The seconds at which each tally grew, ascending; ``moments`` is a live view."""

    def __init__(self) -> None:
        self._moments: Moments = {}
        self._recent: dict[str, Given] = {}
        """By decision key, those that another reading may tell of again."""

    @property
    def moments(self) -> Mapping[Tally, Sequence[int]]:
        return self._moments

    def add(self, given: Given) -> Given | None:
        """Count a decision; the one that stood under its key before is handed back and counts no more."""
        before = self._recent.pop(given.key, None)
        if before is not None:
            _leave(self._moments, before)
        self._recent[given.key] = given
        _enter(self._moments, given)
        return before

    def take_back(self, given: Given, before: Given | None) -> None:
        """The decision came to nothing; ``before`` is what `add` handed back."""
        if self._recent.get(given.key) is not given:
            return
        del self._recent[given.key]
        _leave(self._moments, given)
        if before is not None:
            self.add(before)

    def lay_over(self, found: Iterable[Given]) -> None:
        """What the org shows of decisions that `forget` has left known."""
        for given in found:
            known = self._recent.get(given.key)
            if known is None or (known.at, known.tallies) != (given.at, given.tallies):
                self.add(given)

    def replace(self, rebuilt: Rebuild) -> None:
        """A whole reading; of our own decisions those stay that it does not show."""
        own = [given for key, given in self._recent.items() if not rebuilt.knows(key)]
        self._moments, self._recent = rebuilt.moments, rebuilt.recent
        for given in own:
            self.add(given)

    def forget(self, *, before: int, known_from: int) -> None:
        """Drop what no limit looks at any more, and the keys of what will not be read again."""
        for tally in list(self._moments):
            moments = self._moments[tally]
            old = bisect_left(moments, before)
            if old == len(moments):
                del self._moments[tally]
            elif old:
                del moments[:old]
        self._recent = {key: each for key, each in self._recent.items() if each.at >= known_from}

    def frozen(self, tallies: Iterable[Tally]) -> dict[Tally, tuple[int, ...]]:
        """The counts of these, as a copy to keep."""
        return {
            tally: tuple(moments)
            for tally in tallies
            if (moments := self._moments.get(tally)) is not None and moments
        }


def _enter(moments: Moments, given: Given) -> None:
    for tally in given.tallies:
        known = moments.get(tally)
        if known is None:
            moments[tally] = array("q", (given.at,))
        elif known[-1] <= given.at:
            known.append(given.at)
        else:
            insort(known, given.at)


def _leave(moments: Moments, given: Given) -> None:
    for tally in given.tallies:
        known = moments.get(tally)
        if known is None:
            continue
        place = bisect_left(known, given.at)
        if place < len(known) and known[place] == given.at:
            del known[place]
        if not known:
            del moments[tally]
