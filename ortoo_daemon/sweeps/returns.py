"""Which records did their holders give back, and nobody has heard of it?

The safety net under the event stream for fields in which a return is said: it asks the org for decided
records whose field still says something. Pure but for its ports.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut

PAGE = 2000
"""So many of an object are taken up at a time: the others come first in the next run."""

_DECIDED_AT, _PARKED, _CHANGED_AT = (
    "Ortoo_Decided_At__c",
    "Ortoo_Parked__c",
    "LastModifiedDate",
)
_EXTRA = {"Lead": " AND IsConverted = false"}


async def find_returned(
    org_query: OrgQuery, queue_put: QueuePut, policies: Iterable[Policy], *, now: datetime
) -> tuple[int, int]:
    """How many records were found, and how many of them nobody had heard of. One call for each field in which
    a return is said; none where no policy knows returns. Raises what the ports raise."""
    asked = {(each.object, each.returns.reason) for each in policies if each.returns is not None}
    found = put = 0
    for name, field in sorted(asked):
        rows = await org_query(_said(name, field))
        items = [_item(name, row, now) for row in rows]
        found, put = found + len(items), put + (await queue_put(items) if items else 0)
    return found, put


def _said(name: str, field: str) -> str:
    """Longest unheard first. Parked records wait for a person."""
    return (
        f"SELECT Id, {_CHANGED_AT} FROM {name} WHERE {field} != null AND {_DECIDED_AT} != null "
        f"AND {_PARKED} = null{_EXTRA.get(name, '')} ORDER BY {_CHANGED_AT}, Id LIMIT {PAGE}"
    )


def _item(name: str, row: Mapping[str, FieldValue], now: datetime) -> WorkItem:
    changed_at = instant(row[_CHANGED_AT]) or now
    return WorkItem(
        object=name,
        record_id=record_id(str(row["Id"])),
        reason=WorkReason.SLA,
        entry=f"returned:{instant_text(changed_at)}",
        heard_at=now,
    )
