"""Who is to be told of what was decided? Turns entries of ``notify:`` into notices with recipients.

Says who and what; when and how it is sent is no matter of a decision.
"""

from collections.abc import Iterable, Sequence

from ortoo_daemon.action.stamps import MODIFIED_BY, ROOFTOP
from ortoo_daemon.consequences import Notice, NoticeTo
from ortoo_daemon.handling import Handling
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.person import Person
from ortoo_daemon.policy.notify_model import ORG_WAYS, Notify, OrgWay
from ortoo_daemon.policy.sla_model import Superior
from ortoo_daemon.records import Owner, OwnerKind, RecordId


def prepare_notices(handling: Handling) -> None:
    """What the policy tells of an assignment, and what its way out tells when nobody else was found."""
    entries = list(handling.policy.notify)
    rule = handling.rule
    if handling.reason is ReasonCode.OTHERWISE:
        entries += handling.policy.otherwise.notify
    elif handling.reason is ReasonCode.RULE_ELSE and rule is not None and rule.orelse is not None:
        entries += rule.orelse.notify
    tell(handling, entries)


def prepare_reports(handling: Handling) -> None:
    """What the policy tells of an assignment by hand outside its boundaries, and whom it asks."""
    boundaries, owner = handling.policy.boundaries, _owner(handling)
    if boundaries is None or not handling.overstepped:
        return
    directory, record = handling.facts.directory, handling.facts.record
    person = directory.people.get(owner)
    place = record.text(ROOFTOP) or (person.rooftop if person else None)
    handling.scope.rooftop = directory.rooftops.get(RecordId(place)) if place else None
    tell(handling, (*boundaries.notify, *boundaries.ask_back))


def tell_parked(handling: Handling) -> None:
    """Who is told that a person must look at the record."""
    tell(handling, handling.policy.on_park)


def tell(handling: Handling, entries: Iterable[Notify], *, clock: str | None = None) -> None:
    """Add a notice for each entry whose condition holds; the trace says who is told, or why nobody.

    ``clock`` names the SLA clock of whose step somebody is told.
    """
    for entry in entries:
        if entry.when is not None and not entry.when.holds(handling.scope):
            continue
        to = _addressed(handling, entry)
        recipients = _recipients(handling, entry, to)
        outside = entry.by not in ORG_WAYS or entry.by == OrgWay.EMAIL_ALERT
        if not recipients and not outside:
            handling.trace.notes.append(f"{entry.place}: no {to.value} is there to be told")
            continue
        names = ", ".join(_name(handling, each) for each in recipients)
        told = f"{to.value}{f' ({names})' if names else ''}"
        handling.trace.notes.append(f"{told} is told by {entry.by}: {entry.template}")
        handling.notices.append(
            Notice(
                to=to,
                by=entry.by,
                template=entry.template,
                recipients=recipients,
                urgent=entry.urgent,
                digest_for=entry.digest_for,
                clock=clock,
            )
        )


def _addressed(handling: Handling, entry: Notify) -> NoticeTo:
    """Of an owner whom the directory knows as inactive the manager."""
    if entry.to is NoticeTo.OWNER and entry.by in ORG_WAYS:
        person = handling.facts.directory.people.get(_owner(handling))
        if person is not None and not person.active:
            handling.trace.notes.append(f"{person.name}: is not active, their manager is told")
            return NoticeTo.MANAGER
    return entry.to


def _recipients(handling: Handling, entry: Notify, to: NoticeTo) -> tuple[RecordId, ...]:
    owner = _owner(handling)
    match to:
        case NoticeTo.OWNER:
            return (owner,) if owner else ()
        case NoticeTo.MANAGER:
            return _managers_of(handling, owner)
        case NoticeTo.ROOFTOP:
            return _there(handling, _rooftop_managers(handling))
        case NoticeTo.QUEUE:
            return _queue(handling, entry, owner)
        case NoticeTo.USER:
            return _user(handling, entry)
        case NoticeTo.ON_CALL:
            return ()
        case NoticeTo.ASSIGNER:
            assigner = _assigner(handling)
            return (assigner,) if assigner else ()


def _owner(handling: Handling) -> RecordId:
    """Who holds the record afterwards."""
    owner = handling.scope.owner
    if owner is None or (handling.sla is not None and handling.sla.due.held_by_hand):
        return RecordId(handling.facts.record.text("OwnerId"))
    return owner.id


def _assigner(handling: Handling) -> RecordId | None:
    """Who wrote to the record last, where that was a person."""
    facts = handling.facts
    writer = facts.record.text(MODIFIED_BY)
    if not writer or writer in facts.intake_owners or Owner.kind_of(writer) is OwnerKind.QUEUE:
        return None
    return RecordId(writer)


def _managers_of(handling: Handling, owner: RecordId) -> tuple[RecordId, ...]:
    """The owner's own, else those of the rooftop. Of a manager off the roster nothing is known here."""
    people = handling.facts.directory.people
    person = people.get(owner)
    if person is None or not person.manager:
        return _there(handling, _rooftop_managers(handling))
    manager = people.get(person.manager)
    if manager is None:
        return (person.manager,)
    own = [manager] if manager.active else []
    if own and not manager.is_away(handling.facts.now):
        return (manager.id,)
    why = "is away" if own else "is not active"
    handling.trace.notes.append(f"{manager.name}: {why}")
    others = [each for each in _rooftop_managers(handling) if each.id not in (owner, manager.id)]
    return _there(handling, others, else_told=own)


def _there(
    handling: Handling, people: Sequence[Person], *, else_told: Sequence[Person] = ()
) -> tuple[RecordId, ...]:
    """Those who are there. Where everybody is away they are told all the same, or who comes before them."""
    found = []
    for person in people:
        if person.is_away(handling.facts.now):
            handling.trace.notes.append(f"{person.name}: is away")
        else:
            found.append(person)
    return tuple(each.id for each in found or else_told or people)


def _rooftop_managers(handling: Handling) -> list[Person]:
    directory, rooftop = handling.facts.directory, handling.scope.rooftop
    if rooftop is None:
        return []
    staff = directory.people_by_rooftop.get(rooftop.id, ())
    role = Superior.ROOFTOP_MANAGER.value
    return [each for each in staff if each.active and (each.role or "").casefold() == role]


def _queue(handling: Handling, entry: Notify, owner: RecordId) -> tuple[RecordId, ...]:
    if entry.queue is None:
        queues = {queue.id for queue in handling.facts.directory.queues.values()}
        return (owner,) if owner in queues else ()
    found = handling.facts.directory.queues.get(entry.queue)
    return (found.id,) if found else ()


def _user(handling: Handling, entry: Notify) -> tuple[RecordId, ...]:
    """On the roster or not."""
    name = (entry.user or "").strip().casefold()
    person = handling.facts.directory.people_by_username.get(name)
    found = person.id if person else handling.facts.usernames.get(name)
    return (found,) if found else ()


def _name(handling: Handling, recipient: RecordId) -> str:
    directory = handling.facts.directory
    person = directory.people.get(recipient)
    if person is not None:
        return person.name
    queues = {queue.id: queue.label or queue.name for queue in directory.queues.values()}
    return queues.get(recipient, recipient)
