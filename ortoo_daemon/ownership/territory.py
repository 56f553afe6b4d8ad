"""Whose area is the record's place on the day it came in?"""

from typing import NamedTuple

from ortoo_daemon.countries import country_code
from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.area_codes import area_key
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.records import RecordId


class Covered(NamedTuple):
    """By which row a rooftop owns the place: ``order`` counts rows, ``level`` groups equally exact ones."""

    order: int
    level: int
    row: TerritoryRow


class Coverage:
    """Rooftops and regions that own a place; ``place`` says in words which place was looked up."""

    __slots__ = ("by_region", "by_rooftop", "place")

    def __init__(self, place: str) -> None:
        self.place = place
        self.by_rooftop: dict[RecordId, Covered] = {}
        self.by_region: dict[str, Covered] = {}

    def get(self, rooftop: Rooftop) -> Covered | None:
        """The most exact row that names the rooftop or its region."""
        own = self.by_rooftop.get(rooftop.id)
        if not self.by_region:
            return own
        region = self.by_region.get((rooftop.region or "").casefold())
        if own is None or region is None:
            return own or region
        return own if own.order <= region.order else region


def covered_by(handling: Handling, choice: RooftopChoice) -> Coverage | None:
    """Who owns the record's place; None when the choice names no territory file."""
    if choice.territories is None:
        return None
    scope = handling.scope
    country = country_code(scope.text(choice.country)) or ""
    postal_code, city = scope.text(choice.territory), scope.text(choice.city)
    phone = scope.text(choice.phone) if choice.territories.has_areas else ""
    rows = choice.territories.find(
        country=country,
        postal_code=postal_code,
        city=city,
        brand=scope.text(choice.brand),
        on=handling.received_on,
        phone=phone,
    )
    called = "its phone number" if phone else ""  # a number is personal data
    place = " ".join(part for part in (country, postal_code, city) if part) or called or "no place"
    coverage = Coverage(f"{place} is not in its territory")
    if not rows:
        file = choice.territories.path
        coverage.place = f"{file} has no row for {place} on {handling.received_on}"
        handling.trace.notes.append(coverage.place)
    _spread(coverage, rows, handling.facts.directory)
    return coverage


def _spread(coverage: Coverage, rows: tuple[TerritoryRow, ...], directory: Directory) -> None:
    level, exactness = -1, None
    for order, row in enumerate(rows):
        as_exact = _exactness(row)
        if as_exact != exactness:
            level, exactness = level + 1, as_exact
        covered = Covered(order, level, row)
        if row.region:
            coverage.by_region.setdefault(row.region.strip().casefold(), covered)
        rooftop = directory.rooftop_named(row.rooftop) if row.rooftop else None
        if rooftop is not None:
            coverage.by_rooftop.setdefault(rooftop.id, covered)


def _exactness(row: TerritoryRow) -> tuple[str, int, bool]:
    """Rows with the same answer are equally exact."""
    if row.postal_code:
        kind, length = "code", 0
    elif row.whole_country:
        kind, length = "country", 0
    elif row.prefix:
        kind, length = "prefix", len(row.prefix)
    elif row.area_code:
        kind, length = "area", len(area_key(row.country, row.area_code))
    else:
        kind, length = ("range", 0) if row.first else ("city", 0)
    return kind, length, bool(row.brand)
