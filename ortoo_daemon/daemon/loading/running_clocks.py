"""How many clocks run in the org, and by which policies were they started? Looks only."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ortoo_daemon.action.sla_clocks import read_stamp
from ortoo_daemon.action.stamps import POLICY, SLA_CLOCKS, SLA_NEXT_AT
from ortoo_daemon.daemon.loading.policy_revisions import KEY, MARK, OBJECT, kept_revision
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.simulation.running_clocks import ClocksMoved, Running, clocks_moved

_NOT_THERE = frozenset({"INVALID_FIELD", "INVALID_TYPE", "NOT_FOUND"})

MOST_RECORDS = 20_000
"""Of each object so many records are looked at."""


async def clocks_moved_by(org: Org, policies: PolicySet) -> list[ClocksMoved]:
    """What would become of running clocks if these policies came into force. Raises OrgError."""
    before = await _in_force(org)
    if before is not None and before.revision == policies.revision:
        return []
    running = await _running(org, {each.object for each in policies.policies})
    return clocks_moved(before, policies, running)


async def _in_force(org: Org) -> PolicySet | None:
    """The policies that were registered last, None where their content is not kept."""
    rows = await _rows(org, soql.select(OBJECT, [KEY, "Revision__c", "Loaded_At__c"]))
    named = [row for row in rows if not str(row[KEY]).startswith(MARK)]
    if not named:
        return None
    latest = max(named, key=lambda row: str(row["Loaded_At__c"]))
    kept = await kept_revision(org, str(latest["Revision__c"]))
    return kept.policies[0] if kept.policies else None


async def _running(org: Org, objects: Iterable[str]) -> Running:
    found: Counter[tuple[str, str]] = Counter()
    where = [soql.differs(SLA_NEXT_AT, None)]
    for name in sorted(objects):
        query = soql.select(name, [POLICY, SLA_CLOCKS], where=where, limit=MOST_RECORDS)
        for row in await _rows(org, query):
            found.update(
                (str(row[POLICY]), clock.name) for clock in read_stamp(row[SLA_CLOCKS]).live
            )
    return found


async def _rows(org: Org, query: str) -> list[dict[str, Any]]:
    """None where the object has not the daemon's own fields: then no clock runs there."""
    try:
        return await org.query(query, essential=False)
    except PermanentOrgError as error:
        if error.code not in _NOT_THERE:
            raise
        return []
