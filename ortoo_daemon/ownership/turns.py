"""Whose turn is it? Fair queueing on virtual time, with weights.

Each turn of a person takes 1/weight of virtual time, so that counted from the beginning everybody who was
there throughout has their share to within one turn, and over any stretch to within two (one where all
weigh the same; for weights at large no order of turns does better). Of those whose turn may start at the
pool's clock, the one whose turn ends first is next (worst-case fair queueing: picking by start alone lets a
heavy weight fall several turns behind, picking by end alone lets it run several ahead).

A newcomer starts at the pool's clock. Someone who comes back has at most one missed turn to make good.
So nobody is flooded after a holiday, and nobody pays for turns taken while others were away.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ortoo_daemon.facts import Turns
from ortoo_daemon.records import RecordId

_DIGITS = 9
"""Virtual times are rounded to this many digits, so that 0.1 ten times is one turn."""


class Turn(NamedTuple):
    """One person's next turn in virtual time."""

    person: RecordId
    starts: float
    ends: float


def next_turns(
    turns: Turns, present: Sequence[tuple[RecordId, float]]
) -> tuple[tuple[Turn, ...], float]:
    """Next turns of those present, given as (person, weight > 0), in the order in which they come.

    Also gives the clock at which the first of them starts. Without anybody: no turns, the clock as it is.
    """
    if not present:
        return (), turns.clock
    found = []
    for person, weight in present:
        length = 1.0 / weight
        starts = max(turns.at.get(person, turns.clock), turns.clock - length)
        found.append(Turn(person, starts, round(starts + length, _DIGITS)))
    clock = max(turns.clock, min(turn.starts for turn in found))
    late = clock + 0.5 * 10**-_DIGITS * len(found)
    found.sort(key=lambda turn: (turn.starts > late, turn.ends, -turn.starts, turn.person))
    return tuple(found), clock


def after_turn(turns: Turns, order: Sequence[Turn], *, clock: float, total_weight: float) -> Turns:
    """The pool once the first turn of ``order`` is taken, as `next_turns` gave it.

    The clock goes on by one turn of everybody present together. Everybody present is written down, so
    that who waits for a first turn loses nothing while waiting.
    """
    waiting = {turn.person: turn.starts for turn in order}
    return Turns(
        clock=round(clock + 1.0 / total_weight, _DIGITS),
        at={**turns.at, **waiting, order[0].person: order[0].ends},
    )
