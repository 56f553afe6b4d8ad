"""Which row of a reference table belongs to a record?

Cells compare as all text of the language does: without case and outer blanks. An empty cell matches
nothing. Optional columns ``valid_from`` and ``valid_to`` (both days included) bound a row in time.
Look-ups go through an index made at the first question of each shape.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.dated_rows import VALID_FROM, VALID_TO, DatedRow, overlapping, validity_in
from ortoo_daemon.policy.enrichment_model import MatchKind, TableMatch
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.table_files import read_rows
from ortoo_daemon.policy.table_words import RowsByWords, what_agrees
from ortoo_daemon.policy.values import fold, number
from ortoo_daemon.records import FieldValue

Shape = tuple[TableMatch, ...]
Sortable = tuple[int, float, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(DatedRow):
    """One row as it stands in the file."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table by its path as the policy writes it, and the file it came from."""

    path: str
    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...] = field(repr=False)
    _indexes: dict[Shape, "_Index"] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def find(
        self, matches: Sequence[tuple[TableMatch, FieldValue]], on: date
    ) -> Mapping[str, str] | None:
        """The best row valid on that date: exact before prefix, longer before shorter prefix. Of several
        that a text names what they agree on."""
        values = [fold(value) for _, value in matches]
        if not all(values):
            return None
        rows = self._index(tuple(match for match, _ in matches)).best(values, on)
        return what_agrees([dict(zip(self.columns, row.cells, strict=True)) for row in rows])

    def doubles(self, matches: Shape) -> Iterator[tuple[Row, Row]]:
        """Pairs of rows that answer the same exact look-up on the same day."""
        if any(match.kind is MatchKind.RANGE for match in matches):
            return
        groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        places = [self.columns.index(match.columns[0]) for match in matches]
        for row in self.rows:
            groups[tuple(fold(row.cells[place]) for place in places)].append(row)
        for key, rows in groups.items():
            if all(key):
                yield from overlapping(rows)

    def _index(self, shape: Shape) -> "_Index":
        found = self._indexes.get(shape)
        if found is None:
            found = self._indexes[shape] = _Index(self, shape)
        return found


def read_table(data: bytes, *, path: str, file: str, problems: Problems) -> CsvTable | None:
    """The table, without the rows that can't be used (each is noted)."""
    read = read_rows(file, data, problems)
    if read is None:
        return None
    where = {name: index for index, name in enumerate(read.header)}
    dated = {name: where[name] for name in (VALID_FROM, VALID_TO) if name in where}
    rows = []
    for line, cells in read.rows:
        dates = {name: cells[index] for name, index in dated.items()}
        days = validity_in(dates, Place(file, line), problems)
        if days is not None:
            first, last = days
            rows.append(Row(line=line, cells=cells, valid_from=first, valid_to=last))
    return CsvTable(path, file, read.header, tuple(rows))


class _Index:
    """Rows of one table by the exact cells of one shape, then by its first prefix or range."""

    def __init__(self, table: CsvTable, shape: Shape) -> None:
        places = {name: index for index, name in enumerate(table.columns)}
        self.shape = shape
        self.exact = [i for i, match in enumerate(shape) if match.kind is MatchKind.EXACT]
        self.rest = [i for i, match in enumerate(shape) if match.kind is not MatchKind.EXACT]
        self.cells = [tuple(places[name] for name in match.columns) for match in shape]
        groups: dict[tuple[str, ...], list[tuple[int, Row]]] = defaultdict(list)
        for order, row in enumerate(table.rows):
            key = tuple(fold(row.cells[self.cells[i][0]]) for i in self.exact)
            if all(key):
                groups[key].append((order, row))
        self.groups = {key: self._group(rows) for key, rows in groups.items()}

    def _group(self, rows: list[tuple[int, Row]]) -> "_Group":
        if not self.rest:
            return _Plain(rows)
        first = self.rest[0]
        if self.shape[first].kind is MatchKind.WORDS:
            return _ByWords(rows, self.cells[first][0])
        if self.shape[first].kind is MatchKind.PREFIX:
            return _ByPrefix(rows, self.cells[first][0])
        return _ByRange(rows, self.cells[first])

    def best(self, values: list[str], on: date) -> list[Row]:
        """The one row that fits best; several only where a text names several."""
        group = self.groups.get(tuple(values[i] for i in self.exact))
        if group is None:
            return []
        if isinstance(group, _ByWords):
            return list(group.named_in(values[self.rest[0]], on))
        found: list[tuple[int, int, Row]] = []
        for order, row in group.candidates(values[self.rest[0]] if self.rest else ""):
            length = self._length(row, values) if row.is_valid(on) else None
            if length is not None:
                found.append((-length, order, row))
        return [min(found)[2]] if found else []

    def _length(self, row: Row, values: list[str]) -> int | None:
        """How much of the value the row's prefixes cover, None when a part does not match."""
        length = 0
        for i in self.rest:
            cells = [fold(row.cells[place]) for place in self.cells[i]]
            if self.shape[i].kind is MatchKind.PREFIX:
                if not cells[0] or not values[i].startswith(cells[0]):
                    return None
                length += len(cells[0])
            elif not all(cells) or not in_range(values[i], cells[0], cells[1]):
                return None
        return length


class _Plain:
    def __init__(self, rows: list[tuple[int, Row]]) -> None:
        self.rows = rows

    def candidates(self, value: str) -> Iterator[tuple[int, Row]]:
        return iter(self.rows)


class _ByWords:
    def __init__(self, rows: list[tuple[int, Row]], place: int) -> None:
        self.rows: RowsByWords[Row] = RowsByWords()
        for _, row in rows:
            self.rows.add(row.cells[place], row)

    def named_in(self, text: str, on: date) -> Iterator[Row]:
        """The first row of that day for each thing that the text names."""
        for rows in self.rows.named_in(text):
            yield from [row for row in rows if row.is_valid(on)][:1]


class _ByPrefix:
    def __init__(self, rows: list[tuple[int, Row]], place: int) -> None:
        self.rows: dict[str, list[tuple[int, Row]]] = defaultdict(list)
        for order, row in rows:
            self.rows[fold(row.cells[place])].append((order, row))
        self.longest = max(map(len, self.rows), default=0)

    def candidates(self, value: str) -> Iterator[tuple[int, Row]]:
        for length in range(min(len(value), self.longest), 0, -1):
            yield from self.rows.get(value[:length], ())


class _ByRange:
    """Ranges by their first value; walking back ends where no earlier range reaches so far."""

    def __init__(self, rows: list[tuple[int, Row]], places: tuple[int, ...]) -> None:
        ranges = [
            (sortable(fold(row.cells[places[0]])), sortable(fold(row.cells[places[1]])), order, row)
            for order, row in rows
        ]
        ranges.sort(key=lambda item: item[:3])
        self.rows = [(order, row) for _, _, order, row in ranges]
        self.firsts = [first for first, _, _, _ in ranges]
        self.reach: list[Sortable] = []
        for _, last, _, _ in ranges:
            self.reach.append(max(last, self.reach[-1]) if self.reach else last)

    def candidates(self, value: str) -> Iterator[tuple[int, Row]]:
        wanted = sortable(value)
        for index in range(bisect_right(self.firsts, wanted) - 1, -1, -1):
            if self.reach[index] < wanted:
                return
            yield self.rows[index]


_Group = _Plain | _ByPrefix | _ByRange | _ByWords


def sortable(text: str) -> Sortable:
    """Numbers before text, numbers by size (``01000`` is 1000), text by its letters."""
    value = number(text)
    return (1, 0.0, text) if value is None else (0, float(value), "")


def in_range(value: str, first: str, last: str) -> bool:
    """Whether folded ``value`` lies in a range, both ends included."""
    return sortable(first) <= sortable(value) <= sortable(last)
