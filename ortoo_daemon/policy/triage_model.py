"""What does a policy do with the e-mail of a case? Values of ``intake: {triage: …}``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.enrichment_model import SetField
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.mapped import MappedField

WAITED_FOR = timedelta(minutes=1)
"""How long after its creation the e-mail of a case may come, where the policy says nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Each request of a mail with several becomes a case of its own, with these fields of the parent."""

    copy: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Read the e-mail of a record that meets ``when``, and write what is found.

    ``mail_within`` is how long after the record's creation its e-mail is waited for. ``task`` names that of
    ``models.yaml`` by which a model reads it, too. ``reopen`` is what a closed record gets that the e-mail
    answers.
    """

    when: Condition | None = None
    sets: tuple[SetField, ...] = ()
    map: tuple[MappedField, ...] = ()
    split: Split | None = None
    reopen: tuple[SetField, ...] = ()
    task: str | None = None
    mail_within: timedelta = WAITED_FOR
    place: Place

    def fields_written(self) -> Iterator[str]:
        """API names that findings are written to."""
        yield from (each.field for each in self.sets)
        yield from (each.field for each in self.map)

    def fields_read(self) -> frozenset[str]:
        """What is looked at, ``$`` names included."""
        found = set(self.split.copy if self.split else ())
        for each in (*self.sets, *self.reopen):
            found |= each.value.fields()
        return frozenset(found | (self.when.fields() if self.when is not None else set()))
