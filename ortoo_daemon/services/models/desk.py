"""What do the models of the catalogue say about a record, within all that bounds the task?

One way to ask: models in the order of the task's rule, each at most ``tries`` times, everything within the
task's time limit. Money is reserved first, and answers are judged by whoever asks. Whatever becomes of it is
one `ModelAnswer` with every attempt.
"""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import structlog

from ortoo_daemon.facts import ModelAnswer, ModelAttempt, ModelOutcome
from ortoo_daemon.policy.models.catalogue import MILLION, Catalogue, Model, Task, TaskName
from ortoo_daemon.policy.models.picking import Circumstances, Pick, pick
from ortoo_daemon.services.models.batches import Batches, Part, Sharing
from ortoo_daemon.services.models.inquiry import (
    Inquiry,
    Judgement,
    prompt_hash,
    tokens_at_most,
    with_objections,
)
from ortoo_daemon.services.models.ledger import SpendingLedger
from ortoo_daemon.services.models.lines import Lines
from ortoo_daemon.services.models.port import Prompt, ProviderError, Reply, Request

_log = structlog.get_logger(__name__)

_FIRST_WAIT = 0.5
_AGAIN = {ModelOutcome.OVERLOADED, ModelOutcome.DOWN, ModelOutcome.INVALID}
_NO_JSON = "it was no JSON object in the form that was asked for"


class ModelDesk:
    """Asks for whoever needs a model's word. ``clock`` gives seconds that only go up."""

    def __init__(
        self,
        catalogue: Catalogue,
        lines: Lines,
        ledger: SpendingLedger,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.catalogue = catalogue
        self.lines = lines
        self.ledger = ledger
        self.clock = clock
        self.batches = Batches(lines, ledger, clock)
        self._now = now

    async def ask(self, name: TaskName, inquiry: Inquiry) -> ModelAnswer:
        """Raises StateError where spending can't be written down, ConfigError where a key is missing."""
        asked_at = self._now()
        task = self.catalogue.task(name)
        if task is None:
            return _off(name, asked_at)
        asking = _Asking(self, task, inquiry, asked_at.date().isoformat())
        attempts = await asking.within_the_limit()
        last = attempts[-1]
        counts = last.outcome is ModelOutcome.ANSWERED
        found = ModelAnswer(
            task=str(name),
            outcome=last.outcome,
            asked_at=asked_at,
            prompt=task.prompt,
            form=task.answer,
            prompt_hash=prompt_hash(inquiry.prompt),
            choice=asking.pick.choice,
            model=last.model if counts else None,
            answer=asking.kept if counts else None,
            attempts=tuple(attempts),
            currency=self.catalogue.currency,
        )
        _tell(found, inquiry.record)
        return found

    async def close(self) -> None:
        await self.batches.close()
        await self.lines.close()


class _Asking:
    """One inquiry under way."""

    def __init__(self, desk: ModelDesk, task: Task, inquiry: Inquiry, day: str) -> None:
        self.desk = desk
        self.task = task
        self.inquiry = inquiry
        self.day = day
        self.attempts: list[ModelAttempt] = []
        self.kept: Mapping[str, Any] | None = None
        self.pick = Pick(models=task.models, choice=0)
        self.until = desk.clock() + task.time_limit.total_seconds()

    async def within_the_limit(self) -> Sequence[ModelAttempt]:
        """All attempts, the telling one last; never empty."""
        try:
            async with asyncio.timeout(self.task.time_limit.total_seconds()):
                self.pick = await self._pick()
                for number, name in enumerate(self.pick.models):
                    # The first may use no more than its share, or a slow one would leave no time for others.
                    share = (self.until - self.desk.clock()) / (len(self.pick.models) - number)
                    model = self.desk.catalogue.models[name]
                    if await self._model(model, self.desk.clock() + share):
                        break
        except TimeoutError:
            name = self.attempts[-1].model if self.attempts else self.pick.models[0]
            detail = f"nothing counted within {self.task.time_limit.total_seconds():g} s"
            self.attempts.append(
                ModelAttempt(model=name, outcome=ModelOutcome.TIMED_OUT, detail=detail)
            )
        return self.attempts

    async def _pick(self) -> Pick:
        budget = self.task.budget.day
        spent = await self.desk.ledger.spent(str(self.task.name), self.day)
        return pick(
            self.task,
            Circumstances(
                language=self.inquiry.language,
                length=self.inquiry.length,
                value=self.inquiry.value,
                budget_left=100 * max(0, budget - spent) / budget if budget else 0.0,
            ),
        )

    async def _model(self, model: Model, until: float) -> bool:
        """Ask one model, again where that may help. True when an answer counts."""
        prompt = self.inquiry.prompt
        together = await self._together(model, until)
        for number in range(self.task.tries):
            found, wait = together or await self._once(model, prompt, until)
            together = None
            self.attempts.append(found)
            if found.outcome is ModelOutcome.ANSWERED:
                return True
            if found.outcome not in _AGAIN or number + 1 == self.task.tries:
                return False
            if found.outcome is ModelOutcome.INVALID:
                prompt = with_objections(self.inquiry.prompt, found.objections or (_NO_JSON,))
                continue
            if wait is None:
                wait = _FIRST_WAIT * 2**number * random.uniform(0.5, 1.0)
            if self.desk.clock() + wait >= until:
                return False  # another model may still answer in time
            await asyncio.sleep(wait)
        return False

    async def _together(
        self, model: Model, until: float
    ) -> tuple[ModelAttempt, float | None] | None:
        """What came of a request that was shared with others; None where the question is asked alone.

        An answer that does not count is no try of its own: the question is then asked alone.
        """
        if self.task.batch is None:
            return None
        began = self.desk.clock()
        terms = Sharing(task=self.task, model=model, day=self.day, until=until)
        part = await self.desk.batches.ask(self.inquiry, terms)
        if part is None:
            return None
        found, wait = self._of_part(model, part)
        found = replace(_took(found, self.desk.clock() - began), together=part.together)
        if found.outcome is not ModelOutcome.INVALID:
            return found, wait
        self.attempts.append(found)
        return None

    def _of_part(self, model: Model, part: Part) -> tuple[ModelAttempt, float | None]:
        if part.refused:
            found = _none(model, ModelOutcome.OVER_BUDGET, f"budget of the {part.refused}")
            return found, None
        if part.error is not None:
            error = part.error
            return _none(model, error.outcome, str(error), part.cost), error.retry_after
        assert part.reply is not None  # one of the three
        return replace(self._judged(model, part.reply), cost=part.cost), None

    async def _once(
        self, model: Model, prompt: Prompt, until: float
    ) -> tuple[ModelAttempt, float | None]:
        """One request, or why there was none; and the seconds that the provider asks to wait."""
        length = tokens_at_most(prompt)
        if length > self.task.most_input:
            return _none(model, ModelOutcome.TOO_LONG, f"about {length} tokens"), None
        ledger, record, task = self.desk.ledger, self.inquiry.record, str(self.task.name)
        amount = model.most_cost(input=length, output=self.task.most_output)
        most = (self.task.budget.day, self.task.budget.record)
        refused = await ledger.reserve(task, self.day, record, amount=amount, most=most)
        if refused:
            return _none(model, ModelOutcome.OVER_BUDGET, f"budget of the {refused}"), None
        began = self.desk.clock()
        found, wait = await self._sent(model, prompt, until, amount)
        await ledger.settle(task, self.day, record, reserved=amount, cost=found.cost)
        return _took(found, self.desk.clock() - began), wait

    async def _sent(
        self, model: Model, prompt: Prompt, until: float, amount: int
    ) -> tuple[ModelAttempt, float | None]:
        """Where nobody knows whether a request is charged, it counts as charged in full."""
        request = Request(
            prompt=prompt,
            model=model.called,
            most_output=self.task.most_output,
            within=max(0.0, until - self.desk.clock()),
            temperature=self.task.temperature if model.takes_temperature else None,
        )
        try:
            reply = await self.desk.lines.send(model.provider, request)
        except ProviderError as error:
            unknown = error.outcome in (ModelOutcome.TIMED_OUT, ModelOutcome.INVALID)
            cost = amount if unknown else 0
            return _none(model, error.outcome, str(error), cost), error.retry_after
        return self._judged(model, reply), None

    def _judged(self, model: Model, reply: Reply) -> ModelAttempt:
        judged = Judgement(answer=None)
        if reply.answer is not None:
            judged = self.inquiry.judge(reply.answer)
        self.kept = judged.answer
        return ModelAttempt(
            model=model.name,
            outcome=ModelOutcome.INVALID if judged.answer is None else ModelOutcome.ANSWERED,
            detail=reply.detail,
            objections=judged.objections,
            tokens_in=reply.tokens.input + reply.tokens.cache_write,
            tokens_out=reply.tokens.output,
            tokens_cached=reply.tokens.cache_read,
            cost=model.cost(reply.tokens),
        )


def _none(model: Model, outcome: ModelOutcome, detail: str, cost: int = 0) -> ModelAttempt:
    return ModelAttempt(model=model.name, outcome=outcome, detail=detail, cost=cost)


def _took(attempt: ModelAttempt, seconds: float) -> ModelAttempt:
    return replace(attempt, took_for=round(1000 * seconds))


def _off(name: TaskName, at: datetime) -> ModelAnswer:
    return ModelAnswer(
        task=str(name), outcome=ModelOutcome.OFF, asked_at=at, prompt="", form="", prompt_hash=""
    )


def _tell(found: ModelAnswer, record: str) -> None:
    facts = {
        "task": found.task,
        "record": record,
        "model": found.model,
        "outcome": str(found.outcome),
        "prompt": found.prompt,
        "prompt_hash": found.prompt_hash,
        "requests": len(found.attempts),
        "tokens": found.tokens,
        "cost": found.cost / MILLION,
        "currency": found.currency,
        "took_ms": found.took_for,
    }
    if found.outcome is ModelOutcome.ANSWERED:
        _log.info("model.answered", **facts)
        return
    tried = [f"{each.model}: {each.outcome}, {each.detail}" for each in found.attempts]
    _log.warning("model.failed", **facts, attempts=tried)
