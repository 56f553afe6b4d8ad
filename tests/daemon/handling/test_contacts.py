"""Claims about contacts with a customer, asked of a small org that answers queries by their object."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.action.sla_clocks import SlaStamp, stamp_text
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.daemon.handling.contacts import Contacts
from ortoo_daemon.daemon.handling.knowledge import Policies
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.facts import Contact, ContactKind
from ortoo_daemon.records import Record, RecordId, WorkItem, WorkReason, record_id
from ortoo_daemon.salesforce.org import Org
from tests.asynchronous import asynchronous
from tests.test_sla import asked, clock
from tests.world import policies

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAEMON, ANA = RecordId("005000000000999AAA"), "005000000000001AAA"
CALL = frozenset({ContactKind.CALL})
RUNNING = SlaClock(name="first_response", started_at=START, target_at=START + timedelta(minutes=30))


def moment(minutes: float) -> str:
    return f"{START + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%S.000+0000}"


class Rows:
    """Activities by object; an object without an entry may not be read."""

    def __init__(self, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        self.rows, self.asked = rows, list[str]()

    async def query(self, soql: str) -> list[Mapping[str, Any]]:
        self.asked.append(soql)
        found = re.search(r"FROM (\w+)", soql)
        assert found is not None
        if found[1] not in self.rows:
            raise PermanentOrgError("INVALID_TYPE", "no such object")
        return list(self.rows[found[1]])


NOTHING: dict[str, list[dict[str, Any]]] = {"Task": [], "Event": [], "EmailMessage": []}


def record(object_name: str = "Lead", *, number: int = 1, state: SlaClock = RUNNING) -> Record:
    prefix = "00Q" if object_name == "Lead" else "500"
    fields = {
        "Ortoo_Policy__c": "leads",
        "Ortoo_SLA_Clocks__c": stamp_text(SlaStamp(clocks=(state,))),
    }
    return Record(object=object_name, id=record_id(f"{prefix}{number:012d}"), fields=fields)


def due(of: Record, reason: WorkReason = WorkReason.SLA) -> WorkItem:
    return WorkItem(object=of.object, record_id=of.id, reason=reason, heard_at=START)


IN_FORCE = Policies(policies(asked(clock(contacts=CALL))))


async def found(
    org: Rows, of: Record, *, reason: WorkReason = WorkReason.SLA, in_force: Policies = IN_FORCE
) -> tuple[Contact, ...] | None:
    contacts = Contacts(cast(Org, org), lambda: DAEMON)
    return await contacts.of(due(of, reason), of, in_force)


def task(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "WhoId": record().id,
        "CreatedById": ANA,
        "CreatedDate": moment(5),
        "CompletedDateTime": moment(7),
        "Subject": "Called",
        "Type": None,
        "TaskSubtype": "Task",
        "CallType": None,
        "CallDurationInSeconds": None,
    }
    return usual | given


def email(**given: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "ParentId": record("Case").id,
        "CreatedById": ANA,
        "CreatedDate": moment(5),
        "MessageDate": moment(7),
        "Subject": "Your enquiry",
        "Incoming": False,
        "Headers": None,
    }
    return usual | given


@pytest.mark.parametrize(
    ("row", "kind", "both_ways"),
    [
        ({"TaskSubtype": "Call", "CallDurationInSeconds": 120}, ContactKind.CALL, True),
        ({"TaskSubtype": "Call"}, ContactKind.CALL, False),
        ({"Type": "Call"}, ContactKind.CALL, False),
        ({"TaskSubtype": "Call", "CallType": "Inbound"}, ContactKind.CALL_IN, True),
        ({"TaskSubtype": "Email"}, ContactKind.EMAIL_OUT, False),
    ],
)
@asynchronous
async def test_a_completed_task_is_a_contact_at_its_end(row, kind, both_ways):
    org = Rows(NOTHING | {"Task": [task(**row)]})
    assert await found(org, record()) == (Contact(kind, START + timedelta(minutes=7), both_ways),)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"Type": "Other"},
        {"TaskSubtype": "Email", "Subject": "Automatic reply: your enquiry"},
        {"TaskSubtype": "Email", "Subject": "Automatische Antwort: Ihre Anfrage"},
        {"TaskSubtype": "Call", "CreatedById": DAEMON},
        {"TaskSubtype": "Call", "CompletedDateTime": moment(-60), "CreatedDate": moment(-60)},
    ],
)
@asynchronous
async def test_other_tasks_automatic_replies_and_the_daemons_own_are_none(row):
    assert await found(Rows(NOTHING | {"Task": [task(**row)]}), record()) == ()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, [(ContactKind.EMAIL_OUT, False)]),
        ({"Incoming": True}, [(ContactKind.EMAIL_IN, True)]),
        ({"Headers": "Auto-Submitted: auto-replied\nFrom: a@b.example"}, []),
        ({"Headers": "Auto-Submitted: no"}, [(ContactKind.EMAIL_OUT, False)]),
        ({"Headers": "Precedence: auto_reply"}, []),
        ({"Subject": "Réponse automatique : absence", "Incoming": True}, []),
    ],
)
@asynchronous
async def test_an_email_of_a_case_counts_unless_a_machine_sent_it(row, expected):
    of = record("Case")
    in_force = Policies(policies(replace(asked(clock(contacts=CALL)), object="Case")))
    told = await found(Rows(NOTHING | {"EmailMessage": [email(**row)]}), of, in_force=in_force)
    assert told is not None
    assert [(each.kind, each.both_ways) for each in told] == expected


@asynchronous
async def test_an_appointment_is_a_contact_when_it_is_made_and_one_of_both_when_it_begins():
    row = {
        "WhoId": record().id,
        "CreatedById": ANA,
        "CreatedDate": moment(5),
        "StartDateTime": moment(300),
    }
    assert await found(Rows(NOTHING | {"Event": [row]}), record()) == (
        Contact(ContactKind.EVENT, START + timedelta(minutes=5)),
        Contact(ContactKind.EVENT, START + timedelta(minutes=300), both_ways=True),
    )


@asynchronous
async def test_nothing_is_asked_where_no_contact_matters():
    org = Rows(NOTHING)
    without = Policies(policies(asked(clock())))
    ended = replace(RUNNING, state=ClockState.STOPPED, stopped_at=START)
    assert await found(org, record(), in_force=without) is None
    assert await found(org, record(), reason=WorkReason.CHANGED) is None
    assert await found(org, record(state=ended)) is None
    assert await found(org, replace(record(), fields={"Ortoo_Policy__c": "leads"})) is None
    assert org.asked == []


@asynchronous
async def test_a_stopped_clock_that_looks_for_a_word_of_the_customer_asks_too():
    looking = replace(
        RUNNING, state=ClockState.STOPPED, stopped_at=START, look_at=START + timedelta(days=1)
    )
    assert await found(Rows(NOTHING), record(state=looking)) == ()


@asynchronous
async def test_many_records_share_the_queries():
    org = Rows(NOTHING)
    contacts = Contacts(cast(Org, org), lambda: DAEMON)
    leads = [record(number=number) for number in range(1, 151)]
    await asyncio.gather(*(contacts.of(due(each), each, IN_FORCE) for each in leads))
    assert len(org.asked) <= 8


@asynchronous
async def test_activities_that_may_not_be_read_are_none_and_are_told_of_once():
    org = Rows({"Task": [task(TaskSubtype="Call")]})
    contacts = Contacts(cast(Org, org), lambda: DAEMON)
    with capture_logs() as logs:
        for _ in range(2):
            told = await contacts.of(due(record()), record(), IN_FORCE)
            assert told is not None
            assert len(told) == 1
    (line,) = (each for each in logs if each["event"] == "activities.unreadable")
    assert (line["object"], line["log_level"]) == ("Event", "warning")
