"""By what are other records of the same customer found, and which of them counts? Values of ``find:``."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from ortoo_daemon.errors import Place
from ortoo_daemon.matches import How


class Among(StrEnum):
    """``scope``: where other records may belong. ROOFTOP, GROUP: to the site that the record names."""

    NETWORK = "network"
    GROUP = "group"
    ROOFTOP = "rooftop"


class Prefer(StrEnum):
    """By what one of several records is taken, the first that tells them apart.

    CLOSEST: the surest; OBJECT: the object that ``among`` names first; OWNER_ACTIVE: one whose owner is
    active; LATEST, OLDEST: by when it was created.
    """

    CLOSEST = "closest"
    OBJECT = "object"
    OWNER_ACTIVE = "owner_active"
    LATEST = "latest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAndPlace:
    """Whoever has this name at this place: fields of the record. ``company``: the name is a company's."""

    name: str
    postal_code: str
    company: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedObject:
    """``within`` is how old its records may be; None: of any age."""

    name: str
    within: timedelta | None
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceWindow:
    """How old a record of one of these sources may be, for a record of one of those; empty: any. Folded."""

    new: frozenset[str]
    old: frozenset[str]
    within: timedelta | None

    def fits(self, new: str, old: str) -> bool:
        return (not self.new or new in self.new) and (not self.old or old in self.old)


USUAL_ORDER = (Prefer.CLOSEST, Prefer.OBJECT, Prefer.LATEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicates:
    """``find: {duplicates: …}``. ``fields`` hold addresses, numbers of phones or of customers.

    ``also`` are kinds that count beside the customer's own records: HOUSEHOLD, COMPANY.
    """

    fields: tuple[str, ...]
    names: tuple[NameAndPlace, ...]
    among: tuple[SearchedObject, ...]
    windows: tuple[SourceWindow, ...] = ()
    scope: Among = Among.NETWORK
    also: frozenset[How] = frozenset()
    prefer: tuple[Prefer, ...] = USUAL_ORDER
    place: Place
    oldest: Mapping[str, timedelta | None] = field(init=False, repr=False, compare=False)
    """How old a record of each object may be at all, whatever the sources; None: of any age."""

    def __post_init__(self) -> None:
        oldest = {each.name: self._oldest(each) for each in self.among}
        object.__setattr__(self, "oldest", oldest)  # asked for every record

    def record_fields(self) -> Iterator[str]:
        """Fields of the record that the search reads."""
        yield from self.fields
        for each in self.names:
            yield from (each.name, each.postal_code)

    def _oldest(self, searched: SearchedObject) -> timedelta | None:
        spans = [searched.within, *(window.within for window in self.windows)]
        if any(span is None for span in spans):
            return None
        return max(span for span in spans if span is not None)
