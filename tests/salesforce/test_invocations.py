"""Claims about flows, Apex and agents that a step starts, against a sandbox org."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from ortoo_daemon.callouts import CallAnswer, CallKind, CallOutcome, CallQuestion
from ortoo_daemon.daemon.calling.invocations import Invocations
from ortoo_daemon.records import RecordId
from tests.asynchronous import asynchronous
from tests.salesforce.sandbox import Sandbox


def question(
    target: str = "Score_Lead", kind: CallKind = CallKind.FLOW, number: int = 1, **sent: object
) -> CallQuestion:
    return CallQuestion(
        kind=kind,
        target=target,
        step=target,
        record=RecordId(f"00Q{number:012d}AAA"),
        key=f"{number}:first",
        sent=tuple(sorted(sent.items())),  # type: ignore[arg-type]
        at_most=5.0,
    )


async def started(sandbox: Sandbox, *questions: CallQuestion) -> Sequence[CallAnswer]:
    org = sandbox.org()
    invocations = Invocations(org)
    try:
        return await asyncio.gather(*map(invocations.ask, questions))
    finally:
        await invocations.close()
        await org.close()


def runs(sandbox: Sandbox, name: str) -> list[dict[str, object]]:
    told = sandbox.control("GET", "told")["started"]
    return [each["inputs"] for each in told if each["name"] == name]


@asynchronous
async def test_records_that_start_the_same_flow_share_a_call_and_have_their_own_outcomes(sandbox):
    flow = {"name": "flow/Score_Lead", "outputs": {"score": 80}, "needs": ["model"]}
    sandbox.control("POST", "invocables", flow)
    sandbox.control("DELETE", "calls")
    asked = [question(number=n, model="e-208" if n != 3 else None) for n in range(6)]
    found = await started(sandbox, *asked)
    assert [each.outcome for each in found] == [
        CallOutcome.REFUSED if n == 3 else CallOutcome.ANSWERED for n in range(6)
    ]
    assert found[0].value == {"score": 80}
    assert found[3].detail == "REQUIRED_FIELD_MISSING"
    posts = [each for each in sandbox.calls() if "/actions/" in each["path"]]
    assert len(posts) == 1


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (CallKind.APEX, "apex/Credit_Check"),
        (CallKind.AGENT, "generateAiAgentResponse/Credit_Check"),
        (CallKind.STANDARD, "standard/Credit_Check"),
    ],
)
@asynchronous
async def test_apex_agents_and_actions_of_the_platform_are_started_by_their_names(
    sandbox, kind, path
):
    sandbox.control("POST", "invocables", {"name": path, "outputs": {"agentResponse": "hot"}})
    (found,) = await started(sandbox, question("Credit_Check", kind, userMessage="Is it hot?"))
    assert (found.outcome, found.value) == (CallOutcome.ANSWERED, {"agentResponse": "hot"})
    assert runs(sandbox, path)[-1] == {"userMessage": "Is it hot?"}


@asynchronous
async def test_what_fails_is_told_by_its_code_and_run_once(sandbox):
    sandbox.control(
        "POST", "invocables", {"name": "flow/Broken", "fails": "CANNOT_EXECUTE_FLOW_TRIGGER"}
    )
    (found,) = await started(sandbox, question("Broken", recordId="00Q1"))
    assert (found.outcome, found.detail) == (CallOutcome.REFUSED, "CANNOT_EXECUTE_FLOW_TRIGGER")
    assert len(runs(sandbox, "flow/Broken")) == 1
    (found,) = await started(sandbox, question("Not_There"))
    assert (found.outcome, found.detail) == (CallOutcome.REFUSED, "NOT_FOUND")


@asynchronous
async def test_a_slow_org_costs_a_record_no_more_than_its_time(sandbox):
    sandbox.control("POST", "invocables", {"name": "flow/Slow", "outputs": {}})
    sandbox.fault("hold", path="actions/custom/flow/Slow")
    org = sandbox.org()
    invocations = Invocations(org)
    found = await invocations.ask(question("Slow")._replace(at_most=0.3))
    sandbox.control("DELETE", "faults")
    await invocations.close()
    await org.close()
    assert found.outcome is CallOutcome.TIMED_OUT
    assert found.took_for < 2_000
