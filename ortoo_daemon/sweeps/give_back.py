"""Which records may go back to people who were away and have returned?

Told from the org's decision records, so that nothing is forgotten at a restart: what was moved for an
absence, by whom the record was held, and what went back already. Of these only records that are as the move
left them. Whether one goes back is decided on the record as it then stands.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.ownership.absence import AWAY, BACK
from ortoo_daemon.policy.absence_model import GiveBack
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.sweeps.absence import noticed_text
from ortoo_daemon.sweeps.reconcile import OrgQuery, QueuePut

Targets = Mapping[RecordId, datetime | None]
"""When an answer is due, by record; None where no clock runs."""

_IDS_IN_A_QUERY = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """One absence of somebody, by the policy that moved what they held. A daemon that was started in its
    midst has ``noticed`` it once more: see `spells`."""

    policy: str
    person: RecordId
    noticed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A record that an absence took from somebody."""

    object: str
    record: RecordId
    absence: Absence
    key: str
    at: datetime


async def find_returns(
    org_query: OrgQuery,
    queue_put: QueuePut,
    policies: Iterable[Policy],
    *,
    is_back: Callable[[RecordId], bool],
    daemon_user: RecordId,
    now: datetime,
) -> int:
    """Put what may go back on the queue, what is due first first; how many. Raises OrgError, StateError.

    What anybody but the ``daemon_user`` has written to since is touched.
    """
    rules = {
        each.name: each.absence.give_back
        for each in policies
        if each.absence is not None and each.absence.give_back is not None
    }
    if not rules:
        return 0
    since = now - max(rule.within for rule in rules.values())
    rows = await org_query(_moves(since))
    open_moves = [
        each
        for each in moves_to_return(rows)
        if each.absence.policy in rules
        and now - each.at <= rules[each.absence.policy].within
        and is_back(each.absence.person)
    ]
    if not open_moves:
        return 0
    targets = await _as_left(org_query, open_moves, daemon_user)
    chosen = in_turn(open_moves, targets, rules, spells(rows))
    items = [_item(each, now) for each in chosen]
    return await queue_put(items) if items else 0


def moves_to_return(rows: Iterable[Mapping[str, Any]]) -> Iterator[Moved]:
    """The last move of each record, unless one went back before: no record goes to and fro."""
    moved: dict[str, Moved] = {}
    back = set()
    for row in rows:
        parts = _parts(row)
        at = instant(row["Decided_At__c"])
        if parts is None or at is None:
            continue
        record, kind, person, noticed = parts
        if kind == BACK:
            back.add(record)
        elif kind == AWAY:
            moved[record] = Moved(
                object=str(row["Object__c"]),
                record=record_id(record),
                absence=Absence(
                    policy=str(row["Policy__c"]), person=record_id(person), noticed=noticed
                ),
                key=str(row["Ortoo_Key__c"]),
                at=at,
            )
    yield from (each for record, each in moved.items() if record not in back)


@dataclass(slots=True)
class Spell:
    """How many records went ``back`` after one absence, however often it was noticed."""

    back: int = 0


def spells(rows: Iterable[Mapping[str, Any]]) -> dict[Absence, Spell]:
    """The absences that are one: nothing went back between the moments at which they were noticed."""
    went: dict[tuple[str, RecordId], list[str]] = defaultdict(list)
    noticed: dict[tuple[str, RecordId], Counter[str]] = defaultdict(Counter)
    for row in rows:
        parts, at = _parts(row), instant(row["Decided_At__c"])
        if parts is None or at is None:
            continue
        whose = str(row["Policy__c"]), record_id(parts[2])
        is_back = parts[1] == BACK
        noticed[whose][parts[3]] += is_back
        if is_back:
            went[whose].append(noticed_text(at))
    found: dict[Absence, Spell] = {}
    for (policy, person), counts in noticed.items():
        before, spell = "", Spell()
        for moment in sorted(counts):
            if any(before <= at < moment for at in went[policy, person]):
                spell = Spell()
            spell.back += counts[moment]
            found[Absence(policy=policy, person=person, noticed=moment)] = spell
            before = moment
    return found


def in_turn(
    moves: Iterable[Moved],
    targets: Targets,
    rules: Mapping[str, GiveBack],
    spells: Mapping[Absence, Spell],
) -> list[Moved]:
    """Of each absence as many as may still go back, those first of which a target is due first.

    ``targets`` are those of records that are as the move left them.
    """
    by_spell: dict[int, list[Moved]] = defaultdict(list)
    for each in moves:
        if each.record in targets:
            by_spell[id(spells[each.absence])].append(each)
    found: list[Moved] = []
    for some in by_spell.values():
        absence = some[0].absence
        left = rules[absence.policy].at_most - spells[absence].back
        some.sort(key=lambda each: (_due(targets[each.record]), each.at, each.record))
        found += some[: max(left, 0)]
    return found


def _due(target: datetime | None) -> tuple[bool, datetime | timedelta]:
    return target is None, target or timedelta()


def _parts(row: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    """Record, kind, person and moment of noticing that a decision's key is made of; None for others."""
    parts = str(row["Ortoo_Key__c"]).split(":")
    if len(parts) != 4 or parts[1] not in (AWAY, BACK):
        return None
    return parts[0], parts[1], parts[2], parts[3]


def _moves(since: datetime) -> str:
    """Of a move that died before its record was written only the key tells what it was."""
    fields = "Ortoo_Key__c, Object__c, Policy__c, Decided_At__c"
    where = (
        "Reason_Code__c IN ('owner_away','owner_back','recovered') "
        f"AND Decided_At__c >= {instant_text(since)[:19]}Z"
    )
    return f"SELECT {fields} FROM Ortoo_Decision__c WHERE {where} ORDER BY Decided_At__c"


async def _as_left(
    org_query: OrgQuery, moves: Sequence[Moved], daemon_user: RecordId
) -> dict[RecordId, datetime | None]:
    """Targets of the records that nobody has written to since they were moved."""
    keys = {each.record: each.key for each in moves}
    of_object: dict[str, list[RecordId]] = defaultdict(list)
    for each in moves:
        of_object[each.object].append(each.record)
    found: dict[RecordId, datetime | None] = {}
    for name, ids in sorted(of_object.items()):
        for start in range(0, len(ids), _IDS_IN_A_QUERY):
            marks = "','".join(ids[start : start + _IDS_IN_A_QUERY])
            fields = "Id, LastModifiedById, Ortoo_Decision_Key__c, Ortoo_SLA_Target_At__c"
            for row in await org_query(f"SELECT {fields} FROM {name} WHERE Id IN ('{marks}')"):
                id_ = record_id(str(row["Id"]))
                untouched = record_id(str(row["LastModifiedById"])) == daemon_user
                if untouched and row["Ortoo_Decision_Key__c"] == keys[id_]:
                    found[id_] = instant(row["Ortoo_SLA_Target_At__c"])
    return found


def _item(moved: Moved, now: datetime) -> WorkItem:
    absence = moved.absence
    return WorkItem(
        object=moved.object,
        record_id=moved.record,
        reason=WorkReason.ABSENCE,
        entry=f"{BACK}:{absence.person}:{absence.noticed}",
        heard_at=now,
    )
