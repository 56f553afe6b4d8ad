"""Within what is a person's own assignment expected to stay? Values of ``boundaries:``."""

from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.notify_model import Notify


class Boundary(StrEnum):
    """What an assignment by hand may be outside of.

    TERRITORY: the rooftops of which the rules would choose one. LIMITS: what the person may hold, or be
    given.
    """

    TERRITORY = "territory"
    LIMITS = "limits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundaries:
    """``when`` bounds it further. ``notify`` tells of it, ``ask_back`` asks the owner or whoever gave them
    the record; nothing takes the record back."""

    of: frozenset[Boundary]
    when: Condition | None = None
    notify: tuple[Notify, ...] = ()
    ask_back: tuple[Notify, ...] = ()
    place: Place
