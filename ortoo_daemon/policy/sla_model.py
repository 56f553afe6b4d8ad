"""Which clocks does a policy start, and what when one runs out? Values of ``sla:``."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.ownership_model import Target


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaTarget:
    """A duration, possibly by condition: the first whose condition holds (None: always) counts."""

    choices: tuple[tuple[Condition | None, timedelta], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaStep:
    """One step of ``on_violation``.

    ``after`` is open time of the clock's hours since the step before (of the first: since the target).
    None: at once; behind another step, when that one finds nobody.
    """

    action: Reassign | EscalateTo | Target
    after: timedelta | None = None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRule:
    """A clock to start: ``hours`` is ``rooftop``, ``24x7`` or the name of BusinessHours.

    ``warn`` are fractions of the target (0.5) or times before it, earliest first. One of ``stopped_by``
    that holds stops the clock.
    """

    clock: str
    target: SlaTarget
    hours: str
    warn: tuple[float | timedelta, ...] = ()
    stopped_by: tuple[Condition, ...] = ()
    on_violation: tuple[SlaStep, ...] = ()
    place: Place
