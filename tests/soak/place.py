"""Where does a soak take place? A sandbox org, a daemon that is started again and again, and its policies.

What goes wrong is `trouble`'s, who comes in `traffic`'s, what must hold `verdict`'s.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from ortoo_daemon.sandbox.seed import identities as seed
from tests.acceptance.network import Network
from tests.processes import DaemonProcess, SandboxProcess

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


@dataclass
class Place:
    """One org and its daemon. ``lives`` counts starts, ``ended_wrong`` names ends nobody asked for."""

    sandbox: SandboxProcess
    folder: Path
    network: Network = field(init=False)
    daemon: DaemonProcess = field(init=False)
    lives: int = 0
    ended_wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.network = Network(self.sandbox, self.folder, company="Soak")
        self.network.write(assign=_SPREAD, policy=_POLICY, settings=SETTINGS)
        self.daemon = DaemonProcess(self.folder / "ortoo.yaml")

    def start(self) -> None:
        """A life of the daemon begins; it need not be ready."""
        self.daemon.start()
        self.lives += 1

    def until_ready(self) -> None:
        self.daemon.until_ready(60)

    def kill(self) -> None:
        """kill -9, also of a daemon that was paused."""
        if self.daemon.running():
            self.daemon.kill()

    def stop(self) -> None:
        """SIGTERM; a daemon that does not end well is noted."""
        self.resume()
        code = self.daemon.terminate(60)
        if code != 0:
            self.ended_wrong.append(f"exit code {code} after SIGTERM")

    def pause(self) -> None:
        os.kill(self.daemon.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self.daemon.process.pid, signal.SIGCONT)

    def note_death(self) -> bool:
        """Whether the daemon ended although nobody told it to; noted and started again."""
        if self.daemon.running():
            return False
        self.ended_wrong.append(f"died by itself, exit code {self.daemon.wait(5)}")
        self.start()
        return True

    def edit(self, rule: str, *, queue: str | None = None) -> None:
        """The policies' only rule gets another name and, where given, another owner."""
        file = self.folder / "policies" / "leads.yaml"
        document = yaml.safe_load(file.read_text())
        assign = {"queue": queue} if queue else _SPREAD
        document["ownership"]["rules"] = [{"name": rule, "assign": assign}]
        self._save(file, yaml.safe_dump(document))

    def spoil(self, number: int) -> None:
        """An edit that must never come into force: a queue that there is not, or no YAML at all."""
        if number % 2:
            self.edit(f"wrong-{number}", queue="Nobodys_Desk")
        else:
            file = self.folder / "policies" / "leads.yaml"
            self._save(file, file.read_text().replace("ownership:", f"wrong-{number}: [", 1))

    def mend(self, rule: str) -> None:
        self.network.write(assign=_SPREAD, policy=_POLICY, settings=SETTINGS)
        self.edit(rule)

    def kept(self) -> Iterable[Path]:
        """All that the daemon leaves on its machine."""
        yield self.daemon.log
        yield from self.folder.glob("state.db*")

    def _save(self, file: Path, text: str) -> None:
        """At once: an editor's save, too, is one file in another's place."""
        beside = file.with_suffix(".new")
        beside.write_text(text)
        beside.replace(file)


INTAKE_OWNER = seed.WEB_FORMS_USER_ID
