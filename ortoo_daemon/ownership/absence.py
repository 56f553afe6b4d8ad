"""Does a record leave its owner because they are away, or have left the company?

An item says of whom it is told so; what counts is how things stand when it is decided. Pure.
"""

from collections.abc import Sequence

from ortoo_daemon.decision import ClockState, SlaClock
from ortoo_daemon.facts import Facts
from ortoo_daemon.policy.absence_model import Absence, Move
from ortoo_daemon.records import FieldValue, RecordId
from ortoo_daemon.scope import RecordScope

AWAY, LEFT = "away", "left"
"""How entries of items begin; the person's id and the moment of noticing follow."""


def entry_of(kind: str, person: RecordId, noticed: str) -> str:
    return f"{kind}:{person}:{noticed}"


def has_left(facts: Facts) -> bool:
    """Whether the item is about somebody whom the org knows as inactive."""
    return facts.item.entry.partition(":")[0] == LEFT


def is_absent(absence: Absence, facts: Facts) -> bool:
    """Whether the record's owner is whom the item is about, and still away or gone."""
    kind, _, rest = facts.item.entry.partition(":")
    owner = facts.record.text("OwnerId")
    if rest.partition(":")[0] != owner:
        return False
    person = facts.directory.people.get(RecordId(owner))
    if person is None:
        return kind == LEFT
    return not person.active or person.away_by(facts.now) in absence.signs


def leaves(
    absence: Absence,
    facts: Facts,
    scope: RecordScope,
    *,
    given_to: FieldValue,
    clocks: Sequence[SlaClock],
) -> bool:
    """Whether the policy lets the record go to somebody else. Of somebody who left everything goes.

    ``given_to`` is whom the daemon gave the record to, ``clocks`` are those of the record, ended ones too.
    """
    if has_left(facts):
        return True
    if absence.move is Move.UNTOUCHED and not _is_untouched(facts, given_to, clocks):
        return False
    if absence.when is not None and not absence.when.holds(scope):
        return False
    return not absence.due_before_return or _is_due_before_return(facts, clocks)


def _is_untouched(facts: Facts, given_to: FieldValue, clocks: Sequence[SlaClock]) -> bool:
    """Whether the daemon gave the record to its owner, and nobody has written to it since.

    An answer stops a clock, which the daemon writes down: then it is the last to have written.
    """
    if any(clock.state is ClockState.STOPPED or clock.acknowledged_at for clock in clocks):
        return False
    record = facts.record
    by = record.text("LastModifiedById")
    return record.text("OwnerId") == given_to and by in facts.intake_owners


def _is_due_before_return(facts: Facts, clocks: Sequence[SlaClock]) -> bool:
    """Whether an answer is due before the owner is back; an open return is later than anything."""
    targets = [clock.target_at for clock in clocks if clock.is_live]
    if not targets:
        return False
    person = facts.directory.people.get(RecordId(facts.record.text("OwnerId")))
    returns_at = person.returns_at(facts.now) if person else None
    return returns_at is None or min(targets) < returns_at
