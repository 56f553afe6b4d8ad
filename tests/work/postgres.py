"""A PostgreSQL of its own for the tests: on a socket in a temporary folder, as a non-root user."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest


def find_binaries() -> Path | None:
    """The folder with initdb and postgres, newest version first."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def installed_binaries() -> Path:
    """Skips the test where there is no server; in CI that is a failure."""
    binaries = find_binaries()
    if binaries is None:
        reason = "PostgreSQL is not installed (Debian: apt install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return binaries


class PostgresServer:
    """One server with files of its own; ``conninfo`` is libpq's, ``url`` the daemon's."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="ortoo-pg-"))
        self._data = self._folder / "data"
        self._owner = _owner()
        self._server: subprocess.Popen | None = None
        self.conninfo = f"host={self._folder} user=ortoo dbname=postgres"
        self.url = f"postgresql+psycopg://ortoo@/postgres?host={self._folder}"
        if self._owner is not None:
            os.chown(self._folder, self._owner.pw_uid, self._owner.pw_gid)
        _initialise(binaries, self._data, self._owner)

    def start(self) -> None:
        """Returns when it takes connections."""
        options = ["-c", "listen_addresses=", "-k", str(self._folder), "-c", "fsync=off"]
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", str(self._data), *options],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                **_as(self._owner),
            )
        _wait(self._server, self.conninfo, self._folder / "log")

    def stop(self) -> None:
        """At once: connections end, transactions under way are rolled back."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            self._server.wait(timeout=20)
            self._server = None

    def remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def running_postgres(binaries: Path) -> Iterator[PostgresServer]:
    """A started server; it is stopped and its files are removed at the end."""
    server = PostgresServer(binaries)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.remove()


def _owner() -> pwd.struct_passwd | None:
    """The user to run as; None for our own. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as(owner: pwd.struct_passwd | None) -> dict:
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _initialise(binaries: Path, data: Path, owner: pwd.struct_passwd | None) -> None:
    command = [str(binaries / "initdb"), "-D", str(data), "-U", "ortoo", "-A", "trust"]
    subprocess.run(
        [*command, "--no-sync", "--locale=C", "-E", "UTF8"],
        check=True,
        capture_output=True,
        cwd=data.parent,
        **_as(owner),
    )


def _wait(server: subprocess.Popen, conninfo: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(conninfo).close()
            return
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
