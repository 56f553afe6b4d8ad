"""Where does a decision put a record, and what is that beside another one? Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ortoo_daemon.action.stamps import FIRST_RESPONSE
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.clocks import SlaClock
from ortoo_daemon.consequences import Handoff
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import OwnerKind, RecordId
from ortoo_daemon.simulation.backtest.history import Happened
from ortoo_daemon.trace import Trace

_NOT_BY_A_RULE = frozenset({ReasonCode.OTHERWISE.value, ReasonCode.RULE_ELSE.value})
_LIMIT = "limit"
"""Gates of limits bear it in their names."""


class Fate(StrEnum):
    """ROUTED: a rule found an owner, person or queue. UNROUTED: it went to an ``else`` or ``otherwise``.

    LEFT_ALONE: a person held it. NOT_TAKEN: no policy takes it.
    """

    ROUTED = "routed"
    UNROUTED = "unrouted"
    PARKED = "parked"
    LEFT_ALONE = "left_alone"
    NOT_TAKEN = "not_taken"


class Change(StrEnum):
    """What is different. COLLEAGUE: the same rule and rooftop, and another person there has the turn."""

    SAME = "same"
    COLLEAGUE = "colleague"
    MOVED = "moved"
    NEWLY_ROUTED = "newly_routed"
    NEWLY_UNROUTED = "newly_unrouted"
    NEWLY_PARKED = "newly_parked"
    NO_LONGER_TAKEN = "no_longer_taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTarget:
    """When the first answer is due: how long after receipt, and whether the rooftop is closed then.

    ``opens_after`` is how long after the decision the rooftop opens; nothing where it is open, None where
    its hours are not known.
    """

    due_after: timedelta
    due_while_closed: bool = False
    opens_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedTo:
    """The rooftop to whose own system a record is handed, and ``by`` which way; ``held``: not without
    consent, which it lacks."""

    rooftop: RecordId
    by: str
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a record goes and why. ``place`` is ``file:line:column`` of the rule.

    ``limits`` says how many candidates each limit has removed. ``trace`` is the whole way there, where it
    was decided just now.
    """

    fate: Fate
    reason: str
    owner: RecordId | None = None
    owner_name: str | None = None
    rooftop: RecordId | None = None
    policy: str | None = None
    rule: str | None = None
    place: str | None = None
    summary: str = ""
    limits: Mapping[str, int] | None = None
    target: FirstTarget | None = None
    trace: Trace | None = None
    handed: HandedTo | None = None

    @property
    def is_person(self) -> bool:
        return self.owner is not None and self.owner.startswith("005")


def placement_of(decision: Decision, directory: Directory) -> Placement:
    """Where a decision that was made now puts the record."""
    fate = _fate(decision)
    owner = decision.owner if fate in (Fate.ROUTED, Fate.UNROUTED) else None
    limits = {
        gate.gate: gate.removed for gate in decision.trace.gates if gate.gate.endswith(_LIMIT)
    }
    return Placement(
        fate=fate,
        reason=decision.reason.value,
        owner=owner.id if owner else None,
        owner_name=owner.name if owner else None,
        rooftop=decision.rooftop if owner is not None else None,
        policy=decision.policy,
        rule=decision.rule,
        place=str(decision.place) if decision.place else None,
        summary=summary(decision),
        limits=limits,
        target=_first_target(decision, directory),
        trace=decision.trace,
        handed=_handed(decision.handoff),
    )


def placement_then(happened: Happened) -> Placement:
    """Where the record really went, as far as its decision record tells."""
    fate, placed = _fate_then(happened), happened.was_placed
    return Placement(
        fate=fate,
        reason=happened.reason,
        owner=happened.owner if placed else None,
        owner_name=happened.owner_name if placed else None,
        rooftop=happened.rooftop if placed else None,
        policy=happened.policy,
        rule=happened.rule,
        summary=happened.summary or "",
    )


def change_between(before: Placement, after: Placement) -> Change:
    """What became different from one placement to the other."""
    if before.fate is not after.fate:
        return _OTHER_FATE[after.fate]
    if before.owner == after.owner:
        return Change.SAME
    same_team = (before.policy, before.rule, before.rooftop) == (
        after.policy,
        after.rule,
        after.rooftop,
    )
    if before.is_person and after.is_person and same_team:
        return Change.COLLEAGUE
    return Change.MOVED


def _fate_then(happened: Happened) -> Fate:
    """Of a recovered decision only its stamps are known: no rule, no owner by a rule."""
    if not happened.was_placed:
        recovered = happened.outcome == Outcome.RECOVERED.value
        return Fate.PARKED if recovered else _FATES.get(happened.outcome, Fate.NOT_TAKEN)
    by_no_rule = happened.reason in _NOT_BY_A_RULE or happened.rule is None
    return Fate.UNROUTED if by_no_rule else Fate.ROUTED


def what_removed(before: Placement, after: Placement) -> str:
    """The gate by which ``after`` left out whom ``before`` chose, such as ``open_limit: holds 3 of 3``.

    Empty where none did, or where the trace does not tell: of many candidates it names some.
    """
    for step in after.trace.candidates if after.trace else ():
        if step.removed_by is not None and step.id in (before.owner, before.rooftop):
            return f"{step.name}: {step.removed_by}" + (f", {step.detail}" if step.detail else "")
    return ""


_FATES = {
    Outcome.PARKED.value: Fate.PARKED,
    Outcome.LEFT_ALONE.value: Fate.LEFT_ALONE,
}

_OTHER_FATE = {
    Fate.ROUTED: Change.NEWLY_ROUTED,
    Fate.UNROUTED: Change.NEWLY_UNROUTED,
    Fate.PARKED: Change.NEWLY_PARKED,
    Fate.LEFT_ALONE: Change.NO_LONGER_TAKEN,
    Fate.NOT_TAKEN: Change.NO_LONGER_TAKEN,
}


def _fate(decision: Decision) -> Fate:
    if decision.outcome is Outcome.ASSIGNED:
        return Fate.UNROUTED if decision.reason.value in _NOT_BY_A_RULE else Fate.ROUTED
    return _FATES.get(decision.outcome.value, Fate.NOT_TAKEN)


def _handed(handoff: Handoff | None) -> HandedTo | None:
    if handoff is None:
        return None
    return HandedTo(rooftop=handoff.rooftop, by=handoff.by, held=handoff.held)


def _first_target(decision: Decision, directory: Directory) -> FirstTarget | None:
    clock = _first_clock(decision.clocks)
    if clock is None:
        return None
    due_after = clock.target_at - clock.started_at
    rooftop = directory.rooftops.get(decision.rooftop) if decision.rooftop else None
    hours = directory.hours.get(rooftop.hours) if rooftop and rooftop.hours else None
    if hours is None or decision.owner is None or decision.owner.kind is OwnerKind.QUEUE:
        return FirstTarget(due_after=due_after)
    closes = hours.is_open(clock.target_at - timedelta(seconds=1))
    opens_at = hours.next_opening(decision.decided_at)
    return FirstTarget(
        due_after=due_after,
        due_while_closed=not (closes or hours.is_open(clock.target_at)),
        opens_after=_until(decision.decided_at, opens_at),
    )


def _until(now: datetime, at: datetime | None) -> timedelta | None:
    return None if at is None else max(at - now, timedelta())


def _first_clock(clocks: tuple[SlaClock, ...]) -> SlaClock | None:
    named = next((clock for clock in clocks if clock.name == FIRST_RESPONSE), None)
    return named or min(clocks, key=lambda clock: clock.target_at, default=None)
