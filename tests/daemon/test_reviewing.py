"""How many records are parked for what, and which of them come back, on a live sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from structlog.testing import capture_logs

from ortoo_daemon.daemon import reviewing as module
from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.reviewing import Reviewing
from ortoo_daemon.records import WorkReason
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.verdicts import Finished, Retry
from tests.daemon.rig import claim_of, handler_on, now, policy_set
from tests.sandbox.live import Live, live

NO_PHONE = policy_set(intake={"require": {"any": ["Phone"], "else": {"park": "no_phone"}}})
REFUSAL = {
    "kind": "row",
    "object": "Lead",
    "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
    "message": "Not today",
}


@asynccontextmanager
async def reviewing(
    live: Live, folder: Path
) -> AsyncIterator[tuple[Handler, Reviewing, WorkQueue]]:
    queue = await WorkQueue.open(
        f"sqlite:///{folder}/state.db", instance="test", lease_for=timedelta(minutes=1), clock=now
    )
    try:
        async with handler_on(live, NO_PHONE) as handler:
            every = timedelta(hours=1)
            yield (
                handler,
                Reviewing(handler.org, queue, handler.knowledge, every=every, now=now),
                queue,
            )
    finally:
        await queue.close()


def parked(live: Live, id: str) -> str:
    row = live.sandbox.org.storage.get("Lead", id)
    assert row is not None
    return str(row["Ortoo_Parked__c"] or "")


def test_parked_records_are_counted_by_the_word_of_their_reason(tmp_path, monkeypatch):
    @live()
    async def scenario(live: Live) -> None:
        async with reviewing(live, tmp_path) as (handler, found, _):
            for _ in range(3):
                assert await handler.handle(claim_of(live.lead())) == Finished("requirement_failed")
            for number in range(2):
                live.change(live.lead(), Ortoo_Parked__c=f"INVALID_FIELD: {number}")
            with capture_logs() as logs:
                await found.count()
                await found.count()
            assert found.census is not None
            assert dict(found.census.by_reason) == {"no_phone": 3, "INVALID_FIELD": 2}
            assert found.census.total == 5
            assert now() - found.census.oldest_at < timedelta(minutes=1)
            told = [each for each in logs if each["event"] == "sweep.parked"]
            assert [each["total"] for each in told] == [5], "the same figures are told once"
            monkeypatch.setattr(module, "_MOST_REASONS", 1)
            await found.count()
            assert dict(found.census.by_reason) == {"no_phone": 3, "other": 2}

    scenario()


def test_a_review_takes_what_it_puts_off_the_journal_s_parked_list(tmp_path):
    @live()
    async def scenario(live: Live) -> None:
        async with reviewing(live, tmp_path) as (handler, found, queue):
            lead = live.lead()
            await handler.handle(claim_of(lead))
            await queue.put([claim_of(lead).item])
            (claim,) = await queue.claim(1)
            await queue.park(claim, reason="too_many_tries")
            await found.review(directory_at=None)
            (again,) = await queue.claim(10)
            assert again.item.reason is WorkReason.REVIEWED
            assert await queue.parked() == []
            live.change(lead, Phone="+33123456789")
            assert await handler.handle(again) == Finished("rule")
            await queue.finish(again, "rule")
            assert parked(live, lead) == ""
            await found.review(directory_at=None)
            assert await queue.claim(10) == []

    scenario()


@live()
async def test_a_review_that_the_org_refuses_as_before_writes_nothing(live: Live) -> None:
    async with handler_on(live) as handler:
        lead = live.lead()
        await live.control("/faults", {**REFUSAL, "times": 1})
        assert await handler.handle(claim_of(lead)) == Finished(
            "refused_by_org", "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        )
        before = live.sandbox.org.storage.get("Lead", lead)
        await live.control("/faults", {**REFUSAL, "times": 1})
        review = claim_of(lead, reason=WorkReason.REVIEWED, entry="reviewed:1")
        verdict = await handler.handle(review)
        assert isinstance(verdict, Finished)
        assert verdict.outcome == "parked_already"
        assert live.sandbox.org.storage.get("Lead", lead) == before
        assert len(live.sandbox.org.storage.find("Ortoo_Decision__c", Record_Id__c=lead)) == 1
        review = claim_of(lead, reason=WorkReason.REVIEWED, entry="reviewed:1")
        assert await handler.handle(review) == Finished("rule")
    assert parked(live, lead) == ""


@live()
async def test_what_is_put_off_is_not_even_read(live: Live) -> None:
    async with handler_on(live) as handler:
        handler.puts_off = lambda reason: reason is WorkReason.SLA
        lead = live.lead()
        calls = handler.org.rest.calls_made
        verdict = await handler.handle(claim_of(lead, reason=WorkReason.SLA, entry="sla:1"))
        assert isinstance(verdict, Retry)
        assert handler.org.rest.calls_made == calls
        assert await handler.handle(claim_of(lead)) == Finished("rule")
