"""Must a step that is due wait: because the rooftop is closed, or has lost enough records lately?

A step that is held back is written down once, with the moment at which it is looked at again.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from zlib import crc32

from ortoo_daemon.action.sla_due import holder_place, step_name
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import DueStep, StepKind
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.sla_model import SlaStep, moved_from


def held_back(due: DueStep, policy: Policy, facts: Facts) -> DueStep:
    """The step itself, or that it is held back."""
    if due.kind is not StepKind.VIOLATE or due.rule is None:
        return due
    place = holder_place(facts.record, facts.directory)
    site = facts.directory.rooftops.get(place) if place else None
    if site is None:
        return due
    found = _closed(site, policy, facts) or _enough(site, due, policy, facts)
    if found is None:
        return due
    until, why = found
    name = step_name(StepKind.HOLD, due.clocks, facts.now)
    return replace(due, kind=StepKind.HOLD, name=name, until=until, why=why)


def _closed(site: Rooftop, policy: Policy, facts: Facts) -> tuple[datetime, str] | None:
    hours = facts.directory.hours.get(site.hours) if site.hours else None
    if not policy.moves.hold_while_closed or hours is None or hours.is_open(facts.now):
        return None
    opens_at = hours.next_opening(facts.now)
    if opens_at is None:
        return None
    return opens_at, f"{site.name} is closed until {opens_at:%Y-%m-%d %H:%M} UTC"


def _enough(
    site: Rooftop, due: DueStep, policy: Policy, facts: Facts
) -> tuple[datetime, str] | None:
    budget = policy.moves.per_rooftop
    if budget is None or due.held_by_hand or not _moves(due):
        return None
    begins = (facts.now - budget.per).timestamp()
    taken = facts.workload.given.get(moved_from(policy.name, site.id), ())
    lately = [at for at in taken if at > begins]
    if len(lately) < budget.at_most:
        return None
    first = lately[-budget.at_most]
    free_at = datetime.fromtimestamp(first, facts.now.tzinfo) + budget.per
    until = free_at + _apart(facts.record.id, budget.per)
    had = f"{len(lately)} of {budget.at_most} records"
    return until, f"clocks took {had} from {site.name} lately, the next {until:%Y-%m-%d %H:%M} UTC"


def _moves(due: DueStep) -> bool:
    """Whether the step may give the record to somebody else."""
    return any(step.action is not None for step in _next_steps(due))


def _next_steps(due: DueStep) -> tuple[SlaStep, ...]:
    clock, steps = due.clocks[0], due.rule.on_violation if due.rule else ()
    first = clock.steps - 1 if clock.rounds else clock.steps
    return steps[first:]


def _apart(record: str, per: timedelta) -> timedelta:
    """Records that wait for the same moment come one after the other, each always at its own."""
    return per * (crc32(record.encode()) % 1000 / 1000)
