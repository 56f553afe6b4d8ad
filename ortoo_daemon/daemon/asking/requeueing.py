"""How do records get back on the queue by hand, and which ones wait for a person?

Both work beside a running daemon and without one: the queue is durable, the daemon finds it as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ortoo_daemon.action.stamps import DECIDED_AT, PARKED, POLICY
from ortoo_daemon.daemon.asking.login import STANDARD_OBJECTS, object_of
from ortoo_daemon.errors import OrtooError
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.queue import WorkQueue

_DAWN = datetime(1970, 1, 1, tzinfo=UTC)


class NotRoutedError(OrtooError):
    """A record that nothing here can decide about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRecord:
    """A record that waits for a person. ``noted_in``: ``org`` (stamped), ``queue`` (given up here) or
    ``handoff`` (routed, and refused by its rooftop's own system: a dead letter)."""

    object: str
    id: RecordId
    reason: str
    since: datetime | None
    policy: str | None = None
    noted_in: str = "org"


async def parked_in_org(org: Org, objects: Iterable[str], *, limit: int) -> list[ParkedRecord]:
    """Records stamped with a reason, those that wait longest first. Raises OrgError."""
    found: list[ParkedRecord] = []
    for name in sorted(objects):
        rows = await org.query(
            soql.select(
                name,
                ["Id", PARKED, DECIDED_AT, POLICY],
                where=[soql.differs(PARKED, None)],
                order_by=[DECIDED_AT],
                limit=limit,
            )
        )
        found += [
            ParkedRecord(
                object=name,
                id=record_id(row["Id"]),
                reason=str(row[PARKED]),
                since=instant(row[DECIDED_AT]),
                policy=row[POLICY],
            )
            for row in rows
        ]
    return longest_first(found)


async def parked_in_queue(queue: WorkQueue, *, limit: int) -> list[ParkedRecord]:
    """Records the daemon gave up without being able to stamp them. Raises StateError."""
    return [
        ParkedRecord(
            object=each.item.object,
            id=each.item.record_id,
            reason=f"{each.reason}: {each.note}" if each.note else each.reason,
            since=each.parked_at,
            noted_in="queue",
        )
        for each in await queue.parked(limit=limit)
    ]


async def named_objects(ids: Iterable[RecordId], org: Org | None) -> dict[RecordId, str]:
    """The object of each id; ``org`` is asked about prefixes that are not well known.

    Raises NotRoutedError for ids that belong to nothing.
    """
    found: dict[RecordId, str] = {}
    by_prefix: dict[str, str] = dict(STANDARD_OBJECTS)
    for id in ids:
        if id[:3] not in by_prefix:
            if org is None:
                raise NotRoutedError(f"{id}: its object is not known without asking the org")
            by_prefix[id[:3]] = await object_of(id, org)
        found[id] = by_prefix[id[:3]]
    return found


def refuse_unrouted(records: Mapping[RecordId, str], policies: PolicySet) -> None:
    """Raises NotRoutedError for records of objects that no policy is for."""
    routed = {policy.object for policy in policies.policies}
    odd: dict[str, list[RecordId]] = defaultdict(list)
    for id, name in records.items():
        if name not in routed:
            odd[name].append(id)
    if odd:
        name, ids = next(iter(odd.items()))
        known = ", ".join(sorted(routed))
        raise NotRoutedError(f"{ids[0]}: no policy is for {name} records (policies route {known})")


async def requeue(
    queue: WorkQueue, records: Mapping[RecordId, str], *, now: datetime
) -> Sequence[WorkItem]:
    """Put records back as requeues of this moment; durable on return. Raises StateError."""
    entry = now.strftime("%Y%m%dT%H%M%S.%fZ")
    items = [
        WorkItem(object=name, record_id=id, reason=WorkReason.REQUEUED, entry=entry, heard_at=now)
        for id, name in records.items()
    ]
    await queue.requeue(items)
    return items


def longest_first(found: Iterable[ParkedRecord]) -> list[ParkedRecord]:
    """Those that wait longest first; those of which nobody knows since when before all."""
    return sorted(found, key=lambda each: each.since or _DAWN)
