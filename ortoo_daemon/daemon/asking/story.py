"""What happened to one record so far? Decisions out of the audit records, owners out of the org's history,
tries of handoffs out of the journal (`story_of_handoffs`).
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ortoo_daemon.action.stamps import OWNER
from ortoo_daemon.audit.decision_json import ROW_FIELDS
from ortoo_daemon.audit.record import OBJECT
from ortoo_daemon.daemon.asking.explaining import NoSuchRecordError
from ortoo_daemon.daemon.asking.happening import Happening
from ortoo_daemon.daemon.asking.story_of_handoffs import trail_of
from ortoo_daemon.daemon.asking.story_of_shares import (
    Change,
    ids_in,
    seen_by,
    shares_in,
    told_of_shares,
)
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.instants import instant
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.tries import HandoffTry

_THE_DAEMON = "the daemon"
_DAWN = datetime(1970, 1, 1, tzinfo=UTC)
_ORDER = {"created": 0, "decided": 1, "owner": 2, "shared": 3, "accepted": 4, "handoff": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Oldest first. ``owner`` is who holds the record now; ``gaps`` say what could not be told. ``handoff``
    is how that to the rooftop's own system stands, empty where there is none; ``shared`` who else sees the
    record now, by a share, and how."""

    object: str
    record: RecordId
    owner: str
    happenings: tuple[Happening, ...]
    gaps: tuple[str, ...] = ()
    handoff: str = ""
    shared: tuple[tuple[str, str], ...] = ()


async def story_of(
    org: Org, object_name: str, id: RecordId, *, tries: Sequence[HandoffTry] = ()
) -> Story:
    """The story of a record; ``tries`` to hand it over are those of the journal. Raises NoSuchRecordError and
    OrgError."""
    base, rows, (changes, gaps), daemon, trail = await asyncio.gather(
        _base(org, object_name, id),
        _decisions(org, id),
        _owner_changes(org, object_name, id),
        org.identity(),
        trail_of(org, object_name, id, tries),
    )
    if not rows:
        gaps = (*gaps, "nothing has been decided about it")
    shares = [each for row in rows for each in shares_in(row)]
    seeing = await seen_by(org, object_name, id) if shares else ()
    owners = (row[name] for row in changes for name in ("OldValue", "NewValue"))
    names = await _names(org, {*map(str, owners), *ids_in(rows), *(who for who, _ in seeing)})
    created = Happening(
        at=instant(base["CreatedDate"]) or _DAWN,
        kind="created",
        text="",
        by=_who(base, daemon),
    )
    happenings = [created, *map(_decided, rows), *(_changed(row, names, daemon) for row in changes)]
    happenings += trail.happenings
    people = [each for each in map(_by_others(daemon), changes) if each is not None]
    happenings += told_of_shares(rows, people, names)
    return Story(
        object=object_name,
        record=id,
        owner=str(base.get("Owner.Name") or base[OWNER]),
        happenings=tuple(sorted(happenings, key=lambda each: (each.at, _ORDER[each.kind]))),
        gaps=gaps,
        handoff=trail.handoff,
        shared=tuple((names.get(who, who), access) for who, access in seeing),
    )


async def _base(org: Org, object_name: str, id: RecordId) -> Mapping[str, Any]:
    fields = ["Id", OWNER, "Owner.Name", "CreatedDate", "CreatedById", "CreatedBy.Name"]
    rows = await org.query(soql.select(object_name, fields, where=[soql.equals("Id", id)]))
    if not rows:
        raise NoSuchRecordError(f"{object_name} {id}: there is no such record, or no access to it")
    return rows[0]


async def _decisions(org: Org, id: RecordId) -> list[dict[str, Any]]:
    fields = [name for name in ROW_FIELDS if name != "Trace__c"]
    return await org.query(
        soql.select(
            OBJECT,
            fields,
            where=[soql.equals("Record_Id__c", id)],
            order_by=["Decided_At__c"],
        )
    )


async def _owner_changes(
    org: Org, object_name: str, id: RecordId
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Rows of the org's field history; a gap where it keeps none for the object."""
    custom = object_name.endswith("__c")
    history = f"{object_name[:-3]}__History" if custom else f"{object_name}History"
    parent = "ParentId" if custom else f"{object_name}Id"
    fields = ["CreatedDate", "CreatedById", "CreatedBy.Name", "OldValue", "NewValue"]
    where = [soql.equals(parent, id), soql.equals("Field", "Owner")]
    try:
        rows = await org.query(soql.select(history, fields, where=where, order_by=["CreatedDate"]))
    except PermanentOrgError as error:
        return [], (f"owner history is not kept or not readable ({error.code})",)
    return _named(rows), ()


def _named(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The platform writes a row with names and one with ids for each change: those with names tell more."""
    every = list(rows)
    by_name = [row for row in every if not (_is_id(row["OldValue"]) and _is_id(row["NewValue"]))]
    return by_name or every


async def _names(org: Org, values: Iterable[str]) -> dict[str, str]:
    """Names of the users, queues and groups among the values that are known by id only."""
    ids = {value for value in values if _is_id(value)}
    found: dict[str, str] = {}
    for object_name, prefix in (("User", "005"), ("Group", "00G")):
        for part in soql.chunks(sorted(id for id in ids if id.startswith(prefix))):
            text = soql.select(object_name, ["Id", "Name"], where=[soql.one_of("Id", part)])
            found |= {row["Id"]: row["Name"] for row in await org.query(text)}
    return found


def _is_id(value: Any) -> bool:
    try:
        return record_id(str(value))[:3] in ("005", "00G")
    except ValueError:
        return False


def _decided(row: Mapping[str, Any]) -> Happening:
    policy = f" [{row['Policy__c']}@{row['Revision__c']}]" if row["Policy__c"] else ""
    names = (
        "Ortoo_Key__c",
        "Outcome__c",
        "Reason_Code__c",
        "Reason__c",
        "Policy__c",
        "Revision__c",
    )
    keys = ("key", "outcome", "reason", "way_in", "policy", "revision")
    details = {key: row[name] for key, name in zip(keys, names, strict=True)}
    fields = json.loads(row["Fields_Written__c"] or "{}")
    refused = fields.get("refused") or {}
    said = f"; refused by the org: {', '.join(refused)}" if refused else ""
    return Happening(
        at=instant(row["Decided_At__c"]) or _DAWN,
        kind="decided",
        text=f"{row['Summary__c']}{said}{policy}",
        by=_THE_DAEMON,
        details={**details, "rule": row["Rule__c"], **fields},
    )


def _changed(row: Mapping[str, Any], names: Mapping[str, str], daemon: RecordId) -> Happening:
    before, after = (names.get(str(row[name]), row[name]) for name in ("OldValue", "NewValue"))
    return Happening(
        at=instant(row["CreatedDate"]) or _DAWN,
        kind="owner",
        text=f"{before} → {after}",
        by=_who(row, daemon),
        details={"before": row["OldValue"], "after": row["NewValue"]},
    )


def _by_others(daemon: RecordId) -> Callable[[Mapping[str, Any]], Change | None]:
    """When somebody beside the daemon changed the owner, and who; None of the daemon's own changes."""

    def told(row: Mapping[str, Any]) -> Change | None:
        who, at = _who(row, daemon), instant(row["CreatedDate"])
        return None if at is None or who == _THE_DAEMON else (at, who)

    return told


def _who(row: Mapping[str, Any], daemon: RecordId) -> str:
    by = row.get("CreatedById")
    if by and record_id(str(by)) == daemon:
        return _THE_DAEMON
    return str(row.get("CreatedBy.Name") or by or "")
