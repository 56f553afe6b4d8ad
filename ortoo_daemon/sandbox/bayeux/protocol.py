"""What does the org answer to each Bayeux message?  Handshake, connect, subscribe and the rest.

Only the connect that may be held waits; every other answer is immediate. HTTP is the transport's
business (`transport`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ortoo_daemon.sandbox.bayeux import replies
from ortoo_daemon.sandbox.bayeux.clients import LARGEST_BATCH, Client, Clients
from ortoo_daemon.sandbox.bayeux.kinds import is_legacy
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.bayeux.ports import Allocation, Tokens, Way
from ortoo_daemon.sandbox.bayeux.replies import Message, refusal, reply_to

COOKIE = "BAYEUX_BROWSER"
TIP = -1
EVERYTHING = -2
LONG_POLLING = "long-polling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a POST tells about its sender.

    `token` is None without an Authorization header. `gone` tells whether the caller has hung up:
    events are not taken for a connection that can't carry them.
    """

    token: str | None
    cookie: str | None
    gone: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The reply to one message, and the events delivered with it as (channel, body)."""

    reply: Message
    events: tuple[tuple[str, str], ...] = ()
    set_cookie: str | None = None


class Conversation:
    """The meta channels of one org.

    `exists`: which channels may be subscribed to. `way`: what becomes of events on their way.
    """

    def __init__(
        self,
        *,
        exists: Callable[[str], bool],
        clients: Clients,
        log: EventLog,
        tokens: Tokens,
        allocation: Allocation,
        way: Way,
    ) -> None:
        self._exists = exists
        self.clients = clients
        self.log = log
        self._tokens = tokens
        self._allocation = allocation
        self._way = way
        self._meta: Mapping[str, Callable[[Client, Message], Message]] = {
            replies.SUBSCRIBE: self._subscribe,
            replies.UNSUBSCRIBE: self._unsubscribe,
            replies.DISCONNECT: self._disconnect,
        }

    async def answer(self, message: Message, caller: Caller, *, may_hold: bool) -> Answer:
        """The answer to one message; `may_hold` lets an idle connect wait for events."""
        channel = message.get("channel")
        if channel == replies.HANDSHAKE:
            return self._handshake(message, caller)
        client = self._client_of(message, caller)
        if not isinstance(client, Client):
            return Answer(reply=client)
        if channel == replies.CONNECT:
            return await self._connect(client, message, caller, may_hold=may_hold)
        meta = self._meta.get(str(channel))
        if meta is None:
            return Answer(reply=refusal(message, replies.PUBLISH_DENIED))
        return Answer(reply=meta(client, message))

    def _client_of(self, message: Message, caller: Caller) -> Client | Message:
        """The client that a message comes from, or the refusal it gets."""
        if caller.token is None or not self._tokens.valid(caller.token):
            return refusal(message, replies.AUTHENTICATION_INVALID, advice=replies.GIVE_UP)
        client_id = message.get("clientId")
        if not client_id:
            return refusal(message, replies.HANDSHAKE_MISSING, advice=replies.REHANDSHAKE)
        client = self.clients.find(str(client_id))
        if client is None:
            return refusal(message, replies.UNKNOWN_CLIENT, advice=replies.REHANDSHAKE)
        if caller.cookie != client.cookie:
            return refusal(message, replies.cookie_missing(client.client_id, COOKIE))
        client.token = caller.token
        return client

    def _handshake(self, message: Message, caller: Caller) -> Answer:
        reason = self._handshake_problem(message, caller)
        if reason is not None or caller.token is None:
            return Answer(reply=replies.denied_handshake(message, str(reason)))
        client = self.clients.open(caller.token, caller.cookie)
        reply = reply_to(
            message,
            version="1.0",
            minimumVersion="1.0",
            clientId=client.client_id,
            supportedConnectionTypes=[LONG_POLLING],
            ext=dict(replies.HANDSHAKE_EXT),
            successful=True,
        )
        return Answer(reply=reply, set_cookie=client.cookie)

    def _handshake_problem(self, message: Message, caller: Caller) -> str | None:
        if caller.token is None:
            return replies.AUTHENTICATION_REQUIRED
        if not self._tokens.valid(caller.token):
            return replies.AUTHENTICATION_INVALID
        offered = message.get("supportedConnectionTypes", [LONG_POLLING])
        if LONG_POLLING not in offered:
            return replies.invalid_connection_type(", ".join(map(str, offered)))
        if self.clients.full:
            return replies.TOO_MANY_CLIENTS
        return None

    async def _connect(
        self, client: Client, message: Message, caller: Caller, *, may_hold: bool
    ) -> Answer:
        if message.get("connectionType", LONG_POLLING) != LONG_POLLING:
            error = replies.invalid_connection_type(message["connectionType"])
            return Answer(reply=refusal(message, error))
        client.connects += 1
        asked = (message.get("advice") or {}).get("timeout")
        if may_hold and client.connects > 1 and asked != 0:
            await self._hold(client)
        if client.dropped:
            error = replies.UNKNOWN_CLIENT
            return Answer(reply=refusal(message, error, advice=replies.REHANDSHAKE))
        if not self._tokens.valid(client.token):
            error = replies.AUTHENTICATION_INVALID
            return Answer(reply=refusal(message, error, advice=replies.GIVE_UP))
        if self._allocation.exhausted(client.positions):
            return Answer(reply=refusal(message, replies.DAILY_LIMIT, advice=replies.GIVE_UP))
        return self._deliver(client, message, caller)

    def _deliver(self, client: Client, message: Message, caller: Caller) -> Answer:
        self.clients.touch(client)
        events = () if caller.gone() else self._take(client)
        advice = {
            "interval": 0,
            "timeout": int(self.clients.timers.hold_for * 1000),
            "reconnect": replies.RETRY,
        }
        reply = reply_to(message, clientId=client.client_id, successful=True, advice=advice)
        return Answer(reply=reply, events=events)

    def _take(self, client: Client) -> tuple[tuple[str, str], ...]:
        """The next events for a client, no more than the org may still deliver."""
        left = (self._allocation.left(channel) for channel in client.positions)
        taken = client.take(self.log, min((LARGEST_BATCH, *left)), deaf=self._way.deaf)
        events = self._way.spoil(taken)
        for channel, count in Counter(channel for channel, _ in events).items():
            self._allocation.deliver(channel, count)
        return tuple(events)

    async def _hold(self, client: Client) -> None:
        """Wait for events, a later connect of the same client, or the end of the hold."""
        turn = client.connects
        client.held += 1
        client.wake()  # a connect that is held already answers: one per client
        try:
            async with asyncio.timeout(self.clients.timers.hold_for):
                while not self._due(client, turn):
                    await client.woken()
                if self.clients.timers.gather_for and not client.dropped:
                    await asyncio.sleep(self.clients.timers.gather_for)
        except TimeoutError:
            pass
        finally:
            client.held -= 1
            self.clients.touch(client)

    def _due(self, client: Client, turn: int) -> bool:
        return (
            client.dropped
            or client.connects != turn
            or client.has_events(self.log, deaf=self._way.deaf)
            or self._allocation.exhausted(client.positions)
            or not self._tokens.valid(client.token)
        )

    def _subscribe(self, client: Client, message: Message) -> Message:
        channel = message.get("subscription")
        if not channel or not isinstance(channel, str):
            return refusal(message, replies.CHANNEL_MISSING)
        problem = self._subscription_problem(client, channel)
        if problem is not None:
            advice = replies.GIVE_UP if problem == replies.DAILY_LIMIT else None
            return refusal(message, problem, advice=advice)
        wanted = _replay_of(message, channel)
        position = self._position(channel, wanted)
        if position is None:
            return refusal(message, replies.invalid_replay_id(wanted))
        client.positions[channel] = position
        client.wake()
        return reply_to(message, clientId=client.client_id, subscription=channel, successful=True)

    def _subscription_problem(self, client: Client, channel: str) -> str | None:
        if not channel.startswith("/"):
            return replies.CHANNEL_SLASH
        if not self._exists(channel):
            return replies.unknown_channel(channel)
        if self._allocation.exhausted((channel,)):
            return replies.DAILY_LIMIT
        if self.clients.connected > self.clients.most:
            return replies.TOO_MANY_USERS
        return replies.TOO_MANY_SUBSCRIBERS if self._crowded(client, channel) else None

    def _crowded(self, client: Client, channel: str) -> bool:
        """Whether a topic has all the subscribers it may have; other channels have no such limit."""
        if not is_legacy(channel) or channel in client.positions:
            return False
        return self.clients.subscribers(channel) >= self.clients.most_per_topic

    def _position(self, channel: str, wanted: Any) -> int | None:
        """Where reading starts, or None for an id that can't be replayed from."""
        if wanted == TIP:
            return self.log.last_id
        if wanted == EVERYTHING:
            self.log.purge()
            return 0
        if isinstance(wanted, int) and self.log.holds(channel, wanted):
            return wanted
        return None

    def _unsubscribe(self, client: Client, message: Message) -> Message:
        channel = message.get("subscription")
        if not channel:
            return refusal(message, replies.CHANNEL_MISSING)
        client.positions.pop(str(channel), None)
        return reply_to(message, clientId=client.client_id, subscription=channel, successful=True)

    def _disconnect(self, client: Client, message: Message) -> Message:
        self.clients.drop(client)
        return reply_to(message, clientId=client.client_id, successful=True)


def _replay_of(message: Message, channel: str) -> Any:
    replay = (message.get("ext") or {}).get("replay")
    if not isinstance(replay, Mapping):
        return TIP
    return replay.get(channel, TIP)
