"""Which places does a policy tell apart, and which of them does a territory row cover?

The places of a country are the postal codes that the postal table knows and those that rows or tests
name, then any other code, and none. Where the table knows nothing of a country, the ends of its rows
stand for the codes between them; codes are then taken to be as long as the longest that is named.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ortoo_daemon.policy.conditions import FieldTest
from ortoo_daemon.policy.coverage.diagrams import Mask, mask_of
from ortoo_daemon.policy.coverage.domains import Column, named
from ortoo_daemon.policy.coverage.values import Cell
from ortoo_daemon.policy.tables import sortable
from ortoo_daemon.policy.territories import compact
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.policy.values import fold

KnownCodes = Callable[[str], Sequence[str]]
"""The postal codes that the postal table knows of a country by its ISO code; none where it knows nothing."""

_OTHER = "?"
"""A code that no row covers: no code begins so."""


@dataclass(frozen=True, slots=True)
class Country:
    """One way in which a record names its country, with the codes that are told apart there.

    ``iso`` is None where the text means no country that rows name; ``codes`` are compact and sorted.
    """

    iso: str | None
    cell: Cell
    label: str
    codes: tuple[str, ...]
    first: int

    @property
    def size(self) -> int:
        return len(self.codes) + 2

    @property
    def everywhere(self) -> Mask:
        return mask_of(range(self.first, self.first + self.size))


@dataclass(slots=True)
class Orders:
    """Sorted compact codes of a country, found by their beginnings and by size, as ranges count them."""

    codes: tuple[str, ...]
    _by_size: list[tuple[tuple[int, float, str], int]] = field(init=False)
    _alike: bool = field(init=False)

    def __post_init__(self) -> None:
        self._by_size = sorted((sortable(code), index) for index, code in enumerate(self.codes))
        self._alike = all(index == at for at, (_, index) in enumerate(self._by_size))

    def within(self, row: TerritoryRow) -> Sequence[int]:
        """Numbers of the codes that a row covers; none for one that names a city or area code."""
        if row.postal_code is not None:
            code = compact(row.postal_code)
            index = bisect_left(self.codes, code)
            known = index < len(self.codes) and self.codes[index] == code
            return range(index, index + 1) if known else ()
        if row.whole_country:
            return range(len(self.codes))
        if row.prefix is not None:
            return self.under(compact(row.prefix))
        if row.first is not None and row.last is not None:
            return self.between(compact(row.first), compact(row.last))
        return ()

    def between(self, first: str, last: str) -> Sequence[int]:
        begin = bisect_left(self._by_size, (sortable(first), -1))
        end = bisect_right(self._by_size, (sortable(last), len(self.codes)))
        if self._alike:
            return range(begin, end)
        return [index for _, index in self._by_size[begin:end]]

    def under(self, prefix: str) -> range:
        begin = bisect_left(self.codes, prefix)
        return range(begin, bisect_left(self.codes, prefix + "\U0010ffff", begin))


class Places:
    """The variable of a record's country and postal code."""

    def __init__(
        self,
        fields: tuple[str, str],
        countries: Iterable[tuple[str | None, Cell, str]],
        codes: Mapping[str | None, Sequence[str]],
        *,
        zone: str,
    ) -> None:
        """``countries`` are (ISO code, value, label); ``codes`` the codes told apart in each."""
        self.fields: tuple[str, ...] = fields
        self.countries: list[Country] = []
        at = 0
        for iso, cell, label in countries:
            found = Country(iso, cell, label, tuple(codes.get(iso, ())), at)
            self.countries.append(found)
            at += found.size
        self.size = at
        self._zone = zone
        self._orders: dict[str | None, Orders] = {}

    @cached_property
    def _pairs(self) -> list[tuple[Cell, Cell]]:
        return [
            (country.cell, code)
            for country in self.countries
            for code in (None, _OTHER, *(code.upper() for code in country.codes))
        ]

    @cached_property
    def _columns(self) -> tuple[Column, Column]:
        return (
            Column([country for country, _ in self._pairs], self._zone),
            Column([code for _, code in self._pairs], self._zone),
        )

    def mask(self, test: FieldTest) -> Mask:
        return self._columns[self.fields.index(test.field)].mask(test)

    def cells(self, index: int) -> Mapping[str, Cell]:
        return dict(zip(self.fields, self._pairs[index], strict=True))

    def covered(self, row: TerritoryRow) -> Mask:
        """The places of a row that names postal codes, or its whole country; none for others."""
        if row.whole_country:
            return self.in_country(row.country)
        found = 0
        for country in self.countries:
            if country.iso is not None and fold(country.iso) == fold(row.country):
                found |= mask_of(self._within(country, row)) << (country.first + 2)
        return found

    def in_country(self, name: str) -> Mask:
        """All places of a country by its ISO code."""
        return sum(
            country.everywhere
            for country in self.countries
            if country.iso is not None and fold(country.iso) == fold(name)
        )

    def in_no_country(self) -> Mask:
        """All places whose country is not told."""
        return sum(country.everywhere for country in self.countries if country.cell is None)

    def _within(self, country: Country, row: TerritoryRow) -> Sequence[int]:
        orders = self._orders.get(country.iso)
        if orders is None:
            orders = self._orders[country.iso] = Orders(country.codes)
        return orders.within(row)

    def words(self, mask: Mask) -> str:
        """Whole countries, then where codes are missing or unknown, then the codes themselves."""
        whole: list[str] = []
        beyond: dict[str, list[str]] = defaultdict(list)
        parts: list[str] = []
        for country in self.countries:
            here = mask >> country.first & ((1 << country.size) - 1)
            if here == (1 << country.size) - 1:
                whole.append(country.label)
                continue
            if here & 0b11:
                beyond[_BEYOND[here & 0b11]].append(country.label)
            if here >> 2:
                parts.append(f"{country.label} {named(list(_codes_in_words(country, here >> 2)))}")
        parts += [f"{what} in {named(countries)}" for what, countries in beyond.items()]
        found = [f"{self.fields[0]} {named(whole)}"] if whole else []
        found += [f"{self.fields[1]} {'; '.join(parts)}"] if parts else []
        return " or ".join(found)


_BEYOND = {0b01: "no code", 0b10: "any other code", 0b11: "no code or any other"}


def _codes_in_words(country: Country, mask: Mask) -> Iterator[str]:
    inside = [0]
    for index in range(len(country.codes)):
        inside.append(inside[-1] + (mask >> index & 1))
    yield from _beginnings(country.codes, inside, "", 0, len(country.codes))


def _beginnings(
    codes: Sequence[str], inside: Sequence[int], prefix: str, begin: int, end: int
) -> Iterator[str]:
    """The codes of a mask by as few beginnings as say it exactly; ``inside`` counts them from the left."""
    count = inside[end] - inside[begin]
    if count == 0:
        return
    if count == end - begin and (prefix or end - begin == 1):
        yield codes[begin].upper() if end - begin == 1 else f"{prefix.upper()}*"
        return
    at = begin
    while at < end:
        longer = codes[at][: len(prefix) + 1]
        if longer == prefix:  # the code is the prefix itself
            after = at + 1
            if inside[after] - inside[at]:
                yield codes[at].upper()
        else:
            after = bisect_left(codes, longer + "\U0010ffff", at, end)
            yield from _beginnings(codes, inside, longer, at, after)
        at = after


def codes_told_apart(rows: Sequence[TerritoryRow], known: Sequence[str]) -> set[str]:
    """The codes of a country that its rows may tell apart, compact."""
    found = {compact(code) for code in known}
    exact = {compact(row.postal_code) for row in rows if row.postal_code is not None}
    if found:
        return found | exact
    spans = [_ends(row) for row in rows]
    ends = [end for span in spans if span is not None for end in span]
    length = max((len(end) for end in (*exact, *ends)), default=0)
    for span in spans:
        if span is not None:
            found |= set(_samples(*span, length))
    return found | exact


def _ends(row: TerritoryRow) -> tuple[str, str] | None:
    if row.prefix is not None and not row.whole_country:
        return compact(row.prefix), compact(row.prefix)
    if row.first is not None and row.last is not None:
        return compact(row.first), compact(row.last)
    return None


def _samples(first: str, last: str, length: int) -> Iterator[str]:
    """The first and last code of a row, and the codes beside it."""
    if not (first + last).isdigit():
        yield from (first, first + "0", last, last + "~")
        return
    low, high = int(first.ljust(length, "0")), int(last.ljust(length, "9"))
    if first != last:
        low, high = int(first), int(last)
    for code in (low - 1, low, high, high + 1):
        if 0 <= code < 10**length:
            yield f"{code:0{length}d}"
