"""Spending on models: written down before it is spent, for all who use the store, and after a restart."""

import asyncio
from contextlib import asynccontextmanager

from ortoo_daemon.work.spending import StoredLedger
from ortoo_daemon.work.store import Store
from ortoo_daemon.work.thread import StoreThread
from tests.asynchronous import asynchronous

DAY, NEXT = "2026-11-23", "2026-11-24"
MUCH = (10_000, 10_000)


@asynccontextmanager
async def ledger_at(url):
    thread = StoreThread(Store.open(url, exclusive=False))
    try:
        yield StoredLedger(thread)
    finally:
        await thread.close()


@asynchronous
async def test_what_was_reserved_outlasts_a_restart_settled_or_not(url):
    async with ledger_at(url) as ledger:
        assert await ledger.reserve("triage", DAY, "500A", amount=100, most=MUCH) == ""
        await ledger.settle("triage", DAY, "500A", reserved=100, cost=30)
        assert await ledger.reserve("triage", DAY, "500B", amount=50, most=MUCH) == ""
    async with ledger_at(url) as ledger:
        assert await ledger.spent("triage", DAY) == 80


@asynchronous
async def test_a_day_and_a_record_have_their_own_budgets(url):
    async with ledger_at(url) as ledger:

        async def reserve(day, record, amount):
            return await ledger.reserve("triage", day, record, amount=amount, most=(100, 60))

        assert await reserve(DAY, "500A", 50) == ""
        assert await reserve(DAY, "500A", 20) == "record"
        assert await reserve(DAY, "500B", 60) == "day"
        assert await reserve(DAY, "500B", 50) == ""
        assert await reserve(NEXT, "500B", 20) == "record", "of a record, the days together"
        assert await reserve(NEXT, "500C", 60) == ""
        assert await ledger.spent("triage", DAY) == 100, "what was refused is not spent"
        assert await ledger.spent("summary", DAY) == 0, "tasks pay for themselves"


@asynchronous
async def test_two_processes_spend_one_budget(url):
    async with ledger_at(url) as one, ledger_at(url) as other:
        most = (100, 100)
        assert await one.reserve("triage", DAY, "a", amount=60, most=most) == ""
        assert await other.reserve("triage", DAY, "b", amount=60, most=most) == "day"


@asynchronous
async def test_two_processes_at_once_never_spend_more_than_there_is(url):
    async with ledger_at(url) as one, ledger_at(url) as other:
        said = await asyncio.gather(
            *(
                ledger.reserve("triage", DAY, str(number), amount=10, most=(100, 100))
                for number in range(15)
                for ledger in (one, other)
            )
        )
        assert said.count("") == 10
        assert await one.spent("triage", DAY) == 100


@asynchronous
async def test_what_is_long_past_is_forgotten(url):
    async with ledger_at(url) as ledger:
        await ledger.reserve("triage", "2026-01-01", "500A", amount=60, most=(100, 100))
        assert await ledger.reserve("triage", DAY, "500A", amount=60, most=(100, 100)) == ""
        assert await ledger.spent("triage", "2026-01-01") == 0
