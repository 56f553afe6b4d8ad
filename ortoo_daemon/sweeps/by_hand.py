"""Which decided records does somebody hold to whom the daemon did not give them, and nobody has heard of it?

The safety net under events that do not say which fields changed, or never came: it asks the org for what was
changed lately, and compares the owner with the one of the last decision. What was told already is known by
the decision records, when the record is looked at. Pure but for its ports.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import (
    FieldValue,
    Owner,
    OwnerKind,
    WorkItem,
    WorkReason,
    entry_by_hand,
    record_id,
)
from ortoo_daemon.sweeps.pages import behind
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut
from ortoo_daemon.sweeps.writable import writable

PAGE = 2000
MOST_PAGES = 25

_OWNER, _ASSIGNED_OWNER, _CHANGED_AT = "OwnerId", "Ortoo_Assigned_Owner__c", "LastModifiedDate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many records another person holds, and how many were put. ``seen_until``: all that was changed by
    then was looked at."""

    found: int
    put: int
    seen_until: datetime


async def find_given_by_hand(
    org_query: OrgQuery,
    queue_put: QueuePut,
    policies: Iterable[Policy],
    *,
    since: datetime,
    until: datetime,
    now: datetime,
) -> Found:
    """Put them on the queue. One call for each object whose policies have boundaries, and one for each page
    of 2,000 that were changed; none without boundaries. Raises what the ports raise."""
    found = put = 0
    seen_until = until
    for name in sorted({each.object for each in policies if each.boundaries is not None}):
        after: tuple[datetime, str] | None = None
        for _ in range(MOST_PAGES):
            rows = await org_query(_changed(name, since, until, after))
            items = [_item(name, row, now) for row in rows if _is_by_hand(row)]
            found, put = found + len(items), put + (await queue_put(items) if items else 0)
            if len(rows) < PAGE:
                break
            after = _changed_at(rows[-1]), str(rows[-1]["Id"])
        else:
            assert after is not None
            seen_until = min(seen_until, after[0])
    return Found(found=found, put=put, seen_until=seen_until)


def _changed(
    name: str, since: datetime, until: datetime, after: tuple[datetime, str] | None
) -> str:
    """By the moment, then the id, so that what is changed meanwhile shifts nothing. Who wrote last is not
    asked: the daemon itself may have, after the person."""
    conditions = [
        f"{_CHANGED_AT} >= {instant_text(since)}",
        f"{_CHANGED_AT} <= {instant_text(until)}",
        "Ortoo_Decided_At__c != null",
        "Ortoo_Parked__c = null",
        *writable(name),
    ]
    if after is not None:
        conditions.append(behind(_CHANGED_AT, after))
    return (
        f"SELECT Id, {_OWNER}, {_ASSIGNED_OWNER}, {_CHANGED_AT} FROM {name} "
        f"WHERE {' AND '.join(conditions)} "
        f"ORDER BY {_CHANGED_AT}, Id LIMIT {PAGE}"
    )


def _is_by_hand(row: Mapping[str, FieldValue]) -> bool:
    owner = str(row[_OWNER])
    return owner != row[_ASSIGNED_OWNER] and Owner.kind_of(owner) is OwnerKind.USER


def _changed_at(row: Mapping[str, FieldValue]) -> datetime:
    found = instant(row[_CHANGED_AT])
    if found is None:
        raise ValueError(f"{row['Id']}: {_CHANGED_AT} is no datetime")
    return found


def _item(name: str, row: Mapping[str, FieldValue], now: datetime) -> WorkItem:
    """The last change may be a later one than that of the owner: the moment is the latest that it can be."""
    changed_at = _changed_at(row)
    return WorkItem(
        object=name,
        record_id=record_id(str(row["Id"])),
        reason=WorkReason.SLA,
        entry=entry_by_hand(changed_at),
        heard_at=now,
        committed_at=changed_at,
        changed_fields=frozenset({_OWNER}),
    )
