"""How is it told where a record came from? Values of ``attribution:``, a step of ``enrichment:``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.evaluation import Condition

if TYPE_CHECKING:
    from ortoo_daemon.policy.enrichment_model import Table

ENTRY = "written"
"""The column of the taxonomy that holds what entry points write; others have the names of `COLUMNS`."""

COLUMNS = ("source", "channel", "medium")
UTM = ("source", "medium", "campaign", "term", "content")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """``field`` holds what the entry point wrote, ``url`` the address of the visit. ``utm`` are
    (part, field), ``into`` (column of the table, field). Done where ``when`` holds."""

    table: "Table"
    field: str
    when: Condition | None = None
    url: str | None = None
    utm: tuple[tuple[str, str], ...] = ()
    into: tuple[tuple[str, str], ...] = ()
    first_touch: str | None = None
    last_touch: str | None = None
    place: Place

    def sets(self) -> Iterator[str]:
        """Fields that the step writes."""
        yield from (field for _, field in self.into)
        if self.url is not None:
            yield from (field for _, field in self.utm)
        yield from (name for name in (self.first_touch, self.last_touch) if name)

    def reads(self) -> Iterator[str]:
        yield self.field
        if self.when is not None:
            yield from self.when.fields()
        if self.url is not None:
            yield self.url
        yield from (field for _, field in self.utm)
        yield from self.sets()
