"""What the org is asked after each kind of gap, and what a failure leaves to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.hearing.gaps import RECONCILE, RESYNC, Gaps
from ortoo_daemon.errors import TemporaryOrgError
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.stream.pump import Gap, GapReason
from ortoo_daemon.sweeps.schedule import Schedule
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous
from tests.world import NOW, an_id, directory, policies, policy, rule

CHANNEL = "/data/Ortoo__chn"
LONG = timedelta(days=1)
WATCHING = Triggers(changed=frozenset({"Brand__c"}))


class World:
    """A schedule, an org that keeps what it is asked, and a queue that keeps what it is given."""

    def __init__(self, on: Triggers | None = None, notes: dict[str, str] | None = None) -> None:
        knowledge = Knowledge(
            policies=Policies(policies(policy(rule("all"), on=on or Triggers()))),
            directory=directory(),
            ledger=Ledger(),
            daemon_user=an_id("005", 1),
        )
        self.notes = {} if notes is None else notes
        self.asked: list[str] = []
        self.put_: list[str] = []
        self.reconciled = 0
        self.down = False
        self.schedule = Schedule(clock=lambda: NOW)
        me = cast(Any, self)
        self.gaps = Gaps(
            cast(Org, me), cast(WorkQueue, me), knowledge, self.schedule, now=lambda: NOW
        )
        self.schedule.add(RECONCILE, self._reconcile, LONG)
        self.schedule.add(RESYNC, self.gaps.resync, LONG)

    async def query(self, soql: str) -> list[dict[str, Any]]:
        if self.down:
            raise TemporaryOrgError("SERVER_UNAVAILABLE", "down")
        self.asked.append(soql)
        return [{"Id": an_id("00Q", 1), "SystemModstamp": "2026-11-23T08:50:00.000+0000"}]

    async def put(self, items: Any) -> int:
        self.put_ += [item.record_id for item in items]
        return len(items)

    async def note(self, key: str, value: str) -> None:
        self.notes[key] = value

    async def noted(self, key: str) -> str | None:
        return self.notes.get(key)

    async def _reconcile(self) -> None:
        self.reconciled += 1


def gap(reason: GapReason, **values: Any) -> Gap:
    return Gap(channel=CHANNEL, reason=reason, **values)


@asynchronous
async def test_a_new_channel_leaves_the_past_to_the_first_reconciliation() -> None:
    world = World()
    await world.gaps.fill(gap(GapReason.NO_POSITION))
    assert world.reconciled == 0
    world.schedule.start()
    try:
        await world.gaps.fill(gap(GapReason.NO_POSITION))
        assert world.reconciled == 1
    finally:
        await world.schedule.stop()
    assert world.asked == []


@asynchronous
async def test_a_lost_position_reconciles_at_once_even_before_the_schedule_has_begun() -> None:
    world = World()
    await world.gaps.fill(gap(GapReason.POSITION_EXPIRED, at=NOW))
    assert (world.reconciled, world.asked) == (1, [])


@pytest.mark.parametrize("reason", [GapReason.POSITION_EXPIRED, GapReason.UNREADABLE])
def test_where_policies_watch_decided_records_changes_since_the_last_event_are_looked_at(reason):
    @asynchronous
    async def work() -> None:
        world = World(WATCHING)
        await world.gaps.fill(gap(reason, at=NOW))
        assert world.reconciled == 1
        (asked,) = world.asked
        assert "FROM Lead WHERE SystemModstamp >= 2026-11-23T09:00:00" in asked, "15 minutes before"
        assert "Ortoo_Decided_At__c" not in asked
        assert world.put_ == [an_id("00Q", 1)]

    work()


@asynchronous
async def test_an_overflow_is_bounded_to_its_object_and_time() -> None:
    world = World()
    await world.gaps.fill(gap(GapReason.OVERFLOW, object="Lead", at=NOW))
    assert world.reconciled == 0
    (asked,) = world.asked
    assert "Ortoo_Decided_At__c = null" in asked, "nobody watches decided leads"


@asynchronous
async def test_an_overflow_of_an_object_without_a_policy_asks_nothing() -> None:
    world = World(WATCHING)
    await world.gaps.fill(gap(GapReason.OVERFLOW, object="Account", at=NOW))
    assert (world.reconciled, world.asked) == (0, [])


@asynchronous
async def test_what_could_not_be_looked_at_is_looked_at_by_the_sweep_s_next_turn() -> None:
    world = World(WATCHING)
    world.down = True
    await world.gaps.fill(gap(GapReason.OVERFLOW, object="Lead", at=NOW))
    later = NOW + timedelta(minutes=5)
    await world.gaps.fill(gap(GapReason.OVERFLOW, object="Lead", at=later))
    assert world.schedule.last_run[RESYNC].error
    world.down = False
    await world.schedule.run_now(RESYNC)
    (asked,) = world.asked
    assert "SystemModstamp >= 2026-11-23T09:00:00" in asked, "from the earlier gap on"
    await world.schedule.run_now(RESYNC)
    assert len(world.asked) == 1, "and once"


@pytest.mark.parametrize("waits", [True, False])
def test_a_gap_that_nobody_could_look_at_is_looked_at_by_the_next_life(waits: bool) -> None:
    """The checkpoint has moved on: nothing else would ever tell of it."""

    @asynchronous
    async def work() -> None:
        first = World(WATCHING)
        first.down = True
        await first.gaps.fill(gap(GapReason.OVERFLOW, object="Lead", at=NOW, waits=waits))
        assert first.asked == []
        second = World(WATCHING, first.notes)
        await second.schedule.run_now(RESYNC)
        (asked,) = second.asked
        assert "SystemModstamp >= 2026-11-23T09:00:00" in asked
        third = World(WATCHING, first.notes)
        await third.schedule.run_now(RESYNC)
        assert third.asked == []

    work()
