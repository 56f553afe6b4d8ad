"""Did the clocks hold? Answered records stayed with who answered; late ones went where the policy says."""

from collections.abc import Sequence

from ortoo_daemon.cli.launch_day.evidence import Evidence, Row
from ortoo_daemon.cli.launch_day.tally import Tally
from ortoo_daemon.cli.launch_day.verdict import Check, each_of
from ortoo_daemon.instants import instant
from ortoo_daemon.outcomes import Outcome

_MOVES = (Outcome.REASSIGNED, Outcome.ESCALATED)
_VIOLATIONS = frozenset({Outcome.VIOLATED, *_MOVES})
_TURNS = frozenset({Outcome.CLOCK_STOPPED, Outcome.CLOCK_CHANGED})
_ANSWERED = frozenset({"Met", "Missed", "One-way", "Running", "Warning", "Paused"})
"""A second clock may run on when the first has been stopped."""

_SETTLED_FOR = 3.0
"""Seconds: an answer and a step within so short a time may have met in either order."""


def answered_in_time(evidence: Evidence, tally: Tally) -> Check:
    """An answer stopped a clock of its record, and nothing but the end of clocks came over it afterwards."""
    timed = {record for record in tally.answered if evidence.steps.get(record)}
    broken = [
        record
        for record in timed
        if any(
            each["Outcome__c"] not in _TURNS and _at(each) > tally.answered[record] + _SETTLED_FOR
            for each in evidence.steps[record]
        )
        or evidence.rows[record]["Ortoo_SLA_Status__c"] not in _ANSWERED
        or all(each["Outcome__c"] != Outcome.CLOCK_STOPPED for each in evidence.steps[record])
    ]
    return each_of("answered records were left with who answered", broken, len(timed))


def late_ones(evidence: Evidence) -> Check:
    """Warned before the target, then to a colleague of the site who never had it, or higher."""
    name = "late records were warned, handed over, escalated, each step once"
    late = {
        record: steps
        for record, steps in evidence.steps.items()
        if any(each["Outcome__c"] in _VIOLATIONS for each in steps)
    }
    broken = [record for record in late if not _in_order(evidence, record, late[record])]
    found = each_of(name, [*broken, *evidence.due], len(late))
    if not found.holds:
        return found
    counts = {word: _count(evidence, word) for word in (Outcome.WARNED, *_MOVES, Outcome.VIOLATED)}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return Check(
        name=name, holds=True, detail=f"{found.detail}; {told}" if told else "no clock ran"
    )


def _in_order(evidence: Evidence, record: str, steps: Sequence[Row]) -> bool:
    """A warning came first, where any clock warns at all."""
    first = next(i for i, each in enumerate(steps) if each["Outcome__c"] in _VIOLATIONS)
    warned = any(each["Outcome__c"] == Outcome.WARNED for each in steps[:first])
    moved = (each for each in steps if each["Outcome__c"] in _MOVES)
    return (warned or not _count(evidence, Outcome.WARNED)) and all(
        _rightly_moved(evidence, each, record) for each in moved
    )


def _rightly_moved(evidence: Evidence, step: Row, record: str) -> bool:
    """To somebody of its holder's site who never had it; an absence may have brought it there. A case has no
    site, and the desks' people have none."""
    after = step["Owner_After__c"]
    person = evidence.people.get(after)
    if after in (None, step["Owner_Before__c"]) or person is None:
        return bool(step["Outcome__c"] == Outcome.ESCALATED)  # a person's by hand, or a queue's now
    decided = evidence.decided(record)
    had_it = {each["Owner_After__c"] for each in decided[: decided.index(step)]}
    holder = evidence.people.get(str(step["Owner_Before__c"]))
    home = (holder or evidence.rows[record])["Ortoo_Rooftop__c"]
    return after not in had_it and bool(person["Ortoo_Rooftop__c"] == home)


def _count(evidence: Evidence, outcome: Outcome) -> int:
    return sum(each["Outcome__c"] == outcome for each in evidence.all_steps)


def _at(step: Row) -> float:
    at = instant(step["Decided_At__c"])
    return at.timestamp() if at else 0.0
