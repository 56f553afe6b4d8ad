"""How do rows travel in one call, and what became of each?

Two ways: `send_conditional` lets the org refuse a row that was modified (HTTP 412), `send_in_bulk` reads
the expected values once more and then writes up to 200 rows. Both answer per row, in order.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ortoo_daemon.errors import OrgError, RecordGoneError, StaleRecordError
from ortoo_daemon.instants import instant
from ortoo_daemon.records import FieldValue, Record, RecordId
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.reader import read_records
from ortoo_daemon.salesforce.responses import error_of, is_overload, row_error, understood
from ortoo_daemon.salesforce.rest import RestClient
from ortoo_daemon.salesforce.transport import MayGo
from ortoo_daemon.salesforce.values import differing, http_date, names_of, without_references

_HALVINGS = 3
"""A batch of 200 is cut down to 25; what does not pass then is retried by the row."""

Outcome = OrgError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWrite:
    """One record's new values, and what must still hold for them to be written.

    ``expect`` are the values the decision was made on; ``modified_at`` is the LastModifiedDate read with
    them. ``fields`` are kept `without_references`. ``conditional`` rows always go with If-Unmodified-Since,
    in bursts too: for records that a person holds; so do those that ``allow_duplicates``, for which a
    duplicate rule of the org that only alerts lets them pass. ``may_go`` is asked just before the row is
    sent. Raises ValueError when ``modified_at`` is no datetime.
    """

    object: str
    id: RecordId
    fields: Mapping[str, FieldValue]
    expect: Mapping[str, FieldValue] = field(default_factory=dict)
    modified_at: str
    conditional: bool = False
    allow_duplicates: bool = False
    may_go: MayGo | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if instant(self.modified_at) is None:
            raise ValueError(f"{self.modified_at!r} is not a datetime of the org")
        soql.name(self.object)
        object.__setattr__(self, "fields", without_references(self.fields))

    @property
    def is_guarded(self) -> bool:
        """Whether it goes with headers of its own."""
        return self.conditional or self.allow_duplicates


async def send_conditional(rest: RestClient, writes: Sequence[RecordWrite]) -> list[Outcome]:
    """Up to 25 rows in one /composite call, each a PATCH under its own precondition."""
    body = {
        "allOrNone": False,
        "compositeRequest": [
            {
                "method": "PATCH",
                "url": f"{rest.root}sobjects/{write.object}/{write.id}",
                "referenceId": f"row{number}",
                "httpHeaders": _headers(write),
                "body": dict(write.fields),
            }
            for number, write in enumerate(writes)
        ],
    }
    answer = await rest.call("POST", "composite", body=body, may_go=_of_all(writes))
    with understood(writing=True):
        parts = {part["referenceId"]: part for part in answer["compositeResponse"]}
        return [_part_outcome(parts[f"row{number}"]) for number in range(len(writes))]


def _headers(write: RecordWrite) -> dict[str, str]:
    headers = {"If-Unmodified-Since": http_date(write.modified_at)}
    if write.allow_duplicates:
        headers["Sforce-Duplicate-Rule-Header"] = "allowSave=true"
    return headers


async def send_in_bulk(
    rest: RestClient, writes: Sequence[RecordWrite], pause: Callable[[], Awaitable[None]]
) -> list[Outcome]:
    """Up to 200 rows of one object: read the expected values again, write the rows that still hold."""
    outcomes = await _verdicts(rest, writes)
    passing = [number for number, outcome in enumerate(outcomes) if outcome is None]
    if passing:
        written = await _collect(rest, [writes[number] for number in passing], pause)
        for number, outcome in zip(passing, written, strict=True):
            outcomes[number] = outcome
    return outcomes


def gone(object_name: str, id: str) -> RecordGoneError:
    return RecordGoneError("RECORD_GONE", f"{object_name} {id} is no longer there")


def stale(names: Sequence[str], record: Record) -> StaleRecordError:
    """Somebody else changed what the decision was made on."""
    return StaleRecordError(
        "VALUES_CHANGED",
        f"{record.object} {record.id}: changed since it was read: {', '.join(names)}",
        fields=names,
    )


async def _verdicts(rest: RestClient, writes: Sequence[RecordWrite]) -> list[Outcome]:
    names = names_of(*(write.expect for write in writes))
    ids = {write.id for write in writes}
    records = await read_records(rest, writes[0].object, ids, names)
    outcomes: list[Outcome] = []
    for write in writes:
        record = records.get(write.id)
        if record is None:
            outcomes.append(gone(write.object, write.id))
            continue
        changed = differing(write.expect, record)
        outcomes.append(stale(changed, record) if changed else None)
    return outcomes


async def _collect(
    rest: RestClient,
    writes: Sequence[RecordWrite],
    pause: Callable[[], Awaitable[None]],
    halvings: int = _HALVINGS,
) -> list[Outcome]:
    """PATCH the rows; those that met a lock or Apex's limits are tried again in halves."""
    outcomes = await _patch(rest, writes)
    again = [number for number, outcome in enumerate(outcomes) if outcome and is_overload(outcome)]
    if not again or len(writes) == 1 or halvings == 0:
        return outcomes
    middle = (len(again) + 1) // 2
    for half in filter(None, (again[:middle], again[middle:])):
        await pause()
        retried = await _collect(rest, [writes[n] for n in half], pause, halvings - 1)
        for number, outcome in zip(half, retried, strict=True):
            outcomes[number] = outcome
    return outcomes


async def _patch(rest: RestClient, writes: Sequence[RecordWrite]) -> list[Outcome]:
    records = [
        {**write.fields, "attributes": {"type": write.object}, "id": write.id} for write in writes
    ]
    body = {"allOrNone": False, "records": records}
    try:
        answer = await rest.call("PATCH", "composite/sobjects", body=body, may_go=_of_all(writes))
    except OrgError as error:
        if not is_overload(error):
            raise
        return [error] * len(writes)
    with understood(writing=True):
        rows = [None if row["success"] else row_error(row["errors"]) for row in answer]
        if len(rows) != len(writes):
            raise ValueError("another number of rows")
        return rows


def _of_all(writes: Sequence[RecordWrite]) -> MayGo:
    """A call goes when each of its rows may."""
    asked = [write.may_go for write in writes if write.may_go is not None]
    return lambda seconds: all(may_go(seconds) for may_go in asked)


def _part_outcome(part: Mapping[str, Any]) -> Outcome:
    status = part["httpStatusCode"]
    if 200 <= status < 300:
        return None
    return error_of(status, part.get("body"), writing=True)
