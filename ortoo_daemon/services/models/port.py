"""How is a language model asked, whoever provides it? The port that each provider's adapter fills."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ortoo_daemon.errors import OrtooError
from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models.catalogue import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """What is sent. ``instructions`` are the same for every record of a task, so that providers cache them.

    ``schema`` is the JSON Schema of the answer, ``name`` the answer's name in small letters.
    """

    instructions: str
    text: str
    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A prompt for one model. ``model`` is the provider's name for it; ``within`` is in seconds."""

    prompt: Prompt
    model: str
    most_output: int
    within: float
    temperature: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came. ``answer`` is None where it was no JSON object; ``detail`` then says what it was."""

    answer: Mapping[str, Any] | None
    tokens: Tokens
    detail: str = ""


class ProviderError(OrtooError):
    """A request that brought no reply. ``retry_after`` in seconds where the provider said so.

    The message holds nothing of what was sent.
    """

    def __init__(
        self, outcome: ModelOutcome, message: str, *, retry_after: float | None = None
    ) -> None:
        self.outcome = outcome
        self.retry_after = retry_after
        super().__init__(message)


class ModelProvider(Protocol):
    """Sends one request and repeats nothing: retries, limits and budgets are the desk's matter."""

    async def ask(self, request: Request) -> Reply:
        """Raises ProviderError."""
        ...

    async def close(self) -> None: ...


def outcome_of(status: int) -> ModelOutcome:
    """What an HTTP status of a provider means: 429 and 529 ask for patience, other 5xx are failures."""
    if status in (408, 429, 503, 529):
        return ModelOutcome.OVERLOADED
    return ModelOutcome.DOWN if status >= 500 else ModelOutcome.REFUSED


def seconds(retry_after: str | None) -> float | None:
    """``Retry-After`` where it counts seconds; dates and nonsense are as if nothing had been said."""
    try:
        found = float(retry_after or "")
    except ValueError:
        return None
    return found if 0 <= found < 86_400 else None
