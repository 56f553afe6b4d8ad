"""What is told of the org's allocations, and to whom, as they change on a live sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.budgets import allowance
from ortoo_daemon.daemon.budgets.allowance import BudgetWatch
from ortoo_daemon.daemon.budgets.shedding import Level
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.settings import BudgetSettings
from ortoo_daemon.facts import NotAsked, PastOwnerQuestion
from ortoo_daemon.records import WorkReason
from ortoo_daemon.salesforce.allocations import Allocation
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials
from ortoo_daemon.sandbox.seed import identities as seed
from tests.asynchronous import until
from tests.sandbox.live import Live, live

OFTEN = BudgetSettings(limits_every=timedelta(seconds=0.01))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "_LOOK_EVERY", 0.005)


class Manager(Notifier):
    """Keeps what the service manager is told."""

    def __init__(self) -> None:
        super().__init__(None)
        self.notes: dict[str, str] = {}

    def note(self, name: str, text: str) -> None:
        self.notes[name] = text


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@asynccontextmanager
async def watching(
    org_process: Live, **given: Any
) -> AsyncIterator[tuple[Org, BudgetWatch, Manager]]:
    auth = ClientCredentials(client_id=seed.CLIENT_ID, client_secret=seed.CLIENT_SECRET)
    org, manager = Org.of(auth=auth, login_url=org_process.url), Manager()
    options: dict[str, Any] = {"clock": Clock(), "notifier": manager} | given
    try:
        yield org, BudgetWatch(org.rest, OFTEN, **options), manager
    finally:
        await org.close()


async def spent(org_process: Live, org: Org, share: float) -> None:
    """The org says in its next answer that so much is used; a call of ours hears it."""
    usage = org_process.sandbox.usage.calls
    usage.add(1000)
    usage.max = int((usage.used + 1) / share)
    await org.rest.call("GET", "limits")


@live()
async def test_the_level_is_that_of_the_last_answer(live: Live) -> None:
    async with watching(live) as (org, watch, manager):
        assert watch.level is Level.ENOUGH
        with capture_logs() as logs:
            await spent(live, org, 0.91)
            assert watch.level is Level.SHORT
            assert not watch.may_refine()
            assert watch.stretch("directory") == 10
            assert watch.stretch("sla") == 1
            assert watch.puts_off(WorkReason.REVIEWED)
            assert not watch.puts_off(WorkReason.SLA)
            assert manager.notes == {"budget api_calls": "API calls short: 91% used"}
            await spent(live, org, 0.5)
            assert watch.may_refine()
            assert manager.notes == {"budget api_calls": ""}
        told = [each for each in logs if each["event"] == "budget.level"]
        assert [(each["log_level"], each["standing"]) for each in told] == [
            ("warning", "short"),
            ("info", "enough"),
        ]


@live()
async def test_questions_are_not_asked_while_calls_are_short(live: Live) -> None:
    async with watching(live) as (org, watch, _):
        answers = Answers(org, may_refine=watch.may_refine)
        since = datetime(2026, 1, 1, tzinfo=UTC)
        question = PastOwnerQuestion(object="Lead", field="Email", value="a@x.example", since=since)
        assert await answers.ask(question) is None
        await spent(live, org, 0.95)
        before = org.rest.calls_made
        assert await answers.ask(question) is NotAsked.BUDGET
        assert org.rest.calls_made == before
        await answers.close()


@live()
async def test_events_are_read_now_and_then_and_one_that_will_not_last_is_told_once(
    live: Live,
) -> None:
    clock, stop = Clock(), asyncio.Event()
    async with watching(live, clock=clock) as (_, watch, _manager):
        with capture_logs() as logs:
            running = asyncio.create_task(watch.run(stop))
            delivered = watch.budgets[Allocation.DELIVERED_EVENTS]
            await until(lambda: delivered.use is not None)
            for minute in range(40):
                clock.at = datetime(2026, 3, 2, 9, minute, tzinfo=UTC)
                live.sandbox.usage.delivered_events.add(700)
                use = live.sandbox.usage.delivered_events.used
                await until(lambda use=use: delivered.use.used == use, within=20)
            stop.set()
            await running
        told = [each for each in logs if each["event"] == "budget.runs_out"]
        assert [each["budget"] for each in told] == ["delivered_events"]
        assert told[0]["used"] >= 25_000
        assert delivered.runs_out_at is not None
        assert watch.level is Level.ENOUGH


@live()
async def test_an_org_that_does_not_tell_its_allocations_is_told_once(live: Live) -> None:
    body = [{"errorCode": "API_DISABLED_FOR_ORG", "message": "no"}]
    fault = {"kind": "error", "path": "/limits", "status": 403, "body": body, "times": None}
    await live.control("/faults", fault)
    stop = asyncio.Event()
    async with watching(live) as (org, watch, _):
        with capture_logs() as logs:
            running = asyncio.create_task(watch.run(stop))
            await until(lambda: org.rest.calls_made >= 3, within=20)
            stop.set()
            await running
        told = [each for each in logs if each["event"] == "budget.limits_unreadable"]
        assert len(told) == 1
