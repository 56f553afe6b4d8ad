"""What does a policy add to a record, from tables, constants, templates, calls? Values of ``enrichment:``.

`SetField` is also what ``action: set:`` writes once an owner is found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.attribution_model import Attribution
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.evaluation import Condition, Expression
from ortoo_daemon.policy.score_model import Scorecard
from ortoo_daemon.records import FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SetField:
    """Give ``field`` the value of an expression; ``only_empty`` leaves a filled field alone."""

    field: str
    value: Expression
    only_empty: bool = False
    place: Place


class MatchKind(StrEnum):
    EXACT = "exact"
    PREFIX = "prefix"
    RANGE = "range"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMatch:
    """One key of a look-up: the record's field, the table's column(s), and how they are compared.

    RANGE uses two columns, first and last value, both included. WORDS: the cell stands in the field's text,
    word for word; of the others beside it each is EXACT.
    """

    field: str
    columns: tuple[str, ...]
    kind: MatchKind = MatchKind.EXACT


class Table(Protocol):
    """A CSV reference table (`policy.tables`). ``path`` as written in the policy."""

    @property
    def path(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    def find(
        self, matches: Sequence[tuple[TableMatch, FieldValue]], on: date
    ) -> Mapping[str, str] | None:
        """The best row valid on that date: exact before prefix, longer before shorter prefix. Of several
        that a text names what they agree on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStep:
    """Look the record up in a table and copy columns into fields: ``sets`` is (field, column) pairs."""

    table: Table
    matches: tuple[TableMatch, ...]
    sets: tuple[tuple[str, str], ...]
    only_empty: bool
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep:
    """Constants and templates."""

    sets: tuple[SetField, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreStep:
    """Write the score by a card to ``into``, and the name of its band to ``band`` where one is named.

    Records that ``when`` does not take have no score by this card: their fields stay as they are.
    """

    card: Scorecard
    into: str
    band: str | None = None
    when: Condition | None = None
    place: Place

    def sets(self) -> tuple[str, ...]:
        """The fields that the step writes."""
        return (self.into,) if self.band is None else (self.into, self.band)

    def fields(self) -> frozenset[str]:
        """What is read of the record, ``$`` names of ``when`` included."""
        found = self.card.fields()
        return found if self.when is None else found | self.when.fields()


EnrichmentStep = TableStep | SetStep | ScoreStep | AiStep | CallStep | HoldStep | Attribution
