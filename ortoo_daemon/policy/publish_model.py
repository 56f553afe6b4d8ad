"""Which platform events tell others of a decision? Values of ``action: publish:``."""

from dataclasses import dataclass

from ortoo_daemon.errors import Place
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishRule:
    """``event`` is the API name (``X__e``), ``on`` are outcomes of decisions that publish it."""

    event: str
    sets: tuple[SetField, ...]
    on: frozenset[Outcome] = frozenset({Outcome.ASSIGNED})
    when: Condition | None = None
    place: Place

    def fields_read(self) -> frozenset[str]:
        """Names of the record, and ``$`` names, that condition and values ask for."""
        asked = [each.value.fields() for each in self.sets]
        return frozenset[str]().union(*asked, self.when.fields() if self.when else ())
