"""Did our write land on a person's change of owner that we had not seen? Then whose was the record?

If-Unmodified-Since counts whole seconds, and a burst's rows are compared a moment before they are written:
without the shipped validation rule a change may slip through. The org's own history of the owner tells
afterwards, and it alone: an event says that a person changed the owner, not what our write replaced.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog

from ortoo_daemon.action.stamps import ASSIGNED_OWNER, DECIDED_AT, OWNER, PRIOR_OWNER
from ortoo_daemon.daemon.handling.owner_history import OwnerChange, owner_changes
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.instants import instant
from ortoo_daemon.records import Record, RecordId, WorkItem
from ortoo_daemon.salesforce.org import Org

_log = structlog.get_logger("ortoo_daemon.records")

_CLOCKS_AGREE_TO = timedelta(seconds=10)
"""The decision's time is ours, the history's is the org's."""


async def overwritten_owner(
    org: Org, item: WorkItem, record: Record, *, daemon_user: RecordId
) -> RecordId | None:
    """Whom a person had given the record to when our owner write replaced that; None when nobody.

    Asks the org only where a person's change of owner was heard and the record bears our owner all the
    same. Raises OrgError; an org that keeps no history of owners is told in the log.
    """
    ours = record.text(OWNER)
    if OWNER not in item.changed_fields or not ours or ours != record.text(ASSIGNED_OWNER):
        return None
    decided_at = instant(record.get(DECIDED_AT))
    if decided_at is None:
        return None
    try:
        changes = await owner_changes(org, record, since=decided_at - _CLOCKS_AGREE_TO)
    except PermanentOrgError as error:
        _log.warning("owner_history_unreadable", record=record.id, code=error.code)
        return None
    return _replaced(changes, ours, record.text(PRIOR_OWNER), daemon_user)


def _replaced(
    changes: Sequence[OwnerChange], ours: str, seen: str, daemon_user: RecordId
) -> RecordId | None:
    """The owner our write replaced, if that is not the one it was decided for.

    A person who chose our owner too, at any time since, is content with it.
    """
    persons = [each for each in changes if each.by != daemon_user]
    for write in changes:
        if write.by != daemon_user or write.after != ours or write.before in (seen, ours):
            continue
        given = any(each.after == write.before for each in persons)
        content = any(each.after == ours and each.at >= write.at for each in persons)
        if given and not content:
            return write.before
    return None
