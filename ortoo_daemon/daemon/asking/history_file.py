"""How is a history kept in a file and read again, so that candidates can be tried without the org?"""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TextIO

from ortoo_daemon.daemon.asking.history_spool import HistorySpool
from ortoo_daemon.errors import ConfigError, Place, Problem
from ortoo_daemon.simulation.backtest.history import (
    History,
    decision_from,
    heading_of,
    heading_text,
)

_READING = "reading the file"
_MEND = "write it anew: ortoo-daemon simulate --export FILE"

Progress = Callable[[str, int, int | None], None]
"""What is being done, how far it has come, and how far it has to go where that is known."""


def write_history(history: History, spool: HistorySpool, file: Path) -> None:
    """A heading and one line a record, for the owner's eyes: values of fields may be personal data.

    Raises ConfigError when the file can't be written.
    """
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(heading_text(history) + "\n")
            out.writelines(line + "\n" for line in spool.lines())
    except OSError as error:
        raise _problem(file, 1, f"can't be written: {error.strerror}") from error


def read_history(
    file: Path,
    spool: HistorySpool,
    *,
    since: datetime | None,
    until: datetime | None,
    objects: Collection[str] | None,
    progress: Progress,
) -> History:
    """Fill the spool from a file. ``objects`` None: all there are. Raises ConfigError, located."""
    with _opened(file) as (size, lines):
        number, done = 1, 0
        try:
            first = next(lines, "")
            history = heading_of(first)
            done += len(first)
            for number, line in enumerate(lines, start=2):
                done += len(line)
                if len(line) > _LONGEST_LINE:
                    raise ValueError(f"the line is longer than {_LONGEST_LINE:,} characters")
                past = decision_from(line)
                in_time = (since is None or past.decided_at >= since) and (
                    until is None or past.decided_at < until
                )
                if in_time and (objects is None or past.object in objects):
                    spool.add(past, line.rstrip("\n"))
                if number % 500 == 0:
                    progress(_READING, done, size)
        except RecursionError:
            raise _problem(file, number, "values are nested without end") from None
        except ValueError as error:
            raise _problem(file, number, str(error)) from error
    progress(_READING, size, size)
    return replace(history, since=since or history.since, until=until or history.until)


@contextmanager
def _opened(file: Path) -> Iterator[tuple[int, Iterator[str]]]:
    try:
        with file.open(encoding="utf-8") as lines:
            yield file.stat().st_size, _lines_of(lines)
    except OSError as error:
        raise _problem(file, 1, f"can't be read: {error.strerror}") from error


def _lines_of(file: TextIO) -> Iterator[str]:
    """No more of a line than shows that it is too long."""
    while line := file.readline(_LONGEST_LINE + 1):
        yield line


_LONGEST_LINE = 4_000_000


def _problem(file: Path, line: int, message: str) -> ConfigError:
    place = Place(file.as_posix(), line)
    return ConfigError([Problem(place=place, rule="history-file", message=message, mend=_MEND)])
