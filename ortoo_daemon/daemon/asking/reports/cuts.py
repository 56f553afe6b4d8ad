"""By which fields does the org group records, so that they fall into the groups of a dimension?

Rooftop, group and region are asked for together: they follow from the record's rooftop, and of records
without one from the person who holds them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ortoo_daemon.daemon.asking.reports.subject import Subject
from ortoo_daemon.reporting.asked import Dimension
from ortoo_daemon.reporting.dimensions import OF_ROOFTOP
from ortoo_daemon.salesforce import soql

_FACETS = {
    Dimension.BRAND: ("brand",),
    Dimension.SOURCE: ("source",),
    Dimension.PERSON: ("owner",),
    Dimension.PROGRAMME: ("policy", "rule"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Records that meet ``where``, by ``paths``, make up groups of these dimensions."""

    paths: tuple[str, ...]
    where: tuple[soql.Condition, ...]
    dimensions: tuple[Dimension, ...]


def cuts(subject: Subject, dimensions: Iterable[Dimension], *, beyond: str = "") -> list[Cut]:
    """``beyond`` is the relationship that leads to the record, where others are grouped."""
    wanted = tuple(dimensions)
    of_rooftop = tuple(each for each in wanted if each in OF_ROOFTOP)
    prefix = f"{beyond}." if beyond else ""
    paths = {name: prefix + path for name, path in subject.paths.items()}
    found = []
    if of_rooftop and "rooftop" in paths:
        site, holder = paths["rooftop"], paths["owner"]
        there, none = (soql.differs(site, None),), (soql.equals(site, None),)
        found.append(Cut(paths=(site,), where=there, dimensions=of_rooftop))
        found.append(Cut(paths=(holder,), where=none, dimensions=of_rooftop))
    elif of_rooftop:
        found.append(Cut(paths=(paths["owner"],), where=(), dimensions=of_rooftop))
    for dimension in wanted:
        if dimension not in OF_ROOFTOP:
            by = tuple(paths[name] for name in _FACETS[dimension] if name in paths)
            found.append(Cut(paths=by, where=(), dimensions=(dimension,)))
    return found
