"""What went wrong on the stream, and how long to leave the org alone because of it? Pure.

The inner ``failureReason`` is read before the outer error, which may say "401" when the server is busy. Texts
drift between releases, so they are matched by code and keyword.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ortoo_daemon.salesforce.responses import cleared


class FailureKind(StrEnum):
    """Kinds of failure that call for different reactions.

    SESSION: the server forgot us, handshake again. LOGIN: no token. NETWORK: no Bayeux answer at all.
    BUSY and the two limits: stay away for minutes. REPLAY: the position is no longer kept there.
    REFUSED: permission or configuration, only an admin can mend it. DELIVERY: our own side could not take
    the events. SILENT: connected, but a subscription or every sign of life is gone.
    """

    SESSION = "session"
    AUTHENTICATION = "authentication"
    LOGIN = "login"
    NETWORK = "network"
    BUSY = "busy"
    DAILY_LIMIT = "daily_limit"
    CLIENT_LIMIT = "client_limit"
    REPLAY = "replay"
    REFUSED = "refused"
    DELIVERY = "delivery"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Failure:
    kind: FailureKind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamPauses:
    """Seconds to wait before the next try: (first, longest), doubled with each failure in a row."""

    soon: tuple[float, float] = (0.5, 60.0)
    session: tuple[float, float] = (0.5, 10.0)
    login: tuple[float, float] = (2.0, 300.0)
    busy: tuple[float, float] = (60.0, 900.0)
    limit: tuple[float, float] = (900.0, 3600.0)
    refused: tuple[float, float] = (300.0, 3600.0)

    def after(self, kind: FailureKind, failures: int) -> float:
        """The pause after so many failures in a row (1 or more); a lost session is worth a try at once."""
        if kind in (FailureKind.SESSION, FailureKind.AUTHENTICATION) and failures == 1:
            return 0.0
        first, longest = {
            FailureKind.SESSION: self.session,
            FailureKind.AUTHENTICATION: self.session,
            FailureKind.LOGIN: self.login,
            FailureKind.BUSY: self.busy,
            FailureKind.CLIENT_LIMIT: self.busy,
            FailureKind.DAILY_LIMIT: self.limit,
            FailureKind.REFUSED: self.refused,
        }.get(kind, self.soon)
        return min(first * 2.0 ** min(failures - 1, 16), longest)


_NOT_KEPT = re.compile(r"replay\s?id", re.IGNORECASE)


def failure_in(message: Mapping[str, Any] | None) -> Failure:
    """The failure a Bayeux message tells of that ended a session; one without any asked for another."""
    if message and message.get("successful"):
        return Failure(FailureKind.SESSION, "the server asked for a new session")
    text = _reason(message or {})
    return Failure(_kind_of(text), cleared(text))


def _reason(message: Mapping[str, Any]) -> str:
    extension = message.get("ext")
    inner = extension.get("sfdc") if isinstance(extension, Mapping) else None
    reason = inner.get("failureReason") if isinstance(inner, Mapping) else None
    return str(reason or message.get("error") or "the server gave no reason")


def _kind_of(text: str) -> FailureKind:
    code, lower = text[:3], text.lower()
    if code == "503":
        return FailureKind.BUSY
    if "daily limit" in lower:
        return FailureKind.DAILY_LIMIT
    if "concurrent user limit" in lower or "simultaneous connections" in lower:
        return FailureKind.CLIENT_LIMIT
    if "unknown client" in lower or "not completed handshake" in lower:
        return FailureKind.SESSION
    if "session, but no" in lower or "denied_by_security_policy" in lower:
        return FailureKind.SESSION
    if code == "400" and _NOT_KEPT.search(text):
        return FailureKind.REPLAY
    if code == "401":
        return FailureKind.AUTHENTICATION
    if "handshake denied" in lower:
        return FailureKind.NETWORK  # without a reason, it need not be ours
    if code in ("400", "403", "404", "413"):
        return FailureKind.REFUSED
    return FailureKind.NETWORK
