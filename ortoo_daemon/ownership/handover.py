"""Who takes over a record whose target has passed?

Steps of ``on_violation`` in order: one that finds nobody makes way for the next at once. A colleague is
found by the rule that gave the record to its owner, with the same gates, limits and rotation; never
whoever holds it, nor somebody from whom a clock took it lately. A person who took the record by hand
keeps it: it is escalated in name only.
"""

from ortoo_daemon.decision import PastHolder, ReasonCode, Reservation
from ortoo_daemon.directory import Person, Rooftop
from ortoo_daemon.handling import Handling, SlaProgress, StepKind
from ortoo_daemon.ownership import rules
from ortoo_daemon.ownership.limits import reserved
from ortoo_daemon.ownership.past_holders import barred
from ortoo_daemon.ownership.person import pick, pool_name
from ortoo_daemon.ownership.targets import person_owner, take_target
from ortoo_daemon.ownership.team import eligible_team
from ortoo_daemon.policy.ownership_model import PersonChoice, Rule
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.sla_model import EscalateTo, Reassign, SlaStep, Superior
from ortoo_daemon.records import Owner, RecordId


def hand_over(handling: Handling) -> None:
    """Take the violation's next step: sets the new owner, or leaves the record with its holder."""
    sla = handling.sla
    if sla is None or sla.due.kind is not StepKind.VIOLATE or sla.due.rule is None:
        return
    steps = sla.due.rule.on_violation
    clock = sla.due.clocks[0]
    sla.steps_done = clock.steps
    waits = sla.due.name == StepKind.VIOLATE.value and bool(steps) and steps[0].after is not None
    if waits:
        return
    for number, step in enumerate(steps[clock.steps :], start=clock.steps + 1):
        sla.steps_done = number
        if _taken(handling, sla, step):
            sla.acted = step
            sla.steps_done += _alternatives(steps[number:])
            return


def _alternatives(steps: tuple[SlaStep, ...]) -> int:
    """How many steps were only for the case that the one before finds nobody."""
    for number, step in enumerate(steps):
        if step.after is not None:
            return number
    return len(steps)


def _taken(handling: Handling, sla: SlaProgress, step: SlaStep) -> bool:
    notes = handling.trace.notes
    if isinstance(step.action, Reassign):
        if sla.due.held_by_hand:
            handling.reason = ReasonCode.SLA_HELD_BY_PERSON
            notes.append(f"{step.place}: a person took the record by hand and keeps it")
            return False
        return _to_colleague(handling, sla)
    if isinstance(step.action, EscalateTo):
        found = _superior(handling, sla, step.action)
        if found is None:
            notes.append(f"{step.place}: no {step.action.superior.value} is there to escalate to")
            return False
        handling.scope.owner, handling.scope.person = person_owner(found), found
        handling.reservation = reserved(handling, Reservation(person=found.id), found)
    elif not take_target(handling, step.action):
        return False
    return _escalated(handling, sla)


def _escalated(handling: Handling, sla: SlaProgress) -> bool:
    owner = handling.scope.owner
    if owner is None or owner.id == _holder(handling):
        handling.trace.notes.append("whom it would be escalated to holds it already")
        _nobody(handling)
        return False
    sla.escalated_to = owner
    if sla.due.held_by_hand:
        handling.trace.notes.append(f"{owner.name} should see to it; its owner took it by hand")
        handling.reason = ReasonCode.SLA_HELD_BY_PERSON
        _nobody(handling)
    else:
        _leave_trail(handling, sla)
    return True


def _nobody(handling: Handling) -> None:
    handling.scope.owner = handling.scope.person = handling.reservation = None


def _to_colleague(handling: Handling, sla: SlaProgress) -> bool:
    rule = _rule_of(handling, sla.rule)
    desk = rule is None or (rule.assign.rooftop is None and rule.assign.keep is None)
    place = None if desk or sla.place is None else sla.place
    rooftop = handling.facts.directory.rooftops.get(place) if place else None
    why = _no_team(rule, place, rooftop)
    if rule is None or why:
        handling.trace.notes.append(why)
        return False
    team = eligible_team(handling, rule.assign.team, rooftop, barred=_barred(handling, sla))
    choice = rule.assign.person or PersonChoice(place=rule.assign.place)
    winner = pick(handling, choice, team, pool=pool_name(handling, rule, rooftop))
    if winner is None:
        handling.trace.notes.append(
            f"{rooftop.name if rooftop else 'the desk'}: no colleague can take it"
        )
        return False
    handling.scope.owner = person_owner(winner.person)
    handling.scope.person = winner.person
    handling.reservation = reserved(handling, winner.reservation, winner.person)
    _leave_trail(handling, sla)
    return True


def _no_team(rule: Rule | None, place: RecordId | None, rooftop: Rooftop | None) -> str:
    """Why there is nobody to choose from, empty when there is."""
    if rule is None:
        return "no rule takes the record any more, so nobody knows who may have it"
    if rule.assign.target is not None:
        return f"rule {rule.name} names a fixed owner: there are no colleagues"
    if not rule.assign.chooses:
        return f"rule {rule.name} names no team: there are no colleagues"
    if place is not None and rooftop is None:
        return "the record's rooftop is no longer in the directory"
    if rule.assign.rooftop is not None and rooftop is None:
        return "the record has no rooftop"
    return ""


def _rule_of(handling: Handling, name: str) -> Rule | None:
    """The rule that gave the record to its owner; if it is gone, the one that would take it now."""
    for rule in rules_of(handling.policy):
        if rule.name == name:
            return rule
    return rules.first_match(handling)


def _barred(handling: Handling, sla: SlaProgress) -> dict[RecordId, str]:
    return barred(handling, sla.trail) | {_holder(handling): "holds the record"}


def _superior(handling: Handling, sla: SlaProgress, action: EscalateTo) -> Person | None:
    directory = handling.facts.directory
    holder = directory.people.get(_holder(handling))
    candidates = [directory.people.get(holder.manager)] if holder and holder.manager else []
    if action.superior is Superior.ROOFTOP_MANAGER and sla.place is not None:
        staff = directory.people_by_rooftop.get(sla.place, ())
        role = Superior.ROOFTOP_MANAGER.value
        candidates += [person for person in staff if (person.role or "").casefold() == role]
    for person in candidates:
        if person is None or person.id == _holder(handling):
            continue
        if person.active and not person.is_away(handling.facts.now):
            return person
        why = "is away" if person.active else "is not active"
        handling.trace.notes.append(f"{person.name} {why}")
    return None


def _holder(handling: Handling) -> RecordId:
    return RecordId(handling.facts.record.text("OwnerId"))


def _leave_trail(handling: Handling, sla: SlaProgress) -> None:
    holder = _holder(handling)
    if holder and Owner.kind_of(holder) is not Owner.kind_of("00G"):
        sla.trail.append(PastHolder(owner=holder, until=handling.facts.now))
