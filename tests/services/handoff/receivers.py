"""Systems of dealers on this machine: a mail server and a web server, which fail as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP

from ortoo_daemon.services.handoff.http import KEY_HEADER


@dataclass
class Receiver:
    """What arrived, by id and in order. ``fails`` are what befalls the next ones, one each.

    ``taken`` is what a receiver that keeps ids has: each once.
    """

    port: int = 0
    ids: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    fails: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    on_taken: Callable[[], object] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def next_failure(self) -> str:
        return self.fails.pop(0) if self.fails else ""

    def take(self, id: str, document: str) -> None:
        self.ids.append(id)
        self.documents.append(document)
        self.taken.setdefault(id, document)
        self.on_taken()


class _Mailbox:
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        failure = self._receiver.next_failure()
        if failure == "slow":
            await asyncio.sleep(5)
        if failure[:1] in ("4", "5"):
            return failure
        message = message_from_bytes(envelope.content, _class=EmailMessage, policy=default)
        self._receiver.take(str(message["Message-ID"]), message.get_content())
        if failure == "reset" and server.transport is not None:
            server.transport.abort()
        return "250 OK"


@asynccontextmanager
async def mail_server(
    receiver: Receiver | None = None, *, tls: SSLContext | None = None
) -> AsyncIterator[Receiver]:
    found = receiver or Receiver()
    make: Callable[[], SMTP] = lambda: SMTP(  # noqa: E731
        _Mailbox(found), hostname="crm.example", tls_context=tls
    )
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", found.port)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def web_server(
    receiver: Receiver | None = None, *, tls: SSLContext | None = None
) -> AsyncIterator[Receiver]:
    found = receiver or Receiver()

    async def take(request: web.Request) -> web.StreamResponse:
        failure = found.next_failure()
        if failure == "slow":
            await asyncio.sleep(5)
        if failure.startswith("3"):
            raise web.HTTPFound("http://169.254.169.254/")
        if failure[:1] == "4":
            return web.Response(status=int(failure))
        found.take(request.headers[KEY_HEADER], await request.text())
        if failure == "reset" and request.transport is not None:
            request.transport.abort()
        if failure.startswith("5"):
            return web.Response(status=int(failure))
        return web.Response(status=202, headers={"X-Receipt-Id": "r-1"})

    app = web.Application()
    app.router.add_post("/leads", take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    found.port = runner.addresses[0][1]
    try:
        yield found
    finally:
        await runner.cleanup()
