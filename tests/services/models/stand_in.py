"""A server that speaks Anthropic's Messages protocol (and OpenAI's chat completions) over real HTTP."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Served:
    """One response. ``answer`` goes out in the protocol's form; ``body`` instead of it as it is."""

    answer: Answer | None = None
    body: str | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    after: float = 0.0
    stop_reason: str = "tool_use"
    tokens: tuple[int, int] = (1_000, 200)


Script = Callable[[Mapping[str, Any]], Served]


@dataclass
class StandIn:
    """``script`` answers each request; ``requests`` are the bodies that came, ``headers`` theirs."""

    script: Script
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append({key.lower(): value for key, value in request.headers.items()})
        self.paths.append(request.path)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            served = self.script(body)
            await asyncio.sleep(served.after)
        finally:
            self.at_once -= 1
        text = (
            served.body
            if served.body is not None
            else json.dumps(_message(served, request.path, body))
        )
        return web.Response(
            status=served.status,
            text=text,
            headers=dict(served.headers),
            content_type="application/json",
        )


def _message(served: Served, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
    if served.status != 200:
        return {"type": "error", "error": {"type": "overloaded_error", "message": "secret words"}}
    sent, got = served.tokens
    if path.endswith("/chat/completions"):
        content = json.dumps(served.answer)
        return {
            "choices": [{"message": {"content": content}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": sent, "completion_tokens": got},
        }
    asked = next((tool["name"] for tool in body.get("tools", ())), "triage")
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "stand-in",
        "content": [{"type": "tool_use", "id": "toolu_1", "name": asked, "input": served.answer}],
        "stop_reason": served.stop_reason,
        "stop_sequence": None,
        "usage": {"input_tokens": sent, "output_tokens": got},
    }


@asynccontextmanager
async def stand_in(*script: Served | Script):
    """Serves the script's responses one after the other, the last one for ever."""
    left = list(script)

    def following(body: Mapping[str, Any]) -> Served:
        served = left.pop(0) if len(left) > 1 else left[0]
        return served(body) if callable(served) else served

    standing = StandIn(script=following)
    app = web.Application()
    app.router.add_post("/{rest:.*}", standing.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    standing.url = f"http://{host}:{port}"
    try:
        yield standing
    finally:
        await runner.cleanup()
