"""Claims about who is told of absences that lie ahead: once, by day, and again after no restart."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.noticing.absences_ahead import AbsencesAhead
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.directory import Directory
from ortoo_daemon.person import Person
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.notices.values import KeptNotice
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous
from tests.clock import NOON, Clock
from tests.daemon.rig import policy_set
from tests.work.queues import opened
from tests.world import person, rooftop

DAY = timedelta(days=1)
SITE = rooftop(1, "Site")
MANAGER = person(9, at=SITE, role="rooftop_manager", zone="Europe/Paris")
LATER = timedelta(days=365)


def away(number: int, *, begins: datetime, lasts: timedelta = DAY) -> Person:
    return replace(person(number, at=SITE), leave=((begins, begins + lasts),))


ANN = away(1, begins=NOON + 2 * DAY)
BOB = away(2, begins=NOON + 3 * DAY)


class Idle:
    """The org: nobody holds anything."""

    def __init__(self) -> None:
        self.asked = 0

    async def query(self, soql: str) -> list[dict[str, Any]]:
        self.asked += 1
        return []


@dataclass
class Desk:
    """A daemon's part on a journal in the test's folder; `again` is another run of it."""

    queue: WorkQueue
    clock: Clock
    org: Idle
    people: tuple[Person, ...]
    settings: dict[str, Any]
    policy: dict[str, Any]

    def again(self) -> AbsencesAhead:
        knowledge = Knowledge(
            policies=Policies(policy_set(**self.policy)),
            directory=Directory.of(rooftops=[SITE], people=[*self.people, MANAGER]),
            ledger=Ledger(),
            daemon_user=RecordId("005000000000000AAA"),
        )
        return AbsencesAhead(
            cast(Org, self.org),
            self.queue,
            knowledge,
            NoticeSettings.model_validate(self.settings),
            is_open=lambda: lambda name: "IsConverted = false",
            now=self.clock,
        )

    async def told(self) -> list[KeptNotice]:
        return await self.queue.notices.due(NOON + LATER)


@asynccontextmanager
async def desk(
    folder: Path,
    *people: Person,
    policy: dict[str, Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Desk]:
    clock = Clock()
    async with opened(f"sqlite:///{folder}/state.db", clock) as queue:
        yield Desk(
            queue=queue,
            clock=clock,
            org=Idle(),
            people=people,
            settings={"planned_absences": {}} | settings,
            policy={"absence": {"move": "untouched"}} if policy is None else policy,
        )


@asynchronous
async def test_a_manager_has_one_list_and_no_second_one_after_a_restart(tmp_path: Path):
    async with desk(tmp_path, ANN, BOB) as found:
        with capture_logs() as logs:
            await found.again().look()
            for _ in range(5):
                found.clock.go_on(hours=5)
                await found.again().look()
        (notice,) = await found.told()
    assert (notice.recipient, notice.way, notice.object) == (MANAGER.id, "salesforce", "")
    listed = json.loads(notice.about)["absences"]
    assert [each["name"] for each in listed] == [ANN.name, BOB.name]
    assert listed[0]["begins_at"] == "2026-11-25T12:00:00.000Z"
    told = [line for line in logs if line["event"] == "absence.ahead"]
    assert [(line["managers"], line["absences"]) for line in told] == [(1, 2)]


@asynchronous
async def test_what_is_planned_later_in_the_day_is_told_on_the_next_morning_with_the_rest(
    tmp_path: Path,
):
    async with desk(tmp_path, ANN) as found:
        await found.again().look()
        found.people = (ANN, BOB)
        found.clock.go_on(hours=2)
        await found.again().look()
        assert len(await found.told()) == 1
        found.clock.go_on(hours=15, minutes=59)  # 06:59 in Paris
        await found.again().look()
        assert len(await found.told()) == 1
        found.clock.go_on(minutes=1)
        await found.again().look()
        told = await found.told()
    lists = [[each["name"] for each in json.loads(one.about)["absences"]] for one in told]
    assert sorted(lists) == [[ANN.name], [ANN.name, BOB.name]]


@asynchronous
async def test_a_kill_between_telling_and_noting_it_tells_it_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    async with desk(tmp_path, ANN) as found:

        async def killed(key: str, value: str) -> None:
            raise RuntimeError("killed")

        looking = found.again()
        with monkeypatch.context() as patched:
            patched.setattr(found.queue, "note", killed)
            with pytest.raises(RuntimeError):
                await looking.look()
        await found.again().look()
        assert len(await found.told()) == 1


@asynchronous
async def test_nobody_is_told_at_night_nor_of_what_is_too_far_ahead(tmp_path: Path):
    quiet = {"quiet_hours": "12:00 .. 15:00"}
    async with desk(tmp_path, away(1, begins=NOON + 6 * DAY), **quiet) as found:
        found.settings["planned_absences"] = {"ahead": "5d", "not_before": "00:00"}
        await found.again().look()
        assert await found.told() == []
        found.settings["planned_absences"] = {"not_before": "13:30"}  # 12:30 UTC in Paris
        await found.again().look()
        assert await found.told() == []
        found.clock.go_on(hours=1)
        await found.again().look()
        (notice,) = await found.told()
    assert notice.due_at == NOON + timedelta(hours=2)


@asynchronous
async def test_where_nobody_asked_for_it_or_nothing_would_move_nobody_is_told(tmp_path: Path):
    async with desk(tmp_path, ANN, planned_absences=None) as found:
        await found.again().look()
        found.settings["planned_absences"] = {}
        found.policy = {}
        await found.again().look()
        assert (await found.told(), found.org.asked) == ([], 0)


@pytest.mark.parametrize("ahead", ["9d", "5m"])
def test_how_far_ahead_is_bounded_by_what_is_read(ahead: str):
    with pytest.raises(ValueError, match="from 1h to 8d"):
        NoticeSettings.model_validate({"planned_absences": {"ahead": ahead}})
