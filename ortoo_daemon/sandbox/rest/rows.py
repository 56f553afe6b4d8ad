"""sObject rows: create, read, change, delete, upsert one record."""

from __future__ import annotations

import re
from email.utils import format_datetime as http_date
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError, not_found
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call
from ortoo_daemon.sandbox.row_rules import precondition_failed
from ortoo_daemon.sandbox.schema import ObjectType
from ortoo_daemon.sandbox.soql.shape import compound, part_name
from ortoo_daemon.sandbox.storage import Row
from ortoo_daemon.sandbox.values import parse_datetime

_PATH = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*", re.ASCII)


def create(org: Org, call: Call) -> Answer:
    event = org.schema.event(call.path[1])
    if event is not None:
        return _publish(org, call, event)
    kind = org.schema.object(call.path[1])
    with transaction(org, call):
        record_id = org.create(
            kind.name, call.record_body(), user_id=call.user_id, options=call.write_options()
        )
    location = f"{call.base}/sobjects/{kind.name}/{record_id}"
    body = {"id": record_id, "success": True, "errors": []}
    return Answer(status=201, body=body, headers={"Location": location})


def read(org: Org, call: Call) -> Answer:
    kind = org.schema.object(call.path[1])
    row = org.existing(kind.name, _row_id(kind, call.path[2]))
    return _readable(org, call, kind, row)


def read_by_key(org: Org, call: Call) -> Answer:
    kind = org.schema.object(call.path[1])
    found = org.matching(kind, kind.lookup_field(call.path[2]), call.path[3])
    if not found:
        raise not_found()
    if len(found) > 1:
        return _several(call, kind, found)
    return _readable(org, call, kind, org.existing(kind.name, found[0]))


def update(org: Org, call: Call) -> Answer:
    kind = org.schema.object(call.path[1])
    record_id = _row_id(kind, call.path[2])
    body = call.record_body()
    if any(name.lower() == "id" for name in body):
        message = "The Id field should not be specified in the sobject data."
        raise OrgError("INVALID_FIELD", message, ("Id",))
    with transaction(org, call):
        org.update(kind.name, record_id, body, user_id=call.user_id, options=call.write_options())
    return Answer(status=204)


def delete(org: Org, call: Call) -> Answer:
    kind = org.schema.object(call.path[1])
    with transaction(org, call):
        org.delete(kind.name, _row_id(kind, call.path[2]), user_id=call.user_id)
    return Answer(status=204)


def upsert(org: Org, call: Call) -> Answer:
    """PATCH by external id: 201 created, 200 updated, 300 when several records match."""
    kind = org.schema.object(call.path[1])
    key, value = kind.lookup_field(call.path[2]), call.path[3]
    body = call.record_body()
    if any(name.lower() == key.name.lower() for name in body):
        message = f"The {key.name} field should not be specified in the sobject data."
        raise OrgError("INVALID_FIELD", message, (key.name,))
    with transaction(org, call):
        try:
            outcome = org.upsert(
                kind.name, key.name, value, body, user_id=call.user_id, options=call.write_options()
            )
        except OrgError as error:
            if error.status == 300:
                return _several(call, kind, error.extra["ids"])
            raise
    answer: dict[str, Any] = {
        "id": outcome.id,
        "success": True,
        "errors": [],
        "created": outcome.created,
    }
    return Answer(status=201 if outcome.created else 200, body=answer)


def _publish(org: Org, call: Call, kind: ObjectType) -> Answer:
    """A platform event is only queued, which is why a success lists an error."""
    with transaction(org, call) as unit:
        event = org.events.publish(unit, kind, call.record_body())
    location = f"{call.base}/sobjects/{kind.name}/{event.id}"
    body = {"id": event.id, "success": True, "errors": [enqueued(event.uuid)]}
    return Answer(status=201, body=body, headers={"Location": location})


def enqueued(uuid: str) -> dict[str, Any]:
    """What a published event lists under `errors`: its EventUuid."""
    return OrgError("OPERATION_ENQUEUED", uuid).as_row_error()


def transaction(org: Org, call: Call) -> Any:
    """One REST call is one transaction under the caller's name."""
    return org.transaction(
        user_id=call.user_id, client=call.client, api="rest", version=call.version
    )


def record_json(kind: ObjectType, row: Row, base: str) -> dict[str, Any]:
    """A whole row as the platform shows it, compounds included."""
    url = f"{base}/sobjects/{kind.name}/{row['Id']}"
    record: dict[str, Any] = {"attributes": {"type": kind.name, "url": url}, **row}
    for field in kind.compounds:
        parts = {part_name(field.name, part): row[part] for part in field.parts}
        record[field.name] = compound(parts)
    return record


def selected_json(org: Org, call: Call, kind: ObjectType, ids: list[str], fields: list[str]) -> Any:
    """Records by id with the fields asked for, in the order of `ids`; null where there is none."""
    names = dict.fromkeys(name.strip() for name in fields)
    for name in names:
        if not _PATH.fullmatch(name):
            message = f"No such column '{name}' on sobject of type {kind.name}"
            raise OrgError("INVALID_FIELD", message)
    marks = "','".join(ids)
    soql = f"SELECT {', '.join(names)} FROM {kind.name} WHERE Id IN ('{marks}')"
    page = org.queries.query(soql, user_id=call.user_id, version=call.version)
    by_id = {each["attributes"]["url"].rsplit("/", 1)[1]: each for each in page["records"]}
    return [by_id.get(each) for each in ids]


def _readable(org: Org, call: Call, kind: ObjectType, row: Row) -> Answer:
    modified_at = parse_datetime(row["LastModifiedDate"])
    headers = {"Last-Modified": http_date(modified_at, usegmt=True)}
    since = call.date("If-Modified-Since")
    if since is not None and modified_at <= since:
        return Answer(status=304, headers=headers)
    unmodified_since = call.date("If-Unmodified-Since")
    if unmodified_since is not None and modified_at > unmodified_since:
        raise precondition_failed()
    if "fields" not in call.query:
        return Answer(body=record_json(kind, row, call.base), headers=headers)
    (record,) = selected_json(org, call, kind, [row["Id"]], call.query["fields"].split(","))
    return Answer(body=record, headers=headers)


def _row_id(kind: ObjectType, text: str) -> str:
    record_id = to_18(text)
    if record_id is None or not record_id.startswith(kind.prefix):
        message = f"Provided external ID field does not exist or is not accessible: {text}"
        raise OrgError("NOT_FOUND", message, status=404)
    return record_id


def _several(call: Call, kind: ObjectType, ids: list[str]) -> Answer:
    return Answer(status=300, body=[f"{call.base}/sobjects/{kind.name}/{each}" for each in ids])
