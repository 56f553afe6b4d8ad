"""The sandbox org and the daemon as processes of their own: start, watch, kill, look into the org.

Nothing here sleeps and hopes: every wait is for a condition, with a deadline and a reason.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import choices
from string import ascii_lowercase
from typing import Any, Self, TypeVar

import requests
import yaml

from tests.emitted import EMITTED, lines_of

ROOT = Path(__file__).parents[1]
WEB_FORMS = "web-forms@ortoo.example"
DISPATCHER = "dispatch@ortoo.example"
CHANNEL = "/data/Ortoo__chn"

Found = TypeVar("Found")
Row = dict[str, Any]


PATIENCE = float(os.environ.get("ORTOO_TEST_PATIENCE", "1"))
"""By how much longer tests wait for what should be; `make matrix` sets it, as it keeps cores busy."""


def slowness() -> float:
    """By how much longer anything takes as others want the cores, too; 1 on a quiet machine."""
    return max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1)) * PATIENCE


def wait_until(condition: Callable[[], Found | None], deadline: float, what: str = "") -> Found:
    """The condition's first true answer; fails after ``deadline`` seconds of a quiet machine.

    It is patience, no claim: a test that claims a time measures it.
    """
    began = time.monotonic()
    while True:
        found = condition()
        if found:
            return found
        waited = time.monotonic() - began
        if waited >= deadline and waited >= deadline * slowness():
            raise AssertionError(f"waited {waited:.0f} s in vain for {what or condition}")
        time.sleep(0.02)


class _Process:
    """A Python module run as a child; its log goes to a file and is shown when a test fails."""

    def __init__(self, *command: str, log: Path, environment: Mapping[str, str] | None = None):
        self.log = log
        self._command = (sys.executable, "-m", *command)
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "it was not started"
        return self._process

    def start(self) -> Self:
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        return self

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9: no goodbye."""
        self.process.kill()
        self._reap(10)

    def pause(self) -> None:
        """SIGSTOP: it stands still, whatever it was doing."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def terminate(self, within: float = 40) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._reap(within)

    def wait(self, within: float = 20) -> int:
        """The exit code of a process that ends by itself."""
        return self._reap(within)

    def _reap(self, within: float) -> int:
        code = self.process.wait(within * slowness())
        if self.process.stdout is not None:
            self.process.stdout.close()
        return code

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self.running():
            self.kill()
        if self._process is not None and self._process.stdout is not None:
            self._process.stdout.close()
        if error is not None:
            print(f"--- {self.log} (last lines)", *self.tail(), sep="\n")

    def tail(self, lines: int = 60) -> list[str]:
        """The last lines that tell more than that a record was handled."""
        texts = self.log.read_text().splitlines()
        return [text[:600] for text in texts if '"record_handled"' not in text][-lines:]


class DaemonProcess(_Process):
    """`python -m ortoo_daemon.daemon`. A ``with`` block starts it and leaves nothing running.

    It can always be looked at; what it logs and how its metrics stand is noted for the whole run's sake.
    """

    def __init__(self, config: Path, *arguments: str, environment: Mapping[str, str] | None = None):
        super().__init__(
            *("ortoo_daemon.daemon", "--config", str(config), *arguments),
            log=config.parent / "daemon.log",
            environment={**_watched(config), **(environment or {})},
        )
        self._from = 0

    def kill(self) -> None:
        self._note_metrics()
        super().kill()

    def terminate(self, within: float = 40) -> int:
        self._note_metrics()
        return super().terminate(within)

    def _reap(self, within: float) -> int:
        code = super()._reap(within)
        EMITTED.hear_log(lines_of(self.log, self._from))
        return code

    def _note_metrics(self) -> None:
        if self.running():
            EMITTED.hear_daemon(lines_of(self.log, self._from))

    def start(self) -> Self:
        self._from = self.log.stat().st_size if self.log.exists() else 0
        return super().start()

    def events(self, name: str | None = None) -> list[Row]:
        """What this run has logged, oldest first."""
        with self.log.open("rb") as log:
            log.seek(self._from)
            lines = log.read().decode().splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [each for each in found if name in (None, each["event"])]

    def until_logged(self, name: str, within: float = 20) -> Row:
        def found() -> Row | None:
            said = self.events(name)
            assert said or self.running(), f"the daemon ended before it said {name}"
            return said[0] if said else None

        return wait_until(found, within, name)

    def until_ready(self, within: float = 30) -> Self:
        """Subscribed and deciding."""
        self.until_logged("service.ready", within)
        self.until_logged("stream.subscribed", within)
        return self

    def peak_memory(self) -> int:
        """Most memory held so far, in bytes (VmHWM)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = (each for each in status.splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024


def _watched(config: Path) -> dict[str, str]:
    """An address for metrics where the settings name none."""
    try:
        settings = yaml.safe_load(config.read_text())
    except (OSError, ValueError, yaml.YAMLError):
        return {}  # what its test is about
    named = isinstance(settings, dict) and "watch" in settings
    return {} if named else {"ORTOO_WATCH__LISTEN": "127.0.0.1:0"}


class SandboxProcess(_Process):
    """A seeded sandbox org on a free port, steered over its control endpoint."""

    def __init__(self, log: Path, *arguments: str) -> None:
        super().__init__("ortoo_daemon.sandbox", "--port", "0", *arguments, log=log)
        self.about: dict[str, Any] = {}
        self._http = requests.Session()
        self._token = ""

    def start(self) -> Self:
        super().start()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the sandbox did not start: {self.tail()}"
        self.about = json.loads(line)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._http.close()
        super().__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        return str(self.about["url"])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(method, f"{self.url}/sandbox{path}", json=body, timeout=60)
        assert answer.ok, answer.text
        return answer.json()

    # -- what people do -----------------------------------------------------------------------------

    def create(
        self, rows: Iterable[Row], *, user: str = WEB_FORMS, object: str = "Lead"
    ) -> list[str]:
        """One transaction, so one moment; the ids."""
        typed = [{"attributes": {"type": object}, **row} for row in rows]
        made = self.control("POST", "/act", {"user": user, "create": typed})["create"]
        assert all(each["success"] for each in made), made
        return [each["id"] for each in made]

    def leads(self, count: int, *, user: str = WEB_FORMS, **values: Any) -> list[str]:
        row = {"LastName": "Roy", "Email": "roy@mail.example", **values}
        return self.create([row] * count, user=user)

    def stranger(self, **values: Any) -> str:
        """A lead of somebody whom nothing in the org is like: nobody is known again in them."""
        name = "".join(choices(ascii_lowercase, k=12))
        who = {"LastName": name.capitalize(), "Email": f"{name}@mail.example"}
        return self.leads(1, **who, **values)[0]

    def change(self, *ids: str, user: str = DISPATCHER, **values: Any) -> None:
        body = {"user": user, "update": [{"Id": id, **values} for id in ids]}
        made = self.control("POST", "/act", body)["update"]
        assert all(each["success"] for each in made), made

    def shift_clock(self, seconds: float) -> None:
        self.control("POST", "/clock", {"shift_seconds": seconds})

    # -- what goes wrong ----------------------------------------------------------------------------

    def fault(self, kind: str, **members: Any) -> int:
        return int(self.control("POST", "/faults", {"kind": kind, **members})["id"])

    def fault_used(self, id: int) -> int:
        """How many calls a fault has met that is still set."""
        found = {each["id"]: each["used"] for each in self.control("GET", "/faults")["faults"]}
        return int(found[id])

    def until_met(self, id: int, *, times: int = 1, within: float = 20) -> None:
        """Wait until a fault that stays set has met so many calls."""
        wait_until(lambda: self.fault_used(id) >= times, within, f"{times} calls to meet the fault")

    def heal(self) -> None:
        self.control("DELETE", "/faults")

    # -- what the org shows -------------------------------------------------------------------------

    def query(self, soql: str) -> list[Row]:
        """All rows, as the daemon's user sees them."""
        path = "/services/data/v66.0/query"
        answer = self._get(path, {"q": soql})
        rows = list(answer["records"])
        while not answer["done"]:
            answer = self._get(answer["nextRecordsUrl"], None)
            rows += answer["records"]
        for row in rows:
            row.pop("attributes", None)
        return rows

    def rows_of(self, object: str, fields: Sequence[str], ids: Sequence[str], by: str) -> list[Row]:
        """Rows whose field ``by`` is one of ``ids``."""
        found = []
        for start in range(0, len(ids), 300):
            listed = ", ".join(f"'{id}'" for id in ids[start : start + 300])
            found += self.query(
                f"SELECT {', '.join(fields)} FROM {object} WHERE {by} IN ({listed})"
            )
        return found

    def writes(self, after: int = -1) -> list[Row]:
        """Every write the org got since a call, subrequests told apart, with status and rows."""
        calls = self.control("GET", f"/calls?writes=1&after={after}")["calls"]
        return [{**write, "user_id": call["user_id"]} for call in calls for write in call["writes"]]

    def last_call(self) -> int:
        calls = self.control("GET", "/calls")["calls"]
        return int(calls[-1]["index"]) if calls else -1

    def _get(self, path: str, params: Mapping[str, str] | None) -> Any:
        for _ in range(2):
            if not self._token:
                self._log_in()
            headers = {"Authorization": f"Bearer {self._token}"}
            answer = self._http.get(self.url + path, params=params, headers=headers, timeout=60)
            if answer.status_code != 401:
                break
            self._token = ""  # a test revoked every session
        assert answer.ok, answer.text
        return answer.json()

    def _log_in(self) -> None:
        form = {"grant_type": "client_credentials"} | {
            name: self.about[name] for name in ("client_id", "client_secret")
        }
        answer = self._http.post(f"{self.url}/services/oauth2/token", data=form, timeout=30)
        assert answer.ok, answer.text
        self._token = answer.json()["access_token"]
