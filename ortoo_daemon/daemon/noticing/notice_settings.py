"""Which channels lead outside the org, in which language and at what hours are people told?"""

from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    SecretStr,
    field_validator,
    model_validator,
)

from ortoo_daemon.daemon.sections import Duration, Section
from ortoo_daemon.policy.notify_model import OrgWay
from ortoo_daemon.policy.parsing.notify import NAME
from ortoo_daemon.services.notify.quiet_hours import QuietHours


def _quiet_hours(value: object) -> object:
    return QuietHours.parse(value) if isinstance(value, str) else value


Hours = Annotated[QuietHours, BeforeValidator(_quiet_hours), PlainSerializer(str)]


class ChannelSettings(Section):
    """One channel outside the org. Its addresses are secrets: a file of one a line, or the same as text."""

    urls: SecretStr | None = None
    urls_file: Path | None = None


class SummarySettings(Section):
    """Who is told of what befell the daemon as a whole: ``users`` by username, by the bell; ``channels``."""

    users: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


class AheadSettings(Section):
    """Managers are told of absences that begin within ``ahead``, at a time of day where they are."""

    ahead: Duration = timedelta(days=7)
    not_before: str = Field(default="07:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")

    @property
    def earliest(self) -> time:
        return time.fromisoformat(self.not_before)

    @field_validator("ahead")
    @classmethod
    def _within_what_is_read(cls, value: timedelta) -> timedelta:
        if not timedelta(hours=1) <= value <= timedelta(days=8):
            raise ValueError("from 1h to 8d: absences are read for eight days ahead")
        return value


class NoticeSettings(Section):
    """``language`` is that of templates where a recipient's own has none, ``quiet_hours`` the recipient's.

    ``type`` is the custom notification type, ``email_alerts`` name the org's alert of each object. Managers
    hear of absences that lie ahead where ``planned_absences`` is set.
    """

    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    quiet_hours: Hours | None = None
    type: str = Field(default="Ortoo_Notice", pattern=r"^[A-Za-z]\w*$")
    email_alerts: Mapping[str, str] = {}
    channels: Mapping[str, ChannelSettings] = {}
    summaries: SummarySettings = SummarySettings()
    planned_absences: AheadSettings | None = None

    @field_validator("channels", mode="before")
    @classmethod
    def _empty_is_a_channel(cls, value: Any) -> Any:
        """``pager:`` and ``pager: {}`` are the same: the address comes from elsewhere."""
        if not isinstance(value, Mapping):
            return value
        return {name: {} if each is None else each for name, each in value.items()}

    @field_validator("channels")
    @classmethod
    def _names(cls, channels: Mapping[str, ChannelSettings]) -> Mapping[str, ChannelSettings]:
        for name in channels:
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r}: letters, digits, - and _, at most 40")
            if name in set(OrgWay):
                raise ValueError(f"{name!r} is a way of the org; give the channel another name")
        return channels

    @model_validator(mode="after")
    def _summaries_go_by_known_channels(self) -> Self:
        for name in self.summaries.channels:
            if name not in self.channels:
                raise ValueError(f"summaries go by {name!r}, which is none of the channels")
        return self
