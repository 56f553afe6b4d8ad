"""How is a model asked that speaks Anthropic's Messages protocol?

The answer's form is a tool that the model must use. The package's own retries, redirects, proxies and
credentials of the environment are off: only the catalogue's host is contacted, with the key given here.
Imported when a provider of this kind is first asked: the package takes a second or two.
"""

from collections.abc import Mapping
from typing import Any

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models.catalogue import Provider, Tokens
from ortoo_daemon.services.models.port import (
    ProviderError,
    Reply,
    Request,
    outcome_of,
    seconds,
)

_NO_KEY = "none"  # the client wants one, even where the server asks for none


class AnthropicProvider:
    """One provider of the catalogue."""

    def __init__(self, provider: Provider, key: str | None) -> None:
        import anthropic

        self._errors = anthropic
        # The package's own default client takes proxies from the environment whatever it is told; the
        # client below it, which is named differently from version to version, does not.
        plain: Any = anthropic.DefaultAsyncHttpxClient.__base__
        http = plain(follow_redirects=False, trust_env=False, proxy=provider.proxy)
        self._client = anthropic.AsyncAnthropic(
            api_key=key or _NO_KEY,
            base_url=provider.url,
            max_retries=0,
            default_headers={"User-Agent": "ortoo-daemon"},
            http_client=http,
        )

    async def ask(self, request: Request) -> Reply:
        """Raises ProviderError."""
        errors = self._errors
        try:
            message = await self._client.messages.create(
                model=request.model,
                max_tokens=request.most_output,
                system=[
                    {
                        "type": "text",
                        "text": request.prompt.instructions,
                        "cache_control": {"type": "ephemeral"},
                    }
                ],
                messages=[{"role": "user", "content": request.prompt.text}],
                tools=[
                    {
                        "name": request.prompt.name,
                        "description": "Give the answer in this form.",
                        "input_schema": dict(request.prompt.schema),
                    }
                ],
                tool_choice={"type": "tool", "name": request.prompt.name},
                timeout=request.within,
                extra_body=_extras(request),
            )
        except errors.APITimeoutError:
            raise ProviderError(ModelOutcome.TIMED_OUT, "no answer in time") from None
        except errors.APIStatusError as error:
            raise _told(error.status_code, error.response.headers, error.body) from None
        except errors.APIConnectionError as error:
            raise ProviderError(ModelOutcome.DOWN, _cause(error)) from None
        except (errors.AnthropicError, ValueError, TypeError) as error:
            raise ProviderError(
                ModelOutcome.INVALID, f"no message came ({type(error).__name__})"
            ) from None
        return _reply(message, request.prompt.name)

    async def close(self) -> None:
        await self._client.close()


def _extras(request: Request) -> dict[str, Any] | None:
    return None if request.temperature is None else {"temperature": request.temperature}


def _cause(error: Exception) -> str:
    cause = error.__cause__ or error
    return f"can't be reached ({type(cause).__name__})"


def _told(status: int, headers: Mapping[str, str], body: object) -> ProviderError:
    """The status and the kind of error; the words may quote what was sent and are left out."""
    kind = ""
    if isinstance(body, Mapping) and isinstance(body.get("error"), Mapping):
        kind = str(body["error"].get("type", ""))[:60]
    message = f"HTTP {status} {kind}".strip()
    return ProviderError(
        outcome_of(status), message, retry_after=seconds(headers.get("retry-after"))
    )


def _reply(message: Any, name: str) -> Reply:
    """From whatever came: the package does not check what a server sends."""
    tokens = _tokens(getattr(message, "usage", None))
    content = getattr(message, "content", None)
    blocks = content if isinstance(content, list) else []
    stopped = str(getattr(message, "stop_reason", "") or "unknown")[:60]
    for block in blocks:
        if getattr(block, "type", "") != "tool_use" or getattr(block, "name", "") != name:
            continue
        answer = getattr(block, "input", None)
        if stopped == "max_tokens" or not isinstance(answer, Mapping):
            break
        return Reply(answer=answer, tokens=tokens)
    return Reply(answer=None, tokens=tokens, detail=f"no answer in the form (stopped: {stopped})")


def _tokens(usage: Any) -> Tokens:
    def count(name: str) -> int:
        found = getattr(usage, name, 0)
        return found if isinstance(found, int) and found > 0 else 0

    return Tokens(
        input=count("input_tokens"),
        output=count("output_tokens"),
        cache_read=count("cache_read_input_tokens"),
        cache_write=count("cache_creation_input_tokens"),
    )
