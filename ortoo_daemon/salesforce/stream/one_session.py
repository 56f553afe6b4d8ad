"""How do Bayeux messages travel within one session, and when is the session over?

Long polling as Salesforce speaks it. Whatever ends the session is raised: another one is not opened here.
What the protocol leaves open to a server (ids of answers, parts of its advice) is not asked for.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from time import monotonic
from typing import Any

import aiohttp
import structlog
from aiocometd_ng.constants import CONNECT_MESSAGE, MetaChannel, TransportState
from aiocometd_ng.exceptions import TransportError
from aiocometd_ng.transports.long_polling import LongPollingTransport

from ortoo_daemon.salesforce.stream.failures import FailureKind, failure_in

_SHORTEST_TIMEOUT = 30.0
_HELD_FOR = 110_000.0
"""Milliseconds for which the platform holds a connect, where a server does not say."""

_LONGEST_ADVICE = 150_000.0
"""Milliseconds; after three minutes without a word a session ends."""

_NO_RETRY = ("handshake", "none")

_HARDLY_HELD = (0.2, 1.0)
"""Seconds: an empty answer that comes sooner was not held. The bound goes by what the server announced."""

_FEW_EMPTY = 5
"""So many in a row are no habit: each new subscription wakes a connect that is held."""

_LONGEST_PAUSE = 2.0
"""Seconds between connects that are never held: events are heard so much later then, and no sooner."""

_log = structlog.get_logger(__name__)


class OneSession(LongPollingTransport):  # type: ignore[misc]
    """Long polling for one Bayeux session; does not open another one by itself."""

    _asked_at = 0.0
    _brought_events = False
    _empty_in_a_row = 0

    @property
    def reconnect_advice(self) -> dict[str, Any]:
        """What the server advises, as far as it is numbers of milliseconds within reason."""
        return {
            name: min(float(value), _LONGEST_ADVICE)
            for name, value in self._reconnect_advice.items()
            if isinstance(value, int | float) and value >= 0
        }

    @property
    def _is_new(self) -> bool:
        """Whether no connect has been answered yet."""
        return bool(self.state == TransportState.CONNECTING)

    async def _connect(self) -> Any:
        """The first one is to be answered at once, as the protocol lets a client ask."""
        message = dict(CONNECT_MESSAGE)
        if self._is_new:
            message["advice"] = {"timeout": 0}
        self._asked_at, self._brought_events = monotonic(), False
        return await self._send_message(message)

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
                    allow_redirects=False,
                ) as response,
            ):
                status, answer_headers = response.status, response.headers
                if _asks_for_login(status) and self._auth is not None:
                    await self._auth.authenticate()
                answer = self._read(await response.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise TransportError(f"no Bayeux answer ({type(error).__name__})") from None
        if not isinstance(answer, list) or not all(_is_message(m, payload[0]) for m in answer):
            raise TransportError(f"no Bayeux answer (HTTP {status})")
        found = await self._consume_payload(
            answer, headers=answer_headers, find_response_for=payload[0]
        )
        if found is None:
            raise TransportError("no answer to the first message")
        return found

    def _read(self, body: bytes) -> Any:
        """None for what is no JSON: a gateway's page, or nothing at all."""
        try:
            return self._json_loads(body)
        except ValueError:
            return None

    async def _consume_payload(
        self, payload: Any, *, headers: Any = None, find_response_for: Any = None
    ) -> Any:
        """As the library does it, once the answer says all that the library looks for."""
        for message in payload:
            if "advice" in message:
                message["advice"] = self._completed(message["advice"])
            self._brought_events |= "data" in message
            if find_response_for is not None and message["channel"] == find_response_for["channel"]:
                _complete(message, find_response_for)
        return await super()._consume_payload(
            payload, headers=headers, find_response_for=find_response_for
        )

    def _completed(self, advice: Any) -> dict[str, Any]:
        """The times that were advised before still hold where a later advice does not speak of them."""
        before = {name: self._reconnect_advice.get(name) for name in ("interval", "timeout")}
        return {**before, **(advice if isinstance(advice, dict) else {})}

    def _limits(self, channel: str) -> aiohttp.ClientTimeout:
        """A connect is held by the server as long as it announced; the first one, and all else, is not."""
        held = 0.0
        if channel == MetaChannel.CONNECT and not self._is_new:
            held = self.REQUEST_TIMEOUT_INCREASE_FACTOR * _HELD_FOR / 1000
            held = self.request_timeout or held
        return aiohttp.ClientTimeout(total=max(held, _SHORTEST_TIMEOUT), sock_connect=10)

    def _connect_done(self, future: "asyncio.Future[Any]") -> None:
        """Go on after a good connect, end the session after any other.

        Not even a network failure allows to connect again in the same session: an answer lost on its way
        may have held events, and the server counts those as delivered.
        """
        error = None if future.cancelled() else future.exception()
        if future.cancelled() or self.state == TransportState.DISCONNECTING:
            return
        if error is not None or not _may_go_on(future.result()):
            self._state = TransportState.SERVER_DISCONNECTED
            return
        self._state = TransportState.CONNECTED
        interval = self.reconnect_advice.get("interval") or 0
        self._follow_advice("retry", max(interval / 1000, self._own_pause()))

    def _own_pause(self) -> float:
        """Seconds that nobody asked for: a server that holds no connect, and brings nothing, would be asked a
        thousand times a second."""
        shortest, longest = _HARDLY_HELD
        announced = self.reconnect_advice.get("timeout", _HELD_FOR) / 1000
        held = monotonic() - self._asked_at >= min(longest, max(shortest, announced / 2))
        self._empty_in_a_row = 0 if held or self._brought_events else self._empty_in_a_row + 1
        beyond = self._empty_in_a_row - _FEW_EMPTY
        if beyond <= 0:
            return 0.0
        pause = min(0.05 * 2.0 ** min(beyond, 16), _LONGEST_PAUSE)
        if beyond == 1:
            _log.warning("stream.not_held", asked_every=_LONGEST_PAUSE)
        return pause


def _asks_for_login(status: int) -> bool:
    """A gateway's 401 is no Bayeux answer either; an org that has moved sends elsewhere, and only the next
    token tells whereto."""
    return status == HTTPStatus.UNAUTHORIZED or 300 < status < 400


def _may_go_on(connected: Mapping[str, Any]) -> bool:
    """Whether the session lives on: even a good answer may ask for a new handshake, or for none."""
    advice = connected.get("advice") or {}
    return bool(connected.get("successful", True)) and advice.get("reconnect") not in _NO_RETRY


def _is_message(part: Any, asked: Mapping[str, Any]) -> bool:
    """Whether it is one; a refusal that names no channel is of what was asked."""
    if not isinstance(part, dict):
        return False
    if part.get("successful") is False:
        part.setdefault("channel", asked["channel"])
    return isinstance(part.get("channel"), str)


def _complete(answer: dict[str, Any], asked: Mapping[str, Any]) -> None:
    """An answer need not bear the id of what was asked, nor name the subscription again."""
    said = answer.get("id")
    answer["id"] = asked.get("id") if said is None else str(said)
    if "subscription" in asked:
        answer.setdefault("subscription", asked["subscription"])
