"""What does the bus ask of the rest of the org?  Tokens, allocations, and the way to its clients."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from ortoo_daemon.sandbox.bayeux.clients import Client


class Tokens(Protocol):
    """Where access tokens are checked."""

    def valid(self, token: str) -> bool:
        """Whether a token opens the org now; counts as use of its session."""
        ...


class Allocation(Protocol):
    """The org's daily allocations of delivered events."""

    def left(self, channel: str) -> int:
        """How many more events of a channel may be delivered today."""
        ...

    def exhausted(self, channels: Iterable[str]) -> bool:
        """Whether nothing more is delivered on one of these channels today."""
        ...

    def deliver(self, channel: str, count: int) -> None:
        """Count events delivered to one subscriber."""
        ...


class Way(Protocol):
    """What becomes of events between the org and its clients, as (channel, body)."""

    def deaf(self, client: Client, channel: str) -> bool:
        """Whether a client hears nothing of a channel now; its events wait."""
        ...

    def spoil(self, events: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """What arrives of events that are delivered together."""
        ...
