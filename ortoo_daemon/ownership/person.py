"""Who of an eligible team is next? Rotation, weighted rotation, least loaded, best match."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.facts import Turns
from ortoo_daemon.handling import KEPT_IN_ORDER, Handling
from ortoo_daemon.ownership.team import KIND, Team, meets
from ortoo_daemon.ownership.turns import Turn, after_turn, next_turns
from ortoo_daemon.person import Person
from ortoo_daemon.policy.ownership_model import PersonChoice, PersonMethod, Rule
from ortoo_daemon.records import FieldValue, RecordId
from ortoo_daemon.reservation import Reservation

_NO_TURNS = Turns()


class Winner(NamedTuple):
    """The person and the counters that this uses up."""

    person: Person
    reservation: Reservation


def pool_name(handling: Handling, rule: Rule, rooftop: Rooftop | None) -> str:
    """Name of a rotation: every rule takes turns of its own at every rooftop."""
    return f"{handling.policy.name}/{rule.name}/{rooftop.id if rooftop else '-'}"


def pick(handling: Handling, choice: PersonChoice, team: Team, *, pool: str) -> Winner | None:
    """The next person of a team; None when nobody is left."""
    weighted = choice.by is PersonMethod.WEIGHTED_ROTATION
    people = _with_weight(handling, team.best()) if weighted else team.best()
    if weighted and not people:
        people = _with_weight(handling, team.people)
    if not people:
        return None
    by_id = {person.id: person for person in people}
    present = [(person.id, person.weight if weighted else 1.0) for person in people]
    turns = handling.facts.workload.turns.get(pool, _NO_TURNS)
    order, clock = next_turns(turns, present)
    if choice.by is PersonMethod.LEAST_LOADED:
        held = _held(handling)
        order = tuple(sorted(order, key=lambda turn: held.get(turn.person, 0)))
    scores: Mapping[RecordId, float] = {}
    if choice.by is PersonMethod.BEST_MATCH:
        scores = _scores(handling, choice, people)
        order = tuple(sorted(order, key=lambda turn: -scores[turn.person]))
    _show(handling, order, by_id, scores)
    total = sum(weight for _, weight in present)
    moved = after_turn(turns, order, clock=clock, total_weight=total)
    first = order[0].person
    reservation = Reservation(person=first, pool=pool, turns=moved)
    return Winner(by_id[first], reservation)


def _with_weight(handling: Handling, people: Sequence[Person]) -> tuple[Person, ...]:
    """People with a weight above nothing; weight 0 takes no turns."""
    kept = []
    for person in people:
        if person.weight > 0:
            kept.append(person)
        else:
            handling.trace.remove(KIND, person, "weight", detail=f"weight is {person.weight:g}")
    return tuple(kept)


def _held(handling: Handling) -> Mapping[RecordId, float]:
    """What is least of who is least loaded: open work by its weight, where the policy weighs it."""
    workload = handling.facts.workload
    return workload.open_work if handling.policy.limits.load is None else workload.load


def _scores(
    handling: Handling, choice: PersonChoice, people: Sequence[Person]
) -> dict[RecordId, float]:
    """The points of each person: the sum of those for what they have."""
    return {
        person.id: sum(each.points for each in choice.match if meets(handling, person, each.wish))
        for person in people
    }


def _show(
    handling: Handling,
    order: Sequence[Turn],
    by_id: Mapping[RecordId, Person],
    scores: Mapping[RecordId, float],
) -> None:
    workload, weighs = handling.facts.workload, handling.policy.limits.load is not None
    open_work = workload.open_work
    for turn in order[:KEPT_IN_ORDER]:
        rank: dict[str, FieldValue] = {
            "open_work": open_work.get(turn.person, 0),
            "turn": round(turn.starts, 3),
        }
        if turn.person in scores:
            rank["points"] = scores[turn.person]
        if weighs:
            rank["load"] = round(workload.load.get(turn.person, 0.0), 2)
        handling.trace.keep(KIND, by_id[turn.person], rank=rank)
    if len(order) > KEPT_IN_ORDER:
        handling.trace.count(KIND, "not_listed", removed=len(order) - KEPT_IN_ORDER)
