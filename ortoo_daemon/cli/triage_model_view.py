"""How is a model's part in understanding e-mails shown: which was asked, what it cost, where it differs?"""

from collections.abc import Sequence
from typing import Any

from ortoo_daemon.cli.terminal import say
from ortoo_daemon.daemon.asking.model_triaging import ModelSaid
from ortoo_daemon.facts import ModelAnswer, ModelOutcome
from ortoo_daemon.intake.understanding.keeping import kept_answer
from ortoo_daemon.policy.models.catalogue import MILLION


def show(id: str, said: ModelSaid) -> None:
    """Every request of one mail, and what rules and model differ in."""
    answer = said.answer
    say()
    if answer is None:
        say(f"{id}: no model was asked, no person wrote this", "dim")
        return
    style = "" if answer.outcome is ModelOutcome.ANSWERED else "yellow"
    say(f"{id}: model {answer.model or 'none'}, {answer.outcome}, {_cost(answer)}", style)
    for attempt in answer.attempts:
        told = "; ".join(filter(None, (attempt.detail, *attempt.objections)))
        say(
            f"   {attempt.model}: {attempt.outcome}, {attempt.took_for} ms{told and f': {told}'}",
            "dim",
        )
    say(f"   prompt {answer.prompt} {answer.prompt_hash}", "dim")
    for difference in said.differences:
        say(f"   differs: {difference}", "yellow")


def show_sum(all: Sequence[ModelSaid]) -> None:
    """One line for many mails."""
    answers = [said.answer for said in all if said.answer is not None]
    counted = sum(answer.outcome is ModelOutcome.ANSWERED for answer in answers)
    differ = sum(bool(said.differences) for said in all)
    tokens = sum(answer.tokens for answer in answers)
    cost = sum(answer.cost for answer in answers) / MILLION
    currency = answers[0].currency if answers else ""
    say(
        f"models: asked about {len(answers)} mails, {counted} answers counted, {differ} differ from rules,"
        f" {tokens} tokens, {cost:.4f} {currency}"
    )


def model_json(said: ModelSaid) -> dict[str, Any]:
    """The same for programs; amounts in millionths of the currency, as they are kept."""
    answer = None if said.answer is None else kept_answer(said.answer)
    return {"answer": answer, "differences": list(said.differences)}


def _cost(answer: ModelAnswer) -> str:
    return f"{answer.tokens} tokens, {answer.cost / MILLION:.4f} {answer.currency}"
