"""Which channels of the org are listened to, and where does an event of each name its record?"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import field_validator, model_validator

from ortoo_daemon.daemon.sections import Duration, Section

_KINDS = re.compile(r"/(data|event|topic)/[A-Za-z]\w*")
_API_NAME = re.compile(r"[A-Za-z]\w*")
_LONGEST_TOPIC = 25


class Channel(Section):
    """One channel. ``record_id`` is the field of a platform event that holds the record's id; ``object`` is
    what the records are, where their ids alone do not tell (Lead and Case are known)."""

    channel: str
    record_id: str = "RecordId__c"
    object: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"channel": value} if isinstance(value, str) else value

    @field_validator("channel")
    @classmethod
    def _is_one(cls, text: str) -> str:
        if text.startswith("/u/"):
            raise ValueError("generic events name no record; use a platform event (/event/X__e)")
        if not _KINDS.fullmatch(text):
            raise ValueError(
                "write a channel such as /data/LeadChangeEvent, /event/New_Lead__e or /topic/NewLeads"
            )
        name = text.rpartition("/")[2]
        if text.startswith("/event/") and not name.endswith(("__e", "__chn")):
            raise ValueError(f"{name} is no platform event: their names end in __e or __chn")
        if text.startswith("/topic/") and len(name) > _LONGEST_TOPIC:
            raise ValueError(f"names of PushTopics have {_LONGEST_TOPIC} characters at most")
        return text

    @field_validator("record_id", "object")
    @classmethod
    def _is_api_name(cls, text: str | None) -> str | None:
        if text is not None and not _API_NAME.fullmatch(text):
            raise ValueError(f"{text!r} is no API name")
        return text

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.is_change_channel and self.model_fields_set & {"record_id", "object"}:
            raise ValueError("change events name object and records themselves: leave the rest out")
        if self.kind == "topic" and "record_id" in self.model_fields_set:
            raise ValueError("a PushTopic names its record by Id: leave record_id out")
        return self

    @property
    def kind(self) -> str:
        """``data``, ``event`` or ``topic``."""
        return self.channel.split("/")[1]

    @property
    def is_change_channel(self) -> bool:
        return self.kind == "data"

    def may_carry(self, object_name: str) -> bool:
        """Whether events about records of this object may come by it, as far as its name tells."""
        if self.object is not None:
            return self.object == object_name
        name = self.channel.rpartition("/")[2]
        if not name.endswith("ChangeEvent"):
            return True
        return name == f"{object_name.removesuffix('__c')}{_SUFFIX[object_name.endswith('__c')]}"

    def __str__(self) -> str:
        return self.channel


_SUFFIX = {False: "ChangeEvent", True: "__ChangeEvent"}


class EventSettings(Section):
    """Where events come from. The shipped channel leaves out the daemon's own changes.

    ``silent_after``: a record that the sweep found and the stream did not bring within that time makes a
    channel that brought nothing since count as silent.
    """

    transport: Literal["cometd"] = "cometd"
    channels: tuple[Channel, ...] = (Channel(channel="/data/Ortoo__chn"),)
    silent_after: Duration = timedelta(minutes=2)

    @field_validator("channels")
    @classmethod
    def _each_once(cls, channels: tuple[Channel, ...]) -> tuple[Channel, ...]:
        twice = _twice(each.channel for each in channels)
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return channels

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.channel for each in self.channels)


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
