"""How far have the clocks come once a step is taken?"""

from dataclasses import replace
from datetime import datetime, timedelta

from ortoo_daemon.action.sla_due import answering, asked_again, reopens, warnings_passed
from ortoo_daemon.action.sla_end import ended, measured
from ortoo_daemon.action.sla_offers import offer_again
from ortoo_daemon.action.sla_pauses import paused, reopened, resumed
from ortoo_daemon.action.sla_start import (
    holder_of,
    hours_of_holder,
    restart_clock,
    with_time_for_next,
)
from ortoo_daemon.action.stamps import FIRST_RESPONSE, MODIFIED_AT, MODIFIED_BY
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.handling import Handling, SlaProgress, StepKind
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.sla_model import OnReassign, OnReopen, Reassign, SlaRule

LOOK_AGAIN_AFTER = timedelta(hours=1)
"""A contact that nobody made in time is looked for again after an hour, then ever more rarely."""


def advance_clocks(handling: Handling) -> None:
    """Put the clocks that the step is about one step further; the others stay as they are, unless the record
    has a new owner for whom they begin anew, or who would lose it to another late clock at once."""
    sla = handling.sla
    if sla is None:
        return
    turns = {clock.name: sla.due.kind for clock in sla.due.clocks}
    turns |= {clock.name: kind for kind, clock in sla.due.also}
    rules = {rule.clock: rule for rule in handling.policy.sla}
    if sla.due.kind is StepKind.RETURN:
        turns = _reopened_for_next(handling, rules)
    handling.clocks = [
        _for_new_owner(_turned(clock, handling, sla, turns, rules), handling, rules)
        for clock in handling.clocks
    ]
    if handling.scope.owner is not None:
        handling.clocks = [
            _not_at_once(clock, handling, rules)
            if turns.get(clock.name, StepKind.REOPEN) is StepKind.REOPEN
            else clock
            for clock in handling.clocks
        ]
    offer_again(handling, sla)
    if turns.get(FIRST_RESPONSE) is StepKind.STOP:
        stopped = next(clock for clock in handling.clocks if clock.name == FIRST_RESPONSE)
        sla.first_response_at = stopped.stopped_at


def _reopened_for_next(handling: Handling, rules: dict[str, SlaRule]) -> dict[str, StepKind]:
    """Clocks that the one who gives the record back had stopped, and that what the step sets opens again."""
    return {
        clock.name: StepKind.REOPEN
        for clock in handling.clocks
        if clock.state is ClockState.STOPPED
        and (rule := rules.get(clock.name)) is not None
        and reopens(clock, rule, handling.scope)
    }


def _turned(
    clock: SlaClock,
    handling: Handling,
    sla: SlaProgress,
    turns: dict[str, StepKind],
    rules: dict[str, SlaRule],
) -> SlaClock:
    kind, rule = turns.get(clock.name), rules.get(clock.name)
    return clock if kind is None else _advanced(clock, kind, rule, handling, sla)


def _advanced(
    clock: SlaClock, kind: StepKind, rule: SlaRule | None, handling: Handling, sla: SlaProgress
) -> SlaClock:
    now = handling.facts.now
    match kind:
        case StepKind.STOP:
            return _stopped(clock, rule, handling)
        case StepKind.REMOVE:
            if not clock.is_live:  # it was stopped, and a contact was still to be looked for
                return replace(clock, look_at=None)
            return ended(clock, ClockState.REMOVED, now, handling)
        case StepKind.WARN:
            return replace(clock, warned=warnings_passed(clock, now))
        case StepKind.VIOLATE:
            return _violated(clock, handling, sla)
        case StepKind.PAUSE:
            return paused(clock, _changed_at(handling))
        case StepKind.RESUME:
            return resumed(clock, _changed_at(handling), handling.facts.directory)
        case StepKind.ACKNOWLEDGE:
            noted = replace(clock, acknowledged_at=_changed_at(handling), step_at=None)
            return _looked_for(noted, rule, handling)
        case StepKind.RESTART:
            return _anew(clock, rule, handling)
        case StepKind.REOPEN:
            if rule is not None and rule.on_reopen is OnReopen.RESTART:
                return _anew(clock, rule, handling)
            at, directory = _changed_at(handling), handling.facts.directory
            return _looked_for(reopened(clock, rule, at, directory), rule, handling)
        case StepKind.LOOK:
            return _looked(clock, handling)
        case StepKind.HOLD:
            return _held(clock, sla.due.until, now)
        case StepKind.END_WAIT | StepKind.RETURN | StepKind.SHARE | StepKind.MEND:
            return clock  # they are about no clock


def _held(clock: SlaClock, until: datetime | None, now: datetime) -> SlaClock:
    changes = clock.changes + 1
    if clock.state is ClockState.RUNNING:
        return replace(clock, act_at=until, warned=warnings_passed(clock, now), changes=changes)
    return replace(clock, step_at=until, changes=changes)


def _anew(clock: SlaClock, rule: SlaRule | None, handling: Handling) -> SlaClock:
    """The clock begins again; where its rule has no target for the record any more it goes on as it is."""
    if rule is None:
        return replace(clock, holder=None)
    asked_at = asked_again(clock, rule, handling.facts.record)
    begun = restart_clock(handling, rule, clock, asked_at or _changed_at(handling))
    return begun or replace(clock, holder=None)


def _for_new_owner(clock: SlaClock, handling: Handling, rules: dict[str, SlaRule]) -> SlaClock:
    """A clock that counts for its owner begins anew where the step has given the record away."""
    rule = rules.get(clock.name)
    if rule is None or rule.on_reassign is not OnReassign.RESTART or not clock.is_live:
        return clock
    if rule.is_offer:
        return clock
    if clock.holder is None or clock.holder == holder_of(handling):
        return clock
    return restart_clock(handling, rule, clock, handling.facts.now) or clock


def _not_at_once(clock: SlaClock, handling: Handling, rules: dict[str, SlaRule]) -> SlaClock:
    """A clock that is late, too, and would take the record from whoever has only just got it, waits."""
    rule, now = rules.get(clock.name), handling.facts.now
    is_due = (
        clock.state is ClockState.RUNNING and clock.paused_at is None and not clock.acknowledged_at
    )
    if rule is None or not is_due or clock.target_at > now:
        return clock
    if not any(isinstance(step.action, Reassign) for step in rule.on_violation):
        return clock
    return with_time_for_next(handling, rule, clock)


def _violated(clock: SlaClock, handling: Handling, sla: SlaProgress) -> SlaClock:
    """The next step's time counts from now, not from the target: after an outage nobody is run over."""
    now, rule = handling.facts.now, sla.due.rule
    steps = rule.on_violation if rule else ()
    last = sla.taken[-1] if sla.taken else None
    rounds = clock.rounds if clock.steps == sla.steps_done else 0
    repeat = last.repeat if last else None
    if repeat is not None and rounds + 1 < repeat.at_most:
        after: timedelta | None = repeat.every
        rounds += 1
    else:
        left = steps[sla.steps_done :]
        rounds, after = 0, left[0].after if left else None
    step_at = None
    if after is not None and rule is not None:
        step_at = hours_of_holder(handling, rule, clock).add(now, after) or now + after
    late = replace(
        clock, state=ClockState.VIOLATED, steps=sla.steps_done, rounds=rounds, step_at=step_at
    )
    return measured(_looked_for(late, rule, handling), now, handling)


def _looked_for(clock: SlaClock, rule: SlaRule | None, handling: Handling) -> SlaClock:
    """A late clock that has no step before it ends by a contact all the same, if somebody looks for one."""
    is_last = clock.state is ClockState.VIOLATED and clock.step_at is None
    looks = is_last and rule is not None and bool(rule.contacts)
    return replace(clock, look_at=_next_look(clock, handling.facts.now) if looks else None)


def _next_look(clock: SlaClock, now: datetime) -> datetime:
    return now + max(LOOK_AGAIN_AFTER, now - clock.started_at)


def _looked(clock: SlaClock, handling: Handling) -> SlaClock:
    """Nobody answered yet, or was there a contact in both directions once the clock was stopped?"""
    contacts, now = handling.facts.contacts, handling.facts.now
    if clock.is_live or contacts is None:
        return replace(clock, look_at=_next_look(clock, now), changes=clock.changes + 1)
    times = (each.at for each in contacts if each.both_ways)
    both = any(clock.started_at <= at <= now for at in times)
    return replace(clock, look_at=None, one_way=not both, changes=clock.changes + 1)


def _stopped(clock: SlaClock, rule: SlaRule | None, handling: Handling) -> SlaClock:
    contact = answering(clock, rule, handling.facts.contacts) if rule else None
    holds = rule is not None and any(each.holds(handling.scope) for each in rule.stopped_by)
    moments = [contact.at] if contact else []
    moments += [_changed_at(handling)] if holds else []
    ended_at = min(moments, default=handling.facts.now)
    ended_at = min(max(ended_at, clock.started_at), handling.facts.now)
    clock = ended(clock, ClockState.STOPPED, ended_at, handling)
    look_at = None
    if rule is not None and rule.two_way_within is not None:
        look_at = ended_at + rule.two_way_within
    return replace(clock, contacted=contact is not None and not holds, look_at=look_at)


def _changed_at(handling: Handling) -> datetime:
    """When somebody did what the step follows: the last change, unless that was the daemon's own.

    Never before the change itself, and no later than now.
    """
    record, facts = handling.facts.record, handling.facts
    modified_at = instant(record.get(MODIFIED_AT))
    if modified_at is None or record.text(MODIFIED_BY) in facts.intake_owners:
        modified_at = facts.item.happened_at
    return min(modified_at, facts.now)
