"""Where do the customers of a rooftop live? Real postal codes within reach of each site.

Codes come from the shipped centroids (GeoNames, CC BY 4.0) and are written as people write them.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from math import cos, hypot, radians
from random import Random
from typing import Any

_KM_PER_DEGREE = 111.2
_REACH_KM = 60.0
_LONGEST_CITY = 40  # of the org's field; longer ones are firms with a code of their own
_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"  # those that end British and Dutch codes

_COUNTRY_NAMES: Mapping[str, tuple[str, ...]] = {
    "FR": ("France", "FR", "france"),
    "DE": ("Deutschland", "Germany", "DE"),
    "ES": ("España", "Spain", "ES"),
    "IT": ("Italia", "Italy", "IT"),
    "GB": ("United Kingdom", "UK", "England"),
    "NL": ("Nederland", "Netherlands", "NL"),
    "US": ("USA", "United States", "US"),
}


@dataclass(frozen=True, slots=True)
class Town:
    """One published postal code; in some countries only the first part of it."""

    code: str
    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Address:
    """As written by a customer."""

    postal_code: str
    city: str
    country: str


class Neighbourhoods:
    """Towns within reach of each active dealer of ``dealers`` (rows of the seed's directory)."""

    def __init__(self, dealers: Sequence[Mapping[str, Any]], towns: Iterable[tuple[str, Town]]):
        cells: dict[tuple[str, int, int], list[Town]] = defaultdict(list)
        for country, town in towns:
            cells[country, round(town.latitude), round(town.longitude)].append(town)
        self._near = {dealer["Id"]: _near(dealer, cells) for dealer in dealers}

    def address(self, dealer: Mapping[str, Any], dice: Random) -> Address:
        """Somewhere around the dealer; at the dealer's own code when no town is published nearby."""
        country = dealer["BillingCountryCode"]
        near = self._near[dealer["Id"]]
        names = _COUNTRY_NAMES[country]
        if not near or dice.random() < 0.25:
            code, city = dealer["BillingPostalCode"], dealer["BillingCity"]
        else:
            town = dice.choice(near)
            code, city = _whole(country, town.code, dice), town.name
        return Address(_as_written(country, code, dice), city, dice.choice(names))


def shipped_towns(countries: frozenset[str]) -> Iterable[tuple[str, Town]]:
    """The package's centroids of some countries, as (country, town)."""
    packed = files("ortoo_daemon") / "data" / "postal_centroids.csv.gz"
    with packed.open("rb") as stream, gzip.open(stream, "rt", encoding="utf-8", newline="") as text:
        lines = csv.reader(text)
        next(lines)
        for country, code, latitude, longitude, name in lines:
            if country in countries and len(name) <= _LONGEST_CITY:
                yield country, Town(code, name, float(latitude), float(longitude))


def _near(
    dealer: Mapping[str, Any], cells: Mapping[tuple[str, int, int], list[Town]]
) -> tuple[Town, ...]:
    latitude, longitude = dealer["Latitude"], dealer["Longitude"]
    shrink = cos(radians(latitude))
    around = [
        town
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
        for town in cells.get(
            (dealer["BillingCountryCode"], round(latitude) + down, round(longitude) + across), ()
        )
    ]
    return tuple(
        town
        for town in around
        if hypot(town.latitude - latitude, (town.longitude - longitude) * shrink) * _KM_PER_DEGREE
        <= _REACH_KM
    )


def _whole(country: str, code: str, dice: Random) -> str:
    """Where only first parts are published, a whole code that begins so."""
    ending = f"{dice.choice(_LETTERS)}{dice.choice(_LETTERS)}"
    if country == "GB":
        return f"{code} {dice.randrange(1, 10)}{ending}"
    return f"{code} {ending}" if country == "NL" else code


def _as_written(country: str, code: str, dice: Random) -> str:
    chance = dice.random()
    if chance < 0.08:
        return f" {code.lower()} "
    if chance < 0.14 and country in ("FR", "ES", "IT"):
        return f"{code[:2]} {code[2:]}"
    if chance < 0.18 and country in ("FR", "DE"):
        return f"{country[0]}-{code}"
    return code.replace(" ", "") if chance < 0.25 else code
