"""What counts of a model's answer about a record's text, asked within all that bounds the task?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ortoo_daemon.facts import ModelAnswer, ModelOutcome
from ortoo_daemon.intake.understanding.keeping import kept_answer
from ortoo_daemon.intake.understanding.values import ValuesQuestion, judged_values, values_question
from ortoo_daemon.interpretation import InterpretQuestion, Item, Said
from ortoo_daemon.policy.models.catalogue import Task, TaskName
from ortoo_daemon.services.models.desk import ModelDesk
from ortoo_daemon.services.models.inquiry import Inquiry, Judgement
from ortoo_daemon.services.models.port import Prompt


async def interpreted(question: InterpretQuestion, desk: ModelDesk, task: Task) -> Said:
    """What counts of an answer, within all that bounds the task. Raises StateError, ConfigError."""
    sent = values_question(question, task.sending, task.prompt)
    terms = Said(
        bound=task.confidence,
        disagreement=str(task.disagreement),
        orders_found=bool(sent.orders),
    )
    if not sent.sent:
        return replace(terms, model=_told(_nothing_may_leave(task)))
    answer = await desk.ask(TaskName(question.task), _inquiry(question, sent))
    if answer.answer is None:
        return replace(terms, model=_told(answer))
    return replace(
        terms,
        items=tuple(Item(**each) for each in answer.answer["items"]),
        orders_found=bool(answer.answer["orders_found"]),
        model=_told(answer),
    )


def _inquiry(question: InterpretQuestion, sent: ValuesQuestion) -> Inquiry:
    def judge(answer: Mapping[str, Any]) -> Judgement:
        found = judged_values(sent, answer)
        if found.items is None:
            return Judgement(answer=None, objections=found.objections)
        items = [item._asdict() for item in found.items]
        kept = {"items": items, "orders_found": found.orders_found}
        return Judgement(answer=kept, objections=found.objections)

    return Inquiry(
        record=question.record,
        prompt=Prompt(
            instructions=sent.instructions, text=sent.text, name=sent.name, schema=sent.schema
        ),
        judge=judge,
        language=question.language,
        length=len(sent.sent),
        value=question.value,
        alone=bool(sent.orders),
        suspects=lambda answer: bool(answer.get("orders_found")),
    )


def _told(answer: ModelAnswer) -> Mapping[str, Any]:
    """The requests as plain JSON; the values stand beside them."""
    spent = {"tokens": answer.tokens, "cost": answer.cost, "took_for": answer.took_for}
    return {**kept_answer(replace(answer, answer=None)), **spent}


def _nothing_may_leave(task: Task) -> ModelAnswer:
    return ModelAnswer(
        task=str(task.name),
        outcome=ModelOutcome.OFF,
        asked_at=datetime.now(UTC),
        prompt=task.prompt,
        form=task.answer,
        prompt_hash="",
    )
