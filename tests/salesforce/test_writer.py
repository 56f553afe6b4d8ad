import asyncio
import weakref
from dataclasses import replace

import pytest

from ortoo_daemon.errors import (
    CallRefusedError,
    OrgError,
    PermanentOrgError,
    RecordGoneError,
    StaleRecordError,
    TemporaryOrgError,
    TooLateError,
)
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.writer import RecordWrite, RecordWriter
from tests.salesforce.answers import run
from tests.salesforce.sandbox import DAEMON_ID, DISPATCHER_ID, WEB_FORMS

READ = frozenset({"OwnerId", "LastModifiedDate", "Description", "Brand__c", "Rating"})
LOCKED = [{"errorCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access"}]


async def until(holds):
    async with asyncio.timeout(5):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 (another process's state)
            await asyncio.sleep(0.01)


class Desk:
    """Reads and writes leads as the daemon does."""

    def __init__(self, org):
        self.org = org
        self.writer = RecordWriter(org.rest, pause=0.01)

    async def decided(self, id_, *, conditional=False, **fields):
        """The write of a decision made on the record as it is now."""
        record = await self.org.reader.read("Lead", id_, READ)
        return RecordWrite(
            object="Lead",
            id=record.id,
            fields=fields or {"OwnerId": DAEMON_ID},
            expect={"OwnerId": record.get("OwnerId")},
            modified_at=record.text("LastModifiedDate"),
            conditional=conditional,
        )

    async def all_decided(self, ids, **fields):
        return await asyncio.gather(*(self.decided(id_, **fields) for id_ in ids))

    async def write_all(self, writes):
        return await asyncio.gather(
            *(self.writer.write(write) for write in writes), return_exceptions=True
        )

    async def owners(self, ids):
        rows = []
        for part in soql.chunks(ids):
            text = soql.select("Lead", ["Id", "OwnerId"], where=[soql.one_of("Id", part)])
            rows += await self.org.query(text)
        found = {row["Id"]: row["OwnerId"] for row in rows}
        return [found.get(id_) for id_ in ids]


def at_desk(sandbox, work):
    async def whole():
        org = sandbox.org()
        try:
            return await work(Desk(org))
        finally:
            await org.close()

    return run(whole())


def test_a_lone_write_goes_through_composite_under_its_own_precondition(sandbox):
    (lead,) = sandbox.leads(1)

    async def work(desk):
        await desk.writer.write(await desk.decided(lead))
        return await desk.owners([lead])

    assert at_desk(sandbox, work) == [DAEMON_ID]
    (call,) = sandbox.calls(writes="1")
    assert call["path"].endswith("/composite")


def test_a_burst_takes_few_calls_and_every_write_forbids_assignment_rules(sandbox):
    leads = sandbox.leads(600)

    async def work(desk):
        writes = await desk.all_decided(leads)
        before = desk.org.rest.calls_made
        results = await desk.write_all(writes)
        return results, desk.org.rest.calls_made - before, await desk.owners(leads)

    results, calls, owners = at_desk(sandbox, work)
    assert set(results) == {None}
    assert set(owners) == {DAEMON_ID}
    assert calls <= 10
    assert sandbox.calls(unguarded="1") == []


@pytest.mark.parametrize("count", [3, 60])
def test_a_persons_owner_change_between_read_and_write_survives(sandbox, count):
    leads = sandbox.leads(count)

    async def work(desk):
        writes = await desk.all_decided(leads)
        await asyncio.to_thread(sandbox.change, leads[1], OwnerId=DISPATCHER_ID)
        return await desk.write_all(writes), await desk.owners(leads)

    results, owners = at_desk(sandbox, work)
    assert type(results[1]) is StaleRecordError
    assert results[1].fields == ("OwnerId",)
    assert owners[1] == DISPATCHER_ID
    assert set(results[:1] + results[2:]) == {None}
    assert set(owners[:1] + owners[2:]) == {DAEMON_ID}


@pytest.mark.parametrize("count", [3, 60])
def test_a_change_to_a_field_no_rule_read_does_not_stop_the_write(sandbox, count):
    leads = sandbox.leads(count)

    async def work(desk):
        writes = await desk.all_decided(leads)
        await asyncio.to_thread(sandbox.change, leads[1], Description="called back")
        return await desk.write_all(writes), await desk.owners(leads)

    results, owners = at_desk(sandbox, work)
    assert set(results) == {None}
    assert set(owners) == {DAEMON_ID}


def test_rows_held_by_people_go_under_a_precondition_in_a_burst_too(sandbox):
    leads = sandbox.leads(60)

    async def work(desk):
        writes = await desk.all_decided(leads[1:])
        writes.append(await desk.decided(leads[0], conditional=True))
        return await desk.write_all(writes)

    assert set(at_desk(sandbox, work)) == {None}
    paths = {call["path"].partition("/composite")[2]: call for call in sandbox.calls(writes="1")}
    alone = [write for write in paths[""]["writes"] for row in write["rows"]]
    assert [row["id"] for write in alone for row in write["rows"]] == [leads[0]]


@pytest.mark.parametrize("count", [3, 60])
def test_a_text_that_looks_like_a_reference_costs_no_record_its_owner(sandbox, count):
    leads = sandbox.leads(count)
    text = "Is it @{row1.id} or @{nothing.there}?"

    async def work(desk):
        writes = await desk.all_decided(leads, OwnerId=DAEMON_ID, Description=text)
        results = await desk.write_all(writes)
        return results, await desk.owners(leads), await desk.org.reader.read("Lead", leads[0], READ)

    results, owners, lead = at_desk(sandbox, work)
    assert set(results) == {None}
    assert set(owners) == {DAEMON_ID}
    assert lead.get("Description") == "Is it @ {row1.id} or @ {nothing.there}?"


@pytest.mark.parametrize("count", [3, 60])
def test_a_record_that_is_gone_is_told_to_its_asker_alone(sandbox, count):
    leads = sandbox.leads(count)

    async def work(desk):
        writes = await desk.all_decided(leads)
        await asyncio.to_thread(sandbox.delete, leads[0])
        return await desk.write_all(writes)

    first, *others = at_desk(sandbox, work)
    assert type(first) is RecordGoneError
    assert set(others) == {None}


@pytest.mark.parametrize("count", [3, 60])
def test_a_bad_value_costs_its_own_row_only_and_names_the_field(sandbox, count):
    leads = sandbox.leads(count)

    async def work(desk):
        writes = await desk.all_decided(leads)
        bad = {"OwnerId": DAEMON_ID, "Brand__c": "Secretmobile"}
        writes[0] = await desk.decided(leads[0], **bad)
        return await desk.write_all(writes), await desk.owners(leads)

    (first, *others), owners = at_desk(sandbox, work)
    assert type(first) is PermanentOrgError
    assert first.fields == ("Brand__c",)
    assert "Secretmobile" not in str(first)
    assert set(others) == {None}
    assert owners[0] != DAEMON_ID


@pytest.mark.parametrize("count", [3, 60])
def test_a_lost_answer_after_the_commit_counts_as_written_and_writes_nothing_more(sandbox, count):
    leads = sandbox.leads(count)
    sandbox.fault("lost_response", path="composite", times=1)

    async def work(desk):
        return await desk.write_all(await desk.all_decided(leads)), await desk.owners(leads)

    results, owners = at_desk(sandbox, work)
    assert set(results) == {None}
    assert set(owners) == {DAEMON_ID}
    written = [
        row["id"] for c in sandbox.calls(writes="1") for w in c["writes"] for row in w["rows"]
    ]
    assert sorted(written) == sorted(leads)


@pytest.mark.parametrize("count", [3, 60])
def test_an_answer_lost_before_the_commit_leads_to_one_more_write(sandbox, count):
    leads = sandbox.leads(count)
    sandbox.fault("error", path="composite", status=502, body="<html></html>", times=1)

    async def work(desk):
        return await desk.write_all(await desk.all_decided(leads)), await desk.owners(leads)

    results, owners = at_desk(sandbox, work)
    assert set(results) == {None}
    assert set(owners) == {DAEMON_ID}


def test_a_lost_answer_never_overwrites_a_person_who_came_after_it(sandbox):
    (lead,) = sandbox.leads(1)
    sandbox.fault("error", path="composite", method="POST", status=502, body="", times=1)

    async def work(desk):
        write = await desk.decided(lead)
        await asyncio.to_thread(sandbox.change, lead, OwnerId=DISPATCHER_ID)
        return await desk.write_all([write]), await desk.owners([lead])

    results, owners = at_desk(sandbox, work)
    assert type(results[0]) is StaleRecordError
    assert owners == [DISPATCHER_ID]


def test_a_batch_that_meets_a_lock_is_halved_and_gets_through(sandbox):
    leads = sandbox.leads(60)
    sandbox.fault("error", path="composite/sobjects", status=400, body=LOCKED, times=1)

    async def work(desk):
        return await desk.write_all(await desk.all_decided(leads)), await desk.owners(leads)

    results, owners = at_desk(sandbox, work)
    assert set(results) == {None}
    assert set(owners) == {DAEMON_ID}
    sizes = [len(w["rows"]) for c in sandbox.calls(writes="1") for w in c["writes"]]
    assert sizes == [60, 30, 30]


def test_a_lock_that_stays_is_given_up_after_a_few_tries(sandbox):
    (lead,) = sandbox.leads(1)
    sandbox.fault("error", path="composite", status=400, body=LOCKED, times=None)

    async def work(desk):
        before = desk.org.rest.calls_made
        return await desk.write_all([await desk.decided(lead)]), desk.org.rest.calls_made - before

    (result,), calls = at_desk(sandbox, work)
    assert type(result) is TemporaryOrgError
    assert calls <= 8


def test_a_revoked_token_in_a_burst_costs_no_row(sandbox):
    leads = sandbox.leads(60)

    async def work(desk):
        writes = await desk.all_decided(leads)
        await asyncio.to_thread(sandbox.control, "POST", "sessions/revoke", {})
        return await desk.write_all(writes)

    assert set(at_desk(sandbox, work)) == {None}
    assert sandbox.calls(unguarded="1") == []


def test_two_writes_of_one_record_in_a_batch_both_get_their_turn(sandbox):
    (lead,) = sandbox.leads(1)

    async def work(desk):
        first = await desk.decided(lead, Rating="Hot")
        second = await desk.decided(lead, Description="x")
        results = await desk.write_all([first, second])
        return results, await desk.org.reader.read("Lead", lead, READ)

    results, record = at_desk(sandbox, work)
    assert results == [None, None]
    assert (record.get("Rating"), record.get("Description")) == ("Hot", "x")


def test_a_burst_never_names_a_record_twice_in_a_call(sandbox):
    leads = sandbox.leads(60)

    async def work(desk):
        writes = await desk.all_decided(leads)
        writes.append(await desk.decided(leads[0], Rating="Hot"))
        return await desk.write_all(writes)

    results = at_desk(sandbox, work)
    assert set(results[1:-1]) == {None}
    for call in sandbox.calls(writes="1"):
        ids = [row["id"] for write in call["writes"] for row in write["rows"]]
        assert len(ids) == len(set(ids))


def test_a_record_that_keeps_being_modified_is_stale_after_three_tries(sandbox):
    (lead,) = sandbox.leads(1)
    sandbox.fault("error", path="composite", status=412, body=[], times=None)

    async def work(desk):
        results = await desk.write_all([await desk.decided(lead)])
        return results, len(sandbox.calls(writes="1"))

    (result,), _ = at_desk(sandbox, work)
    assert type(result) is StaleRecordError
    assert len([call for call in sandbox.calls() if call["path"].endswith("/composite")]) == 3


def test_the_validation_rule_stops_a_row_that_a_person_took_after_the_last_look(sandbox):
    leads = sandbox.leads(60)

    async def work(desk):
        seen = [await desk.decided(id_) for id_ in leads]
        writes = [
            replace(
                write,
                fields={
                    "OwnerId": DAEMON_ID,
                    "Ortoo_Decision_Key__c": f"{write.id}:first",
                    "Ortoo_Prior_Owner__c": write.expect["OwnerId"],
                },
            )
            for write in seen
        ]
        held = sandbox.fault("hold", path="composite/sobjects", times=None)
        writing = asyncio.create_task(desk.write_all(writes))
        await until(lambda: sandbox.control("GET", "faults")["faults"][0]["used"])
        await asyncio.to_thread(sandbox.change, leads[1], OwnerId=DISPATCHER_ID)
        await asyncio.to_thread(sandbox.control, "DELETE", f"faults/{held}")
        return await writing, await desk.owners(leads)

    results, owners = at_desk(sandbox, work)
    assert type(results[1]) is StaleRecordError
    assert owners[1] == DISPATCHER_ID
    assert set(results[:1] + results[2:]) == {None}


def test_a_converted_lead_is_gone(sandbox):
    (lead,) = sandbox.leads(1)
    sandbox.fault(
        "row", object="Lead", code="CANNOT_UPDATE_CONVERTED_LEAD", message="cannot reference"
    )

    async def work(desk):
        return await desk.write_all([await desk.decided(lead)])

    assert type(at_desk(sandbox, work)[0]) is RecordGoneError


@pytest.mark.parametrize("number", [1, 60], ids=["row by row", "in bulk"])
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]),
        (400, [{"errorCode": "INSUFFICIENT_ACCESS", "message": "not allowed"}]),
    ],
)
def test_a_call_that_is_refused_as_a_whole_tells_nothing_of_its_records(
    sandbox, status, body, number
):
    """None of them is gone for it, and none is to be parked for it."""
    leads = sandbox.leads(number)
    sandbox.fault("error", path="/composite", status=status, body=body, times=None)

    async def work(desk):
        return await desk.write_all([await desk.decided(id_) for id_ in leads])

    results = at_desk(sandbox, work)
    assert {type(each) for each in results} == {CallRefusedError}
    assert {each.code for each in results} == {body[0]["errorCode"]}


def test_one_value_that_the_org_can_not_parse_costs_the_other_rows_of_its_call_nothing(sandbox):
    """Collections refuse the whole call for it; each row then goes under its own answer."""
    leads = sandbox.leads(60)
    unparsed = [
        {"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize instance of date"}
    ]
    sandbox.fault("error", path="/composite/sobjects", status=400, body=unparsed, times=1)
    sandbox.fault(
        "row", object="Lead", ids=leads[:1], code="JSON_PARSER_ERROR", message="Cannot deserialize"
    )

    async def work(desk):
        return await desk.write_all([await desk.decided(id_) for id_ in leads])

    first, *others = at_desk(sandbox, work)
    assert (type(first), first.code) == (PermanentOrgError, "JSON_PARSER_ERROR")
    assert others == [None] * 59


def audit(key, **values):
    return {"Ortoo_Key__c": key, "Reason__c": "created", **values}


def test_an_audit_row_upserted_again_stays_one(sandbox):
    async def work(desk):
        rows = [audit(f"again:{number}") for number in range(250)]
        await asyncio.gather(*(desk.writer.upsert(*DECISION, [row]) for row in rows))
        await desk.writer.upsert(*DECISION, rows)
        found = await desk.org.query(soql.select("Ortoo_Decision__c", ["Ortoo_Key__c"]))
        return [row["Ortoo_Key__c"] for row in found if row["Ortoo_Key__c"].startswith("again:")]

    found = at_desk(sandbox, work)
    assert len(found) == len(set(found)) == 250
    assert len(sandbox.calls(writes="1")) <= 6


DECISION = ("Ortoo_Decision__c", "Ortoo_Key__c")


def test_an_audit_row_whose_answer_was_lost_stays_one(sandbox):
    sandbox.fault("lost_response", path="composite/sobjects", times=1)

    async def work(desk):
        await desk.writer.upsert(*DECISION, [audit("lost:1")])
        where = [soql.equals("Ortoo_Key__c", "lost:1")]
        return await desk.org.count(soql.select("Ortoo_Decision__c", ["COUNT()"], where=where))

    assert at_desk(sandbox, work) == 1


LONG = {"Trace__c": "über alles " * 2000}


def test_audit_rows_of_megabytes_whose_answer_was_lost_stand_whole_and_once(sandbox):
    sandbox.fault("lost_response", path="composite/sobjects", times=1)

    async def work(desk):
        rows = [audit(f"long:{number}", **LONG) for number in range(120)]
        await desk.writer.upsert(*DECISION, rows)
        where = [soql.starts_with("Ortoo_Key__c", "long:")]
        return await desk.org.query(soql.select("Ortoo_Decision__c", ["Trace__c"], where=where))

    found = at_desk(sandbox, work)
    assert [row["Trace__c"].strip() for row in found] == [LONG["Trace__c"].strip()] * 120


class Told(dict):
    """A row that can be seen to be let go."""


def test_the_values_of_a_row_are_let_go_while_it_waits_to_be_sent(sandbox):
    async def work(desk):
        row = Told(audit("let-go:1"))
        seen = weakref.ref(row)
        sending = asyncio.create_task(desk.writer.upsert(*DECISION, [row]))
        del row
        await asyncio.sleep(0)
        gone = seen() is None
        await sending
        return gone

    assert at_desk(sandbox, work)


def test_a_row_that_has_no_form_in_json_costs_no_other_row_its_call(sandbox):
    async def work(desk):
        with pytest.raises(TypeError):
            await desk.writer.upsert(*DECISION, [audit("odd:1", Reason__c=object())])
        await desk.writer.upsert(*DECISION, [audit("even:1")])

    at_desk(sandbox, work)


def test_an_audit_row_that_is_refused_is_told_after_the_others_were_written(sandbox):
    async def work(desk):
        rows = [audit("good:1"), audit("bad:1", Nonsense__c="x"), audit("good:2")]
        with pytest.raises(OrgError):
            await desk.writer.upsert(*DECISION, rows)
        where = [soql.one_of("Ortoo_Key__c", ["good:1", "good:2"])]
        return await desk.org.count(soql.select("Ortoo_Decision__c", ["COUNT()"], where=where))

    assert at_desk(sandbox, work) == 2


def test_one_key_asked_for_twice_at_once_is_one_row(sandbox):
    async def work(desk):
        await desk.writer.upsert(*DECISION, [audit("twice:1"), audit("twice:1", Reason__c="x")])

    at_desk(sandbox, work)
    (call,) = sandbox.calls(writes="1")
    assert [len(write["rows"]) for write in call["writes"]] == [1]


def test_a_key_somebody_else_just_created_counts_as_done(sandbox):
    taken = [{"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": "dup"}]}]

    async def work(desk):
        await desk.writer.upsert(*DECISION, [audit("race:1")])
        sandbox.fault("error", path="composite/sobjects", status=200, body=taken, times=None)
        await desk.writer.upsert(*DECISION, [audit("race:1")])

    at_desk(sandbox, work)


def test_a_write_without_a_readable_stamp_is_refused_before_it_is_sent():
    with pytest.raises(ValueError, match="not a datetime"):
        RecordWrite(object="Lead", id=DAEMON_ID, fields={}, modified_at=WEB_FORMS)


@pytest.mark.parametrize("count", [1, 40])
def test_nothing_is_sent_that_might_outlast_the_right_to_write(sandbox, count):
    """A daemon that stood still for long may have lost its records to another one."""
    asked = []

    def no_longer(seconds):
        asked.append(seconds)
        return False

    async def work(desk):
        ids = sandbox.leads(count)
        writes = await desk.all_decided(ids)
        late = replace(writes[-1], may_go=no_longer)
        before = len(sandbox.calls(writes="1"))
        outcomes = await desk.write_all([*writes[:-1], late])
        assert {type(each) for each in outcomes} == {TooLateError}
        assert len(sandbox.calls(writes="1")) == before
        assert asked == [35]
        assert await desk.write_all(writes) == [None] * count

    at_desk(sandbox, work)
