"""Who was given sight of a record beside its owner, by which rule, and who was refused it or lost it?

Out of the decision records, which say what was decided and what the org refused, and out of the changes of
owner, each of which ends what was shared by hand.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ortoo_daemon.daemon.asking.happening import Happening
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.share_model import share_object
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

KIND = "shared"

Row = Mapping[str, Any]
Change = tuple[datetime, str]
"""When somebody beside the daemon gave the record to another owner, and who."""


def told_of_shares(
    rows: Iterable[Row], changes: Sequence[Change], names: Mapping[str, str]
) -> list[Happening]:
    """``rows`` are decisions, oldest first; ``names`` of users and groups that they know by id only."""
    told: list[Happening] = []
    seeing: set[str] = set()
    for row in rows:
        at = instant(row["Decided_At__c"])
        if at is None:
            continue
        told += _ended_before(at, changes, seeing, names)
        changes = [change for change in changes if change[0] >= at]
        given = set()
        for share in shares_in(row):
            told.append(_happening(at, share, names))
            if share.keys().isdisjoint(("refused", "held", "withdrawn")):
                given.add(str(share["with"]))
            seeing.discard(str(share["with"]))
        if row["Owner_Name__c"] and row["Owner_Before__c"] != row["Owner_After__c"]:
            told += _ended([(at, "the daemon")], seeing, names)
        seeing |= given
    told += _ended(changes, seeing, names)
    return told


def shares_in(row: Row) -> list[dict[str, str]]:
    """What a decision record says of shares; nothing where it was cut for its length."""
    found = json.loads(row["Fields_Written__c"] or "{}").get("shared")
    return found if isinstance(found, list) else []


async def seen_by(org: Org, object_name: str, id: RecordId) -> tuple[tuple[str, str], ...]:
    """Who sees the record now by a share made by hand, as ids, and how; nobody where the org does not
    tell."""
    custom = object_name.endswith("__c")
    parent = "ParentId" if custom else f"{object_name}Id"
    level = "AccessLevel" if custom else f"{object_name}AccessLevel"
    where = [soql.equals(parent, id), soql.equals("RowCause", "Manual")]
    query = soql.select(share_object(object_name), ["UserOrGroupId", level], where=where)
    try:
        rows = await org.query(query)
    except PermanentOrgError:
        return ()
    return tuple(sorted((str(row["UserOrGroupId"]), str(row[level]).lower()) for row in rows))


def _ended_before(
    at: datetime, changes: Sequence[Change], seeing: set[str], names: Mapping[str, str]
) -> list[Happening]:
    return _ended([change for change in changes if change[0] < at], seeing, names)


def _ended(
    changes: Iterable[Change], seeing: set[str], names: Mapping[str, str]
) -> list[Happening]:
    """The first of the changes ends what is shared. The org keeps whole seconds: what is of the same second
    as a decision counts as later."""
    ended = []
    for at, by in changes:
        if seeing:
            who = ", ".join(names.get(name, name) for name in sorted(seeing))
            text = f"no longer with {who}: another owner ends what was shared"
            ended.append(Happening(at=at, kind=KIND, text=text, by=by, details={"ended": who}))
            seeing.clear()
    return ended


def _happening(at: datetime, share: Mapping[str, str], names: Mapping[str, str]) -> Happening:
    name = names.get(share["with"], share["with"])
    if refused := share.get("refused"):
        text = f"not with {name}: the org refused it ({refused})"
    elif share.get("held"):
        text = f"not with {name} yet: {share['held']}"
    elif share.get("withdrawn"):
        text = f"no longer with {name}: {share['withdrawn']}"
    else:
        text = f"with {name} ({share['access']})"
    place = f" ({share['place']})" if share.get("place") else ""
    return Happening(at=at, kind=KIND, text=f"{text}{place}", by="the daemon", details=dict(share))


def ids_in(rows: Iterable[Row]) -> Iterator[str]:
    """Receivers that the decisions know by id only."""
    for row in rows:
        for share in shares_in(row):
            if share["with"][:3] in ("005", "00G"):
                yield share["with"]
