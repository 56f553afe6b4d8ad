"""What do these e-mails ask for, when a model of the catalogue reads them, too? Writes spending alone."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ortoo_daemon.daemon.loading.catalogue_file import read_catalogue
from ortoo_daemon.daemon.model_desk import model_desk, task_in_use
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.facts import ModelAnswer
from ortoo_daemon.intake.triage.triager import Triager, Understood
from ortoo_daemon.intake.understanding.agreement import agreed
from ortoo_daemon.intake.understanding.answer import judged
from ortoo_daemon.intake.understanding.question import TriageQuestion, question_about
from ortoo_daemon.policy.models.catalogue import Task, TaskName
from ortoo_daemon.services.models.desk import ModelDesk
from ortoo_daemon.services.models.inquiry import Inquiry, Judgement
from ortoo_daemon.services.models.port import Prompt

_AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSaid:
    """A model's part in understanding an e-mail; ``answer`` is None where none was asked."""

    answer: ModelAnswer | None
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTriager:
    """Understanding by rules and a model, for one directory, taxonomy and task."""

    triager: Triager
    desk: ModelDesk
    task: Task

    async def understand(self, record: str, by_rules: Understood) -> tuple[Understood, ModelSaid]:
        """What stands of both. ``record`` pays. Mail that no person wrote is not worth asking about.

        Raises StateError, ConfigError.
        """
        if by_rules.triage.automatic is not None:
            return by_rules, ModelSaid(answer=None)
        question = question_about(by_rules, self.triager, self.task.sending)
        answer = await self.desk.ask(TaskName.TRIAGE, self._inquiry(record, question))
        found = agreed(by_rules, answer, self.task, self.triager)
        return (
            replace(by_rules, triage=found.triage),
            ModelSaid(answer=answer, differences=found.differences),
        )

    def _inquiry(self, record: str, question: TriageQuestion) -> Inquiry:
        def judge(answer: Mapping[str, Any]) -> Judgement:
            verdict = judged(question, self.triager.taxonomy, answer)
            return Judgement(answer=verdict.kept, objections=verdict.objections)

        return Inquiry(
            record=record,
            prompt=Prompt(
                instructions=question.instructions,
                text=question.text,
                name=question.name,
                schema=question.schema,
            ),
            judge=judge,
            language=question.understood.reading.language,
            length=len(question.sent),
        )


async def with_models(
    settings: Settings,
    catalogue: Path,
    triager: Triager,
    by_rules: Iterable[tuple[str, Understood]],
) -> AsyncIterator[tuple[str, Understood, ModelSaid]]:
    """Each mail in its order, some of them at once. Raises ConfigError, StateError."""
    read = read_catalogue(catalogue)
    task = task_in_use(read, TaskName.TRIAGE, catalogue)
    async with model_desk(settings, read) as desk:
        asking = ModelTriager(triager=triager, desk=desk, task=task)
        waiting = list(by_rules)
        for start in range(0, len(waiting), _AT_ONCE):
            some = waiting[start : start + _AT_ONCE]
            found = await asyncio.gather(*(asking.understand(id, each) for id, each in some))
            for (id, _), (understood, said) in zip(some, found, strict=True):
                yield id, understood, said
