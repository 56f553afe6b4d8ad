"""Is another daemon already running on this SQLite file?

An advisory lock on a file beside the database. The kernel frees it with the process, however that
ends, so there is nothing to clean up after ``kill -9``. The file itself stays: removing it would
let two processes lock two different files of the same name.
"""

import fcntl
import os
from pathlib import Path

from ortoo_daemon.errors import StateError


class InstanceLock:
    """Held from construction to `close`. Raises StateError when another process holds it."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(self._file)
            raise StateError(
                f"{database}: another daemon runs on this store (process {holder}); stop it first,"
                " or let several daemons share one PostgreSQL"
            ) from None
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode("ascii"))

    def close(self) -> None:
        os.close(self._file)
