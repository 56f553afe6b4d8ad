"""Which clocks does a policy start, and what when one runs out? Values of ``sla:`` and ``moves:``."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.facts import ContactKind, Tally
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.notify_model import Notify
from ortoo_daemon.policy.ownership_model import Target


class Within(StrEnum):
    """Where a new owner is looked for.

    ROOFTOP: among the colleagues at the record's site. GROUP, REGION: at the other sites of its group or
    region that hold its brand, nearest first.
    """

    ROOFTOP = "rooftop"
    GROUP = "group"
    REGION = "region"


OFFER = "offer"
"""The name of the clock that ``offer:`` starts."""


class Superior(StrEnum):
    """Whom a record is escalated to, found from who holds it.

    MANAGER: the holder's manager. ROOFTOP_MANAGER: the same, else somebody with that role at the
    record's rooftop.
    """

    MANAGER = "manager"
    ROOFTOP_MANAGER = "rooftop_manager"


class OnReassign(StrEnum):
    """What a change of owner does to a clock that runs: nothing, or the new owner has the whole target."""

    KEEP = "keep"
    RESTART = "restart"


class OnReopen(StrEnum):
    """What becomes of a clock that was stopped when what stopped it holds no more.

    KEEP: it stays stopped. RESUME: it goes on with the time it had left. RESTART: it begins anew.
    """

    KEEP = "keep"
    RESUME = "resume"
    RESTART = "restart"


class OnRepeat(StrEnum):
    """What becomes of a clock whose customer asks again, by another record.

    KEEP: it goes on. RESTART: it begins anew, also one that was stopped, unless what stopped it still holds.
    """

    KEEP = "keep"
    RESTART = "restart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign:
    """Give the record to a colleague, by the rule that gave it to its owner.

    ``back_up`` is a name the directory file binds to a field of rooftops that holds another rooftop (its id,
    code or name); ``desk`` the role of people who work for no one site. One of the three.
    """

    within: Within | None = None
    back_up: str | None = None
    desk: str | None = None
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
class Repeat:
    """A step is taken again ``every`` so much open time, ``at_most`` so many times in all."""

    every: timedelta
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaStep:
    """One step of ``on_violation`` or ``on_warning``.

    ``after`` is open time of the clock's hours since the step before (of the first: since the target).
    None: at once; behind another step with an action, when that one finds nobody. ``action`` None: the owner
    stays. ``when`` is asked of the record; a step for which it does not hold is left out.
    """

    action: Reassign | EscalateTo | Target | None = None
    after: timedelta | None = None
    when: Condition | None = None
    notify: tuple[Notify, ...] = ()
    sets: tuple[SetField, ...] = ()
    repeat: Repeat | None = None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaRule:
    """A clock to start: ``hours`` is ``rooftop``, ``owner``, ``24x7`` or the name of BusinessHours.

    ``warn`` are fractions of the target (0.5) or times before it, earliest first. One of ``stopped_by``
    that holds stops the clock, and so does a contact with the customer of one of the ``contacts``; where
    there was none in both directions ``two_way_within`` of that, it is flagged. One of ``paused_by`` that
    holds makes it pause; one of ``acknowledged_by`` ends its steps. ``is_offer``: whoever is given the record
    has the target's time to accept it, and what stops the clock is that they did.
    """

    clock: str
    target: SlaTarget
    hours: str
    warn: tuple[float | timedelta, ...] = ()
    stopped_by: tuple[Condition, ...] = ()
    contacts: frozenset[ContactKind] = frozenset()
    two_way_within: timedelta | None = None
    paused_by: tuple[Condition, ...] = ()
    acknowledged_by: tuple[Condition, ...] = ()
    on_reassign: OnReassign = OnReassign.KEEP
    on_reopen: OnReopen = OnReopen.KEEP
    on_repeat: OnRepeat = OnRepeat.KEEP
    on_warning: tuple[SlaStep, ...] = ()
    on_violation: tuple[SlaStep, ...] = ()
    is_offer: bool = False
    place: Place

    @property
    def steps(self) -> tuple[SlaStep, ...]:
        return (*self.on_warning, *self.on_violation)

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that is asked of the bare record, long after the clock began."""
        whens = (step.when for step in self.steps)
        notified = (entry.when for step in self.steps for entry in step.notify)
        asked = (*whens, *notified)
        return (
            *self.stopped_by,
            *self.paused_by,
            *self.acknowledged_by,
            *(condition for condition in asked if condition is not None),
        )

    def turning(self) -> tuple[Condition, ...]:
        """Conditions whose change turns the clock off or on."""
        return (*self.stopped_by, *self.paused_by, *self.acknowledged_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    """Whoever holds a record gives it back by saying why in a field, which is emptied again.

    ``reason`` is the API name of that field. Of ``steps`` the first that finds somebody gives them the
    record; where none does the policy's ``otherwise`` has it.
    """

    reason: str
    steps: tuple[SlaStep, ...] = ()
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RooftopBudget:
    """Clocks take at most so many records away from one rooftop within a rolling period."""

    at_most: int
    per: timedelta
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What bounds the moves of a policy's clocks and of what is given back.

    A record is moved at most ``at_most`` times, to nobody from whom a clock took it within
    ``not_back_for``, and never to somebody who gave it back. ``hold_while_closed``: what falls due while the
    record's rooftop is closed waits until it opens.
    """

    at_most: int = 6
    not_back_for: timedelta = timedelta(days=30)
    per_rooftop: RooftopBudget | None = None
    hold_while_closed: bool = False


USUAL_MOVES = Moves()

MOVES = "moves"
"""The level under which it is counted how many records clocks took from a rooftop."""


def moved_from(policy: str, rooftop: str) -> Tally:
    """By what a RooftopBudget counts."""
    return Tally(policy, MOVES, rooftop)
