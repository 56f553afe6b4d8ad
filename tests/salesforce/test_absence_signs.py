"""Claims about signs of absence other than people's own fields, on the sandbox org."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from ortoo_daemon.directory import Person
from ortoo_daemon.instants import instant_text
from ortoo_daemon.salesforce.directory import DirectoryMapping, DirectoryReader
from ortoo_daemon.salesforce.directory_mapping import AbsenceMapping
from ortoo_daemon.sandbox.seed import identities as seed
from tests.salesforce.test_directory import FLAGSHIP

NOW = datetime.now(UTC)


@pytest.fixture
def mapping(repository):
    text = (repository / "config" / "directory.yaml").read_text()
    shipped = DirectoryMapping.model_validate(yaml.safe_load(text))
    signs = AbsenceMapping(frozen=True, presence=["Lunch"], calendar=True)
    return shipped.model_copy(update={"absences": signs})


def test_each_sign_is_read_and_noticed_as_a_change(sandbox, mapping):
    async def work():
        org = sandbox.org()
        try:
            reader = DirectoryReader(org, mapping)
            before = await reader.read()
            staff = before.people_by_rooftop[FLAGSHIP]
            ann, bob, cleo, dora = [each.id for each in staff if each.role == "sales_adviser"][:4]

            def create(kind, **values):
                row = {"attributes": {"type": kind}, **values}
                body = {"user": seed.ADMIN_USER_ID, "create": [row]}
                (made,) = sandbox.control("POST", "act", body)["create"]
                assert made["success"], made
                return made["id"]

            create("UserLogin", UserId=ann, IsFrozen=True)
            lunch = create("ServicePresenceStatus", DeveloperName="Lunch", MasterLabel="Lunch")
            create(
                "UserServicePresence",
                UserId=bob,
                ServicePresenceStatusId=lunch,
                IsCurrentState=True,
                IsAway=False,
            )
            create("UserServicePresence", UserId=dora, IsCurrentState=False, IsAway=True)
            create(
                "Event",
                OwnerId=cleo,
                Subject="Holiday",
                ShowAs="OutOfOffice",
                StartDateTime=instant_text(NOW + timedelta(days=1)),
                EndDateTime=instant_text(NOW + timedelta(days=2)),
            )
            create(
                "Event",
                OwnerId=dora,
                Subject="Meeting",
                ShowAs="Busy",
                StartDateTime=instant_text(NOW),
                EndDateTime=instant_text(NOW + timedelta(days=2)),
            )
            assert await reader.changed_since(NOW)
            after = await reader.read()
            return [after.people[id_] for id_ in (ann, bob, cleo, dora)]
        finally:
            await org.close()

    ann, bob, cleo, dora = asyncio.run(work())
    assert not ann.active
    assert bob.is_away(NOW)
    assert not cleo.is_away(NOW)
    assert cleo.is_away(NOW + timedelta(days=1, hours=1))
    assert not dora.is_away(NOW)


def test_leave_begins_and_ends_by_the_clock_and_outlives_a_file():
    begins_at, ends_at = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)
    person = Person(id="005000000000001AAA", name="Ann", leave=((begins_at, ends_at),))
    assert not person.is_away(begins_at - timedelta(seconds=1))
    assert person.is_away(begins_at)
    assert person.returns_at(begins_at) == ends_at
    assert not person.is_away(ends_at)
    until = replace(person, away_until=ends_at + timedelta(days=1))
    assert until.returns_at(begins_at) == ends_at + timedelta(days=1)
