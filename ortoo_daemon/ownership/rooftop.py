"""Which rooftops come into question, and in which order?

Gates first (brand, territory, distance, ``where``, hours, limits), then the order of ``prefer``. A rooftop
that the customer chose passes the territory gate when ``prefer`` names ``customer_choice``; the other gates
hold for it too. Of territory rows only the most exact ones count that name a rooftop in question: a general
row never takes a record from the rooftop that owns the very code.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ortoo_daemon.directory import Point, Rooftop
from ortoo_daemon.handling import KEPT_IN_ORDER, Handling
from ortoo_daemon.ownership.geography import distance_km, record_place
from ortoo_daemon.ownership.limits import SiteLimits
from ortoo_daemon.ownership.opening import SiteOpening
from ortoo_daemon.ownership.territory import Covered, covered_by
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.values import number
from ortoo_daemon.records import FieldValue, RecordId
from ortoo_daemon.scope import RooftopScope, rooftop_value

KIND = "rooftop"
CUSTOMER_CHOICE = "customer_choice"
TERRITORY = "territory"
NEAREST = "nearest"
OPEN_NOW = "open_now"
PERFORMANCE = "performance"
_DEFAULT_ORDER = (TERRITORY, NEAREST)


class Site(NamedTuple):
    """A rooftop that passed every gate. ``away_km`` is None where either place is unknown."""

    rooftop: Rooftop
    away_km: float | None = None
    covered: Covered | None = None
    chosen_by_customer: bool = False


def ordered_sites(handling: Handling, choice: RooftopChoice) -> Sequence[Site]:
    """Rooftops that pass the gates, best first; equals stand in id order."""
    search = _Search(handling, choice)
    sites = _in_reach(search)
    if any(limits.of_sites for limits in handling.limits):
        sites = _with_room(handling, sites)
    order = choice.prefer or _DEFAULT_ORDER
    if len(sites) > 1:
        sites.sort(key=lambda site: (*(search.wish(name, site) for name in order), site.rooftop.id))
    for site in sites[:KEPT_IN_ORDER]:
        handling.trace.keep(KIND, site.rooftop, rank=search.rank(order, site))
    if len(sites) > KEPT_IN_ORDER:
        handling.trace.count(KIND, "not_listed", removed=len(sites) - KEPT_IN_ORDER)
    return sites


def sites_in_reach(handling: Handling, choice: RooftopChoice) -> Sequence[Site]:
    """Rooftops that pass the gates, whatever is full, in no particular order."""
    return _in_reach(_Search(handling, choice))


def _in_reach(search: "_Search") -> list[Site]:
    sites = [site for site in map(search.site, search.of_brand()) if site is not None]
    return _most_exact(search.handling, sites)


class _Search:
    """What the gates compare with, worked out once per record."""

    def __init__(self, handling: Handling, choice: RooftopChoice) -> None:
        self.handling = handling
        self.choice = choice
        order = choice.prefer or _DEFAULT_ORDER
        self.signalled = _signalled(handling, order)
        self.chosen = self.signalled.get(CUSTOMER_CHOICE, frozenset())
        self.covered = covered_by(handling, choice)
        self.measures = choice.within_km is not None or NEAREST in order
        self.place = record_place(handling, choice) if self.measures else None
        self.opening = SiteOpening(handling)

    def of_brand(self) -> Sequence[Rooftop]:
        """Rooftops of the record's brand; the others are counted, not listed."""
        directory = self.handling.facts.directory
        if self.choice.brand is None:
            return directory.rooftops_in_order
        brand = self.handling.scope.text(self.choice.brand)
        found = directory.rooftops_by_brand.get(brand.casefold(), ())
        detail = f"{self.choice.brand} is {brand or 'empty'}"
        removed = len(directory.rooftops) - len(found)
        if removed:
            self.handling.trace.count(KIND, "brand", removed=removed, detail=detail)
        return found

    def site(self, rooftop: Rooftop) -> Site | None:
        """The rooftop as a site, or None with its first gate in the trace."""
        chosen = rooftop.id in self.chosen
        covered = self.covered.get(rooftop) if self.covered is not None else None
        if self.covered is not None and covered is None and not chosen:
            self.handling.trace.remove(KIND, rooftop, TERRITORY, detail=self.covered.place)
            return None
        away_km = self._away_km(rooftop)
        site = Site(rooftop, away_km, covered, chosen)
        gate, detail = self._gate(site)
        if gate:
            self.handling.trace.remove(KIND, rooftop, gate, detail=detail)
            return None
        return site

    def _gate(self, site: Site) -> tuple[str, str]:
        """The first gate behind the territory's that the site does not pass, and why; empty: none."""
        within = self.choice.within_km
        if within is not None:
            if site.away_km is None:
                return "within", "the place of the record or the rooftop is unknown"
            if site.away_km > within:
                return "within", f"{site.away_km:.1f} km away, at most {within:g}"
        where = self.choice.where
        if where is not None:
            failed = where.failure(RooftopScope(self.handling.scope, site.rooftop))
            if failed is not None:
                return "where", f"{failed.text} (is {failed.value})"
        if self.choice.open_now and (closed := self.opening.closed(site.rooftop)):
            return OPEN_NOW, closed
        return "", ""

    def _away_km(self, rooftop: Rooftop) -> float | None:
        if self.place is None:
            return None
        point = rooftop.point or self._postal_point(rooftop)
        return None if point is None else distance_km(self.place, point)

    def _postal_point(self, rooftop: Rooftop) -> Point | None:
        return self.handling.facts.point_of(rooftop.country, rooftop.postal_code)

    def wish(self, name: str, site: Site) -> float:
        """How a site compares under one wish; smaller comes first."""
        if name == NEAREST:
            return float("inf") if site.away_km is None else site.away_km
        if name == TERRITORY:
            return float("inf") if site.covered is None else site.covered.order
        if name == OPEN_NOW:
            return 1.0 if self.opening.closed(site.rooftop) else 0.0
        if name == PERFORMANCE:
            return -self._points(site.rooftop)
        return 0.0 if site.rooftop.id in self.signalled.get(name, ()) else 1.0

    def _points(self, rooftop: Rooftop) -> float:
        performance = self.choice.performance
        if performance is None:
            return 0.0
        if performance.table is not None:
            figure = performance.table.figure(rooftop, self.handling.received_on)
        else:
            figure = number(rooftop_value(rooftop, performance.of or ""))
        return performance.points(figure)

    def rank(self, order: Sequence[str], site: Site) -> Mapping[str, FieldValue]:
        """What a site was compared by, for people to read."""
        found: dict[str, FieldValue] = {}
        for name in order:
            if name == NEAREST:
                found["distance_km"] = None if site.away_km is None else round(site.away_km, 1)
            elif name == TERRITORY:
                if self.covered is not None:
                    found[name] = str(site.covered.row.place) if site.covered else None
            elif name == OPEN_NOW:
                found[name] = not self.opening.closed(site.rooftop)
            elif name == PERFORMANCE:
                found[name] = self._points(site.rooftop)
            else:
                found[name] = site.rooftop.id in self.signalled.get(name, ())
        return found


def _most_exact(handling: Handling, sites: list[Site]) -> list[Site]:
    """Of the sites a territory covers, those of the most exact rows; a customer's choice stays."""
    levels = [site.covered.level for site in sites if site.covered]
    if not levels:
        return sites
    best = min(levels)
    kept = []
    for site in sites:
        if site.chosen_by_customer or site.covered is None or site.covered.level == best:
            kept.append(site)
        else:
            detail = "a more exact row names another rooftop"
            handling.trace.remove(KIND, site.rooftop, TERRITORY, detail=detail)
    return kept


def _with_room(handling: Handling, sites: list[Site]) -> list[Site]:
    """Sites within their limits. Asked last: one that is full hands no territory to a general row."""
    limits = SiteLimits(handling)
    kept = []
    for site in sites:
        full = limits.failed(site.rooftop)
        if full is None:
            kept.append(site)
        else:
            handling.trace.remove(KIND, site.rooftop, full[0], detail=full[1])
    return kept


def _signalled(handling: Handling, order: Sequence[str]) -> dict[str, frozenset[RecordId]]:
    """Rooftops that each signal of ``prefer`` names for this record, by id, code or unique name."""
    found: dict[str, frozenset[RecordId]] = {}
    for name in order:
        bound = handling.signals.get(name)
        text = handling.scope.text(bound)
        if text:
            named = (handling.facts.directory.rooftop_named(part) for part in text.split(";"))
            found[name] = frozenset(rooftop.id for rooftop in named if rooftop is not None)
    return found
