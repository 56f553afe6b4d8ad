"""How do requests reach the providers of the catalogue: how many at once, and to whom just now not?

Nothing is sent to anybody whom the catalogue does not name: providers are made from its entries alone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import structlog

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models.catalogue import Catalogue, Provider
from ortoo_daemon.services.breaker import Breaker
from ortoo_daemon.services.models.port import ModelProvider, ProviderError, Reply, Request

_log = structlog.get_logger(__name__)

_BLAMED = {ModelOutcome.OVERLOADED, ModelOutcome.DOWN, ModelOutcome.TIMED_OUT}
_LEAST_SECONDS = 0.01


class _Line:
    def __init__(self, provider: Provider, clock: Callable[[], float]) -> None:
        self.provider = provider
        self.places = asyncio.Semaphore(provider.parallel)
        self.breaker = Breaker(
            failures=provider.pause_after,
            pause_for=provider.pause_for.total_seconds(),
            clock=clock,
        )
        self.made: ModelProvider | None = None


class Lines:
    """One for the process: it counts what is under way and what failed."""

    def __init__(
        self,
        catalogue: Catalogue,
        make: Callable[[Provider], ModelProvider],
        *,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._make = make
        self._clock = clock
        self._lines = {
            name: _Line(provider, clock) for name, provider in catalogue.providers.items()
        }

    async def send(self, provider: str, request: Request) -> Reply:
        """Within the request's time, the wait for a place included.

        Raises ProviderError; ConfigError where the provider's key is missing.
        """
        line = self._lines[provider]
        until = self._clock() + request.within
        await self._place(line, request.within)
        try:
            if not line.breaker.admits():
                raise ProviderError(
                    ModelOutcome.DOWN, "left alone after failures", retry_after=float("inf")
                )
            left = max(_LEAST_SECONDS, until - self._clock())
            return await self._sent(line, replace(request, within=left))
        finally:
            line.breaker.let_go()
            line.places.release()

    async def close(self) -> None:
        """Close what is open to providers."""
        for line in self._lines.values():
            if line.made is not None:
                await line.made.close()
                line.made = None

    async def _place(self, line: _Line, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                await line.places.acquire()
        except TimeoutError:
            message = f"none of {line.provider.parallel} places came free"
            raise ProviderError(ModelOutcome.OVERLOADED, message) from None

    async def _sent(self, line: _Line, request: Request) -> Reply:
        if line.made is None:
            line.made = self._make(line.provider)
        try:
            async with asyncio.timeout(request.within):
                reply = await line.made.ask(request)
        except TimeoutError:
            raise self._blamed(
                line, ProviderError(ModelOutcome.TIMED_OUT, "no answer in time")
            ) from None
        except ProviderError as error:
            raise self._blamed(line, error) from None
        line.breaker.succeeded()
        return reply

    def _blamed(self, line: _Line, error: ProviderError) -> ProviderError:
        """A wrong request or key says nothing of whether the provider is up."""
        if error.outcome not in _BLAMED:
            line.breaker.succeeded()
        elif line.breaker.failed():
            _log.warning(
                "model.paused",
                provider=line.provider.name,
                seconds=line.provider.pause_for.total_seconds(),
                error=str(error),
            )
        return error
