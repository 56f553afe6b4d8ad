"""What happens to every HTTP call around its handler?  Paths, faults, log-in, allocation, the log.

The control endpoint (`/sandbox/…`) is exempt from all of it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from aiohttp import web
from aiohttp.typedefs import Middleware

from ortoo_daemon.sandbox.calls import WRITING, CallLog, Exchange, parsed
from ortoo_daemon.sandbox.errors import OrgError, not_found
from ortoo_daemon.sandbox.faults import Fault, FaultKind, Faults
from ortoo_daemon.sandbox.keys import CLIENT, USER_ID
from ortoo_daemon.sandbox.sessions import Sessions
from ortoo_daemon.sandbox.usage import Usage

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CONTROL = "/sandbox"
_WITHHELD = web.RequestKey("withheld", bool)
_DATA = re.compile(r"/services/(data|async|apexrest)/.+")
_SLASHES = re.compile(r"/{2,}")
_CLIENT = re.compile(r"\bclient=([^;,\s]+)", re.IGNORECASE)


@dataclass(slots=True)
class Pace:
    """How slow the org is. `latency_for` is added before each REST and login call, in seconds."""

    latency_for: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the middlewares share."""

    sessions: Sessions
    usage: Usage
    faults: Faults
    calls: CallLog
    pace: Pace
    now: Callable[[], datetime]

    def middlewares(self) -> list[Middleware]:
        """Outermost first."""
        return [self._date, _collapse_slashes, self._log, self._disturb, self._admit]

    @web.middleware
    async def _date(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The org's own date, also when its clock was moved; aiohttp would set the machine's."""
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            self._bear_date(answer)
            raise
        self._bear_date(response)
        return response

    def _bear_date(self, response: web.StreamResponse) -> None:
        if not response.prepared:
            response.headers["Date"] = format_datetime(self.now(), usegmt=True)

    @web.middleware
    async def _log(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Put REST calls into the call log, whatever becomes of them."""
        if not request.path.startswith("/services/"):
            return await handler(request)
        response: web.StreamResponse | None = None
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            response = answer
            raise
        finally:
            await self._note(request, response)
        return response

    async def _note(self, request: web.Request, response: web.StreamResponse | None) -> None:
        withheld = response is None or request.get(_WITHHELD, False)
        secret = request.path.startswith("/services/oauth2")
        writing = request.method in WRITING and not secret
        answer = response.body if isinstance(response, web.Response) else None
        exchange = Exchange(
            method=request.method,
            path=request.path if secret else request.path_qs,
            headers=request.headers,
            body=parsed(await request.read()) if writing else None,
            status=0 if withheld or response is None else response.status,
            reply=parsed(answer) if writing and isinstance(answer, bytes) else None,
        )
        self.calls.add(
            exchange, at=self.now(), user_id=request.get(USER_ID), client=request.get(CLIENT)
        )

    @web.middleware
    async def _disturb(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Latency and the faults that were asked for."""
        if request.path == CONTROL or request.path.startswith(f"{CONTROL}/"):
            return await handler(request)
        if self.pace.latency_for and request.path.startswith("/services/"):
            await asyncio.sleep(self.pace.latency_for)
        body = await request.text() if self.faults.read_bodies else ""
        fault = self.faults.take(request.method, request.path_qs, body)
        if fault is None:
            return await handler(request)
        if fault.kind is FaultKind.ERROR:
            return _answer_of(fault)
        if fault.kind is FaultKind.HOLD:
            await request.read()  # it has arrived: its sender may die now, the call goes on
            await fault.removed.wait()
            return await handler(request)
        response = await handler(request)
        request[_WITHHELD] = True
        if request.transport is not None:
            request.transport.abort()
        return response

    @web.middleware
    async def _admit(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check the session and the API allocation of REST calls; name the caller."""
        if not _DATA.fullmatch(request.path):
            return await handler(request)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        known = scheme.lower() in ("bearer", "oauth")
        session = self.sessions.use(token.strip()) if known else None
        if session is None:
            refusal = OrgError("INVALID_SESSION_ID", "Session expired or invalid", status=401)
            return _refused(refusal)
        request[USER_ID] = session.user_id
        request[CLIENT] = _client_of(request)
        if not self.usage.calls.left:
            message = "TotalRequests Limit exceeded."
            return self._counted(_refused(OrgError("REQUEST_LIMIT_EXCEEDED", message, status=403)))
        self.usage.calls.add(1)
        try:
            return self._counted(await handler(request))
        except web.HTTPNotFound:
            return self._counted(_refused(not_found()))
        except web.HTTPMethodNotAllowed as error:
            return self._counted(_refused(_method_not_allowed(error)))

    def _counted(self, response: web.StreamResponse) -> web.StreamResponse:
        response.headers["Sforce-Limit-Info"] = self.usage.header
        return response


@web.middleware
async def _collapse_slashes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Route `//services///data` as `/services/data`, which the sf command line sends."""
    if "//" not in request.path:
        return await handler(request)
    path, question, query = request.raw_path.partition("?")
    clean = request.clone(rel_url=_SLASHES.sub("/", path) + question + query)
    match = await request.app.router.resolve(clean)
    match.add_app(request.app)
    match.freeze()
    clean._match_info = match  # as aiohttp's own path normaliser does
    inner: Handler = match.handler
    for middleware in reversed(request.app.middlewares):
        inner = _around(middleware, inner)
    return await inner(clean)


def _around(middleware: Middleware, inner: Handler) -> Handler:
    async def call(request: web.Request) -> web.StreamResponse:
        return await middleware(request, inner)

    return call


def _method_not_allowed(error: web.HTTPMethodNotAllowed) -> OrgError:
    allowed = ", ".join(sorted(error.allowed_methods))
    message = f"HTTP Method '{error.method}' not allowed. Allowed are {allowed}"
    return OrgError("METHOD_NOT_ALLOWED", message, status=405)


def _client_of(request: web.Request) -> str | None:
    found = _CLIENT.search(request.headers.get("Sforce-Call-Options", ""))
    return found[1] if found else None


def _answer_of(fault: Fault) -> web.Response:
    if isinstance(fault.body, str):
        content = "text/html" if fault.body.lstrip().startswith("<") else "application/json"
        return web.Response(
            status=fault.status, text=fault.body, content_type=content, headers=fault.headers
        )
    return web.json_response(fault.body, status=fault.status, headers=fault.headers)


def _refused(error: OrgError) -> web.Response:
    return web.json_response([error.as_body()], status=error.status)
