"""What does a policy do with an enquiry in ADF? Values of ``intake: {adf: …}``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.mapped import MappedField
from ortoo_daemon.policy.triage_model import Split

UNREADABLE = "adf_unreadable"
"""Why a record is parked whose document can't be read, where the policy gives no other reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdfMails:
    """Where no field has a document: that of the record's e-mails and their attachments. ``within`` so long
    after the record came in they are waited for."""

    when: Condition | None = None
    within: timedelta = timedelta(minutes=1)
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Adf:
    """Read the document in the first of the fields ``sources`` that has one, and write what is found.

    ``keep`` is a field that gets the document as it came, and is read from then on. ``vendor`` names the
    field with the rooftop for which the record came in, with which the document's vendor is compared.
    ``park`` is the reason for which a record with an unreadable document is parked; None lets it pass.
    """

    when: Condition | None = None
    sources: tuple[str, ...]
    mails: AdfMails | None = None
    keep: str | None = None
    sets: tuple[SetField, ...] = ()
    map: tuple[MappedField, ...] = ()
    vendor: str | None = None
    split: Split | None = None
    park: str | None = UNREADABLE
    place: Place

    @property
    def own_field(self) -> str:
        """Where the record of a further prospect has its document; "" where there is no such field."""
        return self.keep or next((name for name in self.sources if name[:1] != "$"), "")

    def fields_written(self) -> Iterator[str]:
        """API names that findings are written to."""
        if self.keep is not None:
            yield self.keep
        yield from (each.field for each in self.sets)
        yield from (each.field for each in self.map)

    def fields_read(self) -> frozenset[str]:
        """What is looked at, ``$`` names included."""
        found = {*self.sources, *(self.split.copy if self.split else ())}
        found |= {name for name in (self.keep, self.vendor) if name is not None}
        for each in self.sets:
            found |= each.value.fields()
        asked = (self.when, self.mails.when if self.mails is not None else None)
        return frozenset(found).union(*(each.fields() for each in asked if each is not None))
