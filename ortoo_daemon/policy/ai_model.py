"""What does a policy ask of a record's own text, and to which fields does it go? Values of ``ai:``."""

from collections.abc import Iterator
from dataclasses import dataclass

from ortoo_daemon.errors import Place
from ortoo_daemon.interpretation import Wanted
from ortoo_daemon.policy.evaluation import Condition
from ortoo_daemon.policy.finders import Finder
from ortoo_daemon.policy.mapped import MappedField


@dataclass(frozen=True, slots=True, kw_only=True)
class AiField:
    """One row of the map: what is asked for, and where it goes.

    ``confidence`` is the least with which it counts, None: that of the task. ``finder`` looks for it in the
    text without any model. ``only_empty`` is the row's own word; that of ``mapped`` is what holds.
    """

    mapped: MappedField
    wanted: Wanted
    only_empty: bool | None = None
    confidence: float | None = None
    finder: Finder | None = None

    @property
    def field(self) -> str:
        return self.mapped.field


@dataclass(frozen=True, slots=True, kw_only=True)
class AiStep:
    """Read the texts of a record that meets ``when``, and fill ``fields`` with what they say.

    ``label`` names the step to tests. ``texts``, ``about`` pair a name of the catalogue's allow-list with a
    name of the record; ``people`` are fields that hold names of people, ``value`` what the record is worth.
    ``late`` are those of ``fields`` that nothing else of the policy looks at: they are read of no record
    but those whose text is read.
    """

    label: str
    task: str
    when: Condition | None = None
    texts: tuple[tuple[str, str], ...]
    about: tuple[tuple[str, str], ...] = ()
    people: tuple[str, ...] = ()
    value: str | None = None
    fields: tuple[AiField, ...]
    late: tuple[str, ...] = ()
    place: Place

    def fields_written(self) -> Iterator[str]:
        """API names that answers may be written to; nothing else ever is."""
        yield from (each.field for each in self.fields)

    def names_read(self) -> frozenset[str]:
        """What is looked at, ``$`` names included."""
        found = {name for _, name in (*self.texts, *self.about)} | set(self.people)
        if self.value is not None:
            found.add(self.value)
        return frozenset(found | (self.when.fields() if self.when is not None else set()))
