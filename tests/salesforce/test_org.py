import asyncio
import gc
from datetime import UTC, datetime, timedelta

import pytest
from tenacity import AsyncRetrying

from ortoo_daemon.errors import LoginError, PermanentOrgError
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials
from tests.salesforce.answers import run
from tests.salesforce.sandbox import DAEMON_ID


def on(sandbox, work):
    """Run ``await work(org)`` on an org of its own."""

    async def whole():
        org = sandbox.org()
        try:
            return await work(org)
        finally:
            await org.close()

    return run(whole())


@pytest.mark.parametrize("flow", ["credentials", "key"])
def test_both_flows_log_in_as_the_daemons_user(sandbox, flow):
    async def work():
        org = await Org.connect(auth=getattr(sandbox, flow), login_url=sandbox.url)
        try:
            return await org.identity()
        finally:
            await org.close()

    assert run(work()) == DAEMON_ID


def test_a_wrong_secret_is_a_login_error_that_does_not_tell_it(sandbox):
    wrong = ClientCredentials(client_id=sandbox.credentials.client_id, client_secret="hunter2")
    with pytest.raises(LoginError) as caught:
        run(Org.connect(auth=wrong, login_url=sandbox.url))
    assert "hunter2" not in f"{caught.value} {caught.value.__dict__} {wrong}"


def test_parents_fields_come_by_path(sandbox):
    text = soql.select("Account", ["Id", "Parent.Name", "Region__c"], limit=50)
    rows = on(sandbox, lambda org: org.query(text))
    assert len(rows) == 50
    assert all("attributes" not in row for row in rows)
    assert any(row.get("Parent.Name") for row in rows)


def test_a_query_is_read_to_its_last_page(sandbox):
    sandbox.leads(2100, LeadSource="Walk-in")
    where = [soql.equals("LeadSource", "Walk-in")]

    async def work(org):
        rows = await org.query(soql.select("Lead", ["Id"], where=where))
        number = await org.count(soql.select("Lead", ["COUNT()"], where=where))
        return len({row["Id"] for row in rows}), number

    assert on(sandbox, work) == (2100, 2100)


def test_the_description_holds_fields_and_queues(sandbox):
    described = on(sandbox, lambda org: org.description(["Lead", "Case", "User", "Account"]))
    assert described.resolve("Lead", "Brand__c").type == "picklist"
    assert described.resolve("Case", "Account.Region__c") is not None
    assert "Lead" in described.queues["Unrouted_Leads"]


def test_the_orgs_time_is_told_whatever_this_machines_clock_says(sandbox):
    now = on(sandbox, lambda org: org.now())
    assert abs(datetime.now(UTC) + timedelta(seconds=sandbox.shift) - now) < timedelta(seconds=3)


def test_a_call_leaves_no_machinery_of_repetition_to_the_collector(sandbox):
    text = soql.select("Account", ["Id"], limit=1)

    async def work(org):
        await org.query(text)  # logs in, too
        gc.collect()
        gc.disable()
        try:
            elsewhere = set(map(id, machinery()))
            await org.query(text)
            return [each for each in machinery() if id(each) not in elsewhere]
        finally:
            gc.enable()

    def machinery():
        return [each for each in gc.get_objects() if isinstance(each, AsyncRetrying)]

    assert on(sandbox, work) == []


def test_a_hundred_reads_at_once_take_a_few_calls(sandbox):
    ids = sandbox.leads(100, Email="x@example.com")

    async def work(org):
        fields = frozenset({"Email", "Owner.Name", "LastModifiedDate"})
        records = await asyncio.gather(*(org.reader.read("Lead", id_, fields) for id_ in ids))
        return records, org.rest.calls_made

    records, calls = on(sandbox, work)
    assert [record.id for record in records] == ids
    assert all(record.get("Email") == "x@example.com" for record in records)
    assert all(record.text("Owner.Name") for record in records)
    assert calls <= 3


def test_reads_of_a_burst_travel_four_hundred_a_call(sandbox):
    ids = sandbox.leads(500, Email="y@example.com")

    async def work(org):
        await org.identity()
        before = org.rest.calls_made
        fields = frozenset({"Email", "Owner.Name"})
        records = await asyncio.gather(*(org.reader.read("Lead", id_, fields) for id_ in ids))
        return records, org.rest.calls_made - before

    records, calls = on(sandbox, work)
    assert [record.id for record in records] == ids
    assert all(record.text("Owner.Name") for record in records)
    assert calls == 2


def test_a_record_that_is_gone_reads_as_none(sandbox):
    here, gone = sandbox.leads(2)
    sandbox.delete(gone)

    async def work(org):
        return await asyncio.gather(
            *(org.reader.read("Lead", id_, frozenset({"Email"})) for id_ in (here, gone))
        )

    found, missing = on(sandbox, work)
    assert found is not None
    assert missing is None


def test_an_unknown_field_is_told_plainly_and_costs_no_other_reader(sandbox):
    (lead,) = sandbox.leads(1)

    async def work(org):
        return await asyncio.gather(
            org.reader.read("Lead", lead, frozenset({"Brnd__c"})),
            org.reader.read("Lead", lead, frozenset({"Brand__c"})),
            return_exceptions=True,
        )

    refused, read = on(sandbox, work)
    assert isinstance(refused, PermanentOrgError)
    assert refused.fields == ("Brnd__c",)
    assert "Lead.Brnd__c" in str(refused)
    assert read.id == lead


def test_data_in_a_query_stays_data(sandbox):
    nasty = "O'Brien\\' OR Name != '\n\"%"
    (lead,) = sandbox.leads(1, Company=nasty)
    where = [soql.equals("Company", nasty)]
    rows = on(sandbox, lambda org: org.query(soql.select("Lead", ["Id"], where=where)))
    assert [row["Id"] for row in rows] == [lead]
