"""How do Bayeux messages come in over HTTP?  `POST /cometd/{version}`, long-polling only.

Serves both `/cometd/66.0` and the forms that the official client appends
(`/cometd/66.0/connect`). Other methods and WebSocket upgrades are refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from aiohttp import web

from ortoo_daemon.sandbox.bayeux import replies
from ortoo_daemon.sandbox.bayeux.protocol import COOKIE, Answer, Caller, Conversation
from ortoo_daemon.sandbox.bayeux.replies import Message, refusal

LARGEST_REQUEST = 32_768
FIRST_VERSION = 37.0

Intercept = Callable[[Message], Message | None]


class Transport:
    """The HTTP side of one conversation. `intercept` may answer a message instead of the org."""

    def __init__(self, conversation: Conversation, *, intercept: Intercept) -> None:
        self._conversation = conversation
        self._intercept = intercept

    def routes(self) -> list[web.RouteDef]:
        """The routes below /cometd."""
        return [
            web.post("/cometd", self.handle),
            web.post("/cometd/{version}", self.handle),
            web.post("/cometd/{version}/{kind}", self.handle),
        ]

    async def handle(self, request: web.Request) -> web.Response:
        """Answer every message of one POST, each with its own reply."""
        body = await request.read()
        messages = _messages(body)
        problem = _request_problem(request, body)
        if problem is None and messages is None:
            problem = (400, replies.MALFORMED)
        if problem is not None:
            status, error = problem
            refused = [refusal(each, error) for each in messages or [{}]]
            return web.json_response(refused, status=status)
        caller = Caller(
            token=_token_of(request),
            cookie=request.cookies.get(COOKIE),
            gone=lambda: request.transport is None or request.transport.is_closing(),
        )
        return _response(await self._answers(messages or [], caller))

    async def _answers(self, messages: Sequence[Message], caller: Caller) -> list[Answer]:
        answers = []
        may_hold = len(messages) == 1
        for message in messages:
            instead = self._intercept(message)
            if instead is not None:
                answers.append(Answer(reply=instead))
                continue
            answers.append(await self._conversation.answer(message, caller, may_hold=may_hold))
        return answers


def _messages(body: bytes) -> list[Message] | None:
    try:
        parsed = json.loads(body)
    except ValueError:
        return None
    if isinstance(parsed, dict):
        parsed = [parsed]
    if not isinstance(parsed, list) or not all(isinstance(each, dict) for each in parsed):
        return None
    return parsed


def _request_problem(request: web.Request, body: bytes) -> tuple[int, str] | None:
    if len(body) > LARGEST_REQUEST:
        return 413, replies.REQUEST_TOO_LARGE
    try:
        version = float(request.match_info.get("version", ""))
    except ValueError:
        return 400, replies.VERSION_MISSING
    if version < FIRST_VERSION:
        return 400, replies.VERSION_OLD
    return None


def _token_of(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") and token else None


def _response(answers: Sequence[Answer]) -> web.Response:
    parts: list[str] = []
    cookie = None
    for answer in answers:
        parts += (f'{{"channel":{json.dumps(name)},"data":{body}}}' for name, body in answer.events)
        parts.append(json.dumps(answer.reply))
        cookie = answer.set_cookie or cookie
    response = web.Response(text=f"[{','.join(parts)}]", content_type="application/json")
    if cookie is not None:
        response.set_cookie(COOKIE, cookie, path="/cometd/", httponly=True)
    return response
