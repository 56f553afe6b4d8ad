"""Claims about opening hours: of the org, of the directory file, and whose they are."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from ortoo_daemon.calendars import BusinessHours
from ortoo_daemon.directory import Rooftop
from ortoo_daemon.person import Person
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.directory import DirectoryMapping, DirectoryReader
from ortoo_daemon.salesforce.directory_rows import keeps_hours
from ortoo_daemon.salesforce.hours_mapping import ClosedDaysMapping, HoursMapping
from ortoo_daemon.salesforce.hours_rows import all_hours, closed_days, years_around
from tests.salesforce.sandbox import DISPATCHER

HOURS = "01m000000000001AAA"
YEARS = years_around(2026)
SITE = Rooftop(
    id=RecordId("001000000000001AAA"), name="Lyon Vaise", code="L1", country="FR", region="FR-57"
)


def hours_row(**times):
    return {
        "Id": HOURS,
        "Name": "Site",
        "IsActive": True,
        "TimeZoneSidKey": "Europe/Paris",
        **times,
    }


def holiday(**given):
    return {"Name": "Inventory", "IsAllDay": True, "IsRecurrence": False, **given}


def closed_by_org(*rows):
    place = {"X": ClosedDaysMapping(org=["Inventory"])}
    return closed_days(place, rows, YEARS)["X"]


@pytest.mark.parametrize(
    ("start", "end", "window"),
    [
        ("09:00:00.000Z", "18:30:00.000Z", ((540, 1110),)),
        ("00:00:00.000Z", "00:00:00.000Z", ((0, 1440),)),
        ("08:00:00.000Z", "00:00:00.000Z", ((480, 1440),)),
        ("22:00:00.000Z", "06:00:00.000Z", ((1320, 1800),)),
        (None, None, ()),
    ],
)
def test_a_days_times_become_its_window(start, end, window):
    row = hours_row(MondayStartTime=start, MondayEndTime=end)
    hours = all_hours([row], {}, [], {})[HOURS]
    assert hours.windows == (window, *((),) * 6)


def test_hours_are_found_by_id_by_name_and_with_the_closed_days_of_a_place():
    mapping = DirectoryMapping(holidays={"FR": ["2026-12-25"], "FR-57": ["2026-12-26"]})
    closed = closed_days(mapping.holidays, [], YEARS)
    key = f"{HOURS}@FR,FR-57"
    found = all_hours([hours_row()], {}, [key, None], closed)
    assert found[HOURS] is found["Site"]
    assert found[HOURS].closed == frozenset()
    assert found[key].closed == {date(2026, 12, 25), date(2026, 12, 26)}


def test_hours_that_are_inactive_or_in_no_known_zone_are_left_out():
    rows = [hours_row(IsActive=False), hours_row(TimeZoneSidKey="Mars/Olympus")]
    assert all_hours(rows, {}, [], {}) == {}


def written(**week) -> BusinessHours:
    mapping = HoursMapping.model_validate({"zone": "Europe/Paris", "week": week})
    return all_hours([], {"Own": mapping}, [], {})["Own"]


def test_hours_of_the_file_have_blocks_nights_and_spans_of_days():
    hours = written(**{"mon-thu": ["08:30-12:00", "14:00-19:00"], "fri": "22:00-06:00"})
    day = ((510, 720), (840, 1140))
    assert hours.windows == (day, day, day, day, ((1320, 1800),), (), ())


def test_a_span_of_days_may_run_over_the_weeks_end_and_daily_is_every_day():
    over_weekend = written(**{"sat-mon": "10:00-12:00"}).windows
    assert [bool(day) for day in over_weekend] == [True, False, False, False, False, True, True]
    assert written(daily="00:00-24:00").between(
        datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 8, tzinfo=UTC)
    ) == timedelta(days=7)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"zone": "Europe/Pariss", "week": {}}, "no time zone"),
        ({"zone": "UTC", "week": {"mo": "08:00-12:00"}}, "no day of the week"),
        ({"zone": "UTC", "week": {"mon": "8-12"}}, "no time of opening"),
        ({"zone": "UTC", "week": {"mon": "08:00-25:00"}}, "a day has 24 hours"),
        ({"zone": "UTC", "week": {"mon-wed": "08:00-09:00", "tue": "closed"}}, "named twice"),
        ({"zone": "UTC", "week": {}, "closed": ["2026-02-30"]}, "is no day"),
        ({"zone": "UTC", "week": {}, "closed": ["2026-03-02 .. 2026-03-01"]}, "no span"),
        ({"zone": "UTC", "week": {}, "for": [{}]}, "name {rooftop"),
        ({"zone": "UTC", "week": {}, "for": [{"person": "a@b.c", "role": "x"}]}, "name {rooftop"),
    ],
)
def test_what_is_wrong_in_hours_is_told(given, message):
    with pytest.raises(ValidationError, match=message):
        HoursMapping.model_validate(given)


def test_hours_that_name_a_place_the_file_does_not_have_are_refused():
    week = {"zone": "UTC", "week": {"mon": "08:00-12:00"}, "holidays": ["FR"]}
    with pytest.raises(ValidationError, match="no place 'FR'"):
        DirectoryMapping.model_validate({"hours": {"Own": week}})


# Closed days


def test_public_holidays_are_those_of_the_region_with_the_categories_asked_for():
    places = {
        "DE": ClosedDaysMapping(public="DE"),
        "BY": ClosedDaysMapping(public="DE-BY", categories=["catholic"]),
    }
    found = closed_days(places, [], YEARS)
    corpus_christi, assumption = date(2026, 6, 4), date(2026, 8, 15)
    assert {corpus_christi, assumption} <= found["BY"].days
    assert not {corpus_christi, assumption} & found["DE"].days
    assert {day.year for day in found["DE"].days} == set(YEARS)


def test_days_may_be_added_and_a_holiday_may_be_worked():
    place = ClosedDaysMapping.model_validate(
        {"public": "FR", "also": ["2026-08-01 .. 2026-08-03"], "open": ["2026-11-11"]}
    )
    found = closed_days({"FR": place}, [], YEARS)["FR"].days
    assert {date(2026, 8, day) for day in (1, 2, 3)} <= found
    assert date(2026, 11, 11) not in found
    assert date(2027, 11, 11) in found


def test_a_country_nobody_knows_is_refused():
    with pytest.raises(ValidationError, match="no public holidays are known"):
        ClosedDaysMapping(public="ZZ")


def test_a_holiday_of_the_org_closes_its_day_or_its_part():
    assert closed_by_org(holiday(ActivityDate="2026-12-31")).days == {date(2026, 12, 31)}
    part = holiday(
        ActivityDate="2026-12-31", IsAllDay=False, StartTimeInMinutes=720, EndTimeInMinutes=1440
    )
    assert closed_by_org(part).parts == {(date(2026, 12, 31), 720, 1440)}


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (
            {
                "RecurrenceType": "RecursYearly",
                "RecurrenceDayOfMonth": 14,
                "RecurrenceMonthOfYear": "July",
            },
            [date(2026, 7, 14), date(2027, 7, 14)],
        ),
        (
            {
                "RecurrenceType": "RecursYearlyNth",
                "RecurrenceInstance": "Last",
                "RecurrenceDayOfWeekMask": 2,
                "RecurrenceMonthOfYear": "May",
            },
            [date(2026, 5, 25), date(2027, 5, 31)],
        ),
        (
            {"RecurrenceType": "RecursMonthly", "RecurrenceDayOfMonth": 31},
            [date(2026, 1, 31), date(2026, 3, 31), date(2027, 12, 31)],
        ),
        (
            {
                "RecurrenceType": "RecursMonthlyNth",
                "RecurrenceInstance": "First",
                "RecurrenceDayOfWeekMask": 1,
            },
            [date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 5)],
        ),
        (
            {"RecurrenceType": "RecursWeekly", "RecurrenceDayOfWeekMask": 64},
            [date(2026, 1, 3), date(2026, 1, 10)],
        ),
        ({"RecurrenceType": "RecursEveryWeekday"}, [date(2026, 1, 1), date(2026, 1, 2)]),
        ({"RecurrenceType": "RecursDaily", "RecurrenceInterval": 10}, [date(2026, 1, 11)]),
    ],
)
def test_a_holiday_that_comes_again_closes_each_of_its_days(rule, days):
    row = holiday(IsRecurrence=True, RecurrenceStartDate="2026-01-01", **rule)
    found = closed_by_org(row).days
    assert set(days) <= found
    assert all(day.year in YEARS and day >= date(2026, 1, 1) for day in found)


def test_a_holiday_comes_again_until_its_end():
    row = holiday(
        IsRecurrence=True,
        RecurrenceType="RecursYearly",
        RecurrenceStartDate="2020-07-14",
        RecurrenceEndDateOnly="2026-12-31",
        RecurrenceDayOfMonth=14,
        RecurrenceMonthOfYear="July",
    )
    assert closed_by_org(row).days == {date(year, 7, 14) for year in range(2020, 2027)}


# Whose they are


def somebody(number: int, role: str, **given) -> Person:
    return Person(
        id=RecordId(f"00500000000000{number}AAA"),
        name="N",
        username=f"n{number}@example.com",
        role=role,
        rooftop=SITE.id,
        **given,
    )


def kept(people, mapping, site=SITE):
    closed = closed_days(mapping.holidays, [], YEARS)
    staff, (place,) = keeps_hours(people, [site], mapping, closed)
    return [person.hours for person in staff], place.hours


def of(*whom):
    return {"zone": "Europe/Paris", "week": {"mon-fri": "08:00-18:00"}, "for": list(whom)}


def test_a_persons_own_hours_come_before_those_of_the_team_and_these_before_the_sites():
    mapping = DirectoryMapping.model_validate(
        {
            "hours": {
                "site": of({"rooftop": "L1"}),
                "service": of({"rooftop": "L1", "role": "service_agent"}),
                "desks": of({"role": "desk_lead"}),
                "night": of({"person": "N4@example.com"}),
            }
        }
    )
    people = [
        somebody(1, "sales_adviser"),
        somebody(2, "service_agent"),
        somebody(3, "desk_lead"),
        somebody(4, "service_agent"),
        somebody(5, "service_agent", hours=HOURS),
    ]
    assert kept(people, mapping) == ([None, "service", "desks", "night", HOURS], "site")


def test_closed_days_of_country_region_and_site_count_for_the_site_and_for_its_people():
    mapping = DirectoryMapping.model_validate(
        {"holidays": {"FR": {"public": "FR"}, "L1": ["2026-12-24"], "DE": {"public": "DE"}}}
    )
    site = Rooftop(id=SITE.id, name="S", code="L1", country="FR", hours=HOURS)
    people = [somebody(1, "sales_adviser", hours="Early")]
    assert kept(people, mapping, site) == (["Early@FR,L1"], f"{HOURS}@FR,L1")


# Read from an org


def test_a_reading_has_hours_of_the_file_and_holidays_of_the_org(sandbox):
    row = {"attributes": {"type": "Holiday"}, "Name": "Stocktaking", "IsAllDay": True}
    body = {"user": DISPATCHER, "create": [row | {"ActivityDate": "2026-12-30"}]}
    made = sandbox.control("POST", "act", body)
    assert made["create"][0]["success"], made
    mapping = DirectoryMapping.model_validate(
        {
            "hours": {"Own": of() | {"holidays": ["house"]}},
            "holidays": {"house": {"org": ["Stocktaking"]}},
        }
    )

    async def work():
        org = sandbox.org()
        try:
            year = [2026]
            reader = DirectoryReader(org, mapping, year=lambda: year[0])
            directory = await reader.read()
            same = await reader.changed_since(datetime.now(UTC))
            year[0] = 2030
            return directory, same, await reader.changed_since(datetime.now(UTC))
        finally:
            await org.close()

    directory, same, next_decade = asyncio.run(work())
    assert directory.hours["Own"].closed == {date(2026, 12, 30)}
    assert (same, next_decade) == (False, True)
