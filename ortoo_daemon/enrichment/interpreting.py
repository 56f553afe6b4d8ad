"""What does the record's own text say, and to which fields does it go? By a model's answer and by finders.

The answer stands behind a question, so that the decision can be taken again without a model. A value counts
where the map asks for it, its words stand in the text and it is sure enough; it goes to the field of its row
and to no other. Finders fill what no model was asked for, or did not say.
"""

from typing import NamedTuple

from ortoo_daemon.enrichment.finding import find
from ortoo_daemon.facts import LateFieldsQuestion, NotAsked
from ortoo_daemon.handling import Handling
from ortoo_daemon.interpretation import (
    InterpretQuestion,
    Item,
    Said,
    digest_of,
    model_notes,
    stands_in,
)
from ortoo_daemon.policy.ai_model import AiField, AiStep
from ortoo_daemon.policy.mapped import mapped_value
from ortoo_daemon.policy.models.catalogue import Disagreement
from ortoo_daemon.policy.values import fold, number, text_of
from ortoo_daemon.records import FieldValue, Record, WorkReason
from ortoo_daemon.trace import NOT_ASKED, FieldOrigin

STAGE = "enrichment"
LONGEST_TEXT = 100_000
"""Characters of one text that are read; a transcript may be longer."""


class _Value(NamedTuple):
    value: FieldValue
    by: str
    confidence: float
    evidence: str


def interpret(handling: Handling, step: AiStep, *, asking: bool = True) -> bool:
    """Fill the step's fields; False where its question must be answered first.

    A record is read when it is decided first, and when a person requeues it. ``asking`` False: nobody is
    asked, only finders look.
    """
    if handling.decided_before and handling.facts.item.reason is not WorkReason.REQUEUED:
        return True
    if step.when is not None and (failed := step.when.failure(handling.scope)) is not None:
        handling.trace.notes.append(f"{failed.place}: {step.label} not read: {failed.text} fails")
        return True
    question = _question(handling, step)
    if not question.text.strip():
        return True
    if asking and not _look_late(handling, step):
        return False
    unread = _unread(handling, step)
    open_rows = [
        row for row in step.fields if row.field not in unread and not _is_filled(handling, row)
    ]
    if not open_rows:
        return True
    if asking and question not in handling.facts.answers:
        handling.questions.append(question)
        return False
    answer = handling.facts.answers.get(question)
    said = answer if isinstance(answer, Said) else None
    if unread:
        message = f"{len(unread)} fields can't be read: they are left as they are"
        handling.report(unread[0], stage=STAGE, code=NOT_ASKED, message=message, place=step.place)
    _note(handling, step, said, refused=isinstance(answer, NotAsked))
    _fill(handling, step, open_rows, question.text, said)
    return True


def _look_late(handling: Handling, step: AiStep) -> bool:
    """Whether it is known what the step's own fields hold; asks for it, where nobody has asked."""
    asked = _late_question(handling, step)
    if asked.fields and asked not in handling.facts.answers:
        handling.questions.append(asked)
        return False
    answer = handling.facts.answers.get(asked)
    if isinstance(answer, Record):
        for name in step.late:
            handling.scope.values.setdefault(name, answer.get(name))
    return True


def _late_question(handling: Handling, step: AiStep) -> LateFieldsQuestion:
    record = handling.facts.record
    return LateFieldsQuestion(
        object=record.object, record=record.id, label=step.label, fields=step.late
    )


def _unread(handling: Handling, step: AiStep) -> tuple[str, ...]:
    """Fields that the org refuses to show: nobody knows what is there, so they are left as they are."""
    answer = handling.facts.answers.get(_late_question(handling, step))
    return step.late if isinstance(answer, NotAsked) else ()


def _question(handling: Handling, step: AiStep) -> InterpretQuestion:
    record, scope = handling.facts.record, handling.scope
    texts = tuple((part, scope.text(name)[:LONGEST_TEXT]) for part, name in step.texts)
    texts = tuple((part, text) for part, text in texts if text)
    about = tuple((name, text) for name, field in step.about if (text := scope.text(field)))
    wanted = tuple(row.wanted for row in step.fields)
    worth = None if step.value is None else number(text_of(scope.value(step.value)))
    return InterpretQuestion(
        object=record.object,
        record=record.id,
        label=step.label,
        task=step.task,
        digest=digest_of(texts, about, wanted),
        texts=texts,
        about=about,
        wanted=wanted,
        people=tuple(name for field in step.people if (name := scope.text(field))),
        language=dict(about).get("language", ""),
        value=None if worth is None else float(worth),
    )


def _is_filled(handling: Handling, row: AiField) -> bool:
    return row.mapped.only_empty and bool(handling.scope.text(row.field))


def _fill(
    handling: Handling, step: AiStep, rows: list[AiField], text: str, said: Said | None
) -> None:
    items = {item.name: item for item in said.items} if said is not None else {}
    for row in rows:
        by_model = None
        if said is not None and row.field in items:
            by_model = _counting(handling, row, items[row.field], said, text)
        by_finder = _found(row, text)
        standing = _agreed(handling, row, by_model, by_finder, said)
        if standing is None:
            continue
        mapped = mapped_value(row.mapped, standing.value, zone=handling.scope.zone)
        if mapped.trouble:
            _report(handling, row, "ai_value", mapped.trouble)
        if mapped.value is None:
            continue
        handling.give(row.field, mapped.value, stage=STAGE, place=row.mapped.place)
        by = f"{step.label}: {standing.by}"
        handling.trace.origins.append(
            FieldOrigin(row.field, by, standing.confidence, standing.evidence, row.mapped.place)
        )


def _counting(handling: Handling, row: AiField, item: Item, said: Said, text: str) -> _Value | None:
    """The model's value where it counts. Its words are looked for once more: facts may be of any origin."""
    bound = said.bound if row.confidence is None else row.confidence
    if item.confidence < bound:
        message = f"not sure enough: {item.confidence:g}, {bound:g} needed"
        _report(handling, row, "ai_unsure", message)
        return None
    missing = [words for words in item.evidence if not stands_in(words, text)]
    if missing or not item.evidence:
        _report(handling, row, "ai_evidence", "its evidence does not stand in the text")
        return None
    model = (said.model or {}).get("model") or "model"
    return _Value(item.value, f"model {model}", item.confidence, " … ".join(item.evidence))


def _found(row: AiField, text: str) -> _Value | None:
    if row.finder is None:
        return None
    found = find(row.finder, text, meaning=row.mapped.values)
    if found is None:
        return None
    return _Value(found.value, f"finder {row.finder}", 1.0, found.evidence)


def _agreed(
    handling: Handling,
    row: AiField,
    by_model: _Value | None,
    by_finder: _Value | None,
    said: Said | None,
) -> _Value | None:
    """What stands of both, by the task's word on disagreement."""
    if by_model is None or by_finder is None or said is None:
        return by_model or by_finder
    ours = mapped_value(row.mapped, by_finder.value, zone=handling.scope.zone).value
    theirs = mapped_value(row.mapped, by_model.value, zone=handling.scope.zone).value
    if fold(ours) == fold(theirs):
        return by_model
    word = Disagreement(said.disagreement)
    if said.orders_found and word is Disagreement.PREFER_MODEL:
        word = Disagreement.BOTH_OR_PERSON  # a model that differs may have obeyed the text
    if word is Disagreement.BOTH_OR_PERSON:
        _report(handling, row, "ai_differs", "model and finder differ: left to a person")
        return None
    return by_model if word is Disagreement.PREFER_MODEL else by_finder


def _report(handling: Handling, row: AiField, code: str, message: str) -> None:
    handling.report(row.field, stage=STAGE, code=code, message=message, place=row.mapped.place)


def _note(handling: Handling, step: AiStep, said: Said | None, *, refused: bool) -> None:
    notes, place = handling.trace.notes, step.place
    if said is None:
        why = "nobody could be asked" if refused else "no model was asked"
        notes.append(f"{place}: {step.label}: {why}, finders alone")
        return
    if said.orders_found:
        told = "the text gives orders to machines; they were not followed"
        notes.append(f"{place}: {step.label}: {told}")
    if said.model is not None:
        notes += [f"{place}: {step.label}: {each}" for each in model_notes(said.model)]
