"""What do the stages before the rules do to a record's fields, as far as it is sure?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.attribution_model import Attribution
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.enrichment_model import ScoreStep, SetField, TableStep
from ortoo_daemon.policy.expressions import Constant
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.records import FieldValue


class Stage(IntEnum):
    """When a condition is asked."""

    ENTER = 0
    REQUIRE = 1
    RULES = 2


Key = tuple[str, int]
"""A field, and how many stages have written it before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """Fields that intake and enrichment write.

    ``when_empty`` are those that enrichment leaves alone when they are filled, ``constants`` those that
    have one value in the end.
    """

    intake: frozenset[str]
    enrichment: frozenset[str]
    when_empty: frozenset[str]
    constants: Mapping[str, FieldValue]

    def key(self, name: str, stage: Stage) -> Key:
        """The variable that a field is at a stage."""
        written = stage >= Stage.REQUIRE and name in self.intake
        return name, written + (stage >= Stage.RULES and name in self.enrichment)


def writes_of(policy: Policy) -> Writes:
    found = list(_enriching(policy))
    overwritten = {name for name, only_empty, _ in found if not only_empty}
    last = {name: (only_empty, step) for name, only_empty, step in found}
    return Writes(
        intake=frozenset(_taken_in(policy)),
        enrichment=frozenset(name for name, _, _ in found),
        when_empty=frozenset(last) - overwritten,
        constants={
            name: step.value.value
            for name, (only_empty, step) in last.items()
            if step is not None and not only_empty and isinstance(step.value, Constant)
        },
    )


def _taken_in(policy: Policy) -> Iterator[str]:
    yield from (step.field for step in policy.cleanse)
    if policy.vehicle is not None:
        yield from policy.vehicle.fields_written()


def _enriching(policy: Policy) -> Iterator[tuple[str, bool, SetField | None]]:
    """Each write in order: the field, whether a filled one is left alone, the step unless what it writes is
    not known before: a table's, a score, an answer."""
    for step in policy.enrichment:
        if isinstance(step, TableStep):
            yield from ((name, step.only_empty, None) for name, _ in step.sets)
        elif isinstance(step, ScoreStep):
            yield from ((name, False, None) for name in step.sets())
        elif isinstance(step, AiStep):
            yield from ((row.field, row.mapped.only_empty, None) for row in step.fields)
        elif isinstance(step, CallStep):
            yield from ((name, step.only_empty, None) for name in step.written())
        elif isinstance(step, HoldStep):
            # While a record waits, anything may be written to what it waits for.
            names = (*step.written(), *sorted(step.until.fields()))
            yield from ((name, False, None) for name in names if not name.startswith("$"))
        elif isinstance(step, Attribution):
            yield from ((name, name == step.first_touch, None) for name in step.sets())
        else:
            yield from ((each.field, each.only_empty, each) for each in step.sets)
