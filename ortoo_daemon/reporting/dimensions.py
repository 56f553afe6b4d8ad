"""By what are records counted in a report, and into which group of each does a record fall? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.records import FieldValue, Owner, OwnerKind, RecordId
from ortoo_daemon.reporting.asked import Dimension

ALL = ""
"""The key of everything together, and of a group that has no name of its own."""


OF_ROOFTOP = frozenset({Dimension.ROOFTOP, Dimension.GROUP, Dimension.REGION})
"""All three follow from the rooftop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What places a record: values of its own fields, as the org answers them."""

    rooftop: FieldValue = None
    owner: FieldValue = None
    brand: FieldValue = None
    source: FieldValue = None
    policy: FieldValue = None
    rule: FieldValue = None


@dataclass(slots=True)
class Placing:
    """Finds the groups of records, and remembers how each is written.

    ``closed`` are rooftops that the directory no longer has; ``programmes`` are names by policy and rule.
    """

    directory: Directory
    programmes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    closed: dict[str, Rooftop] = field(default_factory=dict)
    written: dict[tuple[Dimension, str], str] = field(default_factory=dict)

    def key(self, dimension: Dimension, facets: Facets) -> str:
        """The group's key, empty for a record that has none."""
        if dimension in OF_ROOFTOP:
            return self.key_of_site(dimension, self.rooftop_id(facets))
        if dimension is Dimension.PERSON:
            return str(facets.owner or ALL)
        if dimension is Dimension.PROGRAMME:
            return self.programmes.get((_text(facets.policy), _text(facets.rule)), ALL)
        return self._named(
            dimension, _text(facets.brand if dimension is Dimension.BRAND else facets.source)
        )

    def keys(self, dimensions: Iterable[Dimension], facets: Facets) -> list[str]:
        return [self.key(dimension, facets) for dimension in dimensions]

    def rooftop_id(self, facets: Facets) -> str:
        """The record's rooftop, else that of the person who holds it."""
        if facets.rooftop:
            return str(facets.rooftop)
        holder = self.directory.people.get(RecordId(str(facets.owner or "")))
        return str(holder.rooftop) if holder and holder.rooftop else ALL

    def rooftop(self, id: str) -> Rooftop | None:
        return self.directory.rooftops.get(RecordId(id)) or self.closed.get(id)

    def key_of_site(self, dimension: Dimension, id: str) -> str:
        """The group of a rooftop: itself, its dealer group or its region."""
        if dimension is Dimension.ROOFTOP or not id:
            return id
        site = self.rooftop(id)
        if site is None:
            return ALL
        return str(site.group or ALL) if dimension is Dimension.GROUP else _text(site.region)

    def _named(self, dimension: Dimension, text: str) -> str:
        """Values that differ in case only are one group, as they are to the org."""
        key = text.casefold()
        self.written.setdefault((dimension, key), text)
        return key


def is_person(owner: FieldValue) -> bool:
    return bool(owner) and Owner.kind_of(RecordId(str(owner))) is OwnerKind.USER


def _text(value: FieldValue) -> str:
    return "" if value is None else str(value).strip()
