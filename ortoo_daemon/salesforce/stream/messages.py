"""What does a message of the stream say? Bayeux data messages become typed values. Pure.

An event is a hint which record to look at; its field values are not kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """An event of the org's own making, with the values its publisher gave it."""

    channel: str
    event_uuid: str
    created_at: datetime | None
    payload: Mapping[str, Any]
    replay_id: int


class UnreadableMessageError(ValueError):
    """A data message of a shape that is not known. The text names the missing part, never values."""


def parse(message: Mapping[str, Any]) -> ChangeEvent | PlatformEvent:
    """A data message as its value. Raises UnreadableMessageError."""
    try:
        channel = str(message["channel"])
        data = message["data"]
        payload = data["payload"]
        event = data["event"]
        replay_id = int(event["replayId"])
        if "ChangeEventHeader" in payload:
            return _change(payload["ChangeEventHeader"], channel, replay_id)
        return PlatformEvent(
            channel=channel,
            event_uuid=str(event.get("EventUuid") or ""),
            created_at=instant(payload.get("CreatedDate")),
            payload=payload,
            replay_id=replay_id,
        )
    except KeyError as error:
        raise UnreadableMessageError(f"no {error.args[0]}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise UnreadableMessageError(f"a part has another type ({type(error).__name__})") from None


def _change(header: Mapping[str, Any], channel: str, replay_id: int) -> ChangeEvent:
    return ChangeEvent(
        object=str(header["entityName"]),
        record_ids=_record_ids(header.get("recordIds") or ()),
        change_type=ChangeType(header["changeType"]),
        changed_fields=frozenset(header.get("changedFields") or ()),
        commit_user=_user(header.get("commitUser")),
        committed_at=datetime.fromtimestamp(int(header["commitTimestamp"]) / 1000, UTC),
        transaction_key=str(header.get("transactionKey") or ""),
        sequence=int(header.get("sequenceNumber") or 1),
        channel=channel,
        replay_id=replay_id,
    )


def _record_ids(ids: Any) -> tuple[RecordId, ...]:
    """None of them when any is a wildcard (``001*``): the event then stands for unknown records."""
    if any("*" in id_ for id_ in ids):
        return ()
    return tuple(record_id(id_) for id_ in ids)


def _user(text: Any) -> RecordId | None:
    try:
        return record_id(str(text)) if text else None
    except ValueError:
        return None
