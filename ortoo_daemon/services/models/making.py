"""Who answers for a provider of the catalogue? The adapter for the way it is spoken to, with its key."""

from collections.abc import Callable

from ortoo_daemon.policy.models.catalogue import Dialect, Provider
from ortoo_daemon.services.models.port import ModelProvider


def makes_providers(
    key_of: Callable[[Provider], str | None],
) -> Callable[[Provider], ModelProvider]:
    """What makes adapters. ``key_of`` raises ConfigError where a key is missing."""

    def make(provider: Provider) -> ModelProvider:
        key = key_of(provider) if provider.needs_key else None
        if provider.dialect is Dialect.ANTHROPIC:
            from ortoo_daemon.services.models.anthropic import AnthropicProvider

            return AnthropicProvider(provider, key)
        from ortoo_daemon.services.models.openai import OpenAIProvider

        return OpenAIProvider(provider, key)

    return make
