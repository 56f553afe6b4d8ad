"""Who would have had the record if the winner had not been there, and by what did they lose? Pure.

Found by deciding again with the winner off the roster; the reason is read from what both were compared by.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Facts
from ortoo_daemon.handling import KEPT_IN_ORDER
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.ownership_model import PersonMethod
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.records import FieldValue, Owner, OwnerKind, RecordId
from ortoo_daemon.simulation.deciding import settled
from ortoo_daemon.trace import CandidateStep, Trace

_CRITERIA = {
    "open_work": "open work",
    "turn": "turn",
    "distance_km": "km away",
    "territory": "row of the territory file",
}


_COMPARED = {
    PersonMethod.LEAST_LOADED: ("open_work", "turn"),
    PersonMethod.BEST_MATCH: ("points", "turn"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerUp:
    """``owner`` is None where the record would have been parked; ``why`` is what it lost by."""

    winner: str
    owner: Owner | None
    decision: Decision
    why: str


def runner_up(policies: PolicySet, facts: Facts, decision: Decision) -> RunnerUp | None:
    """The next in line; None where no person was chosen."""
    winner = decision.owner
    if winner is None or winner.kind is OwnerKind.QUEUE or decision.outcome is not Outcome.ASSIGNED:
        return None
    directory = without(facts.directory, winner.id)
    _, second = settled(policies, replace(facts, directory=directory))
    if second is None or (second.owner is not None and second.owner.id == winner.id):
        return None
    owner = second.owner if second.outcome is Outcome.ASSIGNED else None
    why = _why(policies, decision, second)
    return RunnerUp(winner=winner.name, owner=owner, decision=second, why=why)


def without(directory: Directory, person: RecordId) -> Directory:
    """The directory with somebody not active; the same where they are not on the roster."""
    found = directory.people.get(person)
    if found is None:
        return directory
    people = {**directory.people, person: replace(found, active=False)}
    return replace(directory, people=people)


def _why(policies: PolicySet, first: Decision, second: Decision) -> str:
    if second.outcome is not Outcome.ASSIGNED:
        return "nobody else could take it"
    if second.reason in (ReasonCode.RULE_ELSE, ReasonCode.OTHERWISE):
        return "nobody else there could take it"
    if first.reason is ReasonCode.STICKY:
        return "the customer's former owner comes first"
    if first.reason is ReasonCode.KEPT:
        return "who has the customer already comes first"
    if second.rooftop != first.rooftop:
        lost = _lost(first.trace, "rooftop", first.rooftop, second.rooftop, order=())
        return f"nobody else at the rooftop could take it; the next: {lost}"
    owners = first.owner, second.owner
    ids = [owner.id if owner else None for owner in owners]
    return _lost(first.trace, "person", ids[0], ids[1], order=_order(policies, first))


def _order(policies: PolicySet, decision: Decision) -> tuple[str, ...]:
    """What people were compared by, as the rule says."""
    for policy in policies.policies:
        for rule in rules_of(policy) if policy.name == decision.policy else ():
            choice = rule.assign.person
            if rule.name == decision.rule and choice is not None:
                return _COMPARED.get(choice.by, ("turn",))
    return ("turn",)


def _lost(
    trace: Trace,
    kind: str,
    winner: RecordId | None,
    second: RecordId | None,
    *,
    order: tuple[str, ...],
) -> str:
    """By the first criterion in which the two differ."""
    steps = {step.id: step for step in trace.candidates if step.kind == kind}
    ours, theirs = steps.get(winner or ""), steps.get(second or "")
    if ours is None or theirs is None:
        kept = sum(step.removed_by is None for step in steps.values())
        return "further down the order" if kept >= KEPT_IN_ORDER else "meets the wishes less well"
    if theirs.removed_by is not None:
        return f"was removed by {theirs.removed_by}: {theirs.detail}"
    return _compared(ours, theirs, order or tuple(ours.rank))


def _compared(ours: CandidateStep, theirs: CandidateStep, order: tuple[str, ...]) -> str:
    for name in order:
        if ours.rank.get(name) != theirs.rank.get(name):
            called = _CRITERIA.get(name, name)
            return f"{called} {_shown(theirs.rank, name)} against {_shown(ours.rank, name)}"
    return "equal in all this; weights, then ids decide"


def _shown(rank: Mapping[str, FieldValue], name: str) -> str:
    value = rank.get(name)
    if value is None:
        return "unknown"
    return str(value).lower() if isinstance(value, bool) else str(value)
