"""Does somebody have the customer already whom the record names, and can they take it?

Asked before rooftops and people are compared. Who is to keep a record must be active, at work as the
team must be, and within the limits; where they belong decides the rooftop, whatever its brand or area.
"""

from dataclasses import dataclass

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.ownership.absence import returning
from ortoo_daemon.ownership.limits import SiteLimits
from ortoo_daemon.ownership.participation import takes_part
from ortoo_daemon.ownership.past_holders import barred
from ortoo_daemon.ownership.team import eligible_team
from ortoo_daemon.person import Person
from ortoo_daemon.policy.ownership_model import Assignment, Holder
from ortoo_daemon.records import Owner, OwnerKind, RecordId, record_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Who keeps the record, and at which rooftop (None: a desk)."""

    person: Person
    rooftop: Rooftop | None


def keeper(handling: Handling, assign: Assignment) -> Kept | None:
    """The first holder of ``keep`` who can take the record; why the others can't stands in the notes.

    A record that may go back to somebody who returned is kept for them, or stays where it is.
    """
    notes = handling.trace.notes
    if (back := returning(handling.facts)) is not None:
        return _returned(handling, assign, back)
    if assign.keep is None:
        return None
    for holder in assign.keep.holders:
        person = _named(handling, holder)
        if person is None:
            continue
        directory = handling.facts.directory
        rooftop = directory.rooftops.get(person.rooftop) if person.rooftop else None
        if _can_take(handling, assign, person, rooftop):
            notes.append(f"{person.name} ({holder.name}) keeps it")
            return Kept(person=person, rooftop=rooftop)
        notes.append(f"{person.name} ({holder.name}) can't keep it")
    return None


def _returned(handling: Handling, assign: Assignment, back: RecordId) -> Kept | None:
    directory = handling.facts.directory
    person = directory.people[back]
    rooftop = directory.rooftops.get(person.rooftop) if person.rooftop else None
    if not _can_take(handling, assign, person, rooftop):
        handling.trace.notes.append(f"{person.name} is back, and can't take it")
        return None
    handling.trace.notes.append(f"{person.name} is back, and nobody has touched it since")
    return Kept(person=person, rooftop=rooftop)


def _named(handling: Handling, holder: Holder) -> Person | None:
    """The person on the roster whom the field names, by id or username; None, with a note, for nobody."""
    text = handling.scope.text(holder.field)
    notes, directory = handling.trace.notes, handling.facts.directory
    if not text:
        notes.append(f"{holder.name}: the record names nobody")
        return None
    try:
        found = directory.people.get(record_id(text))
    except ValueError:
        found = directory.people_by_username.get(text.casefold())
    if found is None:
        queue = Owner.kind_of(text) is OwnerKind.QUEUE
        notes.append(f"{holder.name}: {'a queue' if queue else f'{text} is not on the roster'}")
    return found


def _can_take(
    handling: Handling, assign: Assignment, person: Person, rooftop: Rooftop | None
) -> bool:
    if rooftop is not None and not takes_part(handling, rooftop):
        detail = f"{rooftop.name} takes no part in the programme"
        handling.trace.remove("person", person, "programme", detail=detail)
        return False
    if rooftop is not None and any(limits.of_sites for limits in handling.limits):
        full = SiteLimits(handling).failed(rooftop)
        if full is not None:
            handling.trace.remove("rooftop", rooftop, full[0], detail=full[1])
            return False
    past = barred(handling, handling.trail)
    return bool(eligible_team(handling, assign.team, rooftop, only=person, barred=past).people)
