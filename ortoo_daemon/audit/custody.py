"""Who has held the record, as people read it: one line for each holder, on the record itself.

Beside the decision records, for those who look at the record only. The oldest lines go first when there is
no more room.
"""

from collections.abc import Iterator
from datetime import datetime

from ortoo_daemon.audit.summary import summary
from ortoo_daemon.decision import Decision, Outcome
from ortoo_daemon.directory import Directory
from ortoo_daemon.facts import Facts
from ortoo_daemon.records import Owner, OwnerKind, RecordId

_MOVES = frozenset({Outcome.ASSIGNED, Outcome.REASSIGNED, Outcome.ESCALATED})


def custody_text(
    decision: Decision, facts: Facts, *, before: str, assigned: str, length: int
) -> str | None:
    """The whole text of the field, at most ``length`` long, where the decision adds a line, else None.

    ``before`` is what stands there, ``assigned`` the id of whom the daemon gave the record to last.
    """
    if decision.outcome not in _MOVES:
        return None
    lines = [line for line in _lines(decision, facts, assigned) if line not in before]
    return _fitted([*before.splitlines(), *lines], length) if lines else None


def _lines(decision: Decision, facts: Facts, assigned: str) -> Iterator[str]:
    directory, seen = facts.directory, decision.seen_owner
    if assigned and seen and seen != assigned:
        yield f"{_at(facts.now)}: found with {_name(directory, seen)}, who got it by hand"
    if decision.owner is None and decision.escalated_to is None:
        return
    where = directory.rooftops.get(decision.rooftop) if decision.rooftop else None
    yield f"{_at(facts.now)}: {summary(decision)}{f' ({where.name})' if where else ''}"


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


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
