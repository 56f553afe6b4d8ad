"""What comes of starting something of the org's own: a flow, Apex, an agent, an action of the platform?

Records that start the same at once share a call, and each has its own outcome. Nothing is repeated: nobody
knows what a flow has done that was cut off.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import monotonic
from typing import Any

from ortoo_daemon.callouts import CallAnswer, CallKind, CallOutcome, CallQuestion
from ortoo_daemon.errors import (
    ApiLimitError,
    LoginError,
    OrgError,
    OutcomeUnknownError,
    PermanentOrgError,
)
from ortoo_daemon.json_text import json_text
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.batching import Batcher
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.responses import ActionsRefusedError

_INPUTS_IN_A_CALL = 100
_LONGEST_ANSWER = 16_000

_PATHS: Mapping[CallKind, str] = {
    CallKind.FLOW: "actions/custom/flow",
    CallKind.APEX: "actions/custom/apex",
    CallKind.AGENT: "actions/custom/generateAiAgentResponse",
    CallKind.STANDARD: "actions/standard",
}


class Invocations:
    """Starts for whoever asks. Raises nothing."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._batcher: Batcher[CallQuestion, CallAnswer] = Batcher(
            self._each, at_most=_INPUTS_IN_A_CALL, collect_for=0.02, in_flight=8
        )

    async def ask(self, question: CallQuestion) -> CallAnswer:
        """What came of it, after ``question.at_most`` seconds at the latest."""
        began = monotonic()
        try:
            async with asyncio.timeout(question.at_most):
                found = await self._batcher.ask(question)
        except TimeoutError:
            detail = f"no answer within {question.at_most:g} s; it may still run"
            found = CallAnswer(outcome=CallOutcome.TIMED_OUT, detail=detail)
        except OrgError as error:
            found = _failed(error)
        return replace(found, took_for=round(1000 * (monotonic() - began)))

    async def close(self) -> None:
        await self._batcher.close()

    async def _each(self, questions: Sequence[CallQuestion]) -> list[CallAnswer]:
        groups: dict[tuple[CallKind, str], list[CallQuestion]] = defaultdict(list)
        for question in questions:
            groups[question.kind, question.target].append(question)
        started = await asyncio.gather(*(self._started(*key, of) for key, of in groups.items()))
        found = {id(q): a for of, answers in zip(groups.values(), started, strict=True)
                 for q, a in zip(of, answers, strict=True)}  # fmt: skip
        return [found[id(question)] for question in questions]

    async def _started(
        self, kind: CallKind, target: str, questions: Sequence[CallQuestion]
    ) -> Sequence[CallAnswer]:
        inputs = [{n: v for n, v in each.sent if v is not None} for each in questions]
        path = f"{_PATHS[kind]}/{soql.name(target)}"
        try:
            results = await self._org.rest.call("POST", path, body={"inputs": inputs})
        except ActionsRefusedError as refused:
            results = refused.results
        except OrgError as error:
            return [_failed(error)] * len(questions)
        if not isinstance(results, Sequence) or len(results) != len(questions):
            detail = "the org's answer is not one for each"
            return [CallAnswer(outcome=CallOutcome.MALFORMED, detail=detail)] * len(questions)
        return [_answer(each) for each in results]


def _answer(result: Mapping[str, Any]) -> CallAnswer:
    """The outputs; of a failure the org's codes, not its words, which may quote the record."""
    if not result.get("isSuccess"):
        codes = sorted({str(each.get("statusCode")) for each in result.get("errors") or ()})
        detail = ", ".join(codes) or "no reason given"
        return CallAnswer(outcome=CallOutcome.REFUSED, detail=detail, requests=1)
    value = result.get("outputValues") or {}
    length = len(json_text(value))
    if length > _LONGEST_ANSWER:
        detail = f"{length:,} characters of outputs, {_LONGEST_ANSWER:,} can be kept"
        return CallAnswer(outcome=CallOutcome.TOO_LARGE, detail=detail, requests=1)
    return CallAnswer(outcome=CallOutcome.ANSWERED, value=value, requests=1)


def _failed(error: OrgError) -> CallAnswer:
    code = getattr(error, "code", "")
    if isinstance(error, ApiLimitError):
        outcome = CallOutcome.RATE_LIMITED
    elif isinstance(error, OutcomeUnknownError):
        outcome, code = CallOutcome.FAILED, f"{code}: nobody knows whether it ran"
    elif isinstance(error, PermanentOrgError):
        outcome = CallOutcome.REFUSED
    else:
        outcome = CallOutcome.UNREACHABLE if isinstance(error, LoginError) else CallOutcome.FAILED
    return CallAnswer(outcome=outcome, detail=str(code), requests=1)
