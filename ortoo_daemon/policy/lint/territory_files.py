"""Which territory files do rules use, and how do their rows describe a place?"""

from collections.abc import Iterator
from datetime import date

from ortoo_daemon.policy.area_codes import area_key
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.territories import compact
from ortoo_daemon.policy.territory_model import Territories, TerritoryRow
from ortoo_daemon.policy.values import fold

PlaceKey = tuple[str, str, str]
"""Country, kind of place and the place itself, as they are compared."""


def territory_files(subject: Subject) -> Iterator[tuple[Territories, list[RooftopChoice]]]:
    """Each territory file once, with the choices that use it, in the order of their names."""
    found: dict[str, tuple[Territories, list[RooftopChoice]]] = {}
    for policy in subject.policies.policies:
        for rule in rules_of(policy):
            choice = rule.assign.rooftop
            if choice is not None and choice.territories is not None:
                slot = found.setdefault(choice.territories.path, (choice.territories, []))
                slot[1].append(choice)
    for path in sorted(found):
        yield found[path]


def place_key(row: TerritoryRow) -> PlaceKey:
    """Rows with the same key describe the same place equally exactly."""
    country = fold(row.country)
    if row.postal_code is not None:
        return country, "code", compact(row.postal_code)
    if row.prefix is not None:
        return country, "prefix", compact(row.prefix)
    if row.first is not None and row.last is not None:
        return country, "range", f"{compact(row.first)} to {compact(row.last)}"
    if row.area_code is not None:
        return country, "area", area_key(row.country, row.area_code)
    return country, "city", fold(row.city)


def place_words(row: TerritoryRow) -> str:
    """The place as people write it: ``FR 35000``, ``FR 35*``, ``FR 100 to 199``, ``FR Lyon``, ``FR
    phone 0299``, ``all of FR``."""
    country = row.country.upper()
    if row.whole_country:
        return f"all of {country}"
    if row.prefix is not None:
        return f"{country} {row.prefix}*"
    if row.first is not None:
        return f"{country} {row.first} to {row.last}"
    if row.area_code is not None:
        return f"{country} phone {row.area_code}"
    return f"{country} {row.postal_code or row.city}"


def brand_words(row: TerritoryRow) -> str:
    return f"of {row.brand}" if row.brand else "of any brand"


def owner_of(row: TerritoryRow) -> str:
    return fold(row.rooftop or row.region)


def begins(row: TerritoryRow) -> date:
    return row.valid_from or date.min


def ends(row: TerritoryRow) -> date:
    return row.valid_to or date.max


def period_words(first: date, last: date) -> str:
    """``always``, ``from …``, ``until …`` or both."""
    parts = [f"from {first}"] if first != date.min else []
    parts += [f"until {last}"] if last != date.max else []
    return " ".join(parts) or "always"
