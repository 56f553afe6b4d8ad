"""Rows about loads reach the org in order, whatever it says meanwhile, and are cut to its fields."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog

from ortoo_daemon.daemon.loading import load_posts
from ortoo_daemon.daemon.loading.checkout import Commit
from ortoo_daemon.daemon.loading.last_load import LastLoad, LoadOutcome
from ortoo_daemon.daemon.loading.load_posts import LoadPosts, load_row
from ortoo_daemon.errors import OrgError, PermanentOrgError, Place, Problem, TemporaryOrgError
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import NOW


def load(digest: str, **given: Any) -> LastLoad:
    return LastLoad(at=NOW, revision="r2", before="r1", digest=digest, **given)


async def sent(
    answers: list[OrgError | None], loads: list[LastLoad]
) -> tuple[list[str], list[str]]:
    """The keys that an org takes which gives these answers first, and what is logged meanwhile."""
    taken: list[str] = []
    left, all_answered = len(answers) + len(loads), asyncio.Event()
    left -= sum(isinstance(error, PermanentOrgError) for error in answers)

    async def upsert(object_name: str, key: str, rows: Any) -> None:
        nonlocal left
        assert (object_name, key) == ("Ortoo_Policy_Load__c", "Load_Key__c")
        left -= 1
        if not left:
            all_answered.set()
        error = answers.pop(0) if answers else None
        if error is not None:
            raise error
        taken.extend(str(row[key]) for row in rows)

    posts = LoadPosts(org=cast(Any, SimpleNamespace(writer=SimpleNamespace(upsert=upsert))))
    for load in loads:
        posts.put(load)
    with structlog.testing.capture_logs() as logs:
        task = asyncio.create_task(posts.run())
        async with asyncio.timeout(10):
            await all_answered.wait()
        task.cancel()
        await asyncio.wait([task])
    return [key.rpartition(":")[2] for key in taken], [line["event"] for line in logs]


@asynchronous
async def test_a_row_that_the_org_can_not_take_yet_is_sent_again_before_the_next(monkeypatch):
    monkeypatch.setattr(load_posts, "_FIRST_PAUSE", 0.001)
    busy: list[OrgError | None] = [TemporaryOrgError("BUSY", "later")] * 2
    taken, logged = await sent(busy, [load("one"), load("two")])
    assert taken == ["one", "two"]
    assert logged == ["policies.post_delayed"] * 2


@asynchronous
async def test_a_row_that_the_org_refuses_for_good_is_told_and_does_not_block_the_next():
    refusal = PermanentOrgError("NOT_FOUND", "no such object")
    taken, logged = await sent([refusal], [load("one"), load("two")])
    assert taken == ["two"]
    assert logged == ["policies.post_refused"]


def test_a_refused_load_says_each_problem_with_its_place_and_names_the_commit():
    problems = tuple(
        Problem(place=Place("leads.yaml", line, 1), rule="unknown_key", message="no such key")
        for line in (3, 7)
    )
    commit = Commit(id="c" * 40, author="Anna Roy", note="A slip")
    row = load_row(
        load(
            "d",
            outcome=LoadOutcome.REFUSED,
            problems=problems,
            commit=commit,
            changed=("a edited",),
        )
    )
    assert row["Problems__c"] == (
        "leads.yaml:3:1: no such key [unknown_key]\nleads.yaml:7:1: no such key [unknown_key]"
    )
    assert (row["Problem_Count__c"], row["Author__c"]) == (2, "Anna Roy")
    assert str(row["Summary__c"]).startswith("Refused, revision r2 stays in force: leads.yaml:3:1")


def test_a_load_that_came_into_force_names_the_policies_that_it_changed():
    row = load_row(load("d", cases=4, policies=("fleet added", "leads edited")))
    assert row["Summary__c"] == "In force: revision r2, 4 cases passed; fleet added, leads edited"


@pytest.mark.parametrize(("name", "longest"), [("Summary__c", 255), ("Problems__c", 32_768)])
def test_no_text_is_longer_than_its_field(name, longest):
    problem = Problem(place=Place("leads.yaml"), rule="r", message="x" * 1000)
    row = load_row(load("d", outcome=LoadOutcome.REFUSED, problems=(problem,) * 100))
    assert len(str(row[name])) == longest


@asynchronous
async def test_at_the_end_what_waits_is_sent_but_not_waited_for_without_bound():
    taken, answers = [], asyncio.Event()

    async def upsert(object_name: str, key: str, rows: Any) -> None:
        await answers.wait()
        taken.extend(rows)

    posts = LoadPosts(org=cast(Any, SimpleNamespace(writer=SimpleNamespace(upsert=upsert))))
    task = asyncio.create_task(posts.run())
    posts.put(load("one"))
    await posts.sent(within=0.01)
    assert taken == []
    answers.set()
    async with asyncio.timeout(5):
        await posts.sent(within=60)
    assert len(taken) == 1
    task.cancel()
    await asyncio.wait([task])
