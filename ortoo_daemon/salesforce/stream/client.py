"""How is aiosfstream-ng spoken to so that it can run for months?

The library as it is logs in again on every 403, forgets subscriptions that fail when it reconnects by
itself, and takes milliseconds for seconds. Here its client only carries one session: whatever ends that
session is raised to the listener, who builds the next one. It stores no positions and decides no waits.
"""

import asyncio
import json
import time
from contextlib import suppress
from typing import Any, NoReturn
from urllib.parse import urlsplit

import aiohttp
from aiocometd_ng.constants import ConnectionType, MetaChannel
from aiocometd_ng.exceptions import TransportError
from aiosfstream_ng import Client, ReplayMarkerStorage, ReplayMarkerStoragePolicy
from aiosfstream_ng.auth import AuthenticatorBase
from pydantic_core import from_json

from ortoo_daemon.salesforce.rest import Tokens
from ortoo_daemon.salesforce.stream.one_session import OneSession
from ortoo_daemon.salesforce.tokens import Token, is_local_http

TIP = -1
"""Position of a subscription that gets only what happens from now on."""
EVERYTHING = -2
"""Position of a subscription that gets all the org still keeps (72 hours)."""

_PREFETCH = 400
_GOODBYE_TIMEOUT = 2.0


def _parsed(body: bytes) -> Any:
    """Raises ValueError for what is no JSON."""
    try:
        return from_json(body)
    except ValueError:
        return json.loads(body.decode())  # half of a surrogate pair


class TokenAuthenticator(AuthenticatorBase):  # type: ignore[misc]
    """Feeds the library tokens of the daemon's one TokenManager, and sees all that arrives."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._token: Token | None = None
        self.heard_at = time.monotonic()

    def __repr__(self) -> str:
        return "TokenAuthenticator()"

    async def authenticate(self) -> None:
        """Called by the library at opening, and by the transport when a token was refused."""
        if self._token is None:
            self._token = await self._tokens.get()
        else:
            self._token = await self._tokens.refresh(self._token)
        self.token_type = "Bearer"
        self.access_token = self._token.access_token
        self.instance_url = self._token.instance_url

    async def incoming(self, payload: Any, headers: Any = None) -> None:
        """Any answer is a sign of life."""
        self.heard_at = time.monotonic()

    async def _authenticate(self) -> NoReturn:
        raise RuntimeError("never asked: `authenticate` takes tokens from the TokenManager")


class Positions(ReplayMarkerStorage):  # type: ignore[misc]
    """Where each channel is to be taken up; set by the listener before it subscribes."""

    def __init__(self) -> None:
        super().__init__()
        self._at: dict[str, int] = {}

    def put(self, channel: str, replay_id: int) -> None:
        self._at[channel] = replay_id

    async def outgoing(self, payload: Any, headers: Any) -> None:
        """Called by the library for all it sends: a session that is to resume says so at its handshake."""
        for message in payload:
            if message["channel"] == MetaChannel.HANDSHAKE:
                message["ext"] = {"replay": True}
        await super().outgoing(payload, headers)

    async def insert_replay_id(self, message: Any) -> None:
        """Called by the library for each subscribe it sends. (Its own drops the id 0.)"""
        channel = message["subscription"]
        if channel in self._at:
            message.setdefault("ext", {})["replay"] = {channel: self._at[channel]}

    async def get_replay_marker(self, subscription: str) -> None:
        return None

    async def set_replay_marker(self, subscription: str, replay_marker: Any) -> None:
        """Nothing is stored here: only what is durable moves a position."""


class StreamClient(Client):  # type: ignore[misc]
    """One CometD session with the org."""

    _http_session: aiohttp.ClientSession | None
    _incoming_queue: "asyncio.Queue[dict[str, Any]] | None"

    def __init__(self, tokens: Tokens, *, api_version: str) -> None:
        self.positions = Positions()
        self._authenticator = TokenAuthenticator(tokens)
        self._api_version = api_version
        super().__init__(
            self._authenticator,
            replay=self.positions,
            replay_storage_policy=ReplayMarkerStoragePolicy.MANUAL,
            connection_timeout=0,
            max_pending_count=_PREFETCH,
        )

    @property
    def silent_for(self) -> float:
        """Seconds since the last answer of any kind."""
        return time.monotonic() - self._authenticator.heard_at

    def get_cometd_url(self, instance_url: str) -> str:
        return f"{instance_url}/cometd/{self._api_version}"

    def pending(self, at_most: int) -> list[dict[str, Any]]:
        """Messages that have arrived already, without waiting."""
        queue = self._incoming_queue
        found: list[dict[str, Any]] = []
        while queue is not None and len(found) < at_most and not queue.empty():
            found.append(queue.get_nowait())
        return found

    async def close(self) -> None:
        """End the session whatever state it is in; an opening that failed half-way leaves nothing behind."""
        self._closed = True
        transport = self._transport
        try:
            if transport is not None:
                with suppress(TimeoutError, TransportError):
                    async with asyncio.timeout(_GOODBYE_TIMEOUT):
                        await transport.disconnect()
        finally:
            await self._close_http_session()

    async def _get_http_session(self) -> aiohttp.ClientSession:
        """Cookies carry the session, and go back as they came. aiohttp must be told to keep them for a bare
        IP address, and those for safe connections only for an org on this machine in plain http."""
        if self._http_session is None:
            host = urlsplit(self.url).hostname or ""
            cookies = aiohttp.CookieJar(
                unsafe=not host.rpartition(".")[2].isalpha(),
                quote_cookie=False,
                treat_as_secure_origin=self.url if is_local_http(self.url) else None,
            )
            self._http_session = aiohttp.ClientSession(cookie_jar=cookies, trust_env=True)
        return self._http_session

    async def _negotiate_transport(self) -> OneSession:
        """Salesforce speaks long polling only, so there is nothing to negotiate but the handshake."""
        self._incoming_queue = asyncio.Queue(maxsize=self._max_pending_count)
        self._transport = OneSession(
            url=self.url,
            incoming_queue=self._incoming_queue,
            http_session=await self._get_http_session(),
            extensions=self.extensions,
            auth=self.auth,
            json_loads=_parsed,
            loop=self._loop,
        )
        response = await self._transport.handshake([ConnectionType.LONG_POLLING])
        self._verify_response(response)
        return self._transport
