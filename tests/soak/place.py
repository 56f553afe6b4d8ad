"""Where does a soak take place? A sandbox org, daemons that are started again and again, and their policies.

One daemon on SQLite, or several on one PostgreSQL, each with files of its own as on a host of its own.

What goes wrong is `trouble`'s, who comes in `traffic`'s, what must hold `verdict`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import yaml
from psycopg import sql

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import DaemonProcess, SandboxProcess, wait_until
from tests.work.postgres import PostgresServer, installed_binaries

CUSTOMER = "Zyxwerskaja"
"""A name that stands nowhere else: where it turns up in a log or a store, personal data leaked."""

MAIL_HOST = "soak-customers.example"
PHONE = "+33 1 99 00 47 11"
PERSONAL = (CUSTOMER, MAIL_HOST, "199004711")

SETTINGS = {
    "events": {"silent_after": "5s"},
    "sweeps": {
        "reconcile_every": "3s",
        "directory_every": "2s",
        "workload_every": "2s",
        "retention_every": "4s",
        "review_every": "5s",
        "finished_for": "20s",
    },
    "watch": {"listen": "127.0.0.1:0"},
}
"""Sweeps as often as a soak of minutes asks for the work of a day."""

_SPREAD = {
    "rooftop": {"prefer": ["customer_choice"]},
    "team": {"role": "sales_adviser"},
    "person": {"by": "rotation"},
}
_POLICY = {
    "intake": {"cleanse": {"Email": "email", "Phone": {"phone": {"country": "Country"}}}},
    "action": {"set": {"Title": "{{ Description }}"}},
}


SHARED = {
    "ORTOO_ORG__CONNECT_TIMEOUT": "1s",
    "ORTOO_ORG__ANSWER_TIMEOUT": "4s",
    "ORTOO_WORKERS__LEASE_FOR": "12s",
}
"""Of several daemons: what a killed one had in hand is taken up soon."""


class Host:
    """One daemon and its files. ``lives`` counts starts."""

    def __init__(self, network: Network, environment: Mapping[str, str]) -> None:
        self.network = network
        self.daemon = DaemonProcess(network.folder / "ortoo.yaml", environment=environment)
        self.lives = 0
        self.asleep = False
        self._kept_good = False

    def start(self) -> None:
        """A life of the daemon begins; it need not be ready."""
        self.daemon.start()
        self.lives += 1

    def kill(self) -> None:
        """kill -9, also of a daemon that was paused."""
        self.asleep = False
        if self.daemon.running():
            self.daemon.kill()

    def pause(self) -> None:
        self.daemon.pause()
        self.asleep = True

    def resume(self) -> None:
        if self.asleep and self.daemon.running():
            self.daemon.resume()
        self.asleep = False

    def forget_good_files(self) -> None:
        self._kept_good = False

    @property
    def has_good_files(self) -> bool:
        """Whether the journal has a copy of files that passed; wrong ones on disk do no harm from then on."""
        self._kept_good = self._kept_good or bool(self.daemon.events("service.ready"))
        return self._kept_good

    def save(self, text: str) -> None:
        """At once: an editor's save, too, is one file in another's place."""
        file = self.policy_file
        beside = file.with_suffix(".new")
        beside.write_text(text)
        beside.replace(file)

    @property
    def policy_file(self) -> Path:
        return self.network.folder / "policies" / "leads.yaml"


@dataclass
class Place:
    """One org and its daemons. ``ended_wrong`` names ends nobody asked for."""

    sandbox: SandboxProcess
    folder: Path
    daemons: int = 1
    network: Network = field(init=False)
    hosts: list[Host] = field(init=False)
    postgres: PostgresServer | None = field(init=False, default=None)
    ended_wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network = Network(self.sandbox, self.folder, company="Soak")
        networks = [self.network]
        if self.daemons > 1:
            self.postgres = PostgresServer(installed_binaries())
            self.postgres.start()
            networks = [
                replace(self.network, folder=self.folder / f"host{number}")
                for number in range(self.daemons)
            ]
        for each in networks:
            each.folder.mkdir(exist_ok=True)
            self._write(each)
        self.hosts = [Host(each, SHARED if self.postgres else {}) for each in networks]

    @property
    def settings(self) -> dict[str, Any]:
        shared = {"state": self.postgres.url} if self.postgres is not None else {}
        return {**SETTINGS, **shared}

    @property
    def lives(self) -> int:
        return sum(host.lives for host in self.hosts)

    def start(self) -> None:
        for host in self.hosts:
            host.start()

    def until_ready(self) -> None:
        for host in self.hosts:
            host.daemon.until_logged("service.ready", 60)
        wait_until(
            lambda: any(host.daemon.events("stream.subscribed") for host in self.hosts),
            60,
            "a stream",
        )

    def end(self) -> None:
        """Nothing is left running, however it came out."""
        for host in self.hosts:
            host.kill()
        if self.postgres is not None:
            self.postgres.stop()
            self.postgres.remove()

    def stop(self, host: Host) -> None:
        """SIGTERM; a daemon that does not end well is noted."""
        host.resume()
        if not host.daemon.running():
            return
        code = host.daemon.terminate(180)  # the machine may be busy with others
        if code != 0:
            self.ended_wrong.append(f"exit code {code} after SIGTERM")

    def stop_all(self) -> None:
        for host in self.hosts:
            self.stop(host)

    def note_death(self) -> bool:
        """Whether a daemon ended although nobody told it to; noted and started again."""
        dead = [host for host in self.hosts if not host.daemon.running()]
        for host in dead:
            self.ended_wrong.append(f"died by itself, exit code {host.daemon.wait(5)}")
            host.start()
        return bool(dead)

    @property
    def may_be_spoilt(self) -> bool:
        """A daemon that never had good files goes by those on disk as far as they go, or ends: rightly so."""
        return all(host.has_good_files for host in self.hosts)

    def edit(self, rule: str, *, queue: str | None = None) -> None:
        """The policies' only rule gets another name and, where given, another owner."""
        for host in self.hosts:
            document = yaml.safe_load(host.policy_file.read_text())
            assign = {"queue": queue} if queue else _SPREAD
            document["ownership"]["rules"] = [{"name": rule, "assign": assign}]
            host.save(yaml.safe_dump(document))

    def spoil(self, number: int) -> None:
        """An edit that must never come into force: a queue that there is not, or no YAML at all."""
        if number % 2:
            self.edit(f"wrong-{number}", queue="Nobodys_Desk")
            return
        for host in self.hosts:
            text = host.policy_file.read_text()
            host.save(text.replace("ownership:", f"wrong-{number}: [", 1))

    def mend(self, rule: str) -> None:
        for host in self.hosts:
            self._write(host.network)
        self.edit(rule)

    def kept(self) -> Iterable[tuple[str, bytes]]:
        """All that the daemons leave on their machines, and in their store, by name."""
        for host in self.hosts:
            yield host.daemon.log.name, host.daemon.log.read_bytes()
            for file in host.network.folder.glob("state.db*"):
                yield file.name, file.read_bytes()
        if self.postgres is not None:
            yield from _tables(self.postgres)

    def _write(self, network: Network) -> None:
        network.write(assign=_SPREAD, policy=_POLICY, settings=self.settings)


def _tables(postgres: PostgresServer) -> Iterable[tuple[str, bytes]]:
    with psycopg.connect(postgres.conninfo) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (name,) in found.fetchall():
            rows = connection.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))
            yield f"table {name}", "\n".join(map(str, rows.fetchall())).encode()


INTAKE_OWNER = seed.WEB_FORMS_USER_ID
