"""Which postal areas does nobody serve? Where records found no rooftop, and what of the territory files is
owned by no open one. Pure.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import Place
from ortoo_daemon.policy.territories import compact
from ortoo_daemon.policy.territory_model import Territories, TerritoryRow

AREA = 2
"""An area is a country and so many characters of its postal codes: a department, a region of sorting."""

_EXAMPLES = 3

HOW_COUNTED = (
    "records received without a rooftop (Ortoo_Rooftop__c is blank), by country and the first two characters "
    "of the postal code"
)
HOW_OWNED = "of these, records whose postal code and brand no open rooftop owns by the territory files today"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """``records`` of one postal code and brand that came to no rooftop; ``country`` is its ISO code."""

    country: str
    postal_code: str
    brand: str
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UncoveredArea:
    """``unowned`` of its records are of codes that nobody owns. ``codes`` are those with most records."""

    country: str
    area: str
    records: int
    unowned: int
    codes: tuple[tuple[str, int], ...]

    @property
    def name(self) -> str:
        return f"{self.country or 'no country'} {self.area or 'no postal code'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownerless:
    """An owner that the territory files name and that has no open rooftop; ``places`` are what it owns."""

    owner: str
    places: tuple[str, ...]
    rows: int
    first_at: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """Areas with most records first; ``gap`` says why records could not be counted."""

    areas: Sequence[UncoveredArea] = ()
    ownerless: Sequence[Ownerless] = ()
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Owners:
    """Who owns a place on a day, by all files together. Only rooftops of the directory are open."""

    files: Sequence[Territories]
    directory: Directory
    day: date
    _regions: set[tuple[str, str]] = field(init=False)
    """With the brands that are sold there; "" is any."""

    def __post_init__(self) -> None:
        regions = {
            ((site.region or "").strip().casefold(), brand.casefold())
            for site in self.directory.rooftops.values()
            for brand in ("", *site.brands)
        }
        object.__setattr__(self, "_regions", regions)

    def owns(self, row: TerritoryRow) -> bool:
        """Whether the row's owner is open."""
        if row.rooftop:
            return self.directory.rooftop_named(row.rooftop) is not None
        region, brand = (row.region or "").strip().casefold(), (row.brand or "").strip().casefold()
        return bool(region) and (region, brand) in self._regions

    def any_of(self, country: str, postal_code: str, brand: str, city: str = "") -> bool:
        """Whether some open rooftop owns the place."""
        return any(
            self.owns(row)
            for file in self.files
            for row in file.find(
                country=country, postal_code=postal_code, city=city, brand=brand, on=self.day
            )
        )


def areas_of(unplaced: Iterable[Unplaced], owners: Owners) -> list[UncoveredArea]:
    """Those with most records first."""
    codes: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    unowned: Counter[tuple[str, str]] = Counter()
    for each in unplaced:
        code = compact(each.postal_code).upper()
        area = each.country, code[:AREA]
        codes[area][code] += each.records
        if not code or not owners.any_of(each.country, each.postal_code, each.brand):
            unowned[area] += each.records
    found = [
        UncoveredArea(
            country=country,
            area=area,
            records=counted.total(),
            unowned=unowned[country, area],
            codes=tuple((code, n) for code, n in counted.most_common(_EXAMPLES) if code),
        )
        for (country, area), counted in codes.items()
    ]
    return sorted(found, key=lambda each: (-each.records, each.name))


def ownerless_of(owners: Owners) -> list[Ownerless]:
    """Owners that hold on the day and are not open, where nobody else who is owns their place too."""
    rows: dict[str, list[TerritoryRow]] = defaultdict(list)
    for file in owners.files:
        for row in file.rows:
            if row.is_valid(owners.day) and not owners.owns(row) and not _covered(row, owners):
                rows[(row.rooftop or row.region or "").strip()].append(row)
    found = [
        Ownerless(
            owner=owner,
            places=tuple(dict.fromkeys(map(_place_of, some)))[:_EXAMPLES],
            rows=len(some),
            first_at=some[0].place,
        )
        for owner, some in rows.items()
    ]
    return sorted(found, key=lambda each: (-each.rows, each.owner))


def _covered(row: TerritoryRow, owners: Owners) -> bool:
    code = row.postal_code or row.prefix or row.first or ""
    if not code and not row.city:
        return False
    return owners.any_of(row.country, code, row.brand or "", row.city or "")


def _place_of(row: TerritoryRow) -> str:
    what = row.postal_code or row.city or ""
    if row.prefix:
        what = f"{row.prefix}…"
    elif row.first:
        what = f"{row.first}–{row.last}"
    elif row.area_code:
        what = f"phone {row.area_code}"
    return " ".join(filter(None, (row.country, what, row.brand or "")))
