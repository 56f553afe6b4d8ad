"""Which records are held by people who are away or have left?

One query for each object and a few hundred people. What is found goes on the queue like anything else:
whether a record leaves its owner is decided on the record as it then stands. Pure but for its ports.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ortoo_daemon.ownership.absence import AWAY, LEFT, entry_of
from ortoo_daemon.records import RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut

PAGE = 2000
MOST_PAGES = 25
PEOPLE_IN_A_QUERY = 150

Criteria = Callable[[str], str]
"""What is open work of an object, as a condition of a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many records are held by people who are away, how many were new to the queue."""

    found: int = 0
    put: int = 0


async def find_held(
    org_query: OrgQuery,
    queue_put: QueuePut,
    objects: Iterable[str],
    *,
    absent: Mapping[RecordId, datetime],
    left: Mapping[RecordId, datetime],
    is_open: Criteria,
    clock: Callable[[], datetime],
) -> Found:
    """Put what these people hold on the queue; the moments are when their absence was noticed."""
    found = put = 0
    now = clock()
    entries = {id_: entry_of(AWAY, id_, noticed_text(at)) for id_, at in absent.items()}
    entries |= {id_: entry_of(LEFT, id_, noticed_text(at)) for id_, at in left.items()}
    people = sorted(entries)
    for name in sorted(objects):
        for start in range(0, len(people), PEOPLE_IN_A_QUERY):
            some = people[start : start + PEOPLE_IN_A_QUERY]
            after = ""
            for _ in range(MOST_PAGES):
                rows = await org_query(_held(name, some, is_open(name), after))
                items = [
                    _item(name, str(row["Id"]), entries[record_id(str(row["OwnerId"]))], now)
                    for row in rows
                ]
                found += len(items)
                put += await queue_put(items) if items else 0
                if len(rows) < PAGE:
                    break
                after = str(rows[-1]["Id"])
    return Found(found=found, put=put)


def gone_who_hold(name: str, is_open: Criteria) -> str:
    """The query for users who are inactive and hold open records of an object."""
    held = f"SELECT OwnerId FROM {name} WHERE Ortoo_Decided_At__c != null AND {is_open(name)}"
    return f"SELECT Id FROM User WHERE IsActive = false AND Id IN ({held})"


def _held(name: str, people: Sequence[str], is_open: str, after: str) -> str:
    marks = "','".join(people)
    where = f"OwnerId IN ('{marks}') AND Ortoo_Decided_At__c != null AND Ortoo_Parked__c = null"
    behind = f" AND Id > '{after}'" if after else ""
    return f"SELECT Id, OwnerId FROM {name} WHERE {where} AND {is_open}{behind} ORDER BY Id LIMIT {PAGE}"


def _item(name: str, id_: str, entry: str, now: datetime) -> WorkItem:
    return WorkItem(
        object=name,
        record_id=record_id(id_),
        reason=WorkReason.ABSENCE,
        entry=entry,
        heard_at=now,
    )


def noticed_text(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"
