"""How do a record's new values and rows that go with them land together, or not at all?

One /composite call with ``allOrNone``: the record under its own If-Unmodified-Since, the rows made beside it.
A lost answer is looked into before anything is sent again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ortoo_daemon.errors import OrgError, OutcomeUnknownError, StaleRecordError
from ortoo_daemon.records import FieldValue, Record
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.reader import read_records
from ortoo_daemon.salesforce.responses import error_of, understood
from ortoo_daemon.salesforce.rest import RestClient
from ortoo_daemon.salesforce.values import differing, http_date, names_of, without_references
from ortoo_daemon.salesforce.writes import RecordWrite, gone, stale

_TRIES = 3
_MODIFIED = "LastModifiedDate"
_HALTED = "PROCESSING_HALTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRow:
    """A row to be made beside a write."""

    object: str
    fields: Mapping[str, FieldValue]


async def send_whole(rest: RestClient, write: RecordWrite, rows: Sequence[NewRow]) -> None:
    """Write the record and make the rows; returns when all of it stands.

    ``write.expect`` must change by the write: that is how a lost answer is told from a lost call. Raises
    StaleRecordError where what was expected no longer holds, RecordGoneError, the error of the first part
    that was refused, and TemporaryOrgError.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            await _send(rest, write, rows)
        except OutcomeUnknownError:
            if attempt == _TRIES:
                raise
            if not differing(write.fields, await _current(rest, write)):
                return
        except StaleRecordError as error:
            if attempt == _TRIES or error.code != "PRECONDITION_FAILED":
                raise
        else:
            return
        write = await _renewed(rest, write)


async def _send(rest: RestClient, write: RecordWrite, rows: Sequence[NewRow]) -> None:
    record = {
        "method": "PATCH",
        "url": f"{rest.root}sobjects/{write.object}/{write.id}",
        "referenceId": "record",
        "httpHeaders": {"If-Unmodified-Since": http_date(write.modified_at)},
        "body": dict(write.fields),
    }
    parts = [made(rest, row, f"row{number}") for number, row in enumerate(rows)]
    body = {"allOrNone": True, "compositeRequest": [record, *parts]}
    answer = await rest.call("POST", "composite", body=body, may_go=write.may_go)
    error = first_error(answer)
    if error is not None:
        raise error


def made(rest: RestClient, row: NewRow, reference: str) -> dict[str, Any]:
    """The part of a call that makes a row."""
    return {
        "method": "POST",
        "url": f"{rest.root}sobjects/{soql.name(row.object)}",
        "referenceId": reference,
        "body": dict(without_references(row.fields)),
    }


def first_error(answer: Any) -> OrgError | None:
    """What kept a call of several parts from being done; parts given up because of another say only that."""
    with understood(writing=True):
        errors = [error for part in answer["compositeResponse"] if (error := _error(part))]
    return next((error for error in errors if error.code != _HALTED), next(iter(errors), None))


def _error(part: Mapping[str, Any]) -> OrgError | None:
    status = part["httpStatusCode"]
    return None if 200 <= status < 300 else error_of(status, part.get("body"), writing=True)


async def _renewed(rest: RestClient, write: RecordWrite) -> RecordWrite:
    """The write under the record's present stamp, as long as what was read still holds."""
    record = await _current(rest, write)
    changed = differing(write.expect, record)
    if changed:
        raise stale(changed, record)
    return replace(write, modified_at=record.text(_MODIFIED))


async def _current(rest: RestClient, write: RecordWrite) -> Record:
    names = names_of(write.fields, write.expect, [_MODIFIED])
    records = await read_records(rest, write.object, {write.id}, names)
    if write.id not in records:
        raise gone(write.object, write.id)
    return records[write.id]
