"""How far do the candidate's own counters go? Those of the live policies are its own, as far as they know.

Open work and rotations are facts: the candidate decides by what is really held. What only the candidate
counts (a rotation of a rule that the live policies do not have, a new rate limit) is counted here, from
its own decisions. Forgotten with the process.
"""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import TypeVar, cast

from ortoo_daemon.daemon.handling.rate_log import RateLog
from ortoo_daemon.facts import Tally, Turns, Workload
from ortoo_daemon.reservation import Reservation

Key = TypeVar("Key")
Value = TypeVar("Value")

LONGEST_PERIOD = 31 * 86_400
"""Seconds: no rate limit looks further back."""

_FORGET_EVERY = 1000


class CandidateCounters:
    """What the candidate has given so far, beside what was really given."""

    def __init__(self) -> None:
        self._turns: dict[str, Turns] = {}
        self._rates = RateLog()
        self._taken = 0

    def beside(self, live: Workload, *, keep: bool = False) -> Workload:
        """The counters by which the candidate decides: a live view, or with ``keep`` a copy."""
        turns = _both(live.turns, self._turns)
        given = _both(live.given, self._rates.moments)
        if not keep:
            return replace(live, turns=turns, given=given)
        return Workload(
            open_work=dict(live.open_work),
            turns=dict(turns),
            given=cast(Mapping[Tally, Sequence[int]], dict(given)),
            load=dict(live.load),
        )

    def take(self, reservation: Reservation | None) -> None:
        """What a decision of the candidate would have used up."""
        if reservation is None:
            return
        if reservation.pool and reservation.turns:
            self._turns[reservation.pool] = reservation.turns
        if reservation.given is not None:
            self._rates.add(reservation.given)
            self._taken += 1
            if self._taken % _FORGET_EVERY == 0:
                oldest = reservation.given.at - LONGEST_PERIOD
                self._rates.forget(before=oldest, known_from=reservation.given.at)


def _both(live: Mapping[Key, Value], own: Mapping[Key, Value]) -> Mapping[Key, Value]:
    """What the live counters do not have is looked for among the candidate's own."""
    maps = (cast(MutableMapping[Key, Value], each) for each in (live, own))
    return ChainMap(*maps)
