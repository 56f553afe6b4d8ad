"""Where do the happenings of all records wait until each record's story can be told? In a temporary file.

Nothing of it stays in memory but the groups: happenings go in as they come, and come out record by record;
lengths of time come out sorted, so that medians are exact. Gone when it is closed.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from ortoo_daemon.daemon.asking.spool import Spool
from ortoo_daemon.reporting.stories import Happening, Kind, Length

_TABLES = (
    "CREATE TABLE record (id TEXT PRIMARY KEY, created REAL, site TEXT, stretch INTEGER{keys}) WITHOUT ROWID",
    "CREATE TABLE happening (record TEXT, at REAL, kind INTEGER, owner TEXT)",
    "CREATE TABLE length (name TEXT, seconds REAL, stretch INTEGER{keys})",
)
_CACHE = "cache_size = -16000"


class ReportSpool(Spool):
    """Use it as a context manager. ``dimensions`` are the names by which lengths will be asked."""

    def __init__(self, dimensions: Sequence[str]) -> None:
        self._dimensions = {name: f"by_{number}" for number, name in enumerate(dimensions)}
        keys = "".join(f", {column} TEXT" for column in self._dimensions.values())
        tables = [table.format(keys=keys) for table in _TABLES]
        super().__init__("report", tables, pragmas=[_CACHE])

    def add_record(
        self, id: str, created_at: datetime, site: str, stretch: int, keys: Sequence[str]
    ) -> None:
        """A record that is there already stays as it is."""
        marks = ", ".join("?" for _ in range(4 + len(keys)))
        values = (id, created_at.timestamp(), site, stretch, *keys)
        self._rows.execute(f"INSERT OR IGNORE INTO record VALUES ({marks})", values)

    def add(self, record: str, happening: Happening) -> None:
        values = (record, happening.at.timestamp(), int(happening.kind), happening.owner)
        self._rows.execute("INSERT INTO happening VALUES (?, ?, ?, ?)", values)

    def records(self) -> "Iterator[tuple[SpooledRecord, list[Happening]]]":
        """Each record with what happened to it, in the order of time."""
        columns = "".join(f", r.{column}" for column in self._dimensions.values())
        query = (
            f"SELECT h.record, h.at, h.kind, h.owner, r.created, r.site, r.stretch{columns} "
            "FROM happening h JOIN record r ON r.id = h.record ORDER BY h.record, h.at, h.kind"
        )
        # A cursor of its own: lengths are added while it is read.
        rows = self._rows.cursor().execute(query)
        for id, found in groupby(rows, key=itemgetter(0)):
            of_record = list(found)
            first = of_record[0]
            record = SpooledRecord(id, _moment(first[4]), first[5], first[6], first[7:])
            yield (
                record,
                [Happening(_moment(at), Kind(kind), who) for _, at, kind, who, *_ in of_record],
            )

    def add_lengths(self, record: "SpooledRecord", lengths: Iterable[tuple[Length, float]]) -> None:
        marks = ", ".join("?" for _ in range(3 + len(record.keys)))
        rows = [(name.value, seconds, record.stretch, *record.keys) for name, seconds in lengths]
        self._rows.executemany(f"INSERT INTO length VALUES ({marks})", rows)

    def lengths(self, name: Length, dimension: str | None) -> "Iterator[tuple[str, array[float]]]":
        """The sorted values of each group; with no dimension those of all records, as one group."""
        column = self._dimensions[dimension] if dimension else "''"
        yield from self._sorted(column, name)

    def lengths_by_stretch(self, name: Length) -> "Iterator[tuple[int, array[float]]]":
        yield from ((int(key), values) for key, values in self._sorted("stretch", name))

    def _sorted(self, column: str, name: Length) -> "Iterator[tuple[str, array[float]]]":
        rows = self._rows.execute(
            f"SELECT {column} AS k, seconds FROM length WHERE name = ? ORDER BY k, seconds",
            (name.value,),
        )
        for key, found in groupby(rows, key=itemgetter(0)):
            yield key, array("d", map(itemgetter(1), found))


class SpooledRecord:
    """``site`` is the id of its rooftop, ``keys`` its groups in the order of the spool's dimensions."""

    __slots__ = ("created_at", "id", "keys", "site", "stretch")

    def __init__(
        self, id: str, created_at: datetime, site: str, stretch: int, keys: tuple[str, ...]
    ) -> None:
        self.id = id
        self.created_at = created_at
        self.site = site
        self.stretch = stretch
        self.keys = keys


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
