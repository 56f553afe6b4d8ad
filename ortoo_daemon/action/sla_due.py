"""What do a record's clocks ask for now: nothing, a turn, an end, a warning, or a step after the target?

Asked of the record as it was read; the record's own stamp says what has been done already, so that a
step is due once, whoever asks and however often.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.action.sla_clocks import SlaStamp
from ortoo_daemon.action.stamps import (
    ASSIGNED_OWNER,
    DECIDED_AT,
    DECISION_KEY,
    OWNER,
    ROOFTOP,
)
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Contact
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.sla_model import OnReopen, OnRepeat, SlaRule
from ortoo_daemon.records import Owner, OwnerKind, Record, RecordId
from ortoo_daemon.repeats import ASKED_AGAIN_AT
from ortoo_daemon.scope import RecordScope

_Turn = tuple[StepKind, SlaClock]

_KEYED_BY_CHANGES = frozenset({StepKind.PAUSE, StepKind.RESUME, StepKind.HOLD, StepKind.LOOK})
"""What may come about several times in the run of a clock."""


def find_due(
    policy: Policy | None,
    stamp: SlaStamp,
    record: Record,
    scope: RecordScope,
    contacts: tuple[Contact, ...] | None = None,
) -> DueStep | None:
    """The step to take now. ``policy`` is the record's own, None when it is gone.

    Turns that the record's own state brings about go before steps: a record that was answered is not moved
    for being late.
    """
    rules = {rule.clock: rule for rule in policy.sla} if policy else {}
    looking = _Looking(rules=rules, record=record, scope=scope, contacts=contacts)
    asking = (clock for clock in stamp.clocks if clock.is_live or clock.look_at is not None)
    removed = [clock for clock in asking if clock.name not in rules]
    turns = [*looking.turns(stamp), *((StepKind.REMOVE, clock) for clock in removed)]
    if turns:
        return _step_of_turns(turns, looking)
    late = [clock for clock in stamp.clocks if clock.name in rules and _is_due(clock, scope.now)]
    if not late:
        return None
    clock = min(late, key=_when)
    return _step(_kind_of(clock, scope.now), (clock,), looking)


def key_of(step: DueStep, record: Record) -> str:
    """The decision's key: the same for this step of this clock after any crash."""
    clock = step.clocks[0] if step.clocks else None
    run = f":{clock.run}" if clock and clock.run > 1 else ""
    return f"{record.id}:sla:{clock.name if clock else '-'}:{step.name}{run}"


def routed_at(record: Record, stamp: SlaStamp) -> datetime | None:
    """When the owner was last decided by the rules: before the clocks' steps that came since."""
    if stamp.routed_at is not None and record.text(DECISION_KEY).startswith(f"{record.id}:sla:"):
        return stamp.routed_at
    return instant(record.get(DECIDED_AT))


def warnings_passed(clock: SlaClock, now: datetime) -> int:
    return sum(at <= now for at in clock.warn_at)


def holder_place(record: Record, directory: Directory) -> RecordId | None:
    """The rooftop whose people may take over: the record's, else the holder's."""
    if record.text(ROOFTOP):
        return RecordId(record.text(ROOFTOP))
    holder = directory.people.get(RecordId(record.text(OWNER)))
    return holder.rooftop if holder else None


def answering(
    clock: SlaClock, rule: SlaRule, contacts: tuple[Contact, ...] | None
) -> Contact | None:
    """The first contact since the clock began that stops it."""
    for each in contacts or ():
        if each.kind in rule.contacts and each.at >= clock.started_at:
            return each
    return None


def asked_again(clock: SlaClock, rule: SlaRule, record: Record) -> datetime | None:
    """When the customer asked again since the clock began, where that begins it anew."""
    if rule.on_repeat is OnRepeat.KEEP:
        return None
    asked_at = instant(record.get(ASKED_AGAIN_AT))
    return asked_at if asked_at is not None and asked_at > clock.started_at else None


def reopens(clock: SlaClock, rule: SlaRule, scope: RecordScope) -> bool:
    """Whether what stopped the clock holds no more, and its rule lets it go on."""
    if rule.on_reopen is OnReopen.KEEP or clock.contacted or not rule.stopped_by:
        return False
    return not any(condition.holds(scope) for condition in rule.stopped_by)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looking:
    """A record with what is asked of its clocks."""

    rules: Mapping[str, SlaRule]
    record: Record
    scope: RecordScope
    contacts: tuple[Contact, ...] | None

    def turns(self, stamp: SlaStamp) -> Iterator[_Turn]:
        """What the record's own state brings about, one turn of each clock, ends first."""
        found = [
            (kind, clock)
            for clock in stamp.clocks
            if (rule := self.rules.get(clock.name)) is not None
            and (kind := self._turn(clock, rule)) is not None
        ]
        yield from sorted(found, key=lambda turn: turn[0] is not StepKind.STOP)

    def _turn(self, clock: SlaClock, rule: SlaRule) -> StepKind | None:
        if clock.state is ClockState.STOPPED:
            if asked_again(clock, rule, self.record) and not self._holds(rule.stopped_by):
                return StepKind.RESTART
            return StepKind.REOPEN if reopens(clock, rule, self.scope) else None
        if not clock.is_live:
            return None
        if self._holds(rule.stopped_by) or answering(clock, rule, self.contacts) is not None:
            return StepKind.STOP
        if clock.holder is not None and clock.holder != self.record.text(OWNER):
            return StepKind.STOP if rule.is_offer else StepKind.RESTART
        if asked_again(clock, rule, self.record):
            return StepKind.RESTART
        if self._holds(rule.paused_by) is not (clock.paused_at is not None):
            return StepKind.RESUME if clock.paused_at is not None else StepKind.PAUSE
        violated = clock.state is ClockState.VIOLATED and clock.acknowledged_at is None
        if violated and self._holds(rule.acknowledged_by):
            return StepKind.ACKNOWLEDGE
        return None

    def _holds(self, conditions: tuple[Condition, ...]) -> bool:
        return any(condition.holds(self.scope) for condition in conditions)


def _kind_of(clock: SlaClock, now: datetime) -> StepKind:
    if clock.state is ClockState.STOPPED:
        return StepKind.LOOK
    if clock.state is ClockState.RUNNING:
        return StepKind.WARN if clock.violation_at > now else StepKind.VIOLATE
    return StepKind.VIOLATE if clock.step_at is not None else StepKind.LOOK


def _is_due(clock: SlaClock, now: datetime) -> bool:
    return clock.next_at is not None and clock.next_at <= now


def _when(clock: SlaClock) -> tuple[datetime, str]:
    assert clock.next_at is not None
    return clock.next_at, clock.name


def _step_of_turns(turns: list[_Turn], looking: _Looking) -> DueStep:
    """Clocks that take the same turn as the first are what the step is about."""
    kind = turns[0][0]
    clocks = tuple(clock for turn, clock in turns if turn is kind)
    also = tuple((turn, clock) for turn, clock in turns if turn is not kind)
    return _step(kind, clocks, looking, also=also)


def _step(
    kind: StepKind, clocks: tuple[SlaClock, ...], looking: _Looking, *, also: tuple[_Turn, ...] = ()
) -> DueStep:
    record = looking.record
    owner, assigned = record.text(OWNER), record.text(ASSIGNED_OWNER)
    by_hand = bool(owner) and owner != assigned and Owner.kind_of(owner) is OwnerKind.USER
    return DueStep(
        kind=kind,
        name=step_name(kind, clocks, looking.scope.now),
        clocks=clocks,
        rule=looking.rules.get(clocks[0].name) if clocks else None,
        held_by_hand=by_hand,
        also=also,
    )


def step_name(kind: StepKind, clocks: tuple[SlaClock, ...], now: datetime) -> str:
    """The step's part of the decision's key; no step of a clock's run has the name of another."""
    if not clocks:
        return kind.value
    clock = clocks[0]
    if kind is StepKind.WARN:
        return f"warning{warnings_passed(clock, now)}"
    if kind is StepKind.VIOLATE:
        if clock.state is ClockState.RUNNING:
            return "violation"
        again = f"r{clock.rounds + 1}" if clock.rounds else ""
        return f"step{clock.steps + (0 if again else 1)}{again}"
    return f"{kind.value}{clock.changes + 1}" if kind in _KEYED_BY_CHANGES else kind.value
