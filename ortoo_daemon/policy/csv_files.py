"""What does a CSV file say, and in which line? Shared by tables and territories.

UTF-8, a header, commas (or semicolons or tabs, as spreadsheets of many countries write them). Every row
that can't be used is reported with its line; the others are kept so that everything is seen at once.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from ortoo_daemon.errors import Place
from ortoo_daemon.policy import literals
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.nodes import Problems

MOST_BYTES = 64 * 1024 * 1024
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class CsvRows:
    """A header and rows of as many trimmed cells, each with its line."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_csv(file: str, data: bytes, problems: Problems) -> CsvRows | None:
    """The rows; None when there is no usable header (and the problem is noted)."""
    text = _decoded(file, data, problems)
    if text is None:
        return None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        problems.add(Place(file, line), "wrong_row", "a NUL character: this is no text")
        return None
    first = text.partition("\n")[0]
    delimiter = next((sign for sign in ",;\t" if sign in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = tuple(cell.strip() for cell in next(reader, []))
        if not _usable(file, header, problems):
            return None
        return CsvRows(header, tuple(_rows(file, reader, header, problems)))
    except csv.Error as error:
        place = Place(file, _whole_lines(text, delimiter) + 1)
        mend = (
            'close the quotation mark that is opened there; one that is meant is written twice: ""'
        )
        problems.add(place, "wrong_row", f"not CSV: {error}", mend)
        return None


def _whole_lines(text: str, delimiter: str) -> int:
    """How far rows can be read: the one behind them is wrong, wherever its reading ends."""
    reader, line = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 0
    with suppress(csv.Error):
        for _ in reader:
            line = reader.line_num
    return line


def note_unknown_columns(
    file: str, header: Sequence[str], known: Sequence[str], *, what: str, problems: Problems
) -> None:
    """Note every column that ``what`` does not have."""
    for name in header:
        if name not in known:
            message = f"{what} has no column {name!r}"
            problems.add(Place(file), "wrong_header", message, did_you_mean(name, known))


def lacks_column(
    file: str, header: Sequence[str], needed: Sequence[str], *, what: str, problems: Problems
) -> bool:
    """Whether one that ``what`` needs is missing; the first such is noted."""
    missing = [name for name in needed if name not in header]
    if missing:
        message = f"{what} needs the column {missing[0]!r}"
        problems.add(Place(file), "wrong_header", message)
    return bool(missing)


def _decoded(file: str, data: bytes, problems: Problems) -> str | None:
    if len(data) > MOST_BYTES:
        message = f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} are read"
        problems.add(Place(file), "too_large", message, "split it by country or brand")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add(Place(file, line), "wrong_row", "not UTF-8 text", "save it as UTF-8")
        return None


def _usable(file: str, header: tuple[str, ...], problems: Problems) -> bool:
    if not any(header):
        message = "the file has no header"
        problems.add(Place(file), "wrong_header", message, "name the columns in the first line")
        return False
    for index, name in enumerate(header):
        if not name:
            problems.add(Place(file), "wrong_header", f"column {index + 1} has no name")
        elif name in header[:index]:
            problems.add(Place(file), "wrong_header", f"two columns are named {name!r}")
    return all(header) and len(set(header)) == len(header)


def _rows(
    file: str, reader: Iterator[list[str]], header: tuple[str, ...], problems: Problems
) -> Iterator[tuple[int, tuple[str, ...]]]:
    seen: dict[tuple[str, ...], int] = {}
    for cells in reader:
        line: int = reader.line_num  # type: ignore[attr-defined]  # csv.reader has it
        row = tuple(cell.strip() for cell in cells)
        if not any(row):
            continue
        if len(seen) >= MOST_ROWS:
            problems.add(Place(file, line), "too_large", f"more than {MOST_ROWS:,} rows")
            return
        if len(row) != len(header):
            message = f"the row has {len(row)} cells, the header {len(header)}"
            problems.add(Place(file, line), "wrong_row", message)
            continue
        first = seen.setdefault(row, line)
        if first != line:
            message = f"the same row stands in line {first}"
            problems.add(Place(file, line), "duplicate_row", message, "remove one of them")
            continue
        yield line, row


def date_in(cell: str, place: Place, column: str, problems: Problems) -> date | None:
    """The day in a cell, None when it is empty; anything else is noted."""
    if not cell:
        return None
    found = literals.day(cell)
    if found is None:
        message = f"{column} is not a day: {cell!r}"
        problems.add(place, "wrong_row", message, "write 2026-11-23")
    return found
