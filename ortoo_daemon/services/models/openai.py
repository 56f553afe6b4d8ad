"""How is a model asked that speaks OpenAI's chat completions: at OpenAI, a gateway, or an own server?

The answer's form is a JSON Schema of the response, which vLLM, Ollama and most gateways know, too. Redirects
and proxies of the environment are off: only the catalogue's host is contacted.
"""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models.catalogue import Provider, Tokens
from ortoo_daemon.services.models.port import (
    ProviderError,
    Reply,
    Request,
    outcome_of,
    seconds,
)

_MOST_BYTES = 4 * 1024 * 1024


class OpenAIProvider:
    """One provider of the catalogue."""

    def __init__(self, provider: Provider, key: str | None) -> None:
        self._url = f"{provider.url}/chat/completions"
        self._proxy = provider.proxy
        self._headers = {"User-Agent": "ortoo-daemon"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, request: Request) -> Reply:
        """Raises ProviderError."""
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self._headers, trust_env=False)
        try:
            async with self._session.post(
                self._url,
                json=_body(request),
                allow_redirects=False,
                proxy=self._proxy,
                timeout=aiohttp.ClientTimeout(total=request.within),
            ) as response:
                if response.status != 200:
                    raise ProviderError(
                        outcome_of(response.status),
                        f"HTTP {response.status}",
                        retry_after=seconds(response.headers.get("Retry-After")),
                    )
                data = await _read(response)
        except TimeoutError:
            raise ProviderError(ModelOutcome.TIMED_OUT, "no answer in time") from None
        except aiohttp.ClientError as error:
            message = f"can't be reached ({type(error).__name__})"
            raise ProviderError(ModelOutcome.DOWN, message) from None
        return _reply(data)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in response.content.iter_any():
        data += chunk
        if len(data) > _MOST_BYTES:
            raise ProviderError(ModelOutcome.INVALID, "the response is too long")
    return bytes(data)


def _body(request: Request) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [
            {"role": "system", "content": request.prompt.instructions},
            {"role": "user", "content": request.prompt.text},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": request.prompt.name, "schema": request.prompt.schema},
        },
    }
    if request.temperature is None:
        # Models that refuse a temperature reason first, and refuse max_tokens for the same cause.
        return body | {"max_completion_tokens": request.most_output}
    return body | {"max_tokens": request.most_output, "temperature": request.temperature}


def _reply(data: bytes) -> Reply:
    try:
        whole = json.loads(data)
        choice = whole["choices"][0]
        text = choice["message"].get("content")
        stopped = str(choice.get("finish_reason") or "unknown")[:60]
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ProviderError(ModelOutcome.INVALID, "no completion came") from None
    tokens = _tokens(whole.get("usage"))
    try:
        answer = json.loads(_without_fence(text or ""))
    except ValueError:
        answer = None
    if stopped == "length" or not isinstance(answer, dict):
        return Reply(answer=None, tokens=tokens, detail=f"no JSON object (stopped: {stopped})")
    return Reply(answer=answer, tokens=tokens)


def _without_fence(text: str) -> str:
    """Some servers wrap JSON as if it were shown to people."""
    lines = text.strip().splitlines()
    if len(lines) > 2 and lines[0].startswith("```") and lines[-1].strip() == "```":
        return "\n".join(lines[1:-1])
    return text


def _tokens(usage: object) -> Tokens:
    if not isinstance(usage, Mapping):
        return Tokens()
    details = usage.get("prompt_tokens_details")
    cached = _count(details, "cached_tokens") if isinstance(details, Mapping) else 0
    prompt = _count(usage, "prompt_tokens")
    return Tokens(
        input=max(0, prompt - cached),
        output=_count(usage, "completion_tokens"),
        cache_read=min(cached, prompt),
    )


def _count(found: Mapping[str, Any], key: str) -> int:
    value = found.get(key)
    return value if isinstance(value, int) and value > 0 else 0
