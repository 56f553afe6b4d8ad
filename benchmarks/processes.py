"""How is a measured process started, paused and stopped, and what did it use?

CPU and memory come from /proc, so Linux only.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

_TICKS = os.sysconf("SC_CLK_TCK")
_STOP_WITHIN = 60.0
_LOOK_EVERY = 0.1


class Process:
    """A Python module running as a process of its own. ``log`` is where its standard error goes."""

    def __init__(self, arguments: Sequence[str], *, log: Path, env: Mapping[str, str]) -> None:
        self.log = log
        with log.open("wb") as errors:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **env},
                text=True,
            )

    def line(self) -> str:
        """The next line of its output. Raises RuntimeError when it ended before."""
        assert self._popen.stdout is not None
        found = self._popen.stdout.readline()
        if not found:
            raise RuntimeError(f"{self.log.stem} ended early\n{self.log.read_text()[-2000:]}")
        return found

    def tell(self, line: str) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(line + "\n")
        self._popen.stdin.flush()

    def until_logged(self, text: str, *, within: float) -> None:
        """Wait for a text in its log."""

        def logged() -> bool:
            if self._popen.poll() is not None:
                raise RuntimeError(f"it ended before {text!r}\n{self.log.read_text()[-2000:]}")
            return text in self.log.read_text(errors="replace")

        wait_until(logged, within=within, what=f"{text!r} in the log")

    def lines(self) -> Iterator[dict[str, Any]]:
        """Its log, line by line; what is no JSON, or is being written, is left out."""
        for line in self.log.read_text(errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                yield json.loads(line)

    def until_quiet(self, seconds: float, *, within: float) -> None:
        """Wait until nothing was logged for a while."""

        def quiet() -> bool:
            return time.time() - self.log.stat().st_mtime >= seconds

        wait_until(quiet, within=within, what=f"{seconds:g} s without a line in the log")

    def pause(self) -> None:
        self._popen.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._popen.send_signal(signal.SIGCONT)

    def cpu_seconds(self) -> float:
        """User and system time so far, all threads."""
        stat = Path(f"/proc/{self._popen.pid}/stat").read_text()
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory_mib(self) -> float:
        """What it has resident now."""
        return memory_mib("VmRSS", self._popen.pid)

    def peak_mib(self) -> float:
        """The most memory it had resident at a time."""
        return memory_mib("VmHWM", self._popen.pid)

    def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGCONT)
            self._popen.terminate()
        try:
            self._popen.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        for pipe in (self._popen.stdin, self._popen.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


@contextlib.contextmanager
def running(
    arguments: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """The process, stopped at the end of the block."""
    process = Process(arguments, log=log, env=env or {})
    try:
        yield process
    finally:
        process.stop()


def answer_of(arguments: Sequence[str]) -> Any:
    """What a Python module printed as JSON, run to its end in a process of its own."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def memory_mib(name: str, pid: int | str = "self") -> float:
    """A figure of a process's memory as the kernel names it: ``VmRSS`` now, ``VmHWM`` the most so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"the kernel tells no {name}")


def wait_until(happened: Callable[[], bool], *, within: float, what: str) -> None:
    """Look again and again. Raises TimeoutError naming ``what`` did not happen."""
    until = time.monotonic() + within
    while not happened():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {within:g} s: {what}")
        time.sleep(_LOOK_EVERY)
