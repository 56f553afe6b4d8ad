"""What does a message of the stream say? Bayeux data messages become typed values. Pure.

An event is a hint which record to look at; its field values are not kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from ortoo_daemon.instants import instant
from ortoo_daemon.records import RecordId, record_id


class ChangeType(StrEnum):
    """Of a ChangeEventHeader. GAP_ ones carry ids but no values; an overflow carries no ids."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"
    UNDELETE = "UNDELETE"
    GAP_CREATE = "GAP_CREATE"
    GAP_UPDATE = "GAP_UPDATE"
    GAP_DELETE = "GAP_DELETE"
    GAP_UNDELETE = "GAP_UNDELETE"
    GAP_OVERFLOW = "GAP_OVERFLOW"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeEvent:
    """Records of one object changed in one transaction.

    ``record_ids`` is empty for an overflow and for wildcard ids: `names_no_record`. ``changed_fields`` are
    API names (``Name.LastName`` for parts of compounds), empty unless records were updated.
    """

    object: str
    record_ids: tuple[RecordId, ...]
    change_type: ChangeType
    changed_fields: frozenset[str]
    commit_user: RecordId | None
    committed_at: datetime
    transaction_key: str
    sequence: int
    channel: str
    replay_id: int

    @property
    def names_no_record(self) -> bool:
        """The records have to be found by a query of the object around ``committed_at``."""
        return not self.record_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformEvent:
    """An event of the org's own making, with the values its publisher gave it.

    ``commit_user`` is who published it, ``committed_at`` when. Which record it is about stands in a field
    of ``payload`` that its makers chose; what happened to the record, it does not say.
    """

    channel: str
    event_uuid: str
    commit_user: RecordId | None
    committed_at: datetime | None
    payload: Mapping[str, Any] = field(repr=False)
    replay_id: int


class PushType(StrEnum):
    """What a PushTopic says happened to a record."""

    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    UNDELETED = "undeleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class PushEvent:
    """A record met a PushTopic's query. Neither its object nor who changed which field is told."""

    record_id: RecordId
    push_type: PushType
    committed_at: datetime | None
    channel: str
    replay_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadEvent:
    """An event of a shape that is not known: its place in the channel, and what it looked like."""

    channel: str
    replay_id: int
    reason: str
    shape: str = field(repr=False)
    committed_at: datetime | None = None


StreamEvent = ChangeEvent | PlatformEvent | PushEvent | UnreadEvent


class UnreadableMessageError(ValueError):
    """A data message of a shape that is not known. The text names the missing part, never values."""


def parse(message: Mapping[str, Any]) -> StreamEvent:
    """A data message as its value. Raises UnreadableMessageError."""
    try:
        channel = str(message["channel"])
        data = message["data"]
        event = data["event"]
        replay_id = _position(event)
        if "sobject" in data:
            return _push(data["sobject"], event, channel, replay_id)
        payload = data["payload"]
        if "ChangeEventHeader" in payload:
            return _change(payload["ChangeEventHeader"], channel, replay_id)
        return PlatformEvent(
            channel=channel,
            event_uuid=str(event.get("EventUuid") or ""),
            commit_user=_user(payload.get("CreatedById")),
            committed_at=instant(payload.get("CreatedDate")),
            payload=payload,
            replay_id=replay_id,
        )
    except KeyError as error:
        raise UnreadableMessageError(f"no {error.args[0]}") from None
    except (TypeError, ValueError, AttributeError, ArithmeticError, OSError) as error:
        raise UnreadableMessageError(f"a part has another type ({type(error).__name__})") from None


def unread(message: Mapping[str, Any], reason: str) -> UnreadEvent | None:
    """The place of a message that `parse` could not read; None where not even that can be told."""
    try:
        replay_id = _position(message["data"]["event"])
    except (LookupError, TypeError, ValueError, ArithmeticError):
        return None
    return UnreadEvent(
        channel=str(message.get("channel")),
        replay_id=replay_id,
        reason=reason,
        shape=json.dumps(outline(message), default=str),
    )


def _position(event: Mapping[str, Any]) -> int:
    """Raises ValueError for what is none: to be resumed after, -1 and -2 mean the tip and everything."""
    replay_id = int(event["replayId"])
    if replay_id < 0:
        raise ValueError("a replay id below zero")
    return replay_id


_HEADER = "ChangeEventHeader"
_MOST_PARTS = 50
_LONGEST_NAME = 80


def outline(value: Any, *, depth: int = 6, plain: bool = False) -> Any:
    """How a message is built: names, and of each value its type and length. Values of the header of a change
    event, of ``event`` and of ``channel`` are the platform's own words and stay, within bounds."""
    if isinstance(value, Mapping | list | tuple) and depth == 0:
        return f"<{type(value).__name__} of {len(value)}>"
    if isinstance(value, Mapping):
        return {
            str(name)[:_LONGEST_NAME]: outline(
                part, depth=depth - 1, plain=plain or name in (_HEADER, "event", "channel")
            )
            for name, part in list(value.items())[:_MOST_PARTS]
        }
    if isinstance(value, list | tuple):
        return [outline(part, depth=depth - 1, plain=plain) for part in value[:_MOST_PARTS]]
    if isinstance(value, bool | None):
        return value
    if plain and isinstance(value, float | str):
        return value if isinstance(value, float) else value[:_LONGEST_NAME]
    if plain and isinstance(value, int) and value.bit_length() <= _LONGEST_WHOLE:
        return value
    return f"<{type(value).__name__} of {len(value)}>" if isinstance(value, str) else "<number>"


_LONGEST_WHOLE = 128
"""Bits: the text of a whole number without bound takes the time of its length squared."""


def _push(
    record: Mapping[str, Any], event: Mapping[str, Any], channel: str, replay_id: int
) -> PushEvent:
    return PushEvent(
        record_id=record_id(record["Id"]),
        push_type=PushType(event["type"]),
        committed_at=instant(event.get("createdDate")),
        channel=channel,
        replay_id=replay_id,
    )


def _change(header: Mapping[str, Any], channel: str, replay_id: int) -> ChangeEvent:
    change_type = ChangeType(header["changeType"])
    ids = () if change_type is ChangeType.GAP_OVERFLOW else header.get("recordIds") or ()
    return ChangeEvent(
        object=str(header["entityName"]),
        record_ids=_record_ids(ids),
        change_type=change_type,
        changed_fields=frozenset(map(str, header.get("changedFields") or ())),
        commit_user=_user(header.get("commitUser")),
        committed_at=datetime.fromtimestamp(int(header["commitTimestamp"]) / 1000, UTC),
        transaction_key=str(header.get("transactionKey") or ""),
        sequence=int(header.get("sequenceNumber") or 1),
        channel=channel,
        replay_id=replay_id,
    )


def _record_ids(ids: Any) -> tuple[RecordId, ...]:
    """None of them when any is a wildcard (``001*``) or nobody's (all zeros): the event then stands for
    unknown records."""
    if any("*" in id_ or not id_[:15].strip("0") for id_ in ids):
        return ()
    return tuple(record_id(id_) for id_ in ids)


def _user(text: Any) -> RecordId | None:
    try:
        return record_id(str(text)) if text else None
    except ValueError:
        return None
