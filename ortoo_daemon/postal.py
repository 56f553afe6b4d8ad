"""Where is a postal code? A packed, read-only index of centroids.

161,000 rows as Python dicts would take over 40 MB; sorted fixed-width keys and two float arrays take
under 3 MB and are searched by bisection. Pure: the rows are handed in, no file is read here.
Data: GeoNames postal codes, CC BY 4.0.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ortoo_daemon.directory import Point

_WIDTH = 12
"""Bytes of a key: two letters of country and up to ten of code, padded with blanks."""


_MOST_REMEMBERED = 4_096
"""Many customers live at one place: what was found is not looked for again."""


@dataclass(frozen=True, slots=True)
class _Keys(Sequence[bytes]):
    packed: bytes

    def __len__(self) -> int:
        return len(self.packed) // _WIDTH

    def __getitem__(self, index):  # type: ignore[no-untyped-def]  # bisect asks for integers only
        return self.packed[index * _WIDTH : (index + 1) * _WIDTH]


def _key(country: str, code: str) -> bytes:
    compact = code.replace(" ", "").replace("-", "").upper()
    return f"{country.strip().upper():.2}{compact:.10}".encode("ascii", "replace").ljust(_WIDTH)


@dataclass(frozen=True, slots=True)
class PostalIndex:
    """Centroids by country and postal code. Built by `PostalIndex.of`."""

    _keys: _Keys
    _latitudes: Sequence[float]
    _longitudes: Sequence[float]
    _found: dict[tuple[str, str], Point | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def empty(cls) -> "PostalIndex":
        return cls(_Keys(b""), array("f"), array("f"))

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, float, float]]) -> "PostalIndex":
        """Pack rows of (country, postal code, latitude, longitude), in any order; sorted ones cost least."""
        packed, latitudes, longitudes = bytearray(), array("f"), array("f")
        before, in_order = (b"", 0.0, 0.0), True
        for country, code, latitude, longitude in rows:
            entry = (_key(country, code), latitude, longitude)
            in_order = in_order and before <= entry
            before = entry
            packed += entry[0]
            latitudes.append(latitude)
            longitudes.append(longitude)
        index = cls(_Keys(bytes(packed)), latitudes, longitudes)
        return index if in_order else index._sorted()

    def _sorted(self) -> "PostalIndex":
        """The same in the order of its keys. Takes 25 MB for a moment; the shipped file is in order."""
        keys = (self._keys[index] for index in range(len(self)))
        rows = sorted(zip(keys, self._latitudes, self._longitudes, strict=True))
        return PostalIndex(
            _Keys(b"".join(key for key, _, _ in rows)),
            array("f", (latitude for _, latitude, _ in rows)),
            array("f", (longitude for _, _, longitude in rows)),
        )

    def __len__(self) -> int:
        return len(self._keys)

    def codes(self, country: str) -> list[str]:
        """Every code of a country by its ISO code, sorted, in capitals without blanks and hyphens.

        First parts of codes where only these are published (`publishes_whole_codes`).
        """
        begin = bisect_left(self._keys, _key(country, ""))
        found = []
        for index in range(begin, len(self._keys)):
            key = self._keys[index].decode("ascii")
            if key[:2] != country.strip().upper():
                break
            found.append(key[2:].rstrip())
        return found

    def find(self, country: str | None, code: str | None) -> Point | None:
        """The centre of a postal code, None when unknown.

        Where only first parts are published (GB outward code, IE routing key, CA forward sortation
        area, four digits in NL and PT), a whole code finds its first part.
        """
        if not country or not code:
            return None
        asked = (country, code)
        if asked not in self._found:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            self._found[asked] = self._look_up(country, code)
        return self._found[asked]

    def _look_up(self, country: str, code: str) -> Point | None:
        whole = self._exact(_key(country, code))
        if whole is not None:
            return whole
        first = _first_part(country.strip().upper(), code)
        return self._exact(_key(country, first)) if first else None

    def _exact(self, key: bytes) -> Point | None:
        index = bisect_left(self._keys, key)
        if index == len(self._keys) or self._keys[index] != key:
            return None
        return Point(latitude=self._latitudes[index], longitude=self._longitudes[index])


def publishes_whole_codes(country: str) -> bool:
    """Whether the codes of a country are known whole, not by their first parts only."""
    return country.strip().upper() not in {"GB", *_FIRST_PART_LENGTH}


def _first_part(country: str, code: str) -> str:
    compact = code.replace(" ", "").replace("-", "")
    if country == "GB":
        return compact[:-3] if len(compact) > 4 else compact
    return compact[: _FIRST_PART_LENGTH[country]] if country in _FIRST_PART_LENGTH else ""


_FIRST_PART_LENGTH = {"IE": 3, "CA": 3, "NL": 4, "PT": 4}
