"""sObject collections: up to 200 rows of any objects in one call, each with its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.options import WriteOptions
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.outcomes import Outcome, attempt
from ortoo_daemon.sandbox.rest.call import Answer, Call
from ortoo_daemon.sandbox.rest.rows import enqueued, selected_json, transaction
from ortoo_daemon.sandbox.schema import ObjectType

MOST_ROWS = 200
_MOST_READ = 2_000


def create(org: Org, call: Call) -> Answer:
    options = _options(call)

    def step(row: Mapping[str, Any]) -> Outcome:
        entity = _type_of(row)
        event = org.schema.event(entity)
        if event is not None:
            return _publish(org, call, event, row)
        return attempt(_create_row, org, call, entity, row, options, created=True)

    rows = _records(call)
    outcomes = _together(
        org, call, _all_or_none(call), lambda: [_guarded(step, row) for row in rows]
    )
    return Answer(body=[_row_answer(each) for each in outcomes])


def update(org: Org, call: Call) -> Answer:
    rows = _records(call)
    outcomes = _together(org, call, _all_or_none(call), lambda: _update_rows(org, call, rows))
    return Answer(body=[_row_answer(each) for each in outcomes])


def delete(org: Org, call: Call) -> Answer:
    ids = [each for each in call.query.get("ids", "").split(",") if each]
    _check_size(ids)

    def step(record_id: str) -> Outcome:
        kind = org.schema.of_id(record_id)
        if to_18(record_id) is None or kind is None:
            raise OrgError("MALFORMED_ID", f"malformed id {record_id}")
        return org.delete_many(kind.name, [record_id], user_id=call.user_id)[0]

    all_or_none = call.flag("allOrNone")
    outcomes = _together(org, call, all_or_none, lambda: [_guarded(step, each) for each in ids])
    return Answer(body=[_row_answer(each) for each in outcomes])


def upsert(org: Org, call: Call) -> Answer:
    kind = org.schema.object(call.path[2])
    key = kind.lookup_field(call.path[3])
    options = _options(call)
    seen: set[str] = set()

    def step(row: Mapping[str, Any]) -> Outcome:
        if _type_of(row).lower() != kind.name.lower():
            raise OrgError("INVALID_TYPE", f"Record type must be {kind.name}: {_type_of(row)}")
        values = {n: v for n, v in row.items() if n.lower() != key.name.lower()}
        value = next((v for n, v in row.items() if n.lower() == key.name.lower()), None)
        if value is None or value == "":
            raise OrgError("MISSING_ARGUMENT", f"{key.name} not specified", (key.name,))
        folded = str(value).lower()
        if folded in seen:
            message = f"Duplicate external id specified: {value}"
            raise OrgError("DUPLICATE_VALUE", message, (key.name,))
        seen.add(folded)
        return org.upsert(kind.name, key.name, value, values, user_id=call.user_id, options=options)

    rows = _records(call)
    outcomes = _together(
        org, call, _all_or_none(call), lambda: [_guarded(step, row) for row in rows]
    )
    return Answer(body=[_row_answer(each) | _created(each) for each in outcomes])


def retrieve(org: Org, call: Call) -> Answer:
    """Records by id: POST with `ids` and `fields`, or GET with both in the query string."""
    kind = org.schema.object(call.path[2])
    if call.method == "GET":
        ids = call.query.get("ids", "").split(",")
        fields = call.query.get("fields", "").split(",")
    else:
        body = call.record_body()
        ids, fields = body.get("ids", []), body.get("fields", [])
    if not (_all_text(ids) and _all_text(fields)):
        raise OrgError("MISSING_ARGUMENT", "ids and fields are required: arrays of text")
    if len(ids) > _MOST_READ:
        message = f"record limit reached. cannot read more than {_MOST_READ} records"
        raise OrgError("EXCEEDED_ID_LIMIT", message)
    full = [to_18(str(each)) for each in ids]
    wrong = next((i for i, f in zip(ids, full, strict=True) if f is None), None)
    if wrong is not None:
        raise OrgError("MALFORMED_ID", f"malformed id {wrong}")
    return Answer(body=selected_json(org, call, kind, [each for each in full if each], fields))


def _all_text(members: Any) -> bool:
    texts = isinstance(members, list) and all(isinstance(each, str) and each for each in members)
    return texts and bool(members)


def _options(call: Call) -> WriteOptions:
    """Preconditions are not available for the rows of a collection."""
    return replace(call.write_options(), if_unmodified_since=None)


def _publish(org: Org, call: Call, kind: ObjectType, row: Mapping[str, Any]) -> Outcome:
    with transaction(org, call) as unit:
        event = org.events.publish(unit, kind, row)
    return Outcome(id=event.id, created=True, event_uuid=event.uuid)


def _create_row(org: Org, call: Call, entity: str, row: Mapping[str, Any], options: Any) -> str:
    return org.create(entity, row, user_id=call.user_id, options=options)


def _update_rows(org: Org, call: Call, rows: list[Mapping[str, Any]]) -> list[Outcome]:
    """Runs of one object go together: they are read in one query."""
    options = _options(call)
    outcomes: list[Outcome] = []
    run: list[Mapping[str, Any]] = []
    for position, row in enumerate(rows):
        run.append(row)
        following = rows[position + 1] if position + 1 < len(rows) else None
        if following is None or _entity_or_none(following) != _entity_or_none(row):
            entity = _entity_or_none(row)
            if entity is None or entity not in org.schema:
                outcomes += [_guarded(_refuse_type, each) for each in run]
            else:
                outcomes += org.update_many(entity, run, user_id=call.user_id, options=options)
            run = []
    return outcomes


def _refuse_type(row: Mapping[str, Any]) -> Outcome:
    raise OrgError("INVALID_TYPE", f"sObject type '{_type_of(row)}' is not supported.")


def _together(
    org: Org, call: Call, all_or_none: bool, work: Callable[[], list[Outcome]]
) -> list[Outcome]:
    """Run a call's rows in one transaction; with `all_or_none` one failure undoes them all."""
    with transaction(org, call) as unit, unit.part() as part:
        outcomes = work()
        if all_or_none and not all(each.success for each in outcomes):
            part.undo()
            outcomes = [each if each.error else Outcome(error=_rolled_back()) for each in outcomes]
    return outcomes


def _rolled_back() -> OrgError:
    message = (
        "Record rolled back because not all records were valid and the request was using "
        "AllOrNone header"
    )
    return OrgError("ALL_OR_NONE_OPERATION_ROLLED_BACK", message)


def _guarded(step: Callable[[Any], Outcome], row: Any) -> Outcome:
    try:
        return step(row)
    except OrgError as error:
        return Outcome(error=error)


def _records(call: Call) -> list[Mapping[str, Any]]:
    rows = call.record_body().get("records")
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise OrgError("JSON_PARSER_ERROR", "records must be an array of objects")
    _check_size(rows)
    return rows


def _check_size(rows: list[Any]) -> None:
    if not rows:
        raise OrgError("MISSING_ARGUMENT", "at least one record is required")
    if len(rows) > MOST_ROWS:
        message = f"record limit reached. cannot submit more than {MOST_ROWS} records into this collection"
        raise OrgError("EXCEEDED_ID_LIMIT", message)


def _all_or_none(call: Call) -> bool:
    return call.record_body().get("allOrNone") is True


def _entity_or_none(row: Mapping[str, Any]) -> str | None:
    attributes = row.get("attributes")
    kind = attributes.get("type") if isinstance(attributes, Mapping) else None
    return kind if isinstance(kind, str) else None


def _type_of(row: Mapping[str, Any]) -> str:
    kind = _entity_or_none(row)
    if kind is None:
        raise OrgError("MISSING_ARGUMENT", "attributes.type is required on every record")
    return kind


def _row_answer(outcome: Outcome) -> dict[str, Any]:
    if outcome.error is not None:
        return {"success": False, "errors": [outcome.error.as_row_error()]}
    notes = [] if outcome.event_uuid is None else [enqueued(outcome.event_uuid)]
    return {"id": outcome.id, "success": True, "errors": notes}


def _created(outcome: Outcome) -> dict[str, Any]:
    return {"created": outcome.created} if outcome.success else {}
