"""Where do decision records go that the org need not keep any longer? Into a folder, one file a month.

Each file is gzip of JSON lines, one decision a line: its envelope, as `forget` leaves it, so that nothing of
a customer's record is in it. Lines are only ever added; a decision may stand twice, where its deletion in
the org failed.
"""

import gzip
import json
import os
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import structlog

from ortoo_daemon.audit.chain import ENVELOPE, HASH
from ortoo_daemon.audit.record import ERASED_AT, KEY
from ortoo_daemon.errors import StateError
from ortoo_daemon.json_text import json_text
from ortoo_daemon.records import FieldValue

FIELDS = (*ENVELOPE, HASH, ERASED_AT, "Owner_Name__c", "Summary__c")
"""What is kept of a decision record."""

ARCHIVED_AT = "archived_at"

_GZIP = 31
"""For zlib: with the header and the checksum of gzip."""

_log = structlog.get_logger("ortoo_daemon.sweeps")

Row = Mapping[str, FieldValue]


class Archive:
    """The files of one folder, which is made when it is first written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mended: set[Path] = set()

    def add(self, rows: Iterable[Row], *, now: str) -> None:
        """Keep these rows of FIELDS, durably. Raises StateError where the folder can't be written."""
        months: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            kept = {name: row.get(name) for name in FIELDS}
            kept[ERASED_AT] = kept[ERASED_AT] or now
            month = str(row["Decided_At__c"])[:7]
            months[month].append(json_text({**kept, ARCHIVED_AT: now}) + "\n")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for month, lines in months.items():
                self._append(self.folder / f"decisions-{month}.jsonl.gz", "".join(lines))
        except OSError as error:
            raise StateError(f"{self.folder}: can't be written: {error.strerror}") from error

    def _append(self, path: Path, text: str) -> None:
        """What an earlier run has written half is gone from the org in no case: it is cut off first."""
        if path not in self._mended and path.exists():
            cut = _cut_half_written(path)
            if cut:
                _log.warning("archive.mended", file=str(path), bytes=cut)
        self._mended.add(path)
        _append(path, text)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every decision in the archive, once. Raises StateError for a file that can't be read."""
        seen: set[str] = set()
        for path in sorted(self.folder.glob("decisions-*.jsonl.gz")):
            for row in _lines(path):
                if row[KEY] not in seen:
                    seen.add(row[KEY])
                    yield row


def _append(path: Path, text: str) -> None:
    """As a gzip member of its own, so that what stands in the file is never touched; whole, or not at all."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "ab", buffering=0) as file:
        before = os.fstat(file.fileno()).st_size
        try:
            left = memoryview(gzip.compress(text.encode()))
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError:
            os.ftruncate(file.fileno(), before)
            raise


def _cut_half_written(path: Path) -> int:
    """Cut off the last member where it is not whole, as after a kill or a loss of power; how many bytes.

    Where anything else is wrong with the file it is left alone.
    """
    data = path.read_bytes()
    whole = 0
    while whole < len(data):
        member = zlib.decompressobj(wbits=_GZIP)
        try:
            member.decompress(data[whole:])
        except zlib.error:
            return 0
        if not member.eof:
            os.truncate(path, whole)
            return len(data) - whole
        whole = len(data) - len(member.unused_data)
    return 0


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise StateError(f"{path}: can't be read: {error}") from error
