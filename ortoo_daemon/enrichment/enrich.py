"""What else is known about the record? By tables, constants, templates, scores, its own text, and others."""

from ortoo_daemon.enrichment.attributing import attribute
from ortoo_daemon.enrichment.calling import call, hold
from ortoo_daemon.enrichment.interpreting import interpret
from ortoo_daemon.enrichment.scoring import scored
from ortoo_daemon.handling import Handling
from ortoo_daemon.policy.ai_model import AiStep
from ortoo_daemon.policy.attribution_model import Attribution
from ortoo_daemon.policy.call_model import CallStep, HoldStep
from ortoo_daemon.policy.enrichment_model import MatchKind, ScoreStep, SetStep, TableStep

STAGE = "enrichment"
_AS = {MatchKind.RANGE: "in", MatchKind.WORDS: "with the words of one, and no other,"}


def enrich(handling: Handling) -> None:
    """Run every enrichment step; later steps see what earlier ones set.

    A step that asks leaves everything as it found it; with its answer the way goes on from there.
    """
    _enrich(handling, asking=True)


def enrich_without_asking(handling: Handling) -> None:
    """The same for a look at a record that is not decided now: nobody is asked."""
    _enrich(handling, asking=False)


def _enrich(handling: Handling, *, asking: bool) -> None:
    for step in handling.policy.enrichment[handling.enriched :]:
        match step:
            case TableStep():
                _look_up(handling, step)
            case SetStep():
                _set(handling, step)
            case ScoreStep():
                _score(handling, step)
            case Attribution():
                attribute(handling, step)
            case AiStep():
                if not interpret(handling, step, asking=asking):
                    return
            case CallStep():
                if not call(handling, step, asking=asking):
                    return
            case HoldStep():
                if not hold(handling, step, asking=asking):
                    return
        handling.enriched += 1


def _look_up(handling: Handling, step: TableStep) -> None:
    """Copy columns of the row that fits; an empty cell says nothing and leaves the field alone.

    A table that may only fill empty fields is not asked when none of them is empty.
    """
    if step.only_empty and all(handling.scope.text(name) for name, _ in step.sets):
        return
    keys = [(match, handling.scope.value(match.field)) for match in step.matches]
    empty = [match.field for match, value in keys if value is None or value == ""]
    row = None if empty else step.table.find(keys, handling.received_on)
    if row is None:
        _report_miss(handling, step, empty)
        return
    for name, column in step.sets:
        cell = row.get(column, "")
        if cell != "" and not (step.only_empty and handling.scope.text(name)):
            handling.give(name, cell, stage=STAGE, place=step.place)


def _report_miss(handling: Handling, step: TableStep, empty: list[str]) -> None:
    if empty:
        message = f"{step.table.path} was not asked: {', '.join(empty)} is empty"
    else:
        keys = ", ".join(
            f"{match.field} {_AS.get(match.kind, 'as')} {' .. '.join(match.columns)}"
            for match in step.matches
        )
        message = f"{step.table.path} has no row for {keys}"
    code = "table_key_empty" if empty else "table_miss"
    name = empty[0] if empty else step.matches[0].field
    handling.report(name, stage=STAGE, code=code, message=message, place=step.place)


def _set(handling: Handling, step: SetStep) -> None:
    for assignment in step.sets:
        if assignment.only_empty and handling.scope.text(assignment.field):
            continue
        value = assignment.value.evaluate(handling.scope)
        handling.give(assignment.field, value, stage=STAGE, place=assignment.place)


def _score(handling: Handling, step: ScoreStep) -> None:
    if step.when is not None and not step.when.holds(handling.scope):
        return
    found = scored(step.card, handling.scope, field=step.into)
    handling.trace.scores.append(found)
    handling.give(step.into, found.score, stage=STAGE, place=step.place)
    if step.band is not None:
        handling.give(step.band, found.band, stage=STAGE, place=step.place)
