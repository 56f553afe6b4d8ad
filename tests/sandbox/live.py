"""A live sandbox for tests, and a Bayeux client that shows every raw message."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.bayeux.clients import Timers
from ortoo_daemon.sandbox.server import Options, Sandbox
from tests.processes import slowness

METADATA = Path(__file__).parents[2] / "config" / "salesforce"
CHANNEL = "/data/Ortoo__chn"
QUICK = Timers(hold_for=0.3, reconnect_within=0.2, gather_for=0.0)
PATIENT = Timers(hold_for=20.0, reconnect_within=10.0, gather_for=0.0)

Message = dict[str, Any]
Scenario = Callable[["Live"], Awaitable[None]]


class Bayeux:
    """One CometD client, by hand."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str | None) -> None:
        self.http = http
        self.url = url
        self.token = token
        self.client_id = ""
        self.status = 0

    async def post(self, *messages: Message, path: str = "/cometd/66.0") -> list[Message]:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self.http.post(
            self.url + path, json=list(messages), headers=headers
        ) as response:
            self.status = response.status
            replies: list[Message] = await response.json()
            return replies

    async def handshake(self, **members: Any) -> Message:
        asked = {"version": "1.0", "supportedConnectionTypes": ["long-polling"], "id": "1"}
        reply = (await self.post({"channel": "/meta/handshake"} | asked | members))[0]
        self.client_id = reply.get("clientId", "")
        return reply

    def connecting(self, **members: Any) -> Message:
        base = {"channel": "/meta/connect", "connectionType": "long-polling", "id": "2"}
        return base | {"clientId": self.client_id} | members

    def subscribing(self, channel: str | None = CHANNEL, replay: Any = None) -> Message:
        message: Message = {"channel": "/meta/subscribe", "clientId": self.client_id, "id": "3"}
        if channel is not None:
            message["subscription"] = channel
        if replay is not None:
            message["ext"] = {"replay": {channel: replay}}
        return message

    async def connect(self, **members: Any) -> list[Message]:
        return await self.post(self.connecting(**members))

    async def subscribe(self, channel: str | None = CHANNEL, replay: Any = None) -> Message:
        return (await self.post(self.subscribing(channel, replay)))[0]

    async def opened(self) -> Bayeux:
        """Handshaken and with the first connect behind it."""
        await self.handshake()
        await self.connect()
        return self

    async def events(self, count: int, *, within: float = 5.0) -> list[Message]:
        """Connect until `count` events arrived."""
        found: list[Message] = []
        until = time.monotonic() + within
        while len(found) < count and time.monotonic() < until:
            found += [each for each in await self.connect() if "data" in each]
        return found


class Live:
    """A running sandbox with an HTTP session to it."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.http = http
        self.url = sandbox.url

    def token(self, user_id: str = seed.DAEMON_USER_ID) -> str:
        return self.sandbox.sessions.issue(user_id=user_id, client_id=seed.CLIENT_ID).token

    def bayeux(self, token: str | None = None) -> Bayeux:
        return Bayeux(self.http, self.url, token or self.token())

    def holding(self) -> bool:
        """Whether some client's connect is held."""
        return any(each.held for each in self.sandbox.clients)

    def lead(self, *, user_id: str = seed.WEB_FORMS_USER_ID, **values: Any) -> str:
        row = {"LastName": "Roy", "Company": "Private"} | values
        (outcome,) = self.sandbox.org.create_many("Lead", [row], user_id=user_id)
        assert outcome.id is not None, outcome.error
        return outcome.id

    def change(self, lead: str, *, user_id: str = seed.WEB_FORMS_USER_ID, **values: Any) -> None:
        self.sandbox.org.update("Lead", lead, values, user_id=user_id)

    async def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        async with self.http.request(method, f"{self.url}/sandbox{path}", json=body) as response:
            assert response.status < 300, await response.text()
            return await response.json()


def live(*, within: float = 30, **options: Any) -> Callable[[Scenario], Callable[[], None]]:
    """Run an async test against a sandbox of its own, for so many seconds of a quiet machine at most."""

    def around(scenario: Scenario) -> Callable[[], None]:
        async def run() -> None:
            chosen = replace(Options(metadata=METADATA, timers=PATIENT), **options)
            async with Sandbox(chosen) as sandbox, aiohttp.ClientSession() as http:
                await asyncio.wait_for(scenario(Live(sandbox, http)), within * slowness())

        def test() -> None:
            asyncio.run(run())

        functools.update_wrapper(test, scenario)
        del test.__wrapped__  # type: ignore[attr-defined]
        return test

    return around
