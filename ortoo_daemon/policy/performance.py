"""How well does a rooftop do, as far as routing may heed it?

The figure comes from a name that the directory file binds, or from a reviewed table of ``rooftop,
performance, valid_from, valid_to, source``. Between a floor and a ceiling, and in steps, it becomes the
points by which rooftops are compared: nobody falls below the floor, and what lies within a step is equal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from ortoo_daemon.directory import Rooftop
from ortoo_daemon.errors import Place
from ortoo_daemon.policy.csv_files import lacks_column, note_unknown_columns
from ortoo_daemon.policy.dated_rows import DatedRow, overlapping, validity_in
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.table_files import read_rows
from ortoo_daemon.policy.values import fold, number

COLUMNS = ("rooftop", "performance", "valid_from", "valid_to", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformanceRow(DatedRow):
    """What one rooftop (its id or code, or its name) has done."""

    rooftop: str
    figure: float
    place: Place


@dataclass(frozen=True, slots=True)
class PerformanceTable:
    """A table by its path as the policy writes it, and the file it came from."""

    path: str
    file: str
    rows: tuple[PerformanceRow, ...] = field(repr=False)
    _by_name: Mapping[str, tuple[PerformanceRow, ...]] = field(repr=False, compare=False)

    @classmethod
    def of(cls, path: str, file: str, rows: Iterable[PerformanceRow]) -> "PerformanceTable":
        kept = tuple(rows)
        by_name: dict[str, list[PerformanceRow]] = defaultdict(list)
        for row in kept:
            by_name[fold(row.rooftop)].append(row)
        return cls(path, file, kept, {name: tuple(found) for name, found in by_name.items()})

    def figure(self, rooftop: Rooftop, on: date) -> float | None:
        """The rooftop's figure on a day, by its id, else its code, else its name; None where no row is."""
        for name in (rooftop.id, rooftop.code, rooftop.name):
            for row in self._by_name.get(fold(name), ()) if name else ():
                if row.is_valid(on):
                    return row.figure
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Where figures come from (``of``: a name of the directory file; or a ``table``) and their bounds."""

    of: str | None = None
    table: PerformanceTable | None = None
    floor: float
    ceiling: float
    step: float | None = None
    place: Place

    def points(self, figure: float | None) -> float:
        """What a figure counts; one that is not known counts as the floor."""
        found = self.floor if figure is None else min(max(figure, self.floor), self.ceiling)
        if self.step is None:
            return found
        return self.floor + (found - self.floor) // self.step * self.step


def read_performances(
    data: bytes, *, path: str, file: str, problems: Problems
) -> PerformanceTable | None:
    """The table, without the rows that can't be used (each is noted)."""
    read = read_rows(file, data, problems)
    if read is None:
        return None
    note_unknown_columns(
        file, read.header, COLUMNS, what="a table of performance", problems=problems
    )
    if lacks_column(
        file, read.header, COLUMNS[:2], what="a table of performance", problems=problems
    ):
        return None
    cells = ((line, dict(zip(read.header, row, strict=True))) for line, row in read.rows)
    found = (_row(each, Place(file, line), problems) for line, each in cells)
    rows = [row for row in found if row is not None]
    _note_doubles(rows, problems)
    return PerformanceTable.of(path, file, rows)


def _row(cells: Mapping[str, str], place: Place, problems: Problems) -> PerformanceRow | None:
    days = validity_in(cells, place, problems)
    figure, wrong = number(cells["performance"]), ""
    if not cells["rooftop"]:
        wrong = "the row names no rooftop"
    elif figure is None:
        wrong = f"performance is not a number: {cells['performance']!r}"
    if wrong:
        problems.add(place, "wrong_row", wrong)
    if wrong or figure is None or days is None:
        return None
    first, last = days
    return PerformanceRow(
        rooftop=cells["rooftop"], figure=figure, valid_from=first, valid_to=last, place=place
    )


def _note_doubles(rows: Iterable[PerformanceRow], problems: Problems) -> None:
    """Two figures of one rooftop for one day: one of them is a mistake."""
    groups: dict[str, list[PerformanceRow]] = defaultdict(list)
    for row in rows:
        groups[fold(row.rooftop)].append(row)
    for found in groups.values():
        for first, second in overlapping(found):
            message = f"{second.rooftop} has a figure for these days in line {first.place.line}"
            mend = "remove one of them, or let their dates not overlap"
            problems.add(second.place, "duplicate_row", message, mend)
