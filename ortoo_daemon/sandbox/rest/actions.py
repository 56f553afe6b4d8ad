"""Invocable actions: the custom notification, e-mail alerts, and those that the org was given.

A call with several inputs answers for each; where one of them fails the whole call answers 400 with
the same list, and what succeeded stays done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ortoo_daemon.sandbox.errors import OrgError, not_found
from ortoo_daemon.sandbox.ids import to_18
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.rest.call import Answer, Call
from ortoo_daemon.sandbox.rest.rows import transaction
from ortoo_daemon.sandbox.told import Alert, Bell
from ortoo_daemon.sandbox.values import format_datetime

MOST_INPUTS = 200
MOST_RECIPIENTS = 500
LONGEST_TITLE, LONGEST_BODY = 250, 750

_NOTIFICATION = "customNotificationAction"
_ALERT = "emailAlert"
_MAY_BE_TOLD = ("005", "00G", "001", "006")

Step = Callable[[Org, Mapping[str, Any]], Mapping[str, Any] | None]


def notify(org: Org, call: Call) -> Answer:
    """POST actions/standard/customNotificationAction."""
    if call.path[2] != _NOTIFICATION:
        return _start(org, call, f"standard/{call.path[2]}")
    return _each(org, call, _NOTIFICATION, _ring)


def start(org: Org, call: Call) -> Answer:
    """POST actions/custom/flow/NAME, …/apex/NAME, …/generateAiAgentResponse/NAME."""
    return _start(org, call, f"{call.path[2]}/{call.path[3]}")


def _start(org: Org, call: Call, name: str) -> Answer:
    """Each input is a run of its own; what one of them has done stays, whatever becomes of the others."""
    action = org.told.invocables.get(name)
    if action is None:
        raise not_found()

    def run(org: Org, given: Mapping[str, Any]) -> Mapping[str, Any]:
        org.told.start(name, given)
        for need in action.needs:
            if given.get(need) in (None, ""):
                raise OrgError("REQUIRED_FIELD_MISSING", f"Missing required input: {need}")
        if action.fails:
            raise OrgError(action.fails, "An unhandled fault has occurred in this flow")
        record_id = to_18(str(given.get("recordId") or ""))
        if action.fills and record_id is not None:
            kind = org.schema.of_id(record_id)
            if kind is None:
                raise OrgError("INVALID_API_INPUT", "recordId is not the id of a record")
            with transaction(org, call):
                org.update(
                    kind.name,
                    record_id,
                    dict(action.fills),
                    user_id=call.user_id,
                    options=call.write_options(),
                )
        return action.outputs

    return _each(org, call, call.path[-1], run)


def alert(org: Org, call: Call) -> Answer:
    """POST actions/custom/emailAlert/OBJECT/NAME."""
    if call.path[2] != _ALERT or f"{call.path[3]}.{call.path[4]}" not in org.told.alerts_known:
        raise not_found()
    kind = org.schema.object(call.path[3])

    def send(org: Org, given: Mapping[str, Any]) -> None:
        record_id = to_18(str(given.get("SObjectRowId") or ""))
        if record_id is None or not record_id.startswith(kind.prefix):
            raise OrgError("INVALID_API_INPUT", "SObjectRowId is not the id of such a record")
        org.existing(kind.name, record_id)
        name = f"{kind.name}.{call.path[4]}"
        org.told.alert(Alert(name=name, record=record_id, at=format_datetime(org.clock())))

    return _each(org, call, call.path[4], send)


def _each(org: Org, call: Call, action: str, step: Step) -> Answer:
    inputs = call.record_body().get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(each, dict) for each in inputs):
        raise OrgError("INVALID_API_INPUT", "inputs must be an array of objects")
    if not inputs or len(inputs) > MOST_INPUTS:
        raise OrgError("INVALID_API_INPUT", f"between 1 and {MOST_INPUTS} inputs are required")
    results = [_one(org, action, step, each) for each in inputs]
    ok = all(each["isSuccess"] for each in results)
    return Answer(status=200 if ok else 400, body=results)


def _one(org: Org, action: str, step: Step, given: Mapping[str, Any]) -> dict[str, Any]:
    errors, outputs = None, None
    try:
        outputs = step(org, given)
    except OrgError as error:
        errors = [error.as_row_error()]
    return {
        "actionName": action,
        "errors": errors,
        "isSuccess": errors is None,
        "outputValues": None if outputs is None else dict(outputs),
    }


def _ring(org: Org, given: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = org.storage.get(
        "CustomNotificationType", to_18(str(given.get("customNotifTypeId"))) or ""
    )
    if kind is None:
        raise OrgError("INVALID_API_INPUT", "customNotifTypeId is not a notification type")
    recipients = given.get("recipientIds")
    if not isinstance(recipients, list) or not 0 < len(recipients) <= MOST_RECIPIENTS:
        message = f"recipientIds: between 1 and {MOST_RECIPIENTS} ids are required"
        raise OrgError("INVALID_API_INPUT", message)
    ids = [to_18(str(each)) for each in recipients]
    if not all(each and each[:3] in _MAY_BE_TOLD for each in ids):
        raise OrgError("INVALID_API_INPUT", "recipientIds: not the ids of users, queues or owners")
    body, title = str(given.get("body") or ""), str(given.get("title") or "")
    if not body or len(body) > LONGEST_BODY or len(title) > LONGEST_TITLE:
        message = f"a body of 1 to {LONGEST_BODY} and a title of at most {LONGEST_TITLE} characters"
        raise OrgError("INVALID_API_INPUT", f"{message} are required")
    target = to_18(str(given.get("targetId") or ""))
    if target is None and not given.get("targetPageRef"):
        raise OrgError("INVALID_API_INPUT", "targetId or targetPageRef is required")
    org.told.ring(
        Bell(
            type_id=kind["Id"],
            recipients=tuple(each for each in ids if each),
            title=title,
            body=body,
            target=target or "",
            at=format_datetime(org.clock()),
        )
    )
    return {"SuccessMessage": "Your custom notification is processed."}
