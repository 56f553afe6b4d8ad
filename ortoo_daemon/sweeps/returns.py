"""Which records did their holders give back, and nobody has heard of it?

The safety net under the event stream for fields in which a return is said: it asks the org for decided
records whose field still says something. Pure but for its ports.
"""

from collections.abc import Iterable
from datetime import datetime

from ortoo_daemon.action.stamps import DECIDED_AT, PARKED
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut
from ortoo_daemon.sweeps.said import CHANGED_AT, said
from ortoo_daemon.sweeps.writable import writable

PAGE = 2000
"""So many of an object are taken up at a time: the others come first in the next run."""


async def find_returned(
    org_query: OrgQuery, queue_put: QueuePut, policies: Iterable[Policy], *, now: datetime
) -> tuple[int, int]:
    """How many records were found, and how many of them nobody had heard of. One call for each field in which
    a return is said; none where no policy knows returns. Raises what the ports raise."""
    asked = {(each.object, each.returns.reason) for each in policies if each.returns is not None}
    found = put = 0
    for name, field in sorted(asked):
        rows = await org_query(_said(name, field))
        items = [said(name, row, word="returned", now=now) for row in rows]
        found, put = found + len(items), put + (await queue_put(items) if items else 0)
    return found, put


def _said(name: str, field: str) -> str:
    """Longest unheard first. Parked records wait for a person."""
    conditions = (
        f"{field} != null",
        f"{DECIDED_AT} != null",
        f"{PARKED} = null",
        *writable(name),
    )
    return (
        f"SELECT Id, {CHANGED_AT} FROM {name} WHERE {' AND '.join(conditions)} "
        f"ORDER BY {CHANGED_AT}, Id LIMIT {PAGE}"
    )
