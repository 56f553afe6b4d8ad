"""Which rooftop or region owns a place, for a brand, on a day?

A territory file is a CSV of ``country, postal_code, prefix, first, last, city, area_code, brand, rooftop,
region, valid_from, valid_to, source``; columns that are not needed may be left out. Each row names one way to
describe the place and one owner of it. Postal codes compare without blanks, hyphens and case.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.area_codes import area_key, is_international, number_key
from ortoo_daemon.policy.csv_files import lacks_column, note_unknown_columns
from ortoo_daemon.policy.dated_rows import overlapping, validity_in
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.table_files import read_rows
from ortoo_daemon.policy.tables import Sortable, sortable
from ortoo_daemon.policy.territory_model import WHOLE_COUNTRY, TerritoryRow
from ortoo_daemon.policy.values import fold

COLUMNS = (
    "country", "postal_code", "prefix", "first", "last", "city", "area_code", "brand", "rooftop",
    "region", "valid_from", "valid_to", "source",
)  # fmt: skip

_PLACES = ("postal_code", "prefix", "first", "city", "area_code")
_ONE_OF = "postal_code, prefix, first and last, city, area_code"


def compact(code: str) -> str:
    """A postal code as it is compared: no blanks, no hyphens, no case."""
    return fold(code).replace(" ", "").replace("-", "")


_Key = tuple[str, str | None]
"""A place as it is described, and the folded brand; None stands for rows of any brand."""


class _Country:
    """The rows of one country, indexed by each way a place can be described, and by brand."""

    def __init__(self, rows: Iterable[TerritoryRow]) -> None:
        self.codes: dict[_Key, list[TerritoryRow]] = defaultdict(list)
        self.prefixes: dict[_Key, list[TerritoryRow]] = defaultdict(list)
        self.cities: dict[_Key, list[TerritoryRow]] = defaultdict(list)
        self.areas: dict[_Key, list[TerritoryRow]] = defaultdict(list)
        self.whole: dict[str | None, list[TerritoryRow]] = defaultdict(list)
        ranges: list[tuple[Sortable, Sortable, int, TerritoryRow]] = []
        for order, row in enumerate(rows):
            if row.postal_code is not None:
                self.codes[compact(row.postal_code), _brand(row)].append(row)
            elif row.whole_country:
                self.whole[_brand(row)].append(row)
            elif row.prefix is not None:
                self.prefixes[compact(row.prefix), _brand(row)].append(row)
            elif row.first is not None and row.last is not None:
                first, last = sortable(compact(row.first)), sortable(compact(row.last))
                ranges.append((first, last, order, row))
            elif row.city is not None:
                self.cities[fold(row.city), _brand(row)].append(row)
            elif row.area_code is not None:
                self.areas[area_key(row.country, row.area_code), _brand(row)].append(row)
        self.longest_area = max((len(prefix) for prefix, _ in self.areas), default=0)
        self.longest = max((len(prefix) for prefix, _ in self.prefixes), default=0)
        ranges.sort(key=lambda item: item[:3])
        self.ranges = ranges
        self.firsts = [item[0] for item in ranges]
        self.reach: list[Sortable] = []
        for _, last, _, _ in ranges:
            self.reach.append(max(last, self.reach[-1]) if self.reach else last)

    def covering(
        self, code: str, city: str, brand: str, digits: str
    ) -> Iterator[Iterable[TerritoryRow]]:
        """Groups of equally exact rows, most exact first, each in file order."""
        brands = (brand, None)
        if code:
            for one in brands:
                yield self.codes.get((code, one), ())
            for length in range(min(len(code), self.longest), 0, -1):
                for one in brands:
                    yield self.prefixes.get((code[:length], one), ())
            in_range = self._in_range(sortable(code)) if self.ranges else ()
            for one in brands:
                yield (row for row in in_range if _brand(row) == one)
        if city:
            for one in brands:
                yield self.cities.get((city, one), ())
        yield from self.by_area(digits, brand)
        for one in brands:
            yield self.whole.get(one, ())

    def by_area(self, digits: str, brand: str) -> Iterator[Iterable[TerritoryRow]]:
        """Groups of rows in whose area a number lies, given by its digits from the calling code on."""
        for length in range(min(len(digits), self.longest_area), 0, -1):
            for one in (brand, None):
                yield self.areas.get((digits[:length], one), ())

    def _in_range(self, wanted: Sortable) -> list[TerritoryRow]:
        found: list[tuple[int, TerritoryRow]] = []
        for index in range(bisect_right(self.firsts, wanted) - 1, -1, -1):
            if self.reach[index] < wanted:
                break
            _, last, order, row = self.ranges[index]
            if last >= wanted:
                found.append((order, row))
        return [row for _, row in sorted(found, key=lambda item: item[0])]


_Place = tuple[str, str, str, str, date]
"""Country, postal code, city, brand and day, as they were asked."""

_MOST_REMEMBERED = 4_096
"""Many customers live at one place: what was found is not looked for again."""


@dataclass(frozen=True, slots=True)
class TerritoryFile:
    """A territory file by its path as the policy writes it, and the file it came from."""

    path: str
    file: str
    rows: tuple[TerritoryRow, ...] = field(repr=False)
    _countries: Mapping[str, _Country] = field(repr=False, compare=False)
    has_areas: bool = field(repr=False, compare=False)
    _found: dict[_Place, tuple[TerritoryRow, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, path: str, file: str, rows: Iterable[TerritoryRow]) -> "TerritoryFile":
        """Index rows, given in file order."""
        kept = tuple(rows)
        by_country: dict[str, list[TerritoryRow]] = defaultdict(list)
        for row in kept:
            by_country[fold(row.country)].append(row)
        countries = {name: _Country(found) for name, found in by_country.items()}
        return cls(path, file, kept, countries, any(row.area_code is not None for row in kept))

    def find(
        self, *, country: str, postal_code: str, city: str, brand: str, on: date, phone: str = ""
    ) -> tuple[TerritoryRow, ...]:
        """Rows that cover the place on that date for that brand, most exact first.

        Exact code, then the longest prefix, then range, then city, then the longest area code, then the
        whole country; among equals rows of the brand before rows of any brand, then file order. A phone
        number tells the country where nothing else does.
        """
        asked = (country, postal_code, city, brand, on)
        if phone:  # hardly two customers share it
            return self._look_up(asked, phone)
        found = self._found.get(asked)
        if found is None:
            if len(self._found) >= _MOST_REMEMBERED:
                self._found.clear()
            found = self._found[asked] = self._look_up(asked, "")
        return found

    def _look_up(self, asked: _Place, phone: str) -> tuple[TerritoryRow, ...]:
        country, postal_code, city, brand, on = asked
        index = self._countries.get(fold(country))
        if index is not None:
            digits = number_key(country, phone) if phone else ""
            groups = index.covering(compact(postal_code), fold(city), fold(brand), digits)
        elif is_international(phone) and not country:
            groups = self._anywhere(phone, fold(brand))
        else:
            return ()
        return tuple(row for group in groups for row in group if row.is_valid(on))

    def _anywhere(self, phone: str, brand: str) -> Iterator[Iterable[TerritoryRow]]:
        """Groups of rows in whose area an international number lies, whatever the country."""
        for country, index in self._countries.items():
            yield from index.by_area(number_key(country, phone), brand)


def _brand(row: TerritoryRow) -> str | None:
    return None if row.brand is None else fold(row.brand)


def read_territories(
    data: bytes, *, path: str, file: str, problems: Problems
) -> TerritoryFile | None:
    """The territories, without the rows that can't be used (each is noted)."""
    read = read_rows(file, data, problems)
    if read is None:
        return None
    what = "a territory file"
    note_unknown_columns(file, read.header, COLUMNS, what=what, problems=problems)
    if lacks_column(file, read.header, ("country",), what=what, problems=problems):
        return None
    rows: list[TerritoryRow] = []
    for line, cells in read.rows:
        row = _row(dict(zip(read.header, cells, strict=True)), Place(file, line), problems)
        if row is not None:
            rows.append(row)
    _note_doubles(rows, problems)
    return TerritoryFile.of(path, file, rows)


def _row(cells: dict[str, str], place: Place, problems: Problems) -> TerritoryRow | None:
    wrong = _wrong_with(cells)
    days = validity_in(cells, place, problems)
    if wrong is not None:
        problems.add(place, "wrong_row", wrong)
    if wrong is not None or days is None:
        return None
    first, last = days
    text = {name: cells.get(name) or None for name in COLUMNS[1:10]}
    return TerritoryRow(
        country=cells["country"],
        **text,
        valid_from=first,
        valid_to=last,
        source=cells.get("source", ""),
        place=place,
    )


def _wrong_with(cells: Mapping[str, str]) -> str | None:
    if not cells["country"]:
        return "the row has no country"
    given = [name for name in _PLACES if cells.get(name)]
    if len(given) != 1:
        listed = ", ".join(given) or f"none of them (a whole country is the prefix {WHOLE_COUNTRY})"
        return f"one of {_ONE_OF} is needed; here: {listed}"
    if bool(cells.get("first")) != bool(cells.get("last")):
        return "a range needs both first and last"
    if cells.get("first") and sortable(compact(cells["first"])) > sortable(compact(cells["last"])):
        return "first lies after last"
    area_code = cells.get("area_code")
    if area_code and not area_key(cells["country"], area_code):
        return f"{area_code!r} is no area code of {cells['country']}: write 0299 or +33299"
    if bool(cells.get("rooftop")) == bool(cells.get("region")):
        return "the row needs either a rooftop or a region"
    return None


def _note_doubles(rows: Iterable[TerritoryRow], problems: Problems) -> None:
    """Rows that say the same about the same place on the same day: one of them is a mistake."""
    groups: dict[tuple[str, ...], list[TerritoryRow]] = defaultdict(list)
    for row in rows:
        codes = (row.postal_code, row.prefix, row.first, row.last)
        texts = (row.city, row.brand, row.rooftop, row.region)
        key = (
            fold(row.country),
            *(compact(code or "") for code in codes),
            *(fold(text) for text in texts),
            area_key(row.country, row.area_code or ""),
        )
        groups[key].append(row)
    for found in groups.values():
        for first, second in overlapping(found) if len(found) > 1 else ():
            message = f"the same territory stands in line {first.place.line}"
            mend = "remove one of them, or let their dates not overlap"
            problems.add(second.place, "duplicate_row", message, mend)
