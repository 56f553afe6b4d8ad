"""Who has held the record, as people read it: a line for each holder, offer and return, on the record.

Beside the decision records, for those who look at the record only. The oldest lines go first when there is
no more room.
"""

from collections.abc import Iterator
from datetime import datetime

from ortoo_daemon.audit.summary import summary
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.sla_model import OFFER
from ortoo_daemon.records import Owner, OwnerKind, RecordId

_TOLD = frozenset({Outcome.ASSIGNED, Outcome.REASSIGNED, Outcome.ESCALATED, Outcome.CLOCK_STOPPED})

_LONGEST_REASON = 200


def custody_text(
    decision: Decision, facts: Facts, *, before: str, assigned: str, length: int
) -> str | None:
    """The whole text of the field, at most ``length`` long, where the decision adds a line, else None.

    ``before`` is what stands there, ``assigned`` the id of whom the daemon gave the record to last.
    """
    if decision.outcome not in _TOLD and decision.returned is None:
        return None
    lines = [line for line in _lines(decision, facts, assigned) if line not in before]
    return _fitted([*before.splitlines(), *lines], length) if lines else None


def _lines(decision: Decision, facts: Facts, assigned: str) -> Iterator[str]:
    directory, seen = facts.directory, decision.seen_owner
    if assigned and seen and seen != assigned:
        yield f"{_at(facts.now)}: found with {_name(directory, seen)}, who got it by hand"
    if decision.returned is not None:
        said = " ".join(decision.returned.reason.split())[:_LONGEST_REASON]
        yield f"{_at(facts.now)}: given back by {_name(directory, decision.returned.by)}: {said}"
    offer = next((clock for clock in decision.clocks if clock.name == OFFER), None)
    if offer is not None and decision.outcome is Outcome.CLOCK_STOPPED:
        yield from _accepted(offer, directory, seen)
    if decision.owner is None and decision.escalated_to is None:
        return
    where = directory.rooftops.get(decision.rooftop) if decision.rooftop else None
    offered = f", offered until {_at(offer.target_at)}" if offer and offer.is_live else ""
    told = f"{summary(decision)}{f' ({where.name})' if where else ''}{offered}"
    yield f"{_at(facts.now)}: {told}"


def _accepted(offer: SlaClock, directory: Directory, seen: RecordId | None) -> Iterator[str]:
    """Told again with every clock that stops later, by the same words: the line is added once."""
    if offer.state is ClockState.STOPPED and offer.stopped_at and offer.holder == seen and seen:
        yield f"{_at(offer.stopped_at)}: accepted by {_name(directory, seen)}"


def _at(moment: datetime) -> str:
    return f"{instant_text(moment)[:16].replace('T', ' ')} UTC"


def _name(directory: Directory, owner: RecordId) -> str:
    if Owner.kind_of(owner) is OwnerKind.QUEUE:
        names = {
            queue.id: f"queue {queue.label or queue.name}" for queue in directory.queues.values()
        }
        return names.get(owner, owner)
    person = directory.people.get(owner)
    return person.name if person else owner


def _fitted(lines: list[str], room: int) -> str:
    """The latest lines that the field has room for."""
    kept: list[str] = []
    for line in reversed(lines):
        room -= len(line) + 2  # the org counts a line's end as two
        if room < 0:
            break
        kept.append(line)
    return "\n".join(reversed(kept))
