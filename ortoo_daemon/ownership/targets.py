"""Can a fixed queue or person take the record, and who is that in the org?"""

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.ownership.limits import reserved
from ortoo_daemon.person import Person
from ortoo_daemon.policy.ownership_model import PersonTarget, QueueTarget, Target
from ortoo_daemon.records import Owner, OwnerKind
from ortoo_daemon.reservation import Reservation


def take_target(handling: Handling, target: Target) -> bool:
    """Make a fixed target the owner; False, with a note saying why, when it can't own the record."""
    match target:
        case QueueTarget():
            return _take_queue(handling, target)
        case PersonTarget():
            return _take_person(handling, target)


def person_owner(person: Person) -> Owner:
    return Owner(id=person.id, kind=OwnerKind.USER, name=person.name)


def give(
    handling: Handling, reservation: Reservation, person: Person, rooftop: Rooftop | None
) -> None:
    """Make a person that was chosen the owner, with the counters that this uses up."""
    handling.scope.owner = person_owner(person)
    handling.scope.person = person
    handling.scope.rooftop = rooftop
    handling.reservation = reserved(handling, reservation, person)


def _take_queue(handling: Handling, target: QueueTarget) -> bool:
    queue = handling.facts.directory.queues.get(target.queue)
    object_name = handling.facts.record.object
    if queue is None:
        handling.trace.notes.append(f"{target.place}: the org has no queue {target.queue}")
        return False
    if object_name not in queue.objects:
        handling.trace.notes.append(
            f"{target.place}: queue {target.queue} is not enabled for {object_name}"
        )
        return False
    name = queue.label or queue.name
    handling.scope.owner = Owner(id=queue.id, kind=OwnerKind.QUEUE, name=name)
    return True


def _take_person(handling: Handling, target: PersonTarget) -> bool:
    person = handling.facts.directory.people_by_username.get(target.username.casefold())
    if person is None or not person.active:
        why = "is not active" if person else "is not on the roster"
        handling.trace.notes.append(f"{target.place}: {target.username} {why}")
        return False
    handling.scope.owner = person_owner(person)
    handling.scope.person = person
    handling.reservation = reserved(handling, Reservation(person=person.id), person)
    return True
