"""Claims about channels, on a real local server."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP

from ortoo_daemon.services.notify.channels import KEY_HEADER, ChannelError, Channels
from ortoo_daemon.services.notify.templates import Message
from tests.asynchronous import asynchronous

HELLO = Message(title="New lead", text="Please answer by noon.")


@dataclass
class Receiver:
    """What arrived: bodies and headers. ``answers`` with this status."""

    url: str = ""
    answers: int = 200
    bodies: list[dict] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()

    async def take(request: web.Request) -> web.Response:
        found.bodies.append(json.loads(await request.text()))
        found.keys.append(request.headers.get(KEY_HEADER))
        return web.Response(status=found.answers)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"json://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield found
    finally:
        await runner.cleanup()


@asynchronous
async def test_a_web_hook_gets_title_text_and_the_key_of_the_notice():
    async with receiver() as hook:
        await Channels({"desk": [hook.url]}).tell("desk", 0, HELLO, key="00Q1:created:1")
    (body,) = hook.bodies
    assert (body["title"], body["message"]) == (HELLO.title, HELLO.text)
    assert hook.keys == ["00Q1:created:1"]


@asynchronous
async def test_a_channel_that_refuses_is_told_without_its_secrets():
    async with receiver() as hook:
        hook.answers = 500
        url = hook.url.replace("://", "://user:s3cret@")
        with pytest.raises(ChannelError) as caught:
            await Channels({"desk": [url]}).tell("desk", 0, HELLO, key="k")
    assert "s3cret" not in str(caught.value)
    assert "desk" in str(caught.value)


@asynchronous
async def test_a_channel_that_is_not_there_is_an_error_not_a_crash():
    with pytest.raises(ChannelError, match="no channel pager"):
        await Channels({}).tell("pager", 0, HELLO, key="k")
    with pytest.raises(ChannelError, match="did not take it"):
        await Channels({"desk": ["json://127.0.0.1:9/x"]}).tell("desk", 0, HELLO, key="k")


def test_addresses_that_apprise_can_not_use_are_named_by_number_never_by_text():
    channels = Channels({"desk": ["json://localhost/x", "nonsense://s3cret"]})
    assert channels.wrong() == ["channel desk, address 2: apprise can't use it"]
    assert (channels.count("desk"), channels.count("pager")) == (2, 0)


@asynchronous
async def test_apprise_writes_no_log_of_its_own(caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(ChannelError):
        await Channels({"desk": ["json://u:s3cret@127.0.0.1:9/x"]}).tell("desk", 0, HELLO, key="k")
    assert "s3cret" not in caplog.text


class _Mailbox:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.mails.append(envelope.content)
        return "250 OK"


@asynchronous
async def test_an_e_mail_leaves_by_smtp():
    mailbox, loop = _Mailbox(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(mailbox, loop=loop), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        url = f"mailto://127.0.0.1:{port}?from=ortoo@example.com&to=desk@example.com&mode=insecure"
        await Channels({"desk": [url]}).tell("desk", 0, HELLO, key="00Q1:1")
    (mail,) = mailbox.mails
    assert b"Subject: New lead" in mail
    assert b"00Q1" in mail
