"""Which rows of a table does a text name? Those whose cell stands in it, word for word.

``VW Golf 8`` names the row Golf, ``ID3`` and ``id 3`` the row ID.3, ``208 GT`` 208 and not 2008: words are
compared whole, without case, accents and marks, and however they are parted. Of rows that share words the
longest counts. A text may name several; which one is meant is not decided here.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from ortoo_daemon.policy.values import without_accents

_WORD = re.compile(r"[^\W\d_]+|\d+")
_SPELLED = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "ı": "i"})
_LONGEST_TEXT = 1_000
"""So many characters of a text are looked through: a field that names a thing is short."""

Row = TypeVar("Row")


class _Hit(NamedTuple):
    start: int
    end: int
    key: str


class RowsByWords(Generic[Row]):
    """Rows by the words of one cell."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._longest = 0

    def add(self, cell: str, row: Row) -> None:
        """A cell without letters and digits is named by nothing."""
        key = "".join(_words(cell))
        if key:
            self._rows[key].append(row)
            self._longest = max(self._longest, len(key))

    def named_in(self, text: str) -> Iterator[list[Row]]:
        """Of each thing that the text names the rows that stand for it, in the order of the text."""
        words = _words(text[:_LONGEST_TEXT])
        hits = sorted(self._hits(words), key=lambda hit: (-len(hit.key), hit.start))
        taken: list[_Hit] = []
        for hit in hits:
            if all(hit.end <= other.start or other.end <= hit.start for other in taken):
                taken.append(hit)
        for key in dict.fromkeys(hit.key for hit in sorted(taken)):
            yield self._rows[key]

    def _hits(self, words: tuple[str, ...]) -> Iterator[_Hit]:
        for start in range(len(words)):
            key = ""
            for end in range(start, len(words)):
                key += words[end]
                if len(key) > self._longest:
                    break
                if key in self._rows:
                    yield _Hit(start, end + 1, key)


def what_agrees(rows: list[Mapping[str, str]]) -> Mapping[str, str] | None:
    """A row as it is; of several what all of them say, with an empty cell for all else. None for nothing."""
    if len(rows) < 2:
        return rows[0] if rows else None
    first = rows[0]
    agreed = {
        name: cell if all(row[name] == cell for row in rows) else "" for name, cell in first.items()
    }
    return agreed if any(agreed.values()) else None


@lru_cache(maxsize=4_096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(without_accents(text.casefold().translate(_SPELLED))))
