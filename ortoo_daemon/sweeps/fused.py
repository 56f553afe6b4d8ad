"""Which records that a fuse has stopped may be moved now? The oldest first, as many as there is room for."""

from collections.abc import Mapping
from datetime import datetime

from ortoo_daemon.instants import instant_text
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut
from ortoo_daemon.sweeps.review import PARKED_FIELDS, Parked

MOST = 2000
_PARKED, _DECIDED_AT = "Ortoo_Parked__c", "Ortoo_Decided_At__c"


async def put_fused(
    org_query: OrgQuery,
    queue_put: QueuePut,
    name: str,
    *,
    room: Mapping[str, int],
    now: datetime,
) -> tuple[int, int]:
    """How many were found of an object, and how many were put. ``room`` is by park reason.

    Raises what the ports raise.
    """
    found = put = 0
    for parked_for, most in sorted(room.items()):
        if most < 1:
            continue
        rows = await org_query(_page(name, parked_for, min(most, MOST), now))
        parked = [Parked.from_row(name, row) for row in rows]
        found += len(parked)
        put += await queue_put([each.item(now) for each in parked]) if parked else 0
    return found, put


def _page(name: str, parked_for: str, most: int, now: datetime) -> str:
    """None that was stopped only now: its decision may still be on its way."""
    quoted = parked_for.replace("\\", "\\\\").replace("'", "\\'")
    return (
        f"SELECT {', '.join(PARKED_FIELDS)} FROM {name} WHERE {_PARKED} = '{quoted}' "
        f"AND {_DECIDED_AT} <= {instant_text(now)} ORDER BY {_DECIDED_AT}, Id LIMIT {most}"
    )
