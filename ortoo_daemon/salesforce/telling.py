"""How does the org tell its own users something? Bells, posts, tasks and e-mail alerts.

Each way takes many messages and answers for each: None where it was told, else the error. Tasks are made
once however often they are asked for: they bear the notice's key. The other ways leave nothing by which the
org could know a repetition.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ortoo_daemon.errors import OrgError, PermanentOrgError
from ortoo_daemon.records import Owner, OwnerKind, RecordId, record_id
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.responses import ActionsRefusedError, row_error

TASK_KEY = "Ortoo_Notice_Key__c"

TASK_FIELDS = (
    "OwnerId",
    "WhoId",
    "WhatId",
    "Subject",
    "Description",
    "Priority",
    "ActivityDate",
    TASK_KEY,
)
"""Every field that is written to a task."""

_INPUTS_IN_A_CALL = 100
_ROWS_IN_A_CALL = 200
_LONGEST_BELL_TITLE, _LONGEST_BELL = 250, 750
_LONGEST_SUBJECT = 255
_MOST_MENTIONS = 25

Told = OrgError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgMessage:
    """One message about a record. ``recipients`` are users or queues; ``due_on`` is the day of a task."""

    key: str
    object: str
    record: RecordId
    recipients: tuple[RecordId, ...]
    title: str
    text: str
    urgent: bool = False
    due_on: date | None = None


class OrgTelling:
    """The ways of one org. ``essential`` as in `RestClient.call` is what is urgent."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._types: dict[str, str] = {}

    async def bells(self, messages: Sequence[OrgMessage], *, kind: str) -> list[Told]:
        """Custom notifications of a type (its DeveloperName). Raises OrgError when none could be sent."""
        type_id = await self._type_id(kind)
        inputs = [
            {
                "customNotifTypeId": type_id,
                "recipientIds": list(each.recipients),
                "title": each.title[:_LONGEST_BELL_TITLE],
                "body": _cut(each.text or each.title, _LONGEST_BELL),
                "targetId": each.record,
            }
            for each in messages
        ]
        path = "actions/standard/customNotificationAction"
        return await self._act(path, inputs, essential=any(each.urgent for each in messages))

    async def alerts(
        self, messages: Sequence[OrgMessage], *, names: Mapping[str, str]
    ) -> list[Told]:
        """The e-mail alert that ``names`` has for each record's object; recipients are the alert's own."""
        found: dict[str, Told] = {}
        by_object: dict[str, list[OrgMessage]] = defaultdict(list)
        for each in messages:
            by_object[each.object].append(each)
        for name, group in by_object.items():
            outcomes: Sequence[Told]
            if name not in names:
                message = f"notices.email_alerts names no alert for {name}"
                outcomes = [PermanentOrgError("NO_ALERT", message)] * len(group)
            else:
                path = f"actions/custom/emailAlert/{soql.name(name)}/{soql.name(names[name])}"
                inputs = [{"SObjectRowId": each.record} for each in group]
                urgent = any(each.urgent for each in group)
                outcomes = await self._act(path, inputs, essential=urgent)
            found |= dict(zip((each.key for each in group), outcomes, strict=True))
        return [found[each.key] for each in messages]

    async def post(self, message: OrgMessage) -> None:
        """A post on the record that mentions the recipients. Raises OrgError."""
        people = await self._people(message.recipients)
        mentions = [{"type": "Mention", "id": each} for each in people[:_MOST_MENTIONS]]
        segments = [part for each in mentions for part in (each, {"type": "Text", "text": " "})]
        text = f"{message.title}\n{message.text}".strip()
        body = {
            "feedElementType": "FeedItem",
            "subjectId": message.record,
            "body": {"messageSegments": [*segments, {"type": "Text", "text": text}]},
        }
        path = "chatter/feed-elements"
        await self._org.rest.call("POST", path, body=body, essential=message.urgent)

    async def tasks(self, messages: Sequence[OrgMessage]) -> list[Told]:
        """A task for each recipient, of a queue for each member, unless it is there already."""
        rows = {each.key: await self._task_rows(each) for each in messages}
        wanted = [row for group in rows.values() for row in group]
        known = await self._known(wanted)
        new = [row for row in wanted if row[TASK_KEY] not in known]
        outcomes: dict[str, Told] = {}
        for some in _slices(new):
            urgent = any(each.urgent for each in messages)
            outcomes |= await self._create(some, essential=urgent)
        return [_first_error(outcomes, rows[each.key]) for each in messages]

    async def _type_id(self, kind: str) -> str:
        found = self._types.get(kind)
        if found is None:
            where = [soql.equals("DeveloperName", kind)]
            rows = await self._org.query(soql.select("CustomNotificationType", ["Id"], where=where))
            if not rows:
                message = f"the org has no custom notification type {kind}"
                raise PermanentOrgError("NO_NOTIFICATION_TYPE", message)
            found = self._types[kind] = str(rows[0]["Id"])
        return found

    async def _act(
        self, path: str, inputs: Sequence[Mapping[str, Any]], *, essential: bool
    ) -> list[Told]:
        outcomes: list[Told] = []
        for start in range(0, len(inputs), _INPUTS_IN_A_CALL):
            some = inputs[start : start + _INPUTS_IN_A_CALL]
            untold: Told = None
            try:
                results = await self._org.rest.call(
                    "POST", path, body={"inputs": list(some)}, essential=essential
                )
            except ActionsRefusedError as refused:
                results, untold = refused.results, refused
            except OrgError as error:
                outcomes += [error] * len(some)
                continue
            outcomes += _of_results(results, some, untold)
        return outcomes

    async def _people(self, recipients: Sequence[RecordId]) -> list[RecordId]:
        """Users as they are; of a queue its members who are users, those of public groups in it included."""
        found = {each: None for each in recipients if Owner.kind_of(each) is OwnerKind.USER}
        known: set[RecordId] = set()
        while groups := sorted(set(recipients) - found.keys() - known):
            known.update(groups)
            members = await self._members(groups)
            recipients = [each for each in members if Owner.kind_of(each) is OwnerKind.QUEUE]
            found |= {each: None for each in members if each.startswith("005")}
        if not found:
            message = "a queue without members who are users, or public groups of users"
            raise PermanentOrgError("NOBODY_TO_TELL", message)
        return list(found)

    async def _members(self, groups: Sequence[RecordId]) -> list[RecordId]:
        found: set[RecordId] = set()
        for some in soql.chunks(groups):
            where = [soql.one_of("GroupId", some)]
            rows = await self._org.query(soql.select("GroupMember", ["UserOrGroupId"], where=where))
            found |= {record_id(row["UserOrGroupId"]) for row in rows}
        return sorted(found)

    async def _task_rows(self, message: OrgMessage) -> list[dict[str, Any]]:
        about = "WhoId" if message.object in ("Lead", "Contact") else "WhatId"
        return [
            {
                "attributes": {"type": "Task"},
                "OwnerId": person,
                about: message.record,
                "Subject": _cut(message.title, _LONGEST_SUBJECT),
                "Description": message.text,
                "Priority": "High" if message.urgent else "Normal",
                "ActivityDate": message.due_on.isoformat() if message.due_on else None,
                TASK_KEY: f"{message.key}/{person}",
            }
            for person in await self._people(message.recipients)
        ]

    async def _known(self, rows: Sequence[Mapping[str, Any]]) -> set[str]:
        keys = sorted({str(row[TASK_KEY]) for row in rows})
        found: set[str] = set()
        for some in soql.chunks(keys, beside=_tasks_by_key(["x"])):
            found |= {str(row[TASK_KEY]) for row in await self._org.query(_tasks_by_key(some))}
        return found

    async def _create(
        self, rows: Sequence[Mapping[str, Any]], *, essential: bool
    ) -> dict[str, Told]:
        body = {"allOrNone": False, "records": list(rows)}
        try:
            answer = await self._org.rest.call(
                "POST", "composite/sobjects", body=body, essential=essential
            )
        except OrgError as error:
            return {str(row[TASK_KEY]): error for row in rows}
        return {
            str(row[TASK_KEY]): None if result["success"] else row_error(result["errors"])
            for row, result in zip(rows, answer, strict=True)
        }


def _slices(rows: Sequence[dict[str, Any]]) -> list[Sequence[dict[str, Any]]]:
    starts = range(0, len(rows), _ROWS_IN_A_CALL)
    return [rows[start : start + _ROWS_IN_A_CALL] for start in starts]


def _tasks_by_key(keys: Sequence[str]) -> str:
    return soql.select("Task", [TASK_KEY], where=[soql.one_of(TASK_KEY, keys)])


def _first_error(outcomes: Mapping[str, Told], rows: Sequence[Mapping[str, Any]]) -> Told:
    errors = (outcomes.get(str(row[TASK_KEY])) for row in rows)
    return next((error for error in errors if error is not None), None)


def _of_results(results: Any, inputs: Sequence[Any], untold: Told) -> list[Told]:
    """What became of each input; ``untold`` of every one where the org does not tell of each."""
    try:
        return [_of_result(each) for _, each in zip(inputs, results, strict=True)]
    except (KeyError, TypeError, ValueError, AttributeError):
        return [untold] * len(inputs)


def _of_result(result: Mapping[str, Any]) -> Told:
    return None if result["isSuccess"] else row_error(result.get("errors") or [])


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
