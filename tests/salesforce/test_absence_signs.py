"""Claims about signs of absence other than people's own fields, on the sandbox org."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.directory import Directory
from ortoo_daemon.instants import instant_text
from ortoo_daemon.person import Person, Sign
from ortoo_daemon.records import record_id
from ortoo_daemon.salesforce.absence_signs import overdue_at
from ortoo_daemon.salesforce.directory import DirectoryMapping, DirectoryReader
from ortoo_daemon.salesforce.directory_mapping import (
    AbsenceMapping,
    LoginMapping,
    MissedMapping,
)
from ortoo_daemon.salesforce.missed_targets import absent_since, last_missed
from ortoo_daemon.salesforce.shifts import Shift
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


MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
OFFICE = BusinessHours(
    name="Office", zone="Europe/Paris", windows=(((480, 1020),),) * 5 + ((), ()), closed=frozenset()
)


def test_a_login_is_overdue_at_the_end_of_the_last_working_day():
    thursday = MONDAY - timedelta(days=4)
    friday_evening = datetime(2026, 11, 20, 16, tzinfo=UTC)
    assert overdue_at(thursday, 1, OFFICE, None) == friday_evening
    assert overdue_at(thursday, 2, OFFICE, None) == friday_evening + timedelta(days=3)


def test_days_on_which_somebody_is_closed_are_no_working_days():
    closed = replace(OFFICE, closed=frozenset({MONDAY.date()}))
    friday = MONDAY - timedelta(days=3)
    assert overdue_at(friday, 1, closed, None) == datetime(2026, 11, 24, 16, tzinfo=UTC)
    never = replace(OFFICE, windows=((),) * 7)
    assert overdue_at(friday, 1, never, None) is None


def test_without_hours_monday_to_friday_are_working_days_by_the_persons_clock():
    friday = MONDAY - timedelta(days=3)
    found = overdue_at(friday, 1, None, "America/New_York")
    assert found == datetime(2026, 11, 24, 5, tzinfo=UTC)


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def test_each_record_counts_once_in_a_row_of_missed_targets():
    passed = [("a", at(0)), ("a", at(1)), ("b", at(2)), ("c", at(3)), ("d", at(4))]
    assert absent_since(passed, None, 3) == at(3)
    assert absent_since(passed[:3], None, 3) is None


def test_a_sign_of_life_ends_the_row():
    passed = [("a", at(0)), ("b", at(2)), ("c", at(3)), ("d", at(4))]
    assert absent_since(passed, at(2), 3) is None
    assert absent_since([*passed, ("e", at(5))], at(2), 3) == at(5)
    assert absent_since(passed, at(4.5), 2) is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"order": ["shifts"]}, "add shifts:"),
        ({"order": ["fields", "fields"]}, "named twice"),
        ({"order": ["sleep"]}, "'fields', 'calendar'"),
        ({"login": {"working_days": 0}}, "greater than or equal to 1"),
        ({"missed": {"in_a_row": 1}}, "greater than or equal to 2"),
    ],
)
def test_what_the_directory_file_may_not_say_of_absences(given, told):
    with pytest.raises(ValueError, match=told):
        AbsenceMapping.model_validate(given)


def test_signs_that_the_order_does_not_name_come_last_in_the_usual_order():
    mapping = AbsenceMapping(order=["presence"], presence=[], calendar=True)
    assert mapping.ranking[:3] == (Sign.PRESENCE, Sign.FIELDS, Sign.CALENDAR)
    assert set(mapping.ranking) == set(Sign)
    assert AbsenceMapping(order=["fields", "calendar"], calendar=True).ranking == ()


def read(sandbox, mapping: DirectoryMapping) -> Directory:
    async def work():
        org = sandbox.org()
        try:
            return await DirectoryReader(org, mapping).read()
        finally:
            await org.close()

    return asyncio.run(work())


def advisers(directory: Directory) -> list[Person]:
    staff = directory.people_by_rooftop[FLAGSHIP]
    return [each for each in staff if each.role == "sales_adviser" and each.username]


def asked(mapping: DirectoryMapping, **signs) -> DirectoryMapping:
    return mapping.model_copy(update={"absences": AbsenceMapping(**signs)})


def test_a_row_of_the_shift_table_is_time_off(sandbox, mapping):
    ann = advisers(read(sandbox, asked(mapping)))[0]
    today = datetime.now(UTC).date()
    days = [str(today + timedelta(days=days)) for days in (-1, 0, 1)]
    shift = Shift(person=ann.username.upper(), days=days, hours="off")
    known = read(sandbox, asked(mapping, shifts=[shift]))
    assert known.people[ann.id].away_by(datetime.now(UTC)) is Sign.SHIFTS
    others = [each for each in advisers(known) if each.id != ann.id]
    assert not any(each.off_shift for each in others)


def create(sandbox, kind, **values):
    body = {"user": seed.ADMIN_USER_ID, "create": [{"attributes": {"type": kind}, **values}]}
    (made,) = sandbox.control("POST", "act", body)["create"]
    assert made["success"], made
    return made["id"]


def test_who_never_logged_in_is_overdue_since_the_user_was_made(sandbox, mapping):
    days = 1
    known = read(sandbox, asked(mapping, login=LoginMapping(working_days=days)))
    found = [each for each in known.people.values() if each.no_login_at is not None]
    sandbox.later(14 * 86_400)
    try:
        known = read(sandbox, asked(mapping, login=LoginMapping(working_days=days)))
    finally:
        sandbox.later(-14 * 86_400)
    later = [each for each in known.people.values() if each.no_login_at is not None]
    assert found == []
    assert len(later) == len(known.people)
    assert all(each.away_by(each.no_login_at) in (Sign.FIELDS, Sign.LOGIN) for each in later)


def test_targets_missed_in_a_row_are_a_sign_until_one_of_life(sandbox, mapping, monkeypatch):
    """However many have missed some: the org tells of so many people at a time."""
    monkeypatch.setattr("ortoo_daemon.salesforce.missed_targets._MOST_GROUPS", 1)
    rule = asked(mapping, missed=MissedMapping(in_a_row=3))
    ann, bob = advisers(read(sandbox, asked(mapping)))[:2]

    def missed(person: Person, number: int) -> None:
        create(
            sandbox,
            "Ortoo_Decision__c",
            Ortoo_Key__c=f"missed:{person.id}:{number}",
            Object__c="Lead",
            Record_Id__c=f"00Q00000000000{number}",
            Reason_Code__c="sla_violation",
            Owner_Before__c=person.id,
            Decided_At__c=instant_text(datetime.now(UTC) + timedelta(seconds=number - 60)),
        )

    for number in range(3):
        missed(ann, number)
        missed(bob, min(number, 1) + 10 * number)
    create(
        sandbox,
        "Ortoo_Decision__c",
        Ortoo_Key__c=f"answered:{bob.id}",
        Object__c="Lead",
        Record_Id__c="00Q000000000009",
        Reason_Code__c="sla_answered",
        Owner_After__c=bob.id,
        Decided_At__c=instant_text(datetime.now(UTC) - timedelta(seconds=30)),
    )
    known = read(sandbox, rule)
    since = known.people[ann.id].missed_at
    assert since is not None
    assert known.people[ann.id].away_by(datetime.now(UTC)) in (Sign.MISSED, Sign.FIELDS)
    assert known.people[bob.id].missed_at is None

    async def last():
        org = sandbox.org()
        try:
            return await last_missed(org, ann.id, since)
        finally:
            await org.close()

    assert asyncio.run(last()) == ("Lead", record_id("00Q000000000002"))
    body = {
        "user": ann.id,
        "create": [{"attributes": {"type": "Task"}, "Subject": "Call", "OwnerId": ann.id}],
    }
    assert sandbox.control("POST", "act", body)["create"][0]["success"]
    assert read(sandbox, rule).people[ann.id].missed_at is None


def test_a_mapping_without_signs_asks_for_none(sandbox, mapping):
    sandbox.control("DELETE", "calls")
    read(sandbox, asked(mapping))
    asked_for = " ".join(str(call) for call in sandbox.calls())
    assert "LastLoginDate" not in asked_for
    assert "Ortoo_Decision__c" not in asked_for
