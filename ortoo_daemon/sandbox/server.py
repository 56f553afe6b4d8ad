"""How is the sandbox put together?  One org, its event bus, log-in, REST and control on one port.

Binds to the loopback interface only; address it as `http://localhost:PORT`, because clients drop
the CometD cookie for hosts that are numbers.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from ortoo_daemon.sandbox import rest, seed
from ortoo_daemon.sandbox.bayeux.channels import load_channels
from ortoo_daemon.sandbox.bayeux.clients import Clients, Timers
from ortoo_daemon.sandbox.bayeux.log import RETAINED_FOR, EventLog
from ortoo_daemon.sandbox.bayeux.protocol import Conversation
from ortoo_daemon.sandbox.bayeux.publisher import Publisher
from ortoo_daemon.sandbox.bayeux.topics import Topics
from ortoo_daemon.sandbox.bayeux.transport import Transport
from ortoo_daemon.sandbox.calls import CallLog
from ortoo_daemon.sandbox.connected_app import public_key_of
from ortoo_daemon.sandbox.control import Control
from ortoo_daemon.sandbox.control_streams import StreamControl
from ortoo_daemon.sandbox.dx_flows import load_flows
from ortoo_daemon.sandbox.faults import Faults
from ortoo_daemon.sandbox.flows import Flows
from ortoo_daemon.sandbox.keys import USAGE
from ortoo_daemon.sandbox.middleware import Pace, Surroundings
from ortoo_daemon.sandbox.oauth import OAuth
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.persons import Persons
from ortoo_daemon.sandbox.schema import Schema
from ortoo_daemon.sandbox.sessions import Sessions
from ortoo_daemon.sandbox.usage import Usage

LARGEST_BODY = 64 * 1024 * 1024
_LONGEST_LINE = 40_000  # beyond the platform's 16,384 bytes, whose own answers are 414 and 431
_SHUTDOWN_FOR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run a sandbox.

    `metadata`: folder in DX source format. `state`: SQLite file or `:memory:`. `certificate`: PEM
    certificate or public key that verifies JWT log-ins. `selected`: entities selected for Change
    Data Capture on the standard channel. `port` 0 takes a free one. `latency_for` is in seconds.
    """

    metadata: Path
    port: int = 0
    state: str = ":memory:"
    seeded: bool = True
    latency_for: float = 0.0
    certificate: bytes | None = None
    selected: tuple[str, ...] = ("Lead", "Case")
    timers: Timers = field(default_factory=Timers)
    retained_for: timedelta = RETAINED_FOR


class _OrgUsers:
    """The org's users as log-in sees them."""

    def __init__(self, org: Org) -> None:
        self._org = org

    def by_username(self, username: str) -> Mapping[str, Any] | None:
        kind = self._org.schema.object("User")
        found = self._org.matching(kind, kind.field("Username"), username)
        return self.by_id(found[0]) if found else None

    def by_id(self, user_id: str) -> Mapping[str, Any] | None:
        return self._org.storage.get("User", user_id)


class Sandbox:
    """A running sandbox org. Use as an async context manager, or `start` and `stop`."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.schema = Schema.load(options.metadata)
        self.org = Org(self.schema, options.state)
        self.seed = seed.load(self.org) if options.seeded else None
        self._build_bus()
        self._build_access()
        self._runner: web.AppRunner | None = None
        self.port = options.port

    @property
    def url(self) -> str:
        """The org's own address, which is its login and instance URL."""
        return f"http://localhost:{self.port}"

    def shift_clock(self, shift: timedelta) -> None:
        """Set the org's clock to real time plus `shift`.

        The sessions of connected CometD clients live on: under a live client none expires.
        """
        connected = [each.token for each in self.clients.alive()]
        self.org.clock = lambda: datetime.now(UTC) + shift
        for token in connected:
            self.sessions.keep(token)
        self.log.purge()
        self.clients.wake_all()

    def about(self) -> dict[str, Any]:
        """What a client needs to connect."""
        return {
            "url": self.url,
            "org_id": self.org.organization_id,
            "client_id": seed.CLIENT_ID,
            "client_secret": seed.CLIENT_SECRET,
            "username": seed.DAEMON_USERNAME,
            "user_id": seed.DAEMON_USER_ID,
            "channels": sorted(self.channels.names),
        }

    def application(self) -> web.Application:
        """The aiohttp application: REST, log-in, CometD and control."""
        around = Surroundings(
            sessions=self.sessions,
            usage=self.usage,
            faults=self.faults,
            calls=self.calls,
            pace=self.pace,
            now=self._now,
        )
        app = web.Application(middlewares=around.middlewares(), client_max_size=LARGEST_BODY)
        app[USAGE] = self.usage
        app.add_routes(self._oauth.routes())
        app.add_routes(self._transport.routes())
        app.add_routes(self._control().routes())
        app.add_routes(self._stream_control().routes())
        app.add_routes(rest.routes(self.org))
        return app

    async def start(self) -> None:
        """Listen; afterwards `port` and `url` are known."""
        listening = socket.create_server(("127.0.0.1", self.options.port))
        self.port = listening.getsockname()[1]
        self._runner = web.AppRunner(
            self.application(),
            access_log=None,
            shutdown_timeout=_SHUTDOWN_FOR,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()

    async def stop(self) -> None:
        """Let held connects go, stop listening, close the rows."""
        self.clients.drop_all()
        self.faults.remove()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        self.org.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _now(self) -> datetime:
        return self.org.clock()

    def _build_bus(self) -> None:
        metadata = self.options.metadata
        self.channels = load_channels(metadata, self.options.selected, self.schema.events)
        self.log = EventLog(now=self._now, retained_for=self.options.retained_for)
        self.clients = Clients(timers=self.options.timers, monotonic=time.monotonic)
        self.log.on_append = self.clients.wake_all
        self.publisher = Publisher(schema=self.schema, channels=self.channels, log=self.log)
        self.org.on_commit(self.publisher.publish)
        self.topics = Topics(self.org, self.log)
        self.flows = Flows(self.schema, self.org.events, load_flows(metadata))
        self.org.before_commit = self.flows.run

    def _build_access(self) -> None:
        certificate = self.options.certificate
        key = None if certificate is None else public_key_of(certificate)
        self.usage = Usage(self._now)
        self.usage.clients = lambda: (self.clients.connected, self.clients.most)
        self.org.events.admit = self.usage.publish
        self.faults = Faults()
        self.faults.on_remove = self.clients.wake_all
        self.org.writer().disturb = self.faults.refuse_row
        self.calls = CallLog()
        self.pace = Pace(self.options.latency_for)
        self.sessions = Sessions(org_id=self.org.organization_id, now=self._now)
        self.sessions.on_end = self.clients.wake_all
        self._oauth = OAuth(
            org_id=self.org.organization_id,
            apps=(seed.connected_app(key),),
            users=_OrgUsers(self.org),
            sessions=self.sessions,
            now=self._now,
            base_url=lambda: self.url,
        )
        conversation = Conversation(
            exists=lambda name: self.channels.exists(name) or self.topics.exists(name),
            clients=self.clients,
            log=self.log,
            tokens=self.sessions,
            allocation=self.usage,
            way=self.faults,
        )
        self._transport = Transport(conversation, intercept=self.faults.bayeux_refusal)

    def _control(self) -> Control:
        return Control(
            sessions=self.sessions,
            clients=self.clients,
            usage=self.usage,
            faults=self.faults,
            calls=self.calls,
            pace=self.pace,
            persons=Persons(self.org),
            told=self.org.told,
            shift_clock=self.shift_clock,
            about=self.about,
        )

    def _stream_control(self) -> StreamControl:
        return StreamControl(
            org=self.org,
            clients=self.clients,
            log=self.log,
            usage=self.usage,
            publisher=self.publisher,
            flows=self.flows,
        )
