"""What becomes of the open work of somebody who is away or has left? Values of ``absence:``."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.person import Sign
from ortoo_daemon.policy.evaluation import Condition


class Move(StrEnum):
    """Which open records leave somebody who is away.

    ALL: whatever they hold. UNTOUCHED: what the daemon gave them and nobody has changed since.
    """

    ALL = "all"
    UNTOUCHED = "untouched"


USUAL_SIGNS = frozenset(Sign) - {Sign.SHIFTS}
"""Signs by which work leaves somebody where the policy does not say: the end of a shift is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """What was moved for an absence, and nobody has touched, goes back to whoever returns.

    ``at_most`` so many records of one absence, of which nothing is older than ``within`` since its move.
    """

    at_most: int = 10
    within: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """``when`` bounds it further; ``due_before_return``: only what has a target before the return.

    ``signs`` are those by which somebody must be away; ``give_back`` is None where nothing goes back.
    """

    move: Move
    when: Condition | None = None
    due_before_return: bool = False
    signs: frozenset[Sign] = USUAL_SIGNS
    give_back: GiveBack | None = None
    place: Place
