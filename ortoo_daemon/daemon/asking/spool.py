"""Where do rows wait that need not be in memory, while a question is answered? In a temporary file."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self


class Spool:
    """A context manager: its rows are gone when it is closed. What is put in is one transaction."""

    def __init__(self, name: str, tables: Iterable[str], *, pragmas: Iterable[str] = ()) -> None:
        self._folder = TemporaryDirectory(prefix=f"ortoo-{name}-")
        self._rows = sqlite3.connect(Path(self._folder.name) / "rows.db", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "temp_store = FILE", *pragmas):
            self._rows.execute(f"PRAGMA {pragma}")
        for table in tables:
            self._rows.execute(table)
        self._rows.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rows.close()
        self._folder.cleanup()
