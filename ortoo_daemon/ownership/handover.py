"""Who takes over a record whose target has passed, or that its holder gives back?

Steps of ``on_violation`` in order: one whose action finds nobody makes way for the next at once. A person
who took the record by hand keeps it: it is escalated in name only. A record that clocks have moved as often
as the policy allows stays where it is; one that is given back goes to ``otherwise`` where no step has
found anybody.
"""

from dataclasses import replace

from ortoo_daemon.facts import Given
from ortoo_daemon.handling import Handling, SlaProgress, StepKind
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.ownership.limits import reserved
from ortoo_daemon.ownership.successors import holder_of, kept_from, leave_trail, to_colleague
from ortoo_daemon.ownership.targets import person_owner, take_target
from ortoo_daemon.person import Person
from ortoo_daemon.policy.ownership_model import Programme
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.sla_model import EscalateTo, Reassign, SlaStep, Superior, moved_from
from ortoo_daemon.records import RecordId
from ortoo_daemon.reservation import Reservation


def hand_over(handling: Handling) -> None:
    """Take the next steps of the warning or violation: sets the new owner, or leaves the record with its
    holder."""
    sla = handling.sla
    if sla is None:
        return
    handling.programme = _programme(handling, sla.rule)
    if sla.due.kind is StepKind.RETURN:
        _take_back(handling, sla)
    elif sla.due.rule is None:
        return
    elif sla.due.kind is StepKind.WARN:
        sla.taken = [step for step in sla.due.rule.on_warning if _applies(handling, step)]
    elif sla.due.kind is StepKind.VIOLATE:
        _take_steps(handling, sla, sla.due.rule.on_violation)


def _programme(handling: Handling, rule: str) -> Programme | None:
    """That in which the record was given, running or not."""
    if not handling.policy.programmes:
        return None
    found = (each.programme for each in rules_of(handling.policy) if each.name == rule)
    return next(found, None)


def _take_steps(handling: Handling, sla: SlaProgress, steps: tuple[SlaStep, ...]) -> None:
    clock = sla.due.clocks[0]
    done = clock.steps - 1 if clock.rounds else clock.steps
    sla.steps_done = clock.steps
    waits = sla.due.name == StepKind.VIOLATE.value and bool(steps) and steps[0].after is not None
    if waits:
        return
    place = sla.place
    for number, step in enumerate(steps[done:], start=done + 1):
        if number > done + 1 and step.after is not None and not sla.in_vain:
            return
        sla.steps_done = number
        if not _applies(handling, step):
            continue
        if step.action is None:
            sla.taken.append(step)
            if step.repeat is not None:
                return
        elif _taken(handling, sla, step):
            sla.taken.append(step)
            sla.acted = step
            _count_move(handling, place)
            if step.repeat is None:
                sla.steps_done += _alternatives(steps[number:])
            return
        else:
            sla.in_vain = True


def _take_back(handling: Handling, sla: SlaProgress) -> None:
    """Give what was given back to whom the steps find first, else to ``otherwise``."""
    returned, returns = sla.due.returned, handling.policy.returns
    if returned is None or returns is None:
        return
    people = handling.facts.directory.people
    holder = people[returned.by].name if returned.by in people else returned.by
    handling.trace.notes.append(f"given back by {holder}: {returned.reason}")
    for step in returns.steps:
        if not _applies(handling, step):
            continue
        if step.action is not None and not _taken(handling, sla, step):
            continue
        sla.taken.append(step)
        if step.action is not None:
            sla.acted = step
            return
    orelse = handling.policy.otherwise
    handling.reason = None
    if take_target(handling, orelse) and _escalated(handling, sla):
        handling.trace.notes.append(f"{orelse.place}: nobody else was found")
        way_out = SlaStep(action=orelse, notify=orelse.notify, place=orelse.place)
        sla.acted = way_out
        sla.taken.append(way_out)


def _count_move(handling: Handling, place: RecordId | None) -> None:
    """What a clock has taken from a rooftop counts there, where the policy bounds that."""
    policy, reservation = handling.policy, handling.reservation
    if policy.moves.per_rooftop is None or handling.scope.owner is None or place is None:
        return
    reservation = reservation or Reservation(person=None)
    at = int(handling.facts.now.timestamp())
    given = reservation.given or Given(key=handling.key, at=at, tallies=())
    counted = replace(given, tallies=(*given.tallies, moved_from(policy.name, place)))
    handling.reservation = replace(reservation, given=counted)


def _applies(handling: Handling, step: SlaStep) -> bool:
    if step.when is None or step.when.holds(handling.scope):
        return True
    handling.trace.notes.append(f"{step.place}: left out, its 'when' does not hold")
    return False


def _alternatives(steps: tuple[SlaStep, ...]) -> int:
    """How many steps were only for the case that the one before finds nobody."""
    for number, step in enumerate(steps):
        if step.after is not None:
            return number
    return len(steps)


def _taken(handling: Handling, sla: SlaProgress, step: SlaStep) -> bool:
    notes = handling.trace.notes
    if sla.due.held_by_hand and isinstance(step.action, Reassign):
        handling.reason = ReasonCode.SLA_HELD_BY_PERSON
        notes.append(f"{step.place}: a person took the record by hand and keeps it")
        return False
    if not sla.due.held_by_hand and len(sla.trail) >= handling.policy.moves.at_most:
        handling.reason = ReasonCode.SLA_MOVED_OFTEN
        times = handling.policy.moves.at_most
        notes.append(f"{step.place}: the record has been moved {times} times, which is the most")
        return False
    if isinstance(step.action, Reassign):
        return to_colleague(handling, sla, step.action)
    if isinstance(step.action, EscalateTo):
        found = _superior(handling, sla, step.action)
        if found is None:
            notes.append(f"{step.place}: no {step.action.superior.value} is there to escalate to")
            return False
        handling.scope.owner, handling.scope.person = person_owner(found), found
        handling.reservation = reserved(handling, Reservation(person=found.id), found)
    elif step.action is None or not take_target(handling, step.action):
        return False
    return _escalated(handling, sla)


def _escalated(handling: Handling, sla: SlaProgress) -> bool:
    owner = handling.scope.owner
    if owner is None or owner.id == holder_of(handling):
        handling.trace.notes.append("whom it would be escalated to holds it already")
        _nobody(handling)
        return False
    if any(past.gave_back and past.owner == owner.id for past in sla.trail):
        handling.trace.notes.append(f"{owner.name} gave the record back")
        _nobody(handling)
        return False
    sla.escalated_to = owner
    if sla.due.held_by_hand:
        handling.trace.notes.append(f"{owner.name} should see to it; its owner took it by hand")
        handling.reason = ReasonCode.SLA_HELD_BY_PERSON
        _nobody(handling)
    else:
        leave_trail(handling, sla)
    return True


def _nobody(handling: Handling) -> None:
    handling.scope.owner = handling.scope.person = handling.reservation = None


def _superior(handling: Handling, sla: SlaProgress, action: EscalateTo) -> Person | None:
    directory = handling.facts.directory
    holder = directory.people.get(holder_of(handling))
    own = directory.people.get(holder.manager) if holder and holder.manager else None
    candidates = [own] if own is not None else []
    if holder is not None and own is None and action.superior is Superior.MANAGER:
        why = "their manager is not on the roster" if holder.manager else "has no manager"
        handling.trace.notes.append(f"{holder.name}: {why}")
    if action.superior is Superior.ROOFTOP_MANAGER and sla.place is not None:
        staff = directory.people_by_rooftop.get(sla.place, ())
        role = Superior.ROOFTOP_MANAGER.value
        candidates += [person for person in staff if (person.role or "").casefold() == role]
    kept = kept_from(handling, sla)
    for person in candidates:
        if person.id == holder_of(handling):
            continue
        if person.id not in kept and person.active and not person.is_away(handling.facts.now):
            return person
        why = kept.get(person.id) or ("is away" if person.active else "is not active")
        handling.trace.notes.append(f"{person.name}: {why}")
    return None
