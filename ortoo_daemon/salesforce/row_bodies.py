"""How do rows that were written as JSON before become one body? Piece by piece, without a copy of the whole.

Two hundred decision records are a body of four megabytes, and they are kept until the org has answered.
"""

from collections.abc import Iterator, Sequence

_BEFORE, _BETWEEN, _AFTER = b'{"allOrNone":false,"records":[', b",", b"]}"

_ROWS_IN_A_PIECE = 16
_LONG = 64 * 1024
"""Bytes. A shorter body is sent as one piece."""


class RowsBody:
    """The body of a collections call. Iterable again and again, as a call may be repeated."""

    __slots__ = ("_length", "_rows")

    def __init__(self, rows: Sequence[bytes]) -> None:
        self._rows = rows
        between = len(_BETWEEN) * max(len(rows) - 1, 0)
        self._length = len(_BEFORE) + sum(map(len, rows)) + between + len(_AFTER)

    def __len__(self) -> int:
        """Bytes of all pieces: known beforehand, so that the body goes with its length."""
        return self._length

    @property
    def is_long(self) -> bool:
        return self._length > _LONG

    def __iter__(self) -> Iterator[bytes]:
        yield _BEFORE
        for start in range(0, len(self._rows), _ROWS_IN_A_PIECE):
            rows = self._rows[start : start + _ROWS_IN_A_PIECE]
            yield _BETWEEN.join([b"", *rows] if start else rows)
        yield _AFTER
