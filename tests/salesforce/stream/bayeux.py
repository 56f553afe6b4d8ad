"""A small Bayeux server whose faults can be chosen, for what a well-behaved one never does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

Message = dict[str, Any]
CHANNEL = "/data/Ortoo__chn"
BAD_REPLAY = (
    "400::The replayId {%d} you provided was invalid. Please provide a valid ID, "
    "-2 to replay all events, or -1 to replay only new events."
)


def change(
    replay_id: int,
    *,
    kind: str = "CREATE",
    ids: tuple[str, ...] | None = None,
    channel: str = CHANNEL,
) -> Message:
    """One change event of a lead whose number is the replay id."""
    header = {
        "entityName": "Lead",
        "recordIds": list(ids if ids is not None else (f"00Q{replay_id:012d}AAA",)),
        "changeType": kind,
        "changeOrigin": "",
        "transactionKey": f"key-{replay_id}",
        "sequenceNumber": 1,
        "commitTimestamp": 1795290000000 + replay_id,
        "commitNumber": replay_id,
        "commitUser": "005000000000001AAA",
        "changedFields": [],
    }
    data = {
        "schema": "s",
        "payload": {"ChangeEventHeader": header},
        "event": {"replayId": replay_id},
    }
    return {"channel": channel, "data": data}


class Bayeux:
    """Keeps events, holds connects, and fails as told.

    ``faults`` are answers (partial messages, or web.Response) given instead of the proper one, by meta
    channel, first come first served. ``oldest`` is the smallest replay id still kept. ``wants_cookie`` is
    what must come back after a handshake; ``terse``: answers hold no more than the protocol demands, and
    events more; only a client that asked for it at its handshake resumes. ``paths`` are
    those that were asked for.
    """

    def __init__(self, hold_for: float = 0.5) -> None:
        self.hold_for = hold_for
        self.events: list[Message] = []
        self.oldest = 0
        self.faults: dict[str, list[Message | web.Response]] = {}
        self.clients: dict[str, dict[str, int]] = {}
        self.handshakes = 0
        self.positions: list[int] = []
        self.tokens: list[str] = []
        self.refuse_token: str | None = None
        self.hang = False
        self.lose_next_events = False
        self.advice: Any = {"reconnect": "retry", "interval": 0, "timeout": int(hold_for * 1000)}
        self.set_cookie = "BAYEUX_BROWSER=b; Path=/"
        self.wants_cookie: str | None = None
        self.terse = False
        self.asked_for_replay = False
        self.paths: list[str] = []
        self.hung = 0
        self._news = asyncio.Event()
        self.url = ""

    def publish(self, *events: Message) -> None:
        self.events.extend(events)
        self._news.set()
        self._news = asyncio.Event()

    def fail(self, channel: str, *answers: Message | web.Response) -> None:
        self.faults.setdefault(channel, []).extend(answers)

    def forget_clients(self) -> None:
        self.clients.clear()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Bayeux]:
        app = web.Application(middlewares=[self._note_path])
        app.router.add_post("/cometd/66.0", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        self.url = f"http://localhost:{port}"
        try:
            yield self
        finally:
            await runner.cleanup()

    @web.middleware
    async def _note_path(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.paths.append(request.path)
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        answers: list[Message] = []
        if self.hang:
            return await self._never(request)
        for message in await request.json():
            fault = self._fault(message) or self._missing_cookie(request, message)
            if isinstance(fault, web.Response):
                return fault
            if fault is not None:
                answers.append(self._frame(message, {"successful": False, **fault}))
                continue
            handler: Callable[..., Any] = getattr(self, "_" + message["channel"].split("/")[2])
            answers.extend(await handler(message))
        if self.lose_next_events and any("data" in answer for answer in answers):
            self.lose_next_events = False
            assert request.transport is not None
            request.transport.abort()
        response = web.json_response(answers)
        response.headers["Set-Cookie"] = self.set_cookie
        return response

    async def _never(self, request: web.Request) -> web.StreamResponse:
        """No answer until the other side is gone."""
        self.hung += 1
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        self.hung -= 1
        return web.Response()

    def _fault(self, message: Message) -> Message | web.Response | None:
        if self.tokens[-1] == self.refuse_token:
            return {"error": "401::Authentication invalid", "advice": {"reconnect": "none"}}
        waiting = self.faults.get(message["channel"])
        return waiting.pop(0) if waiting else None

    def _missing_cookie(self, request: web.Request, message: Message) -> Message | None:
        if self.wants_cookie is None or message["channel"] == "/meta/handshake":
            return None
        if self.wants_cookie in request.headers.get("Cookie", "").split("; "):
            return None
        return {"error": "400::Client c has established a session, but no cookie present"}

    def _frame(self, message: Message, members: Message) -> Message:
        if self.terse:
            return {**members, "channel": message["channel"]}
        frame = {"channel": message["channel"], "id": message.get("id"), **members}
        if "subscription" in message:
            frame["subscription"] = message["subscription"]
        return frame

    async def _handshake(self, message: Message) -> list[Message]:
        self.handshakes += 1
        self.asked_for_replay = message.get("ext", {}).get("replay") is True
        client = f"c{self.handshakes}"
        self.clients[client] = {}
        members = {
            "successful": True,
            "clientId": client,
            "version": "1.0",
            "supportedConnectionTypes": ["long-polling"],
        }
        return [self._frame(message, members)]

    async def _disconnect(self, message: Message) -> list[Message]:
        self.clients.pop(message["clientId"], None)
        return [self._frame(message, {"successful": True})]

    async def _subscribe(self, message: Message) -> list[Message]:
        client = self.clients.get(message["clientId"])
        if client is None:
            return [self._unknown(message)]
        channel = message["subscription"]
        position = message.get("ext", {}).get("replay", {}).get(channel, -1)
        if self.terse and not self.asked_for_replay:
            position = -1
        self.positions.append(position)
        if position >= 0 and position < self.oldest:
            return [self._frame(message, {"successful": False, "error": BAD_REPLAY % position})]
        last = self.events[-1]["data"]["event"]["replayId"] if self.events else 0
        client[channel] = {-1: last, -2: self.oldest - 1}.get(position, position)
        self._news.set()
        self._news = asyncio.Event()
        return [self._frame(message, {"successful": True})]

    async def _connect(self, message: Message) -> list[Message]:
        client = self.clients.get(message["clientId"])
        if client is None:
            return [self._unknown(message)]
        first = "connected" not in client
        client["connected"] = 1
        until = asyncio.get_running_loop().time() + (0 if first else self.hold_for)
        while not (events := self._due(client)):
            left = until - asyncio.get_running_loop().time()
            if left <= 0 or self.clients.get(message["clientId"]) is not client:
                break
            try:
                async with asyncio.timeout(min(left, 0.05)):
                    await self._news.wait()
            except TimeoutError:
                continue
        if self.clients.get(message["clientId"]) is not client:
            return [self._unknown(message)]
        return [*events, self._frame(message, {"successful": True, "advice": self.advice})]

    def _due(self, client: dict[str, int]) -> list[Message]:
        due = []
        for event in self.events:
            channel, number = event["channel"], event["data"]["event"]["replayId"]
            if channel in client and number > client[channel] and number >= self.oldest:
                client[channel] = number
                due.append({**event, "id": "77", "clientId": None} if self.terse else event)
        return due

    def _unknown(self, message: Message) -> Message:
        advice = {"reconnect": "handshake", "interval": 0}
        return self._frame(
            message, {"successful": False, "error": "403::Unknown client", "advice": advice}
        )
