"""What does a policy do about a record whose first response is overdue? Values of ``on_violation``."""

from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.errors import Place


class Within(StrEnum):
    """Where a new owner is looked for."""

    ROOFTOP = "rooftop"


class Superior(StrEnum):
    """Whom a record is escalated to, found from who holds it.

    MANAGER: the holder's manager. ROOFTOP_MANAGER: the same, else somebody with that role at the
    record's rooftop.
    """

    MANAGER = "manager"
    ROOFTOP_MANAGER = "rooftop_manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """Give the record to a colleague, by the rule that gave it to its owner."""

    within: Within
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateTo:
    """Give the record to somebody's superior. Fixed queues and people are a plain target."""

    superior: Superior
    place: Place
