"""Who seems to be absent, as the targets of several records in a row passed with them?

Told from the org's decision records and from signs of life since: a login, an answer to a record, a task,
an event. Each of these ends the row, so that the inference ends by itself with the first of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from ortoo_daemon.instants import instant
from ortoo_daemon.records import RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org

LOOK_BACK = timedelta(days=14)
"""Targets that passed before are forgotten."""

_DECISION = "Ortoo_Decision__c"
_PASSED = ("sla_violation", "sla_nobody")
"""Reasons of decisions that the holder's target passed; the holder is the owner before."""

_HOLDER = "Owner_Before__c"
_MOST_GROUPS = 2_000
_ANSWERED = "sla_answered"
_ACTIVITIES = ("Task", "Event")


async def read_missed(org: Org, in_a_row: int, now: datetime) -> dict[RecordId, datetime]:
    """Since when people are taken for absent: the moment at which the last target of the row passed.

    Raises OrgError. One small query where nobody missed so many.
    """
    suspects = await _suspects(org, in_a_row, now - LOOK_BACK)
    if not suspects:
        return {}
    passed = await _passed(org, suspects, now - LOOK_BACK)
    alive = await _signs_of_life(org, suspects, now - LOOK_BACK)
    return {
        person: since
        for person in suspects
        if (since := absent_since(passed[person], alive.get(person), in_a_row)) is not None
    }


def absent_since(
    passed: Iterable[tuple[str, datetime]], alive_at: datetime | None, in_a_row: int
) -> datetime | None:
    """When the row was long enough: pairs of a record and when a target of it passed, in order of time.

    Each record counts once, and only after the last sign of life.
    """
    records: set[str] = set()
    for record, at in passed:
        if alive_at is not None and at <= alive_at:
            continue
        records.add(record)
        if len(records) >= in_a_row:
            return at
    return None


async def _suspects(org: Org, in_a_row: int, since: datetime) -> list[RecordId]:
    """Page by page in the order of the ids: the org answers no more than so many groups at once."""
    found: list[RecordId] = []
    last = ""
    while True:
        rows = await org.query(_passed_with(last, since))
        found += [record_id(row[_HOLDER]) for row in rows if int(row["expr0"]) >= in_a_row]
        if len(rows) < _MOST_GROUPS:
            return sorted(found)
        last = str(rows[-1][_HOLDER])


def _passed_with(last: str, since: datetime) -> str:
    """Users behind ``last``, and with how many records' targets they were passed."""
    where = [
        soql.one_of("Reason_Code__c", _PASSED),
        soql.at_least("Decided_At__c", since),
        soql.starts_with(_HOLDER, "005"),
        *([soql.above(_HOLDER, last)] if last else ()),
    ]
    return soql.select(
        _DECISION,
        [_HOLDER, "COUNT(Id)"],
        where=where,
        group_by=[_HOLDER],
        order_by=[_HOLDER],
        limit=_MOST_GROUPS,
    )


async def _passed(
    org: Org, people: Sequence[RecordId], since: datetime
) -> dict[RecordId, list[tuple[str, datetime]]]:
    """By person and in order of time, the records whose target passed with them."""
    found: dict[RecordId, list[tuple[str, datetime]]] = defaultdict(list)
    for some in soql.chunks(people):
        where = [
            soql.one_of("Reason_Code__c", _PASSED),
            soql.one_of("Owner_Before__c", some),
            soql.at_least("Decided_At__c", since),
        ]
        fields = ["Owner_Before__c", "Record_Id__c", "Decided_At__c"]
        rows = await org.query(
            soql.select(_DECISION, fields, where=where, order_by=["Decided_At__c"])
        )
        for row in rows:
            at = instant(row["Decided_At__c"])
            if at is not None:
                person = record_id(str(row["Owner_Before__c"]))
                found[person].append((str(row["Record_Id__c"]), at))
    return found


async def _signs_of_life(
    org: Org, people: Sequence[RecordId], since: datetime
) -> dict[RecordId, datetime]:
    """The last sign of each person who gave one."""
    found: dict[RecordId, datetime] = {}
    for some in soql.chunks(people):
        answered = [soql.equals("Reason_Code__c", _ANSWERED)]
        logins = soql.select("User", ["Id", "LastLoginDate"], where=[soql.one_of("Id", some)])
        asked = [
            (logins, "Id", "LastLoginDate"),
            _last(_DECISION, "Owner_After__c", "Decided_At__c", some, since, also=answered),
            *(_last(name, "CreatedById", "CreatedDate", some, since) for name in _ACTIVITIES),
        ]
        for query, who, when in asked:
            for row in await org.query(query):
                at = instant(row[when])
                if at is not None:
                    person = record_id(str(row[who]))
                    found[person] = max(at, found.get(person, at))
    return found


def _last(
    object_name: str,
    who: str,
    when: str,
    people: Sequence[str],
    since: datetime,
    *,
    also: Sequence[soql.Condition] = (),
) -> tuple[str, str, str]:
    """The query for the last row of each person, and its columns: who, and when."""
    where = [soql.one_of(who, people), soql.at_least(when, since), *also]
    query = soql.select(object_name, [who, f"MAX({when})"], where=where, group_by=[who])
    return query, who, "expr0"


async def last_missed(org: Org, person: RecordId, at: datetime) -> tuple[str, RecordId] | None:
    """Object and id of the record whose target passed with somebody at a moment. Raises OrgError."""
    where = [
        soql.one_of("Reason_Code__c", _PASSED),
        soql.equals("Owner_Before__c", person),
        soql.at_least("Decided_At__c", at),
    ]
    rows = await org.query(
        soql.select(
            _DECISION,
            ["Object__c", "Record_Id__c"],
            where=where,
            order_by=["Decided_At__c"],
            limit=1,
        )
    )
    return (str(rows[0]["Object__c"]), record_id(str(rows[0]["Record_Id__c"]))) if rows else None
