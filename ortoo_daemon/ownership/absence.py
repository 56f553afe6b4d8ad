"""Does a record leave its owner because they are away, or have left, and does it go back to them?

An item says of whom it is told so; what counts is how things stand when it is decided. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.facts import Facts
from ortoo_daemon.policy.absence_model import Absence, Move
from ortoo_daemon.records import FieldValue, RecordId, WorkReason
from ortoo_daemon.scope import RecordScope

AWAY, LEFT, BACK = "away", "left", "back"
"""How entries of items begin; the person's id and the moment of noticing follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the daemon did with the record last: the key of its decision (whatever a clock or a requeue does
    has another), whom it gave the record to, and the record's clocks, ended ones too."""

    decided_by: FieldValue
    given_to: FieldValue
    clocks: Sequence[SlaClock]


def entry_of(kind: str, person: RecordId, noticed: str) -> str:
    return f"{kind}:{person}:{noticed}"


def returning(facts: Facts) -> RecordId | None:
    """To whom the item says that the record may go back; None for any other item."""
    kind, _, rest = facts.item.entry.partition(":")
    is_back = facts.item.reason is WorkReason.ABSENCE and kind == BACK
    return RecordId(rest.partition(":")[0]) if is_back else None


def has_left(facts: Facts) -> bool:
    """Whether the item is about somebody whom the org knows as inactive."""
    return facts.item.entry.partition(":")[0] == LEFT


def leaves(absence: Absence, facts: Facts, scope: RecordScope, standing: Standing) -> bool:
    """Whether the policy lets the record go to somebody else, or back. Of somebody who left all goes."""
    person = returning(facts)
    if person is not None:
        return absence.give_back is not None and _goes_back(facts, person, standing)
    if not _is_absent(absence, facts):
        return False
    if has_left(facts):
        return True
    if absence.move is Move.UNTOUCHED and not _is_untouched(facts, standing):
        return False
    if absence.when is not None and not absence.when.holds(scope):
        return False
    return not absence.due_before_return or _is_due_before_return(facts, standing.clocks)


def _is_absent(absence: Absence, facts: Facts) -> bool:
    """Whether the record's owner is whom the item is about, and still away or gone."""
    kind, _, rest = facts.item.entry.partition(":")
    owner = facts.record.text("OwnerId")
    if rest.partition(":")[0] != owner:
        return False
    person = facts.directory.people.get(RecordId(owner))
    if person is None:
        return kind == LEFT
    return not person.active or person.away_by(facts.now) in absence.signs


def _goes_back(facts: Facts, person: RecordId, standing: Standing) -> bool:
    """Whether the record is as it was left when it was moved for the person's absence, and they are back."""
    back = facts.directory.people.get(person)
    moved = facts.item.entry.replace(BACK, AWAY, 1)
    return (
        standing.decided_by == f"{facts.record.id}:{moved}"
        and back is not None
        and back.active
        and not back.is_away(facts.now)
        and _is_untouched(facts, standing)
    )


def _is_untouched(facts: Facts, standing: Standing) -> bool:
    """Whether the daemon gave the record to its owner, and nobody has written to it since.

    An answer stops a clock, which the daemon writes down: then it is the last to have written.
    """
    clocks = standing.clocks
    if any(clock.state is ClockState.STOPPED or clock.acknowledged_at for clock in clocks):
        return False
    record = facts.record
    by = record.text("LastModifiedById")
    return record.text("OwnerId") == standing.given_to and by in facts.intake_owners


def _is_due_before_return(facts: Facts, clocks: Sequence[SlaClock]) -> bool:
    """Whether an answer is due before the owner is back; an open return is later than anything."""
    targets = [clock.target_at for clock in clocks if clock.is_live]
    if not targets:
        return False
    person = facts.directory.people.get(RecordId(facts.record.text("OwnerId")))
    returns_at = person.returns_at(facts.now) if person else None
    return returns_at is None or min(targets) < returns_at
