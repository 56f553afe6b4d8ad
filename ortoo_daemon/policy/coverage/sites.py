"""For which records has a choice of rooftops any rooftop at all, by brand, place, hour and `where`?

Distance is not looked at, nor a customer's own choice: what is said to have no rooftop has none for
certain, unless the customer named one.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.policy.coverage.diagrams import Diagram, Mask
from ortoo_daemon.policy.coverage.domains import FieldDomain
from ortoo_daemon.policy.coverage.places import Places
from ortoo_daemon.policy.coverage.space import Space
from ortoo_daemon.policy.coverage.territory_use import place_fields
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.territory_model import Territories, TerritoryRow
from ortoo_daemon.policy.values import fold

Passes = Callable[[RooftopChoice, Rooftop], bool]
"""Whether a rooftop may pass the `where` of a choice."""

_Period = tuple[date | None, date | None]


class Sites:
    """The rooftops of one directory, asked for the choices of one policy."""

    def __init__(self, space: Space, directory: Directory, passes: Passes) -> None:
        self._space = space
        self._directory = directory
        self._passes = passes
        self._known: dict[tuple[object, ...], Diagram] = {}
        self._rows: dict[tuple[int, str], list[TerritoryRow]] = {}

    def found(self, choice: RooftopChoice) -> Diagram:
        """Records for which a rooftop passes brand, territory and `where`, or may pass them."""
        key = (
            choice.brand,
            choice.territory,
            choice.country,
            choice.city,
            id(choice.territories),
            id(choice.where),
            choice.open_now,
        )
        if key not in self._known:
            self._known[key] = self._find(choice)
        return self._known[key]

    def _find(self, choice: RooftopChoice) -> Diagram:
        if choice.brand is None:
            return self._open(choice, "", list(self._directory.rooftops.values()))
        level = self._space.variables.level(choice.brand)
        domain = self._space.variables.domains[level]
        if not isinstance(domain, FieldDomain):
            return True
        ways: dict[Diagram, Mask] = defaultdict(int)
        for index in range(domain.size):
            brand = str(domain.cells(index)[choice.brand] or "").strip()
            sites = self._directory.rooftops_by_brand.get(brand.casefold(), ())
            ways[self._open(choice, brand, sites)] |= 1 << index
        return self._space.sets.split(level, ways)

    def _open(self, choice: RooftopChoice, brand: str, sites: Sequence[Rooftop]) -> Diagram:
        """Where only rooftops count that are open: sites of one calendar are open together."""
        sets, hours = self._space.sets, self._space.variables.hours
        hours_level = self._space.variables.hours_level
        if not choice.open_now or hours is None or hours_level is None:
            return self._in_territory(choice, brand, sites)
        by_hours: dict[str | None, list[Rooftop]] = defaultdict(list)
        for site in sites:
            by_hours[site.hours if hours.knows(site.hours) else None].append(site)
        found: Diagram = False
        for calendar, some in by_hours.items():
            there = self._in_territory(choice, brand, some)
            if calendar is not None:
                mask = hours.open(calendar)
                there = sets.both(there, sets.one_of(hours_level, mask))
            found = sets.either(found, there)
        return found

    def _in_territory(self, choice: RooftopChoice, brand: str, sites: Iterable[Rooftop]) -> Diagram:
        kept = [site for site in sites if self._passes(choice, site)]
        if not kept or choice.territories is None:
            return bool(kept)
        pair = place_fields(choice)
        places = self._space.variables.places.get(pair) if pair is not None else None
        if places is None:
            return True
        owners = {site.id for site in kept}
        regions = {fold(site.region) for site in kept if site.region}
        rows = [
            row
            for row in self._of_brand(choice.territories, fold(brand))
            if self._names(row, owners, regions)
        ]
        return self._covered(choice, places, rows)

    def _of_brand(self, territories: Territories, brand: str) -> Sequence[TerritoryRow]:
        """The rows of a brand and of any; asked for the sites of each calendar."""
        key = id(territories), brand
        if key not in self._rows:
            self._rows[key] = [
                row for row in territories.rows if row.brand is None or fold(row.brand) == brand
            ]
        return self._rows[key]

    def _names(self, row: TerritoryRow, owners: Collection[str], regions: Collection[str]) -> bool:
        if row.region and fold(row.region) in regions:
            return True
        named = self._directory.rooftop_named(row.rooftop) if row.rooftop else None
        return named is not None and named.id in owners

    def _covered(
        self, choice: RooftopChoice, places: Places, rows: Iterable[TerritoryRow]
    ) -> Diagram:
        """Places of the rows, each on the days on which they hold."""
        space = self._space
        by_period: dict[_Period, Mask] = defaultdict(int)
        cities: list[TerritoryRow] = []
        areas: list[TerritoryRow] = []
        for row in rows:
            if row.area_code is not None:
                areas.append(row)
            elif row.city is not None:
                cities.append(row)
            else:
                by_period[row.valid_from, row.valid_to] |= space.covered(places, row)
        level = space.variables.level(choice.country)
        on_days: dict[Diagram, Mask] = defaultdict(int)
        for day in range(space.variables.days.size):
            mask = 0
            for period, found in by_period.items():
                if space.variables.days.within(*period) >> day & 1:
                    mask |= found
            on_days[space.sets.one_of(level, mask)] |= 1 << day
        covered = space.sets.split(space.variables.day_level, on_days)
        for row in cities:
            covered = space.sets.either(covered, self._in_city(choice, places, row))
        for row in areas:  # numbers are not told apart: any of the country may lie in the area
            mask = places.in_country(row.country) | places.in_no_country()
            here = space.sets.both(
                space.sets.one_of(level, mask), space.during(row.valid_from, row.valid_to)
            )
            covered = space.sets.either(covered, here)
        return covered

    def _in_city(self, choice: RooftopChoice, places: Places, row: TerritoryRow) -> Diagram:
        space, name = self._space, row.city or ""
        sets = space.sets
        level = space.variables.level(choice.city)
        domain = space.variables.domains[level]
        index = domain.index_of(name) if isinstance(domain, FieldDomain) else None
        if index is None:
            return False
        found = sets.both(
            sets.one_of(level, 1 << index), space.during(row.valid_from, row.valid_to)
        )
        country = sets.one_of(space.variables.level(choice.country), places.in_country(row.country))
        return sets.both(found, country)
