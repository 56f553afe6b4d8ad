"""Which CometD clients are connected, and what has each of them been sent?

A client is forgotten when no connect of it is held for longer than the re-connect window.
Subscriptions are positions in the event log, so a slow client costs no memory.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ortoo_daemon.sandbox.bayeux.log import EventLog

LARGEST_BATCH = 200

Deaf = Callable[["Client", str], bool]


def _hears_all(_client: Client, _channel: str) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """The platform's CometD timers in seconds; tests scale them down.

    `hold_for`: how long an idle connect is held. `reconnect_within`: a client that sends no
    connect for so long is forgotten. `gather_for`: how long a delivery waits for more events.
    """

    hold_for: float = 110.0
    reconnect_within: float = 40.0
    gather_for: float = 0.01


@dataclass(slots=True, kw_only=True, eq=False)
class Client:
    """One handshaken client. `positions` maps channel -> replay id delivered last.

    `deaf`, given to its methods, tells of which channels it hears nothing for now: their events
    wait for it. `opened_at` is the monotonic time of its handshake.
    """

    client_id: str
    token: str
    cookie: str
    idle_since: float
    positions: dict[str, int] = field(default_factory=dict)
    connects: int = 0
    held: int = 0
    dropped: bool = False
    opened_at: float = 0.0
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def take(
        self, log: EventLog, limit: int = LARGEST_BATCH, *, deaf: Deaf = _hears_all
    ) -> list[tuple[str, str]]:
        """The next undelivered events as (channel, body), in the order of their replay ids."""
        found = [
            (stored.replay_id, channel, stored.body)
            for channel, after in self.positions.items()
            if not deaf(self, channel)
            for stored in log.read(channel, after, limit)
        ]
        found.sort(key=lambda each: each[:2])
        for replay_id, channel, _ in found[:limit]:
            self.positions[channel] = replay_id
        return [(channel, body) for _, channel, body in found[:limit]]

    def has_events(self, log: EventLog, *, deaf: Deaf = _hears_all) -> bool:
        """Whether anything is undelivered."""
        return any(
            log.read(channel, after, 1)
            for channel, after in self.positions.items()
            if not deaf(self, channel)
        )

    def wake(self) -> None:
        """Make a held connect look again."""
        self._woken.set()

    async def woken(self) -> None:
        """Wait until somebody wakes this client."""
        self._woken.clear()
        await self._woken.wait()


class Clients:
    """All connected clients of the org: `most` at once, `most_per_topic` of them on one PushTopic."""

    def __init__(self, *, timers: Timers, monotonic: Callable[[], float], most: int = 1000) -> None:
        self.timers = timers
        self.most = most
        self.most_per_topic = most
        self._monotonic = monotonic
        self._clients: dict[str, Client] = {}

    def __iter__(self) -> Iterator[Client]:
        return iter(tuple(self._clients.values()))

    def __len__(self) -> int:
        return len(self._clients)

    @property
    def full(self) -> bool:
        """Whether the org's limit of concurrent clients is reached."""
        return self.connected >= self.most

    @property
    def connected(self) -> int:
        """How many clients there are now."""
        return sum(1 for _ in self.alive())

    def open(self, token: str, cookie: str | None) -> Client:
        """A new client, bound to the token and the browser cookie of its handshake."""
        at = self._monotonic()
        client = Client(
            client_id=secrets.token_hex(16),
            token=token,
            cookie=cookie or secrets.token_hex(12),
            idle_since=at,
            opened_at=at,
        )
        self._clients[client.client_id] = client
        return client

    def find(self, client_id: str) -> Client | None:
        """The client of that id, unless it stayed away for too long."""
        client = self._clients.get(client_id)
        if client is None:
            return None
        idle_for = self._monotonic() - client.idle_since
        if not client.held and idle_for > self.timers.reconnect_within:
            self.drop(client)
            return None
        return client

    def alive(self) -> Iterator[Client]:
        """The clients that have not stayed away for too long."""
        return (client for client in self if self.find(client.client_id) is not None)

    def subscribers(self, channel: str) -> int:
        """How many live clients are subscribed to a channel."""
        return sum(channel in client.positions for client in self.alive())

    def drop(self, client: Client) -> None:
        """Forget one client; its held connect answers at once."""
        self._clients.pop(client.client_id, None)
        client.dropped = True
        client.wake()

    def drop_all(self) -> int:
        """Forget every client, as an auto-scaling server does; returns how many."""
        clients = tuple(self)
        for client in clients:
            self.drop(client)
        return len(clients)

    def touch(self, client: Client) -> None:
        """Start the re-connect window anew: a connect of this client was answered."""
        client.idle_since = self._monotonic()

    def wake_all(self) -> None:
        """Make every held connect look again: there are events, or a token ended."""
        for client in self._clients.values():
            client.wake()
