"""What happens in the org within a day and a night, hour by hour? Time is moved; the daemon is watched.

An hour of the org lasts a few seconds. Everything else goes on at its real pace: pauses, polls, sweeps.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree

import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from ortoo_daemon.cli.launch_day.cases import case_arrivals
from ortoo_daemon.cli.launch_day.leads import Arrival, lead_arrivals
from ortoo_daemon.cli.launch_day.neighbourhoods import Neighbourhoods, shipped_towns
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.sandbox.seed.rooftops import read_directory
from tests.processes import ROOT, DaemonProcess, Row, SandboxProcess, wait_until

HOURS = 24
STEPS = 4
"""Leaps of a quarter of an hour: shorter than any clock's whole target but that of a hot lead."""

_BEGINS_AT = 4
"""UTC. The first and the last hours are the night's."""

SWEEPS = {
    "reconcile_every": "3s",
    "sla_every": "1s",
    "directory_every": "2s",
    "workload_every": "2s",
    "retention_every": "4s",
    "finished_for": "10s",
}
"""The scheduler keeps real time, so that the day asks of each sweep what a day does: many runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What the process held at the end of an hour, as ``/metrics`` told."""

    hour: int
    memory: float
    files: float
    threads: float
    tasks: float
    events: float


@dataclass(slots=True, kw_only=True)
class Day:
    """One day of an org, played in ``hour_for`` seconds an hour."""

    sandbox: SandboxProcess
    daemon: DaemonProcess
    policies: Path
    hour_for: float
    dice: Random = field(default_factory=lambda: Random("a day"))
    ids: list[str] = field(default_factory=list)
    hours: list[Hour] = field(default_factory=list)
    ahead: float = 0.0

    def play(self) -> None:
        """Hour by hour; each is sampled at its end."""
        events = self._events()
        leads, cases = self._traffic()
        for hour in range(HOURS):
            if event := events.get(hour):
                event()
            began = time.monotonic()
            busy = 2 <= hour < 16
            for step in range(STEPS):
                self._arrive([leads.pop() for _ in range(8 if busy else 2)])
                self._arrive([cases.pop() for _ in range(2 if busy else 0)])
                self._people()
                self.pass_by(3600 / STEPS)
                share = (step + 1) / STEPS
                time.sleep(max(0.0, began + share * self.hour_for - time.monotonic()))
            self.sample()

    def pass_by(self, seconds: float) -> None:
        self.ahead += seconds
        self.sandbox.shift_clock(self.ahead)

    def begin(self) -> None:
        """It is early on a Tuesday."""
        now = datetime.now(UTC)
        at = now.replace(hour=_BEGINS_AT, minute=0, second=0, microsecond=0) + timedelta(days=1)
        while at.weekday() != 1:
            at += timedelta(days=1)
        self.pass_by((at - now).total_seconds())

    def metrics(self) -> dict[tuple[str, str], float]:
        """Samples by name and the value of their only label, if any."""
        address = self.daemon.until_logged("watch.listening")["address"]
        text = requests.get(f"http://{address}/metrics", timeout=10).text
        return {
            (sample.name, ",".join(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    # -- what happens -------------------------------------------------------------------------------

    def _events(self) -> Mapping[int, Callable[[], None]]:
        """By hour: what goes wrong, and what admins do. All of the night happened in the morning already:
        the second time it must need nothing more."""
        return {
            2: self._absences,
            3: self._edit,
            4: self._wrong_edit,
            5: self._mend,
            6: self._drop_streams,
            7: self._revoke,
            8: self._outage,
            13: self._absences,
            15: self._drop_streams,
            17: self._revoke,
            20: self._outage,
        }

    def _absences(self) -> None:
        """A dozen advisers are away for three hours."""
        advisers = self.sandbox.query(
            "SELECT Id FROM User WHERE Ortoo_Role__c = 'sales_adviser' AND IsActive = true"
        )
        away = [row["Id"] for row in self.dice.sample(advisers, 12)]
        until = datetime.now(UTC) + timedelta(seconds=self.ahead, hours=3)
        at = until.strftime("%Y-%m-%dT%H:%M:%S.000+0000")
        self.sandbox.change(*away, user=seed.ADMIN_USER_ID, Ortoo_Away_Until__c=at)

    def _drop_streams(self) -> None:
        self.sandbox.control("POST", "/streams/drop")

    def _revoke(self) -> None:
        self.sandbox.control("POST", "/sessions/revoke")

    def _outage(self) -> None:
        """The org answers nothing until a sweep has given up; what happens meanwhile is found afterwards."""
        before = len(self.daemon.events("sweep.failed"))
        self.sandbox.fault("error", path="/services|/cometd", status=503, body="", times=None)
        self._arrive(lead_arrivals(4, **self._world()))
        wait_until(
            lambda: len(self.daemon.events("sweep.failed")) > before, 60, "a sweep that failed"
        )
        self.sandbox.heal()

    def _edit(self) -> None:
        self._save(self._text + "\n# by day\n")

    def _wrong_edit(self) -> None:
        self.daemon.until_logged("policies.reloaded")
        self._save(self._text.replace("ownership:", "onwership:", 1))

    def _mend(self) -> None:
        self.daemon.until_logged("policies.refused")
        self._save(self._text + "\n# by noon\n")

    @property
    def _text(self) -> str:
        return (ROOT / "config" / "policies" / "leads.yaml").read_text()

    def _save(self, text: str) -> None:
        (self.policies / "leads.yaml").write_text(text)

    # -- who comes in, and who answers --------------------------------------------------------------

    def _world(self) -> Row:
        dealers = read_directory()
        near = Neighbourhoods(dealers, shipped_towns(frozenset({"FR", "DE", "IT", "ES"})))
        here = [each for each in dealers if each["BillingCountryCode"] in ("FR", "DE", "IT", "ES")]
        return {"dealers": here, "near": near, "advisers": [seed.ADMIN_USER_ID], "dice": self.dice}

    def _traffic(self) -> tuple[list[Arrival], list[Arrival]]:
        leads = lead_arrivals(HOURS * STEPS * 8, **self._world())
        return leads, case_arrivals(HOURS * STEPS * 2, dealers=read_directory(), dice=self.dice)

    def _arrive(self, arrivals: Sequence[Arrival]) -> None:
        for arrival in arrivals:
            self.ids += self.sandbox.create([dict(arrival.row)], user=arrival.user)

    def _people(self) -> None:
        """Some answer what they have; a dispatcher changes an owner now and then."""
        for name, answer in (("Lead", "Contacted"), ("Case", "Working")):
            waiting = self.sandbox.query(
                f"SELECT Id, OwnerId FROM {name} WHERE Status = 'New' AND Ortoo_Parked__c = null "
                "AND Ortoo_Decided_At__c != null"
            )
            held = [row for row in waiting if row["OwnerId"].startswith("005")]
            for row in held:
                if self.dice.random() < 0.35:
                    self.sandbox.change(row["Id"], user=row["OwnerId"], Status=answer)
            if held and self.dice.random() < 0.1:
                lead = self.dice.choice(held)["Id"]
                self.sandbox.change(lead, OwnerId=seed.DISPATCHER_USER_ID)

    def sample(self) -> None:
        """Note what the process holds at the end of the next hour."""
        found = self.metrics()

        def of(name: str) -> float:
            return found[f"ortoo_{name}", ""]

        hour = Hour(
            hour=len(self.hours),
            memory=of("process_resident_memory_bytes") / 1024**2,
            files=of("process_open_files"),
            threads=of("process_threads"),
            tasks=of("process_tasks"),
            events=sum(n for (name, _), n in found.items() if name == "ortoo_stream_events_total"),
        )
        self.hours.append(hour)

    # -- what is left -------------------------------------------------------------------------------

    def until_nothing_is_left(self, within: float) -> None:
        """Every record is decided or parked, every step that was due is taken, the queue is empty."""
        at = datetime.now(UTC) + timedelta(seconds=self.ahead)
        wait_until(lambda: not self.undecided(), within, "every record to be decided")
        wait_until(lambda: not self.due(at), within, "every step that was due")
        wait_until(self._idle, within, "an empty queue")

    def undecided(self) -> list[str]:
        return [
            row["Id"]
            for name in ("Lead", "Case")
            for row in self.sandbox.query(
                f"SELECT Id FROM {name} WHERE Ortoo_Decided_At__c = null AND Ortoo_Parked__c = null"
            )
        ]

    def due(self, at: datetime) -> list[str]:
        return [
            row["Id"]
            for name, more in (("Lead", "AND IsConverted = false"), ("Case", ""))
            for row in self.sandbox.query(
                f"SELECT Id FROM {name} WHERE Ortoo_SLA_Next_At__c < {at:%Y-%m-%dT%H:%M:%SZ} "
                f"AND Ortoo_Parked__c = null {more}"
            )
        ]

    def _idle(self) -> bool:
        found = self.metrics()
        return not found["ortoo_queue_items", "ready"] and not found["ortoo_queue_items", "leased"]


def write_files(folder: Path, sandbox: SandboxProcess) -> Path:
    """Settings with a copy of the shipped policies; the path of the settings."""
    for name in ("policies", "tables", "templates"):
        copytree(ROOT / "config" / name, folder / name)
    secret = folder / "client_secret"
    secret.write_text(sandbox.about["client_secret"])
    secret.chmod(0o600)
    settings = {
        "org": {
            "login_url": sandbox.url,
            "auth": {
                "flow": "client_credentials",
                "client_id": sandbox.about["client_id"],
                "client_secret_file": "client_secret",
            },
        },
        "state": f"sqlite:///{folder}/state.db",
        "directory": str(ROOT / "config" / "directory.yaml"),
        "sweeps": SWEEPS,
        "watch": {"listen": "127.0.0.1:0"},
    }
    path = folder / "ortoo.yaml"
    path.write_text(yaml.safe_dump(settings))
    return path
