"""A service on this machine, over real HTTP and TLS, that does whatever a test wants of it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class StockServer:
    """``answer`` is called for each request; what came is kept."""

    answer: Handler
    url: str = ""
    seen: list[web.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    @property
    def paths(self) -> list[str]:
        return [request.path_qs for request in self.seen]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(request)
        self.bodies.append(await request.read())
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await self.answer(request)
        finally:
            self.at_once -= 1


def said(value: Any, status: int = 200, **headers: str) -> Handler:
    """Always the same JSON."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(value, status=status, headers=headers)

    return answer


def late(seconds: float, value: Any = None) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        await asyncio.sleep(seconds)
        return web.json_response(value or {})

    return answer


def bytes_of(body: bytes, **headers: str) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(body=body, headers=headers)

    return answer


async def reset(request: web.Request) -> web.StreamResponse:
    """The connection breaks without a word."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def in_turn(*answers: Handler) -> Handler:
    """One after the other, the last one for ever."""
    left = list(answers)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (left.pop(0) if len(left) > 1 else left[0])(request)

    return answer


@asynccontextmanager
async def serving(answer: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[StockServer]:
    server = StockServer(answer)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    port = runner.addresses[0][1]
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    try:
        yield server
    finally:
        await runner.cleanup()


def catalogue(text: str, **at: str) -> str:
    """The text of a file of services, with places filled in."""
    for name, value in at.items():
        text = text.replace(f"<{name}>", value)
    return text


def plain(value: Any) -> str:
    return json.dumps(value)
