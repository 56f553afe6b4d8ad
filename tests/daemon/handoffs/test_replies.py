"""Dealers' answers set what the policy says, for the rooftop that has the record, once; nothing else does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from structlog.testing import capture_logs

from ortoo_daemon.action.handoff import message_id
from ortoo_daemon.action.replies import subject_of
from ortoo_daemon.daemon.handoffs.replies import DealerReplies
from ortoo_daemon.errors import StaleRecordError
from ortoo_daemon.policy.load import load
from ortoo_daemon.records import Record
from tests.asynchronous import asynchronous
from tests.world import an_id

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAD, HERE, THERE = an_id("00Q", 1), an_id("001", 1), an_id("001", 2)
POLICY = """\
policy: leads
object: Lead
take_from: 2020-01-01T00:00:00Z
ownership: {otherwise: {queue: Desk}}
action:
  handoff:
    send: adf
    by: smtp
    to: crm@dealer.example
    replies: [{says: [return], set: {Why__c: $reply}}]
"""


@dataclass
class Org:
    """One lead, and e-mails that came in."""

    fields: dict[str, Any]
    mails: list[dict[str, Any]] = field(default_factory=list)
    writes: list[dict[str, Any]] = field(default_factory=list)
    refuses: Exception | None = None

    @property
    def reader(self) -> Org:
        return self

    @property
    def writer(self) -> Org:
        return self

    async def query(self, text: str) -> list[dict[str, Any]]:
        assert "FROM EmailMessage" in text
        return self.mails

    async def read(self, name: str, id: str, fields: frozenset[str]) -> Record | None:
        return Record(object=name, id=LEAD, fields=self.fields) if id == LEAD else None

    async def write(self, write: Any) -> None:
        if self.refuses:
            raise self.refuses
        self.writes.append(dict(write.fields))


@dataclass
class World:
    org: Org
    put: list[Any] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        policies = load({"policies/leads.yaml": POLICY.encode()})
        self.replies = DealerReplies(
            org=cast(Any, self.org),
            knowledge=cast(Any, SimpleNamespace(policies=SimpleNamespace(policy_set=policies))),
            put=self._put,
            noted=self._noted,
            note=self._note,
            within=timedelta(days=3),
            now=lambda: NOON,
        )

    async def _put(self, items: Any) -> None:
        self.put += items

    async def _noted(self, name: str) -> str | None:
        return self.notes.get(name)

    async def _note(self, name: str, value: str) -> None:
        self.notes[name] = value

    async def said(self) -> list[str]:
        """What is logged of a look."""
        with capture_logs() as logs:
            await self.replies.look()
        return [str(line["event"]) for line in logs]


def world(text: str = "Return: sold", *, key: str = "k", headers: str = "", **fields: Any) -> World:
    stands = {
        "Ortoo_Policy__c": "leads",
        "Ortoo_Handoff__c": "Sent",
        "Ortoo_Handoff_Id__c": message_id("k"),
        "Ortoo_Handoff_To__c": HERE,
        "Ortoo_Rooftop__c": HERE,
        "LastModifiedDate": "2026-11-23T11:00:00.000Z",
    } | fields
    mail = {
        "Id": an_id("02s", 1),
        "Subject": f"Re: {subject_of('Lead', LEAD, key)}",
        "TextBody": text,
        "Headers": headers,
        "FromAddress": "desk@dealer.example",
        "CreatedDate": "2026-11-23T11:59:00.000Z",
    }
    return World(Org(stands, [mail]))


@asynchronous
async def test_an_answer_sets_the_field_once_and_puts_the_record_on_the_queue():
    here = world()
    assert await here.said() == ["handoff.replied"]
    assert await here.said() == []
    assert here.org.writes == [{"Why__c": "Return: sold"}]
    (item,) = here.put
    assert (item.record_id, item.changed_fields) == (LEAD, {"Why__c"})
    assert here.notes == {"replies_until": "2026-11-23T12:00:00.000Z"}


@asynchronous
async def test_what_nobody_understands_or_a_machine_wrote_sets_nothing():
    for here in (world("Who is this?"), world("Return", headers="Auto-Submitted: auto-replied\n")):
        assert await here.said() == ["handoff.reply_not_understood"]
        assert (here.org.writes, here.put) == ([], [])


@asynchronous
async def test_a_dealer_who_has_it_no_more_sets_nothing():
    for here in (world(Ortoo_Rooftop__c=THERE), world(Ortoo_Handoff__c="Due")):
        assert await here.said() == ["handoff.reply_late"]
        assert here.org.writes == []


@asynchronous
async def test_an_answer_to_another_handoff_or_policy_is_none_of_this_one():
    for here in (world(key="other"), world(Ortoo_Policy__c="gone")):
        assert await here.said() == []
        assert here.org.writes == []


@asynchronous
async def test_who_was_faster_than_the_answer_wins():
    here = world()
    here.org.refuses = StaleRecordError("STALE", "changed")
    assert await here.said() == ["handoff.reply_not_set"]
    assert here.put == []
