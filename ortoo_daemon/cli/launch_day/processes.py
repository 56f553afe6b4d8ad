"""How are sandbox and daemon started and ended? Each as a process of its own, in its own session.

Their output goes to files of the demo's folder. A terminal's Ctrl-C reaches the demo alone, which then
ends them in order.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from ortoo_daemon.cli.launch_day.errors import DemoError
from ortoo_daemon.cli.launch_day.place import DemoPlace, short

_Found = TypeVar("_Found")

_SANDBOX_WITHIN, _STOP_WITHIN = 60.0, 45.0
_LOOK_EVERY = 0.05


class Child:
    """A process that belongs to the demo. As a context manager it is ended on the way out."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        out: Path | None,
        log: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self.keep = False
        self.started_at = time.time()
        with log.open("ab") as errors, (out or log).open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env=environment,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def until(self, look: Callable[[], _Found | None], *, within: float) -> _Found:
        """What ``look`` finds. Raises DemoError when the process ends or the time is up before."""
        deadline = time.monotonic() + within
        while True:
            found = look()
            if found is not None:
                return found
            if not self.running:
                raise DemoError(
                    f"the {self.name} ended at once: {self.last_words()}; see {self.log}"
                )
            if time.monotonic() > deadline:
                raise DemoError(f"the {self.name} was not ready in {within:.0f} s; see {self.log}")
            time.sleep(_LOOK_EVERY)

    def last_words(self) -> str:
        """The last line of its log."""
        lines = self.log.read_text(errors="replace").split("\n")
        return next((line.strip(" |+-") for line in reversed(lines) if line.strip(" |+-")), "")

    def peak_memory(self) -> int | None:
        """The most memory the process held so far, in bytes; None where the system does not tell."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        except OSError:
            return None
        found = next((line for line in lines if line.startswith("VmHWM:")), None)
        return int(found.split()[1]) * 1024 if found else None

    def stop(self) -> int:
        """Ask it to end and wait; one that does not is killed. The exit code, negative for a signal."""
        self._process.terminate()
        try:
            return self._process.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not self.keep or error is not None:
            self.stop()


def start_sandbox(place: DemoPlace) -> tuple[Child, dict[str, Any]]:
    """A sandbox on a free port over the folder's rows, and what it says of itself. Raises DemoError."""
    place.about_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "ortoo_daemon.sandbox", "--port", "0"]
    command += ["--metadata", str(place.metadata), "--state", str(place.rows)]
    command += ["--private-key-out", str(place.key)]
    child = Child("sandbox", command, out=place.about_file, log=place.sandbox_log)
    try:
        about = child.until(lambda: told(place.about_file), within=_SANDBOX_WITHIN)
    except BaseException:
        child.stop()
        raise
    return child, about


def start_daemon(place: DemoPlace, about: Mapping[str, Any]) -> Child:
    """The daemon under the settings that are played, pointed at the sandbox."""
    command = [sys.executable, "-m", "ortoo_daemon.daemon", "--config", short(place.config)]
    environment = place.environment(about)
    return Child("daemon", command, out=None, log=place.daemon_log, environment=environment)


def serves(pid: int, place: DemoPlace) -> bool:
    """Whether that process is the sandbox over the folder's rows, and not another one under its number."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return os.fsencode(place.rows) in command


def told(file: Path) -> dict[str, Any] | None:
    """The sandbox's line, once it is there whole."""
    line = file.read_text()
    if not line.endswith("\n"):
        return None
    about: dict[str, Any] = json.loads(line)
    return about
