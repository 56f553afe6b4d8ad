"""Where do the centroids of postal codes come from? A packed file shipped with the package."""

import csv
import gzip
from collections.abc import Iterator
from importlib.resources import files

from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.postal import PostalIndex


def load_postal_index() -> PostalIndex:
    """All centroids of the shipped file (GeoNames, CC BY 4.0): 20 countries, about 3 MB in memory."""
    return PostalIndex.of(_rows())


def needs_geography(policies: PolicySet) -> bool:
    """Whether some rule measures a distance."""
    choices = (rule.assign.rooftop for policy in policies.policies for rule in rules_of(policy))
    return any(
        choice is not None and (choice.within_km is not None or "nearest" in choice.prefer)
        for choice in choices
    )


def _rows() -> Iterator[tuple[str, str, float, float]]:
    packed = files("ortoo_daemon") / "data" / "postal_centroids.csv.gz"
    with packed.open("rb") as stream, gzip.open(stream, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            yield (
                row["country"],
                row["postal_code"],
                float(row["latitude"]),
                float(row["longitude"]),
            )
