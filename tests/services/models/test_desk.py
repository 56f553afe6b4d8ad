"""Asking models: whatever providers do, it ends within the bounds, with a record of each attempt."""

import asyncio
import time
from datetime import timedelta

import pytest

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models.catalogue import Choice, Dialect, Spending, TaskName, money
from ortoo_daemon.services.models.ledger import MemoryLedger
from tests.asynchronous import asynchronous
from tests.services.models.desks import catalogue, desk_for, inquiry, task
from tests.services.models.stand_in import Served, stand_in

RIGHT = Served(answer={"right": True})
WRONG = Served(answer={"right": False})
DOWN = "http://127.0.0.1:9"
ANSWERED, DOWN_ = ModelOutcome.ANSWERED, ModelOutcome.DOWN


async def asked(found, *, ledger=None, **more):
    async with desk_for(found, ledger) as desk:
        return await desk.ask(TaskName.TRIAGE, inquiry(**more))


async def asked_often(found, times):
    async with desk_for(found) as desk:
        each = (desk.ask(TaskName.TRIAGE, inquiry(str(number))) for number in range(times))
        return await asyncio.gather(*each)


def outcomes(answer):
    return [(each.model, each.outcome) for each in answer.attempts]


@pytest.mark.parametrize("dialect", Dialect)
@asynchronous
async def test_an_answer_comes_with_its_model_tokens_cost_time_and_prompt_hash(dialect):
    async with stand_in(RIGHT) as server:
        answer = await asked(catalogue(server.url, dialect=dialect))
        again = await asked(catalogue(server.url, dialect=dialect))
    assert (answer.outcome, answer.model) == (ANSWERED, "first")
    assert answer.answer == {"right": True}
    assert (answer.tokens, answer.cost) == (1_200, 1_000 * 1 + 200 * 5)
    assert answer.took_for > 0
    assert len(answer.prompt_hash) == 32
    assert answer.prompt_hash == again.prompt_hash


@asynchronous
async def test_the_messages_protocol_is_spoken_with_cached_instructions_and_a_forced_form():
    async with stand_in(RIGHT) as server:
        await asked(catalogue(server.url))
    (body,), (headers,) = server.requests, server.headers
    assert server.paths == ["/v1/messages"]
    assert (body["model"], body["max_tokens"], body["temperature"]) == ("first-model", 1_500, 0.0)
    (system,) = body["system"]
    assert (system["text"], system["cache_control"]) == ("Read.", {"type": "ephemeral"})
    assert body["tool_choice"] == {"type": "tool", "name": "triage"}
    assert body["tools"][0]["input_schema"] == {"type": "object"}
    assert "sk-test" in (headers.get("x-api-key"), headers.get("authorization", "")[7:])


@asynchronous
async def test_chat_completions_are_asked_for_json_of_the_schema():
    async with stand_in(RIGHT) as server:
        await asked(catalogue(f"{server.url}/v1", dialect=Dialect.OPENAI))
    (body,), (headers,) = server.requests, server.headers
    assert server.paths == ["/v1/chat/completions"]
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert [message["role"] for message in body["messages"]] == ["system", "user"]
    assert headers["authorization"] == "Bearer sk-test"


@asynchronous
async def test_what_is_off_asks_nobody():
    off = catalogue(DOWN, bound=task("first", enabled=False))
    assert (await asked(off)).outcome is ModelOutcome.OFF


@asynchronous
async def test_an_answer_that_does_not_count_is_asked_for_again_with_what_was_wrong():
    async with stand_in(WRONG, RIGHT) as server:
        answer = await asked(catalogue(server.url))
    assert outcomes(answer) == [("first", ModelOutcome.INVALID), ("first", ANSWERED)]
    assert "- wrong" in server.requests[1]["messages"][0]["content"]
    assert answer.cost == 2 * 2_000


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    "served",
    [
        Served(body="{"),
        Served(body="[]"),
        Served(body='{"type": "message", "content": "no", "choices": "no"}'),
        Served(body='{"type":"message","content":[{"type":"text","text":"hm"}],"usage":null}'),
    ],
)
@asynchronous
async def test_what_is_no_answer_at_all_ends_with_the_next_model(served, dialect):
    async with stand_in(served) as bad, stand_in(RIGHT) as good:
        answer = await asked(catalogue(bad.url, good.url, dialect=dialect))
    assert outcomes(answer)[:2] == [("first", ModelOutcome.INVALID)] * 2
    assert (answer.outcome, answer.model) == (ANSWERED, "second")


@asynchronous
async def test_an_answer_that_was_cut_by_the_token_limit_does_not_count():
    async with stand_in(Served(answer={"right": True}, stop_reason="max_tokens")) as server:
        answer = await asked(catalogue(server.url))
    assert answer.outcome is ModelOutcome.INVALID
    assert "max_tokens" in answer.attempts[0].detail
    assert answer.cost == 2 * 2_000, "it was paid for, though"


@pytest.mark.parametrize("status", [429, 529])
@pytest.mark.parametrize("dialect", Dialect)
@asynchronous
async def test_a_busy_provider_is_asked_again_when_it_said(status, dialect):
    busy = Served(status=status, headers={"Retry-After": "0.2"})
    began = time.monotonic()
    async with stand_in(busy, RIGHT) as server:
        answer = await asked(catalogue(server.url, dialect=dialect))
    assert time.monotonic() - began >= 0.2
    assert outcomes(answer) == [("first", ModelOutcome.OVERLOADED), ("first", ANSWERED)]
    assert answer.attempts[0].cost == 0
    assert str(status) in answer.attempts[0].detail
    assert "secret" not in answer.attempts[0].detail


@asynchronous
async def test_who_asks_to_wait_longer_than_there_is_time_is_left_for_the_next_model():
    patient = Served(status=429, headers={"Retry-After": "60"})
    async with stand_in(patient) as busy, stand_in(RIGHT) as good:
        answer = await asked(catalogue(busy.url, good.url))
    assert outcomes(answer) == [("first", ModelOutcome.OVERLOADED), ("second", ANSWERED)]


@asynchronous
async def test_a_wrong_key_is_not_tried_twice():
    async with stand_in(Served(status=401)) as server:
        answer = await asked(catalogue(server.url))
    assert outcomes(answer) == [("first", ModelOutcome.REFUSED)]


@pytest.mark.parametrize("dialect", Dialect)
@asynchronous
async def test_a_slow_model_leaves_time_for_the_next_one_and_counts_as_charged(dialect):
    bound = task("first", "second", time_limit=timedelta(seconds=3))
    slow = Served(answer={"right": True}, after=30)
    async with stand_in(slow) as server, stand_in(RIGHT) as good:
        answer = await asked(catalogue(server.url, good.url, bound=bound, dialect=dialect))
    assert outcomes(answer) == [("first", ModelOutcome.TIMED_OUT), ("second", ANSWERED)]
    assert answer.attempts[0].cost > 0


@asynchronous
async def test_nothing_takes_longer_than_the_time_limit():
    bound = task("first", time_limit=timedelta(seconds=1))
    async with stand_in(Served(answer={"right": True}, after=30)) as server:
        began = time.monotonic()
        answer = await asked(catalogue(server.url, bound=bound))
    assert time.monotonic() - began < 5
    assert answer.outcome is ModelOutcome.TIMED_OUT
    assert answer.answer is None


@pytest.mark.parametrize("dialect", Dialect)
@asynchronous
async def test_an_outage_of_every_provider_is_told_and_costs_nothing(dialect):
    ledger = MemoryLedger()
    answer = await asked(catalogue(DOWN, f"{DOWN}/v1", dialect=dialect), ledger=ledger)
    assert {each.outcome for each in answer.attempts} == {DOWN_}
    assert {each.model for each in answer.attempts} == {"first", "second"}
    assert answer.cost == 0
    assert await ledger.spent("triage", "2026-11-23") == 0


@asynchronous
async def test_a_provider_that_fails_is_left_alone_and_tried_again_later():
    now = [0.0]
    found = catalogue("http://x.example", pause_after=2, pause_for=timedelta(minutes=1))
    from ortoo_daemon.policy.models.catalogue import Tokens
    from ortoo_daemon.services.models.lines import Lines
    from ortoo_daemon.services.models.port import Prompt, ProviderError, Reply, Request

    class Flaky:
        asked, fails = 0, True

        async def ask(self, request):
            self.asked += 1
            if self.fails:
                raise ProviderError(DOWN_, "HTTP 500")
            return Reply(answer={}, tokens=Tokens())

        async def close(self):
            """Nothing is open."""

    flaky = Flaky()
    lines = Lines(found, lambda provider: flaky, clock=lambda: now[0])
    prompt = Prompt(instructions="", text="", name="a", schema={})
    request = Request(prompt=prompt, model="m", most_output=1, within=5)

    async def send():
        try:
            return await lines.send("first", request)
        except ProviderError as error:
            return str(error)

    assert [await send() for _ in range(4)][1:] == ["HTTP 500", *["left alone after failures"] * 2]
    assert flaky.asked == 2
    now[0] = 61
    assert await send() == "HTTP 500"
    assert await send() == "left alone after failures", "the trial failed: another pause"
    now[0], flaky.fails = 200, False
    assert (await send()).answer == {}
    assert (await send()).answer == {}
    assert flaky.asked == 5


@asynchronous
async def test_no_more_is_asked_at_once_than_the_catalogue_allows():
    async with stand_in(Served(answer={"right": True}, after=0.05)) as server:
        answers = await asked_often(catalogue(server.url, parallel=2), 8)
    assert {each.outcome for each in answers} == {ANSWERED}
    assert server.most_at_once == 2


@pytest.mark.parametrize(
    ("budget", "whose"),
    [
        (Spending(day=money(0.001), record=money(1)), "day"),
        (Spending(day=money(1), record=money(0.001)), "record"),
    ],
)
@asynchronous
async def test_what_could_cost_more_than_the_budget_is_not_sent(budget, whose):
    async with stand_in(RIGHT) as server:
        answer = await asked(catalogue(server.url, bound=task("first", budget=budget)))
    assert outcomes(answer) == [("first", ModelOutcome.OVER_BUDGET)]
    assert whose in answer.attempts[0].detail
    assert server.requests == []


@asynchronous
async def test_requests_at_once_do_not_spend_the_same_money():
    bound = task("first", budget=Spending(day=money(0.03), record=money(1)))
    async with stand_in(Served(answer={"right": True}, after=0.1)) as server:
        answers = await asked_often(catalogue(server.url, bound=bound, parallel=50), 20)
    refused = [each for each in answers if each.outcome is ModelOutcome.OVER_BUDGET]
    assert 0 < len(server.requests) < 20
    assert len(refused) + len(server.requests) == 20
    assert sum(each.cost for each in answers) <= money(0.03)


@asynchronous
async def test_what_is_too_long_for_the_task_is_not_sent():
    async with stand_in(RIGHT) as server:
        answer = await asked(catalogue(server.url, bound=task("first", most_input=10)))
    assert answer.outcome is ModelOutcome.TOO_LONG
    assert server.requests == []


@pytest.mark.parametrize(
    ("choice", "more", "model"),
    [
        (Choice(models=("second",), languages=frozenset({"nl"})), {"language": "nl"}, "second"),
        (Choice(models=("second",), languages=frozenset({"nl"})), {"language": "de"}, "first"),
        (Choice(models=("second",), longer_than=100), {"length": 101}, "second"),
        (Choice(models=("second",), value_above=9.0), {"value": 10.0}, "second"),
        (Choice(models=("second",), value_above=9.0), {}, "first"),
        (Choice(models=("second",), budget_left_below=50), {}, "second"),
    ],
)
@asynchronous
async def test_the_model_is_chosen_by_language_length_value_and_budget(choice, more, model):
    ledger = MemoryLedger()
    assert not await ledger.reserve(
        "triage", "2026-11-23", "", amount=money(3), most=(money(5), money(5))
    )
    async with stand_in(RIGHT) as server:
        bound = task("first", choices=(choice,))
        found = catalogue(server.url, server.url, bound=bound)
        answer = await asked(found, ledger=ledger, **more)
    assert answer.model == model
    assert answer.choice == (1 if model == "second" else 0)


@pytest.mark.parametrize("dialect", Dialect)
@asynchronous
async def test_a_redirect_to_another_host_is_not_followed(dialect):
    async with stand_in(RIGHT) as elsewhere:
        away = Served(status=307, headers={"Location": f"{elsewhere.url}/v1/messages"})
        async with stand_in(away) as server:
            answer = await asked(catalogue(server.url, dialect=dialect))
    assert answer.outcome is ModelOutcome.REFUSED
    assert elsewhere.requests == []


@pytest.mark.parametrize("dialect", Dialect)
@asynchronous
async def test_the_environment_leads_to_no_other_host(dialect, monkeypatch):
    async with stand_in(RIGHT) as server, stand_in(RIGHT) as elsewhere:
        for name in ("ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-other")
        await asked(catalogue(server.url, dialect=dialect))
    assert len(server.requests) == 1
    assert elsewhere.requests == []
    assert "sk-other" not in str(server.headers)
