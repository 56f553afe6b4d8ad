"""By which servers and folders are records handed to rooftops? ``handoff:`` of ``config/ortoo.yaml``."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from ortoo_daemon.daemon.sections import Duration, Section
from ortoo_daemon.services.handoff.http import origin_of

_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=1)
"""A try counts as on its way for two minutes."""


class MailSettings(Section):
    """The server that takes mails. ``sender`` is the address that they come from, ``answers_within`` how long
    each answer of the server may take."""

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    sender: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    answers_within: Duration = Field(default=_WAIT, gt=timedelta(0), le=_LONGEST_WAIT)
    user: str | None = None
    password: SecretStr | None = None
    password_file: Path | None = None


class WebSettings(Section):
    """``origins`` are those that may be posted to, such as ``https://crm.example``; no other is.
    ``answers_within`` is how long a whole post may take."""

    origins: tuple[str, ...]
    answers_within: Duration = Field(default=_WAIT, gt=timedelta(0), le=_LONGEST_WAIT)
    token: SecretStr | None = None
    token_file: Path | None = None

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for each in origins:
            if origin_of(each) != each.rstrip("/"):
                raise ValueError(f"{each!r}: write https://host, or https://host:port")
        return origins


class FileSettings(Section):
    """``folder`` holds one folder for each rooftop."""

    folder: Path


class HandoffSettings(Section):
    """``provider`` is who sends, by the name that dealers know."""

    provider: str = "ortoo-daemon"
    smtp: MailSettings | None = None
    http: WebSettings | None = None
    file: FileSettings | None = None

    def ways(self) -> frozenset[str]:
        """Those that are described."""
        ways = {"smtp": self.smtp, "http": self.http, "file": self.file}
        return frozenset(name for name, way in ways.items() if way is not None)
