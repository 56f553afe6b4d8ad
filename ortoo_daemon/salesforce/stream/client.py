"""How is aiosfstream-ng spoken to so that it can run for months?

The library as it is logs in again on every 403, forgets subscriptions that fail when it reconnects by
itself, and takes milliseconds for seconds. Here its client only carries one session: whatever ends that
session is raised to the listener, who builds the next one. It stores no positions and decides no waits.
"""

import asyncio
import json
import time
from contextlib import suppress
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlsplit

import aiohttp
from aiocometd_ng.constants import ConnectionType, MetaChannel, TransportState
from aiocometd_ng.exceptions import TransportError
from aiocometd_ng.transports.long_polling import LongPollingTransport
from aiosfstream_ng import Client, ReplayMarkerStorage, ReplayMarkerStoragePolicy
from aiosfstream_ng.auth import AuthenticatorBase
from pydantic_core import from_json

from ortoo_daemon.salesforce.rest import Tokens
from ortoo_daemon.salesforce.stream.failures import FailureKind, failure_in
from ortoo_daemon.salesforce.tokens import Token

TIP = -1
"""Position of a subscription that gets only what happens from now on."""
EVERYTHING = -2
"""Position of a subscription that gets all the org still keeps (72 hours)."""

_PREFETCH = 400
_SHORTEST_TIMEOUT = 30.0
_GOODBYE_TIMEOUT = 2.0
_LONGEST_ADVICE = 150_000.0
"""Milliseconds; a connect is held for 110 seconds, and after three minutes without a word a session ends."""


def _parsed(text: str) -> Any:
    """Raises ValueError for what is no JSON."""
    try:
        return from_json(text)
    except ValueError:
        return json.loads(text)  # half of a surrogate pair


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

    async def insert_replay_id(self, message: Any) -> None:
        """Called by the library for each subscribe it sends. (Its own drops the id 0.)"""
        channel = message["subscription"]
        if channel in self._at:
            message.setdefault("ext", {})["replay"] = {channel: self._at[channel]}

    async def get_replay_marker(self, subscription: str) -> None:
        return None

    async def set_replay_marker(self, subscription: str, replay_marker: Any) -> None:
        """Nothing is stored here: only what is durable moves a position."""


class _OneSession(LongPollingTransport):  # type: ignore[misc]
    """Long polling for one Bayeux session; does not open another one by itself."""

    @property
    def reconnect_advice(self) -> dict[str, Any]:
        """What the server advises, as far as it is numbers of milliseconds within reason."""
        said = self._reconnect_advice if isinstance(self._reconnect_advice, dict) else {}
        return {
            name: min(float(value), _LONGEST_ADVICE)
            for name, value in said.items()
            if isinstance(value, int | float) and value >= 0
        }

    async def _send_payload_with_auth(self, payload: Any) -> Any:
        """Send; repeat once with a new token only where the token is truly what was refused."""
        response = await self._send_payload(payload)
        if response.get("successful", True):
            return response
        if failure_in(response).kind is FailureKind.AUTHENTICATION and self._auth is not None:
            await self._auth.authenticate()
            return await self._send_payload(payload)
        return response

    async def _send_final_payload(self, payload: Any, *, headers: Any) -> Any:
        """Like the library's, with every way of getting no Bayeux answer as a TransportError."""
        try:
            async with (
                self._http_semaphore,
                self._http_session.post(
                    self._url,
                    json=payload,
                    ssl=True if self.ssl is None else self.ssl,
                    headers=headers,
                    timeout=self._limits(payload[0]["channel"]),
                ) as response,
            ):
                status, answer_headers = response.status, response.headers
                if status == HTTPStatus.UNAUTHORIZED and self._auth is not None:
                    await self._auth.authenticate()  # a gateway's 401 is no Bayeux answer either
                answer = await response.json(loads=self._json_loads, content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise TransportError(f"no Bayeux answer ({type(error).__name__})") from None
        if not isinstance(answer, list) or any("channel" not in part for part in answer):
            raise TransportError(f"no Bayeux answer (HTTP {status})")
        found = await self._consume_payload(
            answer, headers=answer_headers, find_response_for=payload[0]
        )
        if found is None:
            raise TransportError("no answer to the first message")
        return found

    def _limits(self, channel: str) -> aiohttp.ClientTimeout:
        """A connect is held by the server as long as it announced; nothing else is."""
        held = self.request_timeout if channel == MetaChannel.CONNECT else None
        return aiohttp.ClientTimeout(total=max(held or 0, _SHORTEST_TIMEOUT), sock_connect=10)

    def _connect_done(self, future: "asyncio.Future[Any]") -> None:
        """Go on after a good connect, end the session after any other.

        Not even a network failure allows to connect again in the same session: an answer lost on its way
        may have held events, and the server counts those as delivered.
        """
        error = None if future.cancelled() else future.exception()
        if future.cancelled() or self.state == TransportState.DISCONNECTING:
            return
        if error is not None or not future.result().get("successful", True):
            self._state = TransportState.SERVER_DISCONNECTED
            return
        self._state = TransportState.CONNECTED
        interval = self.reconnect_advice.get("interval") or 0
        self._follow_advice("retry", interval / 1000)


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
        """Cookies carry the session; for a bare IP address aiohttp must be told to keep them."""
        if self._http_session is None:
            host = urlsplit(self.url).hostname or ""
            self._http_session = aiohttp.ClientSession(
                cookie_jar=aiohttp.CookieJar(unsafe=not host.rpartition(".")[2].isalpha()),
                trust_env=True,
            )
        return self._http_session

    async def _negotiate_transport(self) -> _OneSession:
        """Salesforce speaks long polling only, so there is nothing to negotiate but the handshake."""
        self._incoming_queue = asyncio.Queue(maxsize=self._max_pending_count)
        self._transport = _OneSession(
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
