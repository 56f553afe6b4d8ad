"""How do records that are there already get the keys by which customers are known again?

Page by page in the order of their ids, beside a running daemon, at a pace of its own and only while the
org's allocations last. Nothing is remembered: what has its keys is not found again, so that a run that was
cut short is simply started anew. Owners and all other fields are left alone.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ortoo_daemon.errors import ApiLimitError, OrgError, RecordGoneError, StaleRecordError
from ortoo_daemon.intake.keys import customer_keys
from ortoo_daemon.policy.intake_model import EMAIL_KEY, NAME_KEY, PHONE_KEY, KeySources
from ortoo_daemon.records import FieldValue, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.allocations import Allocation, read_allocations
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.writer import RecordWrite

PAGE = 2_000
"""Records of a query; the allocations are looked at before each."""

_AT_ONCE = 200
_MODIFIED = "LastModifiedDate"
_WATCHED = (Allocation.API_CALLS, Allocation.DELIVERED_EVENTS, Allocation.STREAMING_EVENTS)
_WRITABLE: Mapping[str, soql.Condition] = {"Lead": soql.equals("IsConverted", False)}
"""The org lets nobody write to a converted lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is gone through: records of ``object`` behind the id ``after``.

    ``whole``: those that have keys, too, which are compared with their fields.
    """

    object: str
    sources: KeySources
    whole: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """At most ``per_minute`` records are written, and none while more than the share ``spend_up_to`` of an
    allocation is used. ``sleep`` waits seconds."""

    per_minute: int
    spend_up_to: float
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass(slots=True, kw_only=True)
class Filled:
    """How far it has come with one object.

    ``without`` are records looked at whose fields make no new key, ``changed`` those that somebody changed
    in between or that are gone, ``refused`` what the org refused, by its words. ``stopped`` says why it
    ended early, "" when it did not; ``last`` is the id of the last record done with.
    """

    object: str
    looked_at: int = 0
    written: int = 0
    without: int = 0
    changed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    stopped: str = ""
    last: str = ""


async def to_look_at(org: Org, scope: Scope) -> int:
    """How many records will be gone through. Raises OrgError."""
    conditions = _conditions(scope, scope.after)
    text = f"SELECT COUNT() FROM {soql.name(scope.object)}"
    where = f" WHERE {soql.all_of(conditions)}" if conditions else ""
    return await org.count(text + where, essential=False)


async def backfill(org: Org, scope: Scope, pace: Pace) -> AsyncGenerator[Filled, None]:
    """Fill the keys; yields how far it has come after each call's worth of records.

    Raises OrgError when the org can't be asked; what was written until then stays.
    """
    filled = Filled(object=scope.object, last=scope.after)
    next_at = pace.clock()
    while not filled.stopped:
        filled.stopped = await _spent(org, pace.spend_up_to)
        rows = [] if filled.stopped else await _page(org, scope, filled)
        for start in range(0, len(rows), _AT_ONCE):
            if (wait_for := next_at - pace.clock()) > 0:
                await pace.sleep(wait_for)
            next_at = pace.clock()
            next_at += await _fill(org, scope, rows[start : start + _AT_ONCE], filled) * (
                60 / pace.per_minute
            )
            yield filled
            if filled.stopped:
                return
        if len(rows) < PAGE:
            yield filled
            return


async def _spent(org: Org, up_to: float) -> str:
    """Which allocation is used too far to go on; "" for none."""
    for allocation, use in (await read_allocations(org.rest)).items():
        if allocation in _WATCHED and use.share >= up_to:
            name = allocation.value.replace("_", " ")
            return f"{use.used:,} of {use.allowed:,} {name} are used, {up_to:.0%} is the limit"
    return ""


async def _page(org: Org, scope: Scope, filled: Filled) -> Sequence[Mapping[str, Any]]:
    text = soql.select(
        scope.object,
        ["Id", _MODIFIED, *sorted(scope.sources.fields())],
        where=_conditions(scope, filled.last),
        order_by=["Id"],
        limit=PAGE,
    )
    try:
        return await org.query(text, essential=False)
    except ApiLimitError as error:
        filled.stopped = str(error)
        return []


async def _fill(org: Org, scope: Scope, rows: Sequence[Mapping[str, Any]], filled: Filled) -> int:
    """Write the keys of these rows; how many were sent."""
    writes = [write for row in rows if (write := _write(scope, row)) is not None]
    sent = (org.writer.write(write) for write in writes)
    outcomes = await asyncio.gather(*sent, return_exceptions=True)
    for outcome in outcomes:
        _note(outcome, filled)
    filled.looked_at += len(rows)
    filled.without += len(rows) - len(writes)
    if not filled.stopped:
        filled.last = str(rows[-1]["Id"])
    return len(writes)


def _note(outcome: BaseException | None, filled: Filled) -> None:
    if outcome is None:
        filled.written += 1
    elif isinstance(outcome, StaleRecordError | RecordGoneError):
        filled.changed += 1
    elif isinstance(outcome, ApiLimitError):
        filled.stopped = str(outcome)
    elif isinstance(outcome, OrgError):
        filled.refused[str(outcome)] += 1
    else:
        raise outcome


def _write(scope: Scope, row: Mapping[str, Any]) -> RecordWrite | None:
    """The keys that the row lacks; without ``whole`` a key that stands is left alone."""

    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None else str(value).strip()

    keys = customer_keys(scope.sources, text)
    fields: dict[str, FieldValue] = {
        name: key
        for name, key in keys.items()
        if key != (row[name] or None) and (scope.whole or not row[name])
    }
    if not fields:
        return None
    id: RecordId = record_id(row["Id"])
    expect = {name: row[name] for name in scope.sources.fields()}
    return RecordWrite(
        object=scope.object, id=id, fields=fields, expect=expect, modified_at=row[_MODIFIED]
    )


def _conditions(scope: Scope, after: str) -> list[soql.Condition]:
    found = [_WRITABLE[scope.object]] if scope.object in _WRITABLE else []
    if after:
        found.append(soql.above("Id", after))
    if not scope.whole:
        found.append(soql.any_of(_lacking(scope.sources)))
    return found


def _lacking(sources: KeySources) -> list[soql.Condition]:
    """A key is empty, and a field is filled that may make one."""
    named = tuple(name for name in (sources.last_name, sources.company) if name)
    made = (
        (EMAIL_KEY, sources.email, None),
        (PHONE_KEY, sources.phone, None),
        (NAME_KEY, named if sources.has_names else (), sources.postal_code),
    )
    found = []
    for key, names, beside in made:
        if names:
            parts = [soql.equals(key, None)]
            parts.append(soql.all_of([soql.any_of(soql.differs(name, None) for name in names)]))
            if beside is not None:
                parts.append(soql.differs(beside, None))
            found.append(soql.all_of([soql.all_of(parts)]))
    return found
