"""What shows a service who we are? Headers made of its secret; of OAuth a token, kept while it is good.

Secrets and tokens stand in no log line and no error.
"""

import asyncio
import base64
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from ortoo_daemon.callouts import CallOutcome
from ortoo_daemon.policy.callouts.catalogue import Auth, AuthKind
from ortoo_daemon.policy.callouts.request import Rendered
from ortoo_daemon.services.callouts.line import CallFailedError, Line

_SPARE = 30.0
"""Seconds before its end in which a token is no longer used."""

_USUAL_LIFE = 300.0
_FORM = "application/x-www-form-urlencoded"


class Credentials:
    """Those of one service. ``secret`` raises ConfigError where there is none."""

    def __init__(
        self,
        auth: Auth,
        line: Line,
        secret: Callable[[], str],
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._auth = auth
        self._line = line
        self._secret = secret
        self._clock = clock
        self._token: tuple[str, float] | None = None
        self._turn = asyncio.Lock()

    async def headers(self) -> Mapping[str, str]:
        """Raises CallFailedError where no token is to be had, ConfigError where the secret is missing."""
        match self._auth.kind:
            case AuthKind.NONE:
                return {}
            case AuthKind.BEARER:
                return {"Authorization": f"Bearer {self._secret()}"}
            case AuthKind.BASIC:
                return {"Authorization": _basic(self._auth.user, self._secret())}
            case AuthKind.HEADER:
                return {self._auth.header: self._secret()}
            case AuthKind.OAUTH:
                return {"Authorization": f"Bearer {await self._current()}"}

    @property
    def may_renew(self) -> bool:
        """Whether another token might be taken where this one was refused."""
        return self._auth.kind is AuthKind.OAUTH

    def forget(self) -> None:
        """The service refused the token."""
        self._token = None

    async def _current(self) -> str:
        async with self._turn:  # many ask at once when it has run out
            if self._token is None or self._clock() >= self._token[1]:
                self._token = await self._fetched()
            return self._token[0]

    async def _fetched(self) -> tuple[str, float]:
        auth = self._auth
        asked = {"grant_type": "client_credentials", "scope": auth.scope, "audience": auth.audience}
        request = Rendered(
            method="POST",
            url=auth.token_url,
            headers={
                "Authorization": _basic(quote(auth.client_id, safe=""), quote(self._secret(), "")),
                "Content-Type": _FORM,
            },
            body=urlencode({name: value for name, value in asked.items() if value}).encode(),
        )
        began = self._clock()
        try:
            reply = await self._line.send(request)
        except CallFailedError as error:
            raise CallFailedError(error.outcome, f"no token: {error}", unsent=True) from None
        if reply.status >= 500 or reply.status == 429:
            message = f"no token: HTTP {reply.status}"
            raise CallFailedError(CallOutcome.FAILED, message, unsent=True)
        if reply.status != 200:
            message = f"no token: HTTP {reply.status}"
            raise CallFailedError(CallOutcome.REFUSED, message, unsent=True)
        token, life = _token_in(reply.body)
        return token, began + max(life - _SPARE, life / 2)


def _token_in(body: bytes) -> tuple[str, float]:
    """The token and for how many seconds it is good. Raises CallFailedError."""
    try:
        found: Any = orjson.loads(body)
        token = found["access_token"]
        life = float(found.get("expires_in") or _USUAL_LIFE)
    except (ValueError, KeyError, TypeError, AttributeError):
        token, life = None, 0.0
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        message = "no token: the answer holds none"
        raise CallFailedError(CallOutcome.MALFORMED, message, unsent=True)
    return token, life


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
