"""Who is told in the stead of somebody who is not active: bells and tasks on a live sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from structlog.testing import capture_logs

from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.noticing.standing_in import StandingIn
from ortoo_daemon.daemon.noticing.words import Words
from ortoo_daemon.person import Person
from ortoo_daemon.records import RecordId
from ortoo_daemon.sandbox.seed import identities as seed
from ortoo_daemon.services.notify.templates import Templates, read_templates
from ortoo_daemon.work.notices.values import KeptNotice
from ortoo_daemon.work.tables import NoticeState
from tests.daemon.noticing.test_delivery import NOTICE, Box, Outbox
from tests.daemon.rig import handler_on
from tests.sandbox.live import Live, live

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEMPLATES = Path(__file__).parents[3] / "config" / "templates"


class Kept(Box):
    """The notices that are due until they are settled."""

    def __init__(self) -> None:
        super().__init__()
        self.notices: list[KeptNotice] = []

    async def due(self, now: datetime) -> list[KeptNotice]:
        gone = {each.key for each in self.settled}
        return [each for each in self.notices if each.key not in gone]


class Counts:
    def __init__(self) -> None:
        self.outcomes: dict[str, int] = {}

    def noticed(self, way: str, outcome: str, count: int) -> None:
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + count


@dataclass
class Rig:
    """``ann`` sells at the flagship; a lead is hers. ``boss`` is her manager."""

    live: Live
    telling: Delivery
    knowledge: Any
    box: Kept
    counts: Counts
    ann: Person
    boss: Person
    lead: RecordId

    def user(self, person: Person, **fields: Any) -> None:
        """Change a user in the org, which the daemon has not read anew yet."""
        self.live.sandbox.org.update("User", person.id, fields, user_id=seed.ADMIN_USER_ID)

    def on_roster(self, *people: Person) -> None:
        directory = self.knowledge.directory
        known = {**directory.people, **{each.id: each for each in people}}
        self.knowledge.replace_directory(replace(directory, people=known))

    def off_roster(self, *people: Person) -> None:
        directory, gone = self.knowledge.directory, {each.id for each in people}
        left = {id_: each for id_, each in directory.people.items() if id_ not in gone}
        self.knowledge.replace_directory(replace(directory, people=left))

    def notice(self, key: str = "n1", **given: Any) -> KeptNotice:
        values = {"record_id": self.lead, "told_to": "owner", "way": "salesforce"}
        return replace(NOTICE, key=key, **{**values, "recipient": self.ann.id, **given})

    async def tell(self, *notices: KeptNotice) -> list[dict[str, Any]]:
        """What the daemon logs."""
        self.box.notices += notices
        with capture_logs() as logs:
            await self.telling.look()
            await self.telling.settled()
        return cast(list[dict[str, Any]], logs)

    @property
    def bells(self) -> list[tuple[str, str]]:
        told = self.live.sandbox.org.told.bells
        return [(each.recipients[0], each.body) for each in told if each.target == self.lead]

    @property
    def states(self) -> dict[str, NoticeState]:
        return {each.key: each.state for each in self.box.settled}


@asynccontextmanager
async def rig(sandbox: Live, **settings: Any) -> AsyncIterator[Rig]:
    notices = NoticeSettings(**settings)
    async with handler_on(sandbox) as handler:
        known, box, counts = handler.knowledge, Kept(), Counts()
        people = known.directory.people
        staff = known.directory.people_by_rooftop[RecordId(seed.FLAGSHIP_ROOFTOP_ID)]
        ann = next(each for each in staff if each.role == "sales_adviser" and each.manager)
        values = {"LastName": "Roux", "Company": "Roux", "OwnerId": ann.id}
        values["Ortoo_Rooftop__c"] = seed.FLAGSHIP_ROOFTOP_ID
        lead = sandbox.sandbox.org.create("Lead", values, user_id=seed.WEB_FORMS_USER_ID)
        words = Words(
            handler.org, known, Templates(read_templates(TEMPLATES), usual="en"), usual="en"
        )
        telling = Delivery(
            box=cast(Any, box),
            outbox=cast(Any, Outbox()),
            org=handler.org,
            words=words,
            standing_in=StandingIn(handler.org, known, notices),
            channels=cast(Any, None),
            settings=notices,
            meters=cast(Any, counts),
            clock=lambda: NOON,
        )
        boss = replace(people[cast(RecordId, ann.manager)], language="en")
        found = Rig(
            live=sandbox,
            telling=telling,
            knowledge=known,
            box=box,
            counts=counts,
            ann=ann,
            boss=boss,
            lead=RecordId(lead),
        )
        found.on_roster(boss)
        yield found


@live()
async def test_the_manager_is_told_for_an_owner_whose_login_is_frozen_and_for_whom(
    sandbox: Live,
) -> None:
    async with rig(sandbox) as here:
        here.on_roster(replace(here.ann, active=False))
        logs = await here.tell(here.notice())
        ((told, body),) = here.bells
        assert told == here.boss.id
        assert body.startswith(f"For {here.ann.name}, who has no active login\n")
        assert here.states == {"n1": NoticeState.TOLD}
        (said,) = [each for each in logs if each["event"] == "notice.stood_in"]
        assert (said["notices"], said["people"]) == (1, [here.ann.id])


@live()
async def test_an_owner_who_has_been_deactivated_since_the_directory_was_read_is_not_told(
    sandbox: Live,
) -> None:
    async with rig(sandbox) as here:
        here.user(here.ann, IsActive=False)
        await here.tell(here.notice())
        assert [each for each, _ in here.bells] == [here.boss.id]


@live()
async def test_a_task_for_somebody_who_has_left_the_roster_is_their_managers(sandbox: Live) -> None:
    async with rig(sandbox) as here:
        here.user(here.ann, IsActive=False)
        here.off_roster(here.ann)
        await here.tell(here.notice(way="task"))
        tasks = sandbox.sandbox.org.storage.find("Task", WhoId=here.lead)
        assert [each["OwnerId"] for each in tasks] == [here.boss.id]
        assert here.counts.outcomes == {"told": 1}


@live()
async def test_of_those_who_may_stand_in_one_who_is_there_comes_before_one_who_is_away(
    sandbox: Live,
) -> None:
    async with rig(sandbox) as here:
        away = replace(here.boss, availability="Away", rooftop=None)
        other = replace(
            here.ann, id=RecordId(seed.ADMIN_USER_ID), role="rooftop_manager", manager=None
        )
        here.on_roster(replace(here.ann, active=False), away, other)
        staff = here.knowledge.directory.people_by_rooftop[here.ann.rooftop]
        managers = [each.id for each in staff if each.role == "rooftop_manager"]
        await here.tell(here.notice())
        ((told, _),) = here.bells
        assert told in managers


@live()
async def test_where_nobody_is_left_the_notice_is_dropped_and_counted_and_never_told(
    sandbox: Live,
) -> None:
    async with rig(sandbox) as here:
        staff = here.knowledge.directory.people_by_rooftop[here.ann.rooftop]
        here.on_roster(*(replace(each, active=False, manager=None) for each in (*staff, here.boss)))
        logs = await here.tell(here.notice())
        assert here.bells == []
        assert here.states == {"n1": NoticeState.DROPPED}
        assert here.counts.outcomes == {"nobody": 1}
        (said,) = [each for each in logs if each["event"] == "notice.nobody_left"]
        assert (said["log_level"], said["people"]) == ("warning", [here.ann.id])


@live()
async def test_who_stands_in_is_told_once_of_what_they_are_told_anyway(sandbox: Live) -> None:
    async with rig(sandbox) as here:
        here.on_roster(replace(here.ann, active=False))
        own = here.notice("n2", told_to="manager", recipient=here.boss.id)
        await here.tell(here.notice(), own)
        assert [each for each, _ in here.bells] == [here.boss.id]
        assert here.states == {"n1": NoticeState.DROPPED, "n2": NoticeState.TOLD}


@live()
async def test_who_stands_in_is_left_alone_in_their_quiet_hours_unless_it_is_urgent(
    sandbox: Live,
) -> None:
    async with rig(sandbox, quiet_hours="10:00 .. 14:00") as here:
        here.on_roster(replace(here.ann, active=False), replace(here.boss, zone="UTC"))
        urgent = here.notice("n2", urgent=True, decision_key=f"{here.lead}:sla")
        await here.tell(here.notice(), urgent)
        later, told = sorted(here.box.settled, key=lambda each: each.key)
        assert (later.state, later.due_at) == (NoticeState.READY, NOON + timedelta(hours=2))
        assert not later.counts
        assert told.state is NoticeState.TOLD


@live()
async def test_people_who_are_active_cost_no_call_more(sandbox: Live) -> None:
    async with rig(sandbox) as here:
        before = here.telling.org.rest.calls_made
        found = await here.telling.standing_in.find([here.notice()], {}, now=NOON)
        assert [each.recipient for each in found.now] == [here.ann.id]
        assert not found.inactive
        assert here.telling.org.rest.calls_made == before
