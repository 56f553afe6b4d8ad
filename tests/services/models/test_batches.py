"""Short texts that come together share a request; what is wrong with one of them costs that one alone."""

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from ortoo_daemon.facts import ModelOutcome
from ortoo_daemon.policy.models.catalogue import (
    Batching,
    Dialect,
    Spending,
    TaskName,
    Tokens,
    money,
)
from ortoo_daemon.services.models.ledger import MemoryLedger
from ortoo_daemon.services.models.port import Prompt
from ortoo_daemon.services.models.together import parted, shared_tokens, shares
from tests.asynchronous import asynchronous
from tests.services.models.desks import NOW, catalogue, desk_for, inquiry, task
from tests.services.models.stand_in import Served, stand_in

ANSWERED, INVALID = ModelOutcome.ANSWERED, ModelOutcome.INVALID
RIGHT: dict[str, Any] = {"right": True}
WINDOW = Batching(window=timedelta(milliseconds=200), most=20, text=100, answer=100)
DAY = NOW.date().isoformat()


def prompt(text: str, instructions: str = "Read." * 200) -> Prompt:
    return Prompt(instructions=instructions, text=text, name="triage", schema={"type": "object"})


def texts_of(body: Mapping[str, Any]) -> dict[str, str]:
    """The texts of a shared request by name; none where one text was asked alone."""
    said = body["messages"][-1]["content"]
    pieces = re.split(r"(?m)^=== (\w+) ===\n", said)
    return dict(zip(pieces[1::2], (piece.strip() for piece in pieces[2::2]), strict=True))


def each(entry: Callable[[str], list[Any]]) -> Callable[[Mapping[str, Any]], Served]:
    """Answers a shared request by ``entry`` of each text, and one text alone rightly."""

    def script(body: Mapping[str, Any]) -> Served:
        texts = texts_of(body)
        if not texts:
            return Served(answer=RIGHT)
        answers = [
            {"name": name, "answer": answer}
            for name, text in texts.items()
            for answer in entry(text)
        ]
        return Served(answer={"answers": answers})

    return script


def rightly(text: str) -> list[Any]:
    return [RIGHT | {"of": text}]


async def asked(found, *texts, ledger=None, **more):
    """The answers for the texts, all asked at once."""
    async with desk_for(found, ledger) as desk:
        questions = (
            desk.ask(TaskName.TRIAGE, inquiry(text, prompt=prompt(text), **more)) for text in texts
        )
        return await asyncio.gather(*questions)


def batching(url: str, *more: str, bound: Mapping[str, Any] | None = None, **provider: Any):
    bounds = task(*("first", "second")[: 1 + len(more)], **({"batch": WINDOW} | dict(bound or {})))
    return catalogue(url, *more, bound=bounds, **provider)


def alone(server) -> int:
    return sum(not texts_of(body) for body in server.requests)


@pytest.mark.parametrize("dialect", Dialect)
@asynchronous
async def test_texts_that_come_together_share_a_request_and_each_gets_its_own_answer(dialect):
    async with stand_in(each(rightly)) as server:
        found = await asked(batching(server.url, dialect=dialect), "one", "two", "three")
    assert len(server.requests) == 1
    assert [answer.answer["of"] for answer in found] == ["one", "two", "three"]
    assert [answer.attempts[0].together for answer in found] == [3, 3, 3]


@asynchronous
async def test_tokens_and_cost_are_shared_and_what_was_reserved_is_given_back():
    ledger = MemoryLedger()
    async with stand_in(each(rightly)) as server:
        found = await asked(batching(server.url), "one", "two" * 60, ledger=ledger)
    assert sum(answer.tokens for answer in found) == 1_200
    assert sum(answer.cost for answer in found) == 1_000 * 1 + 200 * 5
    assert found[0].cost < found[1].cost
    assert await ledger.spent("triage", DAY) == 2_000
    refused = await ledger.reserve("triage", DAY, "one", amount=1, most=(money(5), found[0].cost))
    assert refused == "record"


@asynchronous
async def test_as_shipped_nothing_is_shared():
    async with stand_in(each(rightly)) as server:
        await asked(batching(server.url, bound={"batch": None}), "one", "two")
    assert alone(server) == 2


WRONG: dict[str, list[Any]] = {
    "left out": [],
    "twice": [RIGHT, RIGHT],
    "no object": ["right"],
    "not what was asked for": [{"right": False}],
}


@pytest.mark.parametrize("entry", WRONG.values(), ids=WRONG)
@asynchronous
async def test_what_is_wrong_with_one_entry_makes_that_one_be_asked_alone(entry):
    script = each(lambda text: entry if text == "two" else rightly(text))
    async with stand_in(script) as server:
        found = await asked(batching(server.url, bound={"tries": 1}), "one", "two", "three")
    assert [answer.outcome for answer in found] == [ANSWERED] * 3
    assert [a.outcome for a in found[1].attempts] == [INVALID, ANSWERED]
    assert (len(server.requests), alone(server)) == (2, 1)


@pytest.mark.parametrize("body", ["{", "[]", json.dumps({"content": []})])
@asynchronous
async def test_an_answer_without_form_makes_all_be_asked_alone(body):
    def script(request: Mapping[str, Any]) -> Served:
        return Served(body=body) if texts_of(request) else Served(answer=RIGHT)

    async with stand_in(script) as server:
        found = await asked(batching(server.url), "one", "two")
    assert [answer.outcome for answer in found] == [ANSWERED] * 2
    assert alone(server) == 2


@asynchronous
async def test_names_that_nobody_asked_for_are_nobodys_answer():
    def script(body: Mapping[str, Any]) -> Served:
        texts = texts_of(body)
        entries = [{"name": "one", "answer": RIGHT}, {"name": "", "answer": RIGHT}]
        return Served(answer={"answers": entries} if texts else RIGHT)

    async with stand_in(script) as server:
        found = await asked(batching(server.url), "one", "two")
    assert alone(server) == 2
    assert all(answer.outcome is ANSWERED for answer in found)


@asynchronous
async def test_where_a_text_may_give_orders_no_answer_of_the_request_counts():
    script = each(lambda text: [RIGHT | {"orders": text == "two"}])

    def suspects(answer: Mapping[str, Any]) -> bool:
        return bool(answer.get("orders"))

    async with stand_in(script) as server:
        found = await asked(batching(server.url), "one", "two", "three", suspects=suspects)
    assert alone(server) == 3
    assert [[a.outcome for a in answer.attempts] for answer in found] == [[INVALID, ANSWERED]] * 3


@asynchronous
async def test_a_text_that_stays_alone_goes_out_after_the_window():
    began = time.monotonic()
    async with stand_in(each(rightly)) as server:
        (found,) = await asked(batching(server.url), "one")
    assert (alone(server), found.outcome, found.attempts[0].together) == (1, ANSWERED, 1)
    assert 0.2 <= time.monotonic() - began < 2


@asynchronous
async def test_long_texts_and_those_that_must_stay_alone_are_asked_alone_at_once():
    async with stand_in(each(rightly)) as server:
        await asked(batching(server.url), "one" * 200, "two" * 200)
        await asked(batching(server.url), "three", "four", alone=True)
    assert alone(server) == 4


@asynchronous
async def test_texts_of_different_forms_share_no_request():
    async with stand_in(each(rightly)) as server, desk_for(batching(server.url)) as desk:
        prompts = (prompt("one"), prompt("two", "Look."))
        await asyncio.gather(*(desk.ask(TaskName.TRIAGE, inquiry(prompt=p)) for p in prompts))
    assert alone(server) == 2


@pytest.mark.parametrize("bound", [{"batch": Batching(most=2)}, {"max": 30}])
@asynchronous
async def test_a_full_request_goes_out_at_once(bound):
    most_input = 470 if "max" in bound else 6_000
    shared = bound.get("batch", WINDOW)
    more = {"batch": shared, "most_input": most_input}
    async with stand_in(each(rightly)) as server:
        texts = [f"{letter * 70}" for letter in "abcd"]
        found = await asked(batching(server.url, bound=more), *texts)
    assert sorted(len(texts_of(body)) for body in server.requests) == [2, 2]
    assert [answer.answer["of"] for answer in found] == texts


@asynchronous
async def test_nobody_waits_longer_than_the_time_of_the_oldest():
    slow = Served(answer={"answers": []}, after=5)
    bounds = {"time_limit": timedelta(seconds=0.6)}
    began = time.monotonic()
    async with stand_in(slow) as server:
        found = await asked(batching(server.url, bound=bounds), "one", "two")
    assert time.monotonic() - began < 1.5
    assert {answer.outcome for answer in found} == {ModelOutcome.TIMED_OUT}


@asynchronous
async def test_the_next_model_is_asked_together_too_when_the_first_is_down():
    async with stand_in(each(rightly)) as server:
        found = await asked(
            batching("http://127.0.0.1:9", server.url, bound={"tries": 1}), "one", "two"
        )
    assert [answer.model for answer in found] == ["second", "second"]
    assert (len(server.requests), alone(server)) == (1, 0)


@asynchronous
async def test_whoever_has_no_budget_left_is_left_out_and_the_others_go_on():
    ledger = MemoryLedger()
    await ledger.reserve("triage", DAY, "two", amount=money(1), most=(money(5), money(1)))
    async with stand_in(each(rightly)) as server:
        found = await asked(batching(server.url), "one", "two", "three", ledger=ledger)
    assert [a.outcome for a in found] == [ANSWERED, ModelOutcome.OVER_BUDGET, ANSWERED]
    (body,) = server.requests
    assert sorted(texts_of(body).values()) == ["one", "three"]


@asynchronous
async def test_the_budget_of_the_day_is_never_exceeded():
    ledger, budget = MemoryLedger(), Spending(day=4_000, record=money(1))
    async with stand_in(each(rightly)) as server:
        texts = [f"text {number}" for number in range(12)]
        found = await asked(batching(server.url, bound={"budget": budget}), *texts, ledger=ledger)
    spent = await ledger.spent("triage", DAY)
    assert sum(answer.cost for answer in found) == spent <= 4_000
    assert ModelOutcome.OVER_BUDGET in {answer.outcome for answer in found}


@asynchronous
async def test_whoever_gives_up_waiting_leaves_the_others_alone():
    async with stand_in(each(rightly)) as server, desk_for(batching(server.url)) as desk:
        waiting = [
            asyncio.create_task(desk.ask(TaskName.TRIAGE, inquiry(t, prompt=prompt(t))))
            for t in ("one", "two", "three")
        ]
        await asyncio.sleep(0)
        waiting[0].cancel()
        _, *found = await asyncio.gather(*waiting, return_exceptions=True)
    (body,) = server.requests
    assert sorted(texts_of(body).values()) == ["three", "two"]
    assert all(answer.outcome is ANSWERED for answer in found)


@asynchronous
async def test_a_failure_of_the_store_reaches_everybody_who_waits():
    class Broken(MemoryLedger):
        async def reserve(self, *args: Any, **more: Any) -> str:
            raise OSError("the disk is full")

    async with stand_in(each(rightly)) as server, desk_for(batching(server.url), Broken()) as desk:
        waiting = (desk.ask(TaskName.TRIAGE, inquiry(t, prompt=prompt(t))) for t in ("a", "b"))
        found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in found] == [OSError, OSError]


def test_parts_add_up_to_the_whole():
    assert shares(10, [1, 1, 1]) in ([4, 3, 3], [3, 4, 3], [3, 3, 4])
    assert sum(shares(7, [0, 0])) == 7
    parts = shared_tokens(Tokens(input=11, output=7, cache_read=5, cache_write=1), [3, 9], [1, 6])
    assert sum(part.total for part in parts) == 24


def test_only_entries_of_the_form_are_read():
    entries = [
        {"name": "a", "answer": {}},
        "b",
        {"name": "c"},
        {"answer": {}},
        {"name": "d", "answer": {}},
    ]
    assert parted({"answers": entries}, ["a", "b", "c"]) == {"a": {}}
    assert parted({"answers": "a"}, ["a"]) == parted(None, ["a"]) == {}
