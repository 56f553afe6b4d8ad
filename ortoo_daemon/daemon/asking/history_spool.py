"""Where do the decisions of a history wait, so that none of them need be in memory? In a temporary file.

Of several decisions about one record the last one stays. They come out in the order of time, however
they went in. Gone when it is closed.
"""

from collections.abc import Iterator

from ortoo_daemon.daemon.asking.spool import Spool
from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.backtest.history import PastDecision, decision_from, decision_text

_TABLE = "CREATE TABLE past (record TEXT PRIMARY KEY, at TEXT, key TEXT, line TEXT) WITHOUT ROWID"
_ADD = """
    INSERT INTO past VALUES (?, ?, ?, ?) ON CONFLICT (record) DO UPDATE
    SET at = excluded.at, key = excluded.key, line = excluded.line
    WHERE (excluded.at, excluded.key) > (past.at, past.key)
"""


class HistorySpool(Spool):
    """Use it as a context manager."""

    def __init__(self) -> None:
        super().__init__("history", [_TABLE])
        self.added = 0

    def add(self, past: PastDecision, line: str | None = None) -> None:
        """``line`` is its text, where that is at hand."""
        text = line if line is not None else decision_text(past)
        self._rows.execute(_ADD, (past.record, instant_text(past.decided_at), past.key, text))
        self.added += 1

    def __len__(self) -> int:
        """Records, each with its last decision."""
        return int(self._rows.execute("SELECT COUNT(*) FROM past").fetchone()[0])

    def lines(self) -> Iterator[str]:
        """In the order of time."""
        for (line,) in self._rows.execute("SELECT line FROM past ORDER BY at, key"):
            yield line

    def __iter__(self) -> Iterator[PastDecision]:
        return map(decision_from, self.lines())
