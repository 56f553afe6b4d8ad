"""Does somebody else take the owner back each time that we have written it?

A flow, an assignment rule or another router that wants another owner than the policies never tires, and
neither does the daemon: each change of one is work for the other. The org's history of owners tells who it
is, whichever daemon wrote, before a restart or after. Asked only where somebody else has touched the owner
of a decided record that is about to be written again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.stamps import ASSIGNED_OWNER, DECIDED_AT, OWNER
from ortoo_daemon.daemon.handling.owner_history import OwnerChange, owner_changes
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.outcomes import UNWRITTEN
from ortoo_daemon.records import Record, RecordId, WorkItem, WorkReason
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

MOST_ROUNDS = 3
"""So often one other user may undo what we wrote, within WITHIN."""

WITHIN = timedelta(hours=24)

MOST_CHANGES = 12
"""So often within an hour no person changes the owner of a record; with an automation that does, each of our
writes would lead to the next change."""

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Fight:
    """Who changed the owner, and how often. ``name``: of that user, "" where the org does not tell."""

    by: str
    times: int
    name: str = ""

    @property
    def who(self) -> str:
        return f"{self.name} ({self.by})" if self.name else self.by


def may_fight(item: WorkItem, record: Record, decision: Decision) -> bool:
    """Whether somebody else has touched the owner of a record that is to be written once more. A requeue is
    a person's word."""
    if decision.outcome in UNWRITTEN or item.reason is WorkReason.REQUEUED:
        return False
    if not record.get(DECIDED_AT):
        return False
    return OWNER in item.changed_fields or record.text(OWNER) != record.text(ASSIGNED_OWNER)


async def find_fight(
    org: Org, record: Record, *, daemon_user: RecordId, now: datetime
) -> Fight | None:
    """The fight about a record, if there is one. Raises OrgError. An org without history is told of."""
    try:
        changes = await owner_changes(org, record, since=now - WITHIN)
    except PermanentOrgError as error:
        _log.warning("owner_history_unreadable", record=record.id, code=error.code)
        return None
    fight = fight_in(changes, daemon_user=daemon_user, now=now)
    return None if fight is None else replace(fight, name=await _name_of(org, fight.by))


async def _name_of(org: Org, user: str) -> str:
    try:
        rows = await org.query(soql.select("User", ["Name"], where=[soql.equals("Id", user)]))
    except PermanentOrgError:
        return ""
    return str(rows[0]["Name"]) if rows else ""


def fight_in(
    changes: Sequence[OwnerChange], *, daemon_user: RecordId, now: datetime
) -> Fight | None:
    """``changes`` are in the order in which they were made."""
    undone: Counter[str] = Counter()
    lately = Counter(
        each.by for each in changes if each.by != daemon_user and now - each.at < _HOUR
    )
    ours: RecordId | None = None
    for change in changes:
        if change.by == daemon_user:
            ours = change.after
        elif change.before == ours:
            undone[change.by] += 1
            ours = None
    for counted, most in ((undone, MOST_ROUNDS), (lately, MOST_CHANGES)):
        for by, times in counted.most_common(1):
            if times >= most:
                return Fight(by, times)
    return None
