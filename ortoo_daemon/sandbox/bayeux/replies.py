"""How are Bayeux answers worded?  Replies, advice and the platform's exact error strings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Message = dict[str, Any]

HANDSHAKE = "/meta/handshake"
CONNECT = "/meta/connect"
SUBSCRIBE = "/meta/subscribe"
UNSUBSCRIBE = "/meta/unsubscribe"
DISCONNECT = "/meta/disconnect"

HANDSHAKE_EXT = {"replay": True, "payload.format": True}
RETRY = "retry"
REHANDSHAKE: Mapping[str, Any] = {"reconnect": "handshake", "interval": 0}
GIVE_UP: Mapping[str, Any] = {"reconnect": "none", "interval": 0}

AUTHENTICATION_INVALID = "401::Authentication invalid"
AUTHENTICATION_REQUIRED = "401::Request requires authentication"
HANDSHAKE_DENIED = "403::Handshake denied"
HANDSHAKE_MISSING = "403::Client has not completed handshake"
UNKNOWN_CLIENT = "403::Unknown client"
DAILY_LIMIT = "403::Organization total events daily limit exceeded"
TOO_MANY_CLIENTS = (
    "403::To protect all customers from excessive use and Denial of Service attacks, we limit the "
    "number of simultaneous connections per server. Your request has been denied because this "
    "limit has been exceeded. Please try your request again later."
)
TOO_MANY_SUBSCRIBERS = "403::Subscription limit exceeded for this topic"
TOO_MANY_USERS = "403::Organization concurrent user limit exceeded"
UNKNOWN_GENERIC = "404::Unknown channel"
PUBLISH_DENIED = "403:denied_by_security_policy:create_denied"
CHANNEL_MISSING = "400::Channel name not specified"
CHANNEL_SLASH = "400::Channel subscriptions must start with a leading '/'"
VERSION_MISSING = "400::API version in the URI is mandatory. URI format: '/cometd/66.0'"
VERSION_OLD = (
    "400::Unsupported API version. Only API versions '37.0' and later are supported. "
    "URI format: '/cometd/66.0'"
)
REQUEST_TOO_LARGE = "413::Maximum Request Size Exceeded"
MALFORMED = "400::Malformed message: the body is no JSON array of Bayeux messages"


def unknown_channel(channel: str) -> str:
    """For a channel that does not exist or an entity that is not selected.

    The org has no generic channels; those get an error of their own.
    """
    if channel.startswith("/u/"):
        return UNKNOWN_GENERIC
    return f"400::The channel you requested to subscribe to does not exist {{{channel}}}"


def invalid_replay_id(replay_id: object) -> str:
    """The 400 for an expired or never issued replay id."""
    return (
        f"400::The replayId {{{replay_id}}} you provided was invalid. Please provide a valid ID, "
        "-2 to replay all events, or -1 to replay only new events."
    )


def invalid_connection_type(wanted: object) -> str:
    """The 400 for anything but long-polling."""
    return f"400::Invalid connection type {wanted}"


def cookie_missing(client_id: str, cookie: str) -> str:
    """The 400 for a client that dropped the cookie of its handshake."""
    return f"400::Client {client_id} has established a session, but no {cookie} cookie present"


def reply_to(message: Message, **members: Any) -> Message:
    """The reply to one message: same channel, same id, then `members`."""
    reply: Message = {"channel": message.get("channel")}
    if "id" in message:
        reply["id"] = message["id"]
    return reply | members


def refusal(
    message: Message,
    error: str,
    *,
    advice: Mapping[str, Any] | None = None,
    ext: Mapping[str, Any] | None = None,
) -> Message:
    """An unsuccessful reply with its `code:args:text`."""
    reply = reply_to(message, successful=False, error=error)
    if "subscription" in message:
        reply["subscription"] = message["subscription"]
    if advice is not None:
        reply["advice"] = dict(advice)
    if ext is not None:
        reply["ext"] = dict(ext)
    return reply


def denied_handshake(message: Message, reason: str) -> Message:
    """A refused handshake; the real cause stands in `ext.sfdc.failureReason`."""
    ext = {**HANDSHAKE_EXT, "sfdc": {"failureReason": reason}}
    return refusal(message, HANDSHAKE_DENIED, advice={"reconnect": "none"}, ext=ext)
