import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml

from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.salesforce.directory import DirectoryMapping, DirectoryReader
from ortoo_daemon.salesforce.directory_mapping import PersonMapping, RooftopMapping
from ortoo_daemon.salesforce.directory_rows import Sharing, keeps_hours, person, rooftop
from ortoo_daemon.salesforce.hours_rows import closed_days
from tests.salesforce.answers import run

FLAGSHIP = "0017Q000005kEzUQAU"
HOURS = "01m000000000001AAA"


@pytest.fixture
def mapping(repository):
    text = (repository / "config" / "directory.yaml").read_text()
    return DirectoryMapping.model_validate(yaml.safe_load(text))


def reading(sandbox, mapping, work):
    async def whole():
        org = sandbox.org()
        try:
            return await work(DirectoryReader(org, mapping), org)
        finally:
            await org.close()

    return run(whole())


def test_the_shipped_mapping_reads_the_seeded_network(sandbox, mapping):
    async def work(reader, org):
        return await reader.read(), org.rest.calls_made

    directory, calls = reading(sandbox, mapping, work)
    site = directory.rooftops[FLAGSHIP]
    assert site.brands == {"Renault", "Dacia"}
    assert (site.country, site.region, site.code) == ("FR", "FR-Ouest", "R00013812")
    assert site.point is not None
    assert site.group is not None
    assert isinstance(site.tags["EV_Certified"], bool)
    hours = directory.hours[site.hours]
    assert hours.is_open(datetime(2026, 11, 23, 10, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 11, 23, 2, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 12, 25, 10, tzinfo=UTC))
    assert len(directory.rooftops) > 100
    assert len(directory.people) >= 360
    advisers = [p for p in directory.people_by_rooftop[FLAGSHIP] if p.role == "sales_adviser"]
    assert len(advisers) == 10
    assert all(p.languages and p.open_limit and p.zone for p in advisers)
    assert any(p.skills for p in advisers)
    assert all(p.manager in directory.people for p in advisers)
    assert "Lead" in directory.queues["Unrouted_Leads"].objects
    assert "Lead" not in directory.queues["Old_Leads_Desk"].objects
    assert calls <= 10


def test_a_reading_notices_what_changed_after_it_and_nothing_else(sandbox, mapping):
    async def work(reader, org):
        changed = [await reader.changed_since(datetime.now(UTC))]
        directory = await reader.read()
        at = datetime.now(UTC) - timedelta(hours=1)
        changed.append(await reader.changed_since(at))
        someone = directory.people_by_rooftop[FLAGSHIP][0].id
        await asyncio.to_thread(sandbox.change, someone, Ortoo_Availability__c="Away")
        changed.append(await reader.changed_since(at))
        directory = await reader.read()
        changed.append(await reader.changed_since(at))
        assert directory.people[someone].is_away(datetime.now(UTC))
        await asyncio.to_thread(sandbox.change, someone, Ortoo_Availability__c="Available")
        return changed

    assert reading(sandbox, mapping, work) == [True, False, True, False]


def test_the_order_of_an_answer_s_fields_is_no_change(sandbox, mapping):
    async def work(reader, org):
        ask = org.query

        async def turned(text, **options):
            return [dict(reversed(row.items())) for row in await ask(text, **options)]

        await reader.read()
        org.query = turned
        return await reader.changed_since(datetime.now(UTC) - timedelta(days=365))

    assert reading(sandbox, mapping, work) is False


def test_a_reading_notices_who_left_its_scope(sandbox, mapping):
    async def work(reader, org):
        directory = await reader.read()
        site = sorted(directory.rooftops)[0]
        await asyncio.to_thread(sandbox.change, site, Status__c="Suspended")
        noticed = await reader.changed_since(datetime.now(UTC))
        without = await reader.read()
        await asyncio.to_thread(sandbox.change, site, Status__c="Active")
        noticed_again = await reader.changed_since(datetime.now(UTC))
        return noticed, site in without.rooftops, noticed_again

    assert reading(sandbox, mapping, work) == (True, False, True)


def test_a_reading_notices_a_queue_that_takes_one_object_more(sandbox, mapping):
    async def work(reader, org):
        queue = (await reader.read()).queues["Old_Leads_Desk"]
        row = {"attributes": {"type": "QueueSobject"}, "QueueId": queue.id, "SobjectType": "Task"}
        body = {"user": "admin@ortoo.example", "create": [row]}
        made = await asyncio.to_thread(sandbox.control, "POST", "act", body)
        noticed = await reader.changed_since(datetime.now(UTC))
        await asyncio.to_thread(sandbox.delete, made["create"][0]["id"])
        return made["create"], noticed

    created, noticed = reading(sandbox, mapping, work)
    assert created[0]["success"], created
    assert noticed


def test_open_work_is_counted_by_owner(sandbox, mapping):
    async def work(reader, org):
        people = sorted((await reader.read()).people)
        await asyncio.to_thread(sandbox.leads, 3, OwnerId=people[0], Status="New")
        await asyncio.to_thread(sandbox.leads, 2, OwnerId=people[1], Status="Unqualified")
        before = org.rest.calls_made
        counts = await reader.workload_counts("Lead", people)
        return counts.get(people[0]), counts.get(people[1]), org.rest.calls_made - before

    assert reading(sandbox, mapping, work) == (3, None, 1)


def test_open_work_is_weighed_by_its_stamp_and_what_bears_none_counts_as_told(sandbox, mapping):
    async def work(reader, org):
        people = sorted((await reader.read()).people)[20:22]
        for load in (2.5, 4, None):
            stamp = {} if load is None else {"Ortoo_Load__c": load}
            await asyncio.to_thread(sandbox.leads, 1, OwnerId=people[0], Status="New", **stamp)
        await asyncio.to_thread(sandbox.leads, 1, OwnerId=people[1], Status="New")
        before = org.rest.calls_made
        loads = await reader.workload_loads(
            "Lead", people[:1], field="Ortoo_Load__c", unweighed=1.0
        )
        return loads, people[0], org.rest.calls_made - before

    loads, person, calls = reading(sandbox, mapping, work)
    assert (loads, calls) == ({person: 7.5}, 1)


def test_open_work_of_more_owners_than_an_answer_holds_is_counted_page_by_page(
    sandbox, mapping, monkeypatch
):
    monkeypatch.setattr("ortoo_daemon.salesforce.directory._MOST_GROUPS", 2)

    async def work(reader, org):
        people = sorted((await reader.read()).people)
        holders, stranger = people[10:15], people[15]
        for number, holder in enumerate([*holders, stranger], start=1):
            await asyncio.to_thread(sandbox.leads, number, OwnerId=holder, Status="New")
        before = org.rest.calls_made
        counts = await reader.workload_counts("Lead", [*people[:15], *people[16:]])
        return (
            [counts.get(holder) for holder in holders],
            stranger in counts,
            (org.rest.calls_made - before),
        )

    counts, has_stranger, calls = reading(sandbox, mapping, work)
    assert counts == [1, 2, 3, 4, 5]
    assert not has_stranger
    assert calls >= 3


def test_what_is_kept_of_a_row_reads_like_the_row(mapping):
    row = {"Id": FLAGSHIP, "Name": "A", "Phone": None, "EV_Certified__c": True}
    kept = rooftop(row, mapping, Sharing()).fields
    assert dict(kept) == row
    assert kept == row
    assert len(kept) == 4
    assert "Phone" in kept
    assert "Fax" not in kept
    assert kept.get("Fax") is None


def test_nobody_is_asked_about_when_there_are_no_people(sandbox, mapping):
    async def work(reader, org):
        before = org.rest.calls_made
        return await reader.workload_counts("Lead", []), org.rest.calls_made - before

    assert reading(sandbox, mapping, work) == ({}, 0)


def test_a_mapped_field_that_is_missing_is_named(sandbox, mapping):
    wrong = mapping.model_copy(
        update={"rooftops": mapping.rooftops.model_copy(update={"brand": "Brnds__c"})}
    )
    with pytest.raises(PermanentOrgError) as caught:
        reading(sandbox, wrong, lambda reader, org: reader.read())
    assert caught.value.fields == ("Brnds__c",)


def test_a_mapping_with_an_unknown_key_or_a_name_that_is_none_is_refused():
    with pytest.raises(ValueError, match="brnd"):
        DirectoryMapping.model_validate({"rooftops": {"brnd": "Brands__c"}})
    with pytest.raises(ValueError, match="API name"):
        DirectoryMapping.model_validate({"rooftops": {"brand": "Brands__c FROM User"}})


def test_a_site_of_a_holidays_place_is_closed_on_that_day_in_its_own_hours():
    holidays = {"FR": [date(2026, 12, 25)], "FR-57": [date(2026, 12, 26)]}
    mapping = DirectoryMapping(
        rooftops=RooftopMapping(region="Region__c", hours="Hours__c"), holidays=holidays
    )
    row = {"Id": FLAGSHIP, "Name": "S", "BillingCountry": "France", "Region__c": "FR-57"}
    site = rooftop(row | {"Hours__c": HOURS}, mapping, Sharing())
    closed = closed_days(mapping.holidays, [], (2026,))
    _, (kept,) = keeps_hours([], [site], mapping, closed)
    assert kept.hours == f"{HOURS}@FR,FR-57"


def test_a_share_is_of_one_and_an_empty_field_means_what_the_mapping_says():
    mapping = PersonMapping(weight="W__c", open_limit="L__c", rooftop="R__c", skills="S__c")
    row = {"Id": "005000000000001AAA", "Name": "Jo", "Username": "jo@x.example", "IsActive": True}
    plain = person(row, mapping, Sharing())
    assert (plain.weight, plain.open_limit, plain.rooftop, plain.skills) == (1, None, None, set())
    full = {"W__c": 50.0, "L__c": 25.0, "R__c": FLAGSHIP[:15], "S__c": "ev; fleet;"}
    given = person(row | full, mapping, Sharing())
    assert (given.weight, given.open_limit, given.rooftop) == (0.5, 25, FLAGSHIP)
    assert given.skills == {"ev", "fleet"}


def test_true_is_not_taken_for_the_number_one():
    sharing = Sharing()
    assert sharing.of(1.0) == 1
    assert sharing.of(True) is True
