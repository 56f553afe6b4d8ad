"""Which records does an event of the stream point at, and does it start work? Pure.

An event is a hint, the record is the truth: whatever the kind of event, it becomes the same work items.
What an event does not tell (which fields changed, of which object the record is) is not guessed here.
"""

from collections.abc import Iterator
from datetime import datetime

from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.hearing.event_settings import Channel
from ortoo_daemon.records import RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce.stream.messages import (
    ChangeEvent,
    ChangeType,
    PlatformEvent,
    PushEvent,
    PushType,
    StreamEvent,
    UnreadEvent,
)

_REASONS = {
    ChangeType.CREATE: WorkReason.CREATED,
    ChangeType.GAP_CREATE: WorkReason.CREATED,
    ChangeType.UPDATE: WorkReason.CHANGED,
    ChangeType.GAP_UPDATE: WorkReason.CHANGED,
    ChangeType.UNDELETE: WorkReason.CHANGED,
    ChangeType.GAP_UNDELETE: WorkReason.CHANGED,
}
"""Deletions start no work."""

_PUSHED = {
    PushType.CREATED: WorkReason.CREATED,
    PushType.UPDATED: WorkReason.CHANGED,
    PushType.UNDELETED: WorkReason.CHANGED,
}

_SPEAKING = frozenset({ChangeType.UPDATE})
"""Only these name the fields that changed; of the others every change may matter."""

_OBJECTS = {"00Q": "Lead", "500": "Case", "006": "Opportunity", "00T": "Task"}
"""Objects by the first three characters of their ids, which are the same in every org."""

_PARTS = {
    "Name": ("Salutation", "FirstName", "MiddleName", "LastName", "Suffix"),
    "Address": (
        *("Street", "City", "State", "StateCode", "PostalCode", "Country", "CountryCode"),
        *("Latitude", "Longitude", "GeocodeAccuracy"),
    ),
}
"""Compound fields and what they are made of."""


class UnusableEventError(ValueError):
    """An event that does not tell which record it is about. The text names fields, never their values."""


def work_items(
    event: StreamEvent, channel: Channel, knowledge: Knowledge, *, heard_at: datetime
) -> list[WorkItem]:
    """The work an event starts; none where no policy can care. Raises UnusableEventError."""
    match event:
        case ChangeEvent():
            return list(_of_change(event, knowledge, heard_at))
        case PlatformEvent():
            return list(_of_platform_event(event, channel, knowledge, heard_at))
        case PushEvent():
            return list(_of_push(event, channel, knowledge, heard_at))
        case UnreadEvent():
            return []


def _of_change(event: ChangeEvent, knowledge: Knowledge, heard_at: datetime) -> Iterator[WorkItem]:
    if not _may_matter(event, knowledge):
        return
    for id_ in event.record_ids:
        yield WorkItem(
            object=event.object,
            record_id=id_,
            reason=_REASONS[event.change_type],
            heard_at=heard_at,
            committed_at=event.committed_at,
            changed_fields=_api_names(event),
        )


def _of_platform_event(
    event: PlatformEvent, channel: Channel, knowledge: Knowledge, heard_at: datetime
) -> Iterator[WorkItem]:
    """It may stand for a creation or for any change."""
    if event.commit_user == knowledge.daemon_user:
        return
    id_ = _named_record(event, channel.record_id)
    name = _object_of(id_, channel)
    if name in knowledge.policies.objects:
        yield WorkItem(
            object=name,
            record_id=id_,
            reason=WorkReason.CHANGED,
            heard_at=heard_at,
            committed_at=event.committed_at,
        )


def _of_push(
    event: PushEvent, channel: Channel, knowledge: Knowledge, heard_at: datetime
) -> Iterator[WorkItem]:
    """Our own changes come back by it, too: nothing in the event tells them apart."""
    name = _object_of(event.record_id, channel)
    if event.push_type in _PUSHED and name in knowledge.policies.objects:
        yield WorkItem(
            object=name,
            record_id=event.record_id,
            reason=_PUSHED[event.push_type],
            heard_at=heard_at,
            committed_at=event.committed_at,
        )


def _may_matter(event: ChangeEvent, knowledge: Knowledge) -> bool:
    """Whether the event may bring a record into a policy.

    Our own changes never do; a record that was made with our login may be another program's.
    """
    if event.change_type not in _REASONS or event.object not in knowledge.policies.objects:
        return False
    if _REASONS[event.change_type] is WorkReason.CREATED:
        return True
    if event.commit_user == knowledge.daemon_user:
        return False
    if event.change_type not in _SPEAKING:
        return True
    return not knowledge.policies.watched(event.object).isdisjoint(_api_names(event))


def _api_names(event: ChangeEvent) -> frozenset[str]:
    """Changed fields as policies name them.

    ``Name.LastName`` is the field LastName, and a change of Name; a compound without its part may be a
    change of any of them.
    """
    found: set[str] = set()
    for name in event.changed_fields:
        whole, _, part = name.partition(".")
        parts = (
            (part,) if part else _PARTS.get("Address" if whole.endswith("Address") else whole, ())
        )
        found.add(whole)
        found.update(_part_of(whole, each) for each in parts)
    return frozenset(found)


def _part_of(whole: str, part: str) -> str:
    """``BillingAddress.City`` is the field BillingCity, ``Site__c.Latitude`` Site__Latitude__s."""
    if whole.endswith("__c"):
        return f"{whole[:-1]}{part}__s"
    return f"{whole.removesuffix('Address')}{part}" if whole.endswith("Address") else part


def _named_record(event: PlatformEvent, field: str) -> RecordId:
    if field not in event.payload:
        there = ", ".join(sorted(event.payload)) or "none"
        raise UnusableEventError(
            f"it has no field {field} (its fields: {there}); name the one that holds the record's id as "
            "record_id of the channel"
        )
    value = event.payload[field]
    try:
        return record_id(value)
    except (TypeError, ValueError):
        what = "is empty" if value in (None, "") else "holds no record id"
        raise UnusableEventError(f"its field {field} {what}; correct what publishes it") from None


def _object_of(id_: RecordId, channel: Channel) -> str:
    name = channel.object or _OBJECTS.get(id_[:3])
    if name is None:
        raise UnusableEventError(
            f"ids that begin with {id_[:3]} may be of any object; name theirs as object of the channel"
        )
    return name
