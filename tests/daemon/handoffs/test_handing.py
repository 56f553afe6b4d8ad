"""What becomes of handoffs: sent once, held, blocked, withdrawn, given up, and found again after a kill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import yaml

from ortoo_daemon.action.handoff import message_id
from ortoo_daemon.action.sla_clocks import SlaStamp, stamp_text
from ortoo_daemon.clocks import PastHolder
from ortoo_daemon.daemon.handoffs.finding import OpenHandoffs
from ortoo_daemon.daemon.handoffs.handing import Handing
from ortoo_daemon.daemon.handoffs.noting import Noting
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import StateError, TemporaryOrgError
from ortoo_daemon.instants import instant_text
from ortoo_daemon.intake.adf.reading import read_adf
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_AT, HANDOFF_ID, HANDOFF_TO
from ortoo_daemon.policy.load import load
from ortoo_daemon.services.handoff.http import WebSender
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.tables import NoticeState
from tests.asynchronous import asynchronous
from tests.services.handoff.receivers import Receiver, web_server
from tests.work.queues import opened
from tests.world import an_id, person, rooftop

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEAD = an_id("00Q", 1)
HERE = rooftop(1, "Kervran Rennes", code="R1", tags={"Crm": "adf"})
THERE = rooftop(2, "Garage Roy", code="R2", tags={"Crm": "adf"})
ANN = person(1, at=HERE)
POLICY = {
    "policy": "leads",
    "object": "Lead",
    "take_from": "2020-01-01T00:00:00Z",
    "ownership": {"otherwise": {"queue": "Desk"}},
    "action": {
        "handoff": {
            "consent": {"Consent__c": True},
            "send": "adf",
            "by": "http",
            "to": "$rooftop.Address",
            "map": {"make": "Brand__c"},
        }
    },
}


@dataclass
class Org:
    """One lead. ``refuses`` are the next writes that do not get through."""

    fields: dict[str, Any] = field(default_factory=dict)
    refuses: int = 0
    writes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def writer(self) -> Org:
        return self

    async def query(self, text: str) -> list[dict[str, Any]]:
        if "GROUP BY" in text:
            stands = str(self.fields.get(HANDOFF) or "")
            counted = stands.startswith("Failed") or stands == "Held: no consent"
            row = {"Ortoo_Policy__c": "leads", HANDOFF: stands, "expr0": 1}
            return [row] if counted else []
        if "LIKE" in text and not str(self.fields.get(HANDOFF) or "").startswith(
            ("Due", "Held", "Resend")
        ):
            return []
        return [dict(self.fields)]

    async def write(self, write: Any) -> None:
        if self.refuses:
            self.refuses -= 1
            raise TemporaryOrgError("UNABLE_TO_LOCK_ROW", "locked")
        self.writes.append(dict(write.fields))
        self.fields |= write.fields


@dataclass
class World:
    org: Org
    queue: WorkQueue
    handing: Handing
    finding: OpenHandoffs
    dealer: Receiver
    now: datetime = NOON

    @property
    def box(self) -> NoticeBox:
        return self.queue.notices

    async def tries(self) -> list[tuple[str, int, str]]:
        """Outcome, how often, and why."""
        found = await self.queue.tries.of_record(LEAD)
        return [(each.outcome.value, each.times, each.note) for each in found]

    async def work(self, after: timedelta = timedelta()) -> None:
        """Hand over what is due."""
        self.now += after
        await self.finding.find(self.now)
        due = await self.box.due(self.now)
        if due:
            await self.handing.hand(due)

    async def states(self) -> list[NoticeState]:
        return [state for _, state in await self.box.of_records([LEAD], "handoff:")]


@asynccontextmanager
async def world(tmp_path: Any, **fields: Any) -> AsyncIterator[World]:
    given = {
        "Id": LEAD,
        "OwnerId": ANN.id,
        "LastModifiedDate": instant_text(NOON),
        "CreatedDate": instant_text(NOON),
        "FirstName": "Anne",
        "LastName": "Le Goff",
        "Email": "anne@mail.example",
        "Brand__c": "Peugeot",
        "Consent__c": True,
        "Ortoo_Policy__c": "leads",
        "Ortoo_Rooftop__c": HERE.id,
        "Ortoo_Decision_Key__c": f"{LEAD}:first",
        HANDOFF: "Due",
    } | fields
    async with opened(f"sqlite:///{tmp_path}/state.db") as queue, web_server() as dealer:
        address = {"Crm": "adf", "Address": f"{dealer.url}/leads"}
        sites = [
            rooftop(1, "Kervran Rennes", code="R1", tags=address),
            rooftop(2, "Garage Roy", code="R2", tags=address),
        ]
        policies = load({"policies/leads.yaml": yaml.safe_dump(POLICY).encode()})
        org, meters = Org(given), Meters(lambda: made.now)
        handing = Handing(
            org=cast(Any, org),
            box=queue.notices,
            noting=Noting(
                org=cast(Any, org),
                box=queue.notices,
                tries=queue.tries,
                meters=meters,
                clock=lambda: made.now,
            ),
            knowledge=cast(
                Any,
                SimpleNamespace(
                    directory=Directory.of(rooftops=sites, people=[ANN]),
                    policies=SimpleNamespace(policy_set=policies),
                ),
            ),
            senders={"http": WebSender([dealer.url], at_most_for=2)},
            provider="Example Motors",
            clock=lambda: made.now,
        )
        finding = OpenHandoffs(
            org=cast(Any, org),
            box=queue.notices,
            knowledge=handing.knowledge,
            clock=lambda: made.now,
        )
        made = World(org, queue, handing, finding, dealer)
        yield made


@asynchronous
async def test_a_record_is_sent_once_and_says_to_whom_when_and_under_which_id(tmp_path):
    async with world(tmp_path) as here:
        await here.work()
        await here.work(timedelta(hours=1))
        found = here.org.fields
    (id,) = here.dealer.ids
    assert (found[HANDOFF], found[HANDOFF_TO], found[HANDOFF_ID]) == ("Sent", HERE.id, id)
    assert found[HANDOFF_AT] == instant_text(NOON)
    assert "handed to Kervran Rennes by http" in found["Ortoo_Custody__c"]
    (sent,) = read_adf(here.dealer.documents[0]).prospects
    assert (sent.ids[0].value, sent.vendor.name, sent.provider.name) == (
        LEAD, "Kervran Rennes", "Example Motors",
    )  # fmt: skip
    assert (sent.customer.contact.last, sent.wanted[0].make) == ("Le Goff", "Peugeot")


@asynchronous
async def test_a_lost_answer_is_repeated_under_the_same_id(tmp_path):
    async with world(tmp_path) as here:
        here.dealer.fails = ["reset", "500"]
        for _ in range(3):
            await here.work(timedelta(minutes=3))
    assert here.org.fields[HANDOFF] == "Sent"
    assert len(here.dealer.ids) == 3
    assert len(here.dealer.taken) == 1


@asynchronous
async def test_a_kill_between_sending_and_the_receipt_sends_the_same_id_again(tmp_path):
    async with world(tmp_path) as here:
        await here.finding.find(NOON)
        (due,) = await here.box.due(NOON)
        settle, box = here.box.settle, cast(Any, here.handing.noting.box)

        async def dies_after_sending(settled: Any) -> None:
            if settled[0].note == "taken":
                raise StateError("killed")
            await settle(settled)

        box.settle = dies_after_sending
        try:
            await here.handing.hand([due])
        except StateError:
            pass
        finally:
            box.settle = settle
        await here.work(timedelta(minutes=5))
    assert here.dealer.ids == [message_id(due.key)] * 2
    assert len(here.dealer.taken) == 1
    assert here.org.fields[HANDOFF_ID] == message_id(due.key)


@asynchronous
async def test_a_receipt_that_the_org_refuses_is_written_later_without_sending_again(tmp_path):
    async with world(tmp_path) as here:
        here.org.refuses = 1
        await here.work()
        assert here.org.fields[HANDOFF] == "Due"
        await here.work(timedelta(minutes=5))
    assert here.org.fields[HANDOFF] == "Sent"
    assert len(here.dealer.ids) == 1


@asynchronous
async def test_without_consent_nothing_leaves_until_it_comes(tmp_path):
    async with world(tmp_path, Consent__c=False) as here:
        await here.work()
        assert here.org.fields[HANDOFF] == "Held: no consent"
        await here.work(timedelta(minutes=2))
        assert here.dealer.ids == []
        here.org.fields["Consent__c"] = True
        await here.work(timedelta(minutes=2))
    assert here.org.fields[HANDOFF] == "Sent"
    assert len(here.dealer.ids) == 1


@asynchronous
async def test_what_another_rooftop_has_waits_for_its_time(tmp_path):
    sold = {HANDOFF_TO: THERE.id, HANDOFF_AT: instant_text(NOON - timedelta(hours=1))}
    async with world(tmp_path, **sold) as here:
        await here.work()
        assert here.org.fields[HANDOFF].startswith("Held: Garage Roy has it until 2026-11-25")
        await here.work(timedelta(hours=40))
        assert here.dealer.ids == []
        await here.work(timedelta(hours=10))
    assert (here.org.fields[HANDOFF], here.org.fields[HANDOFF_TO]) == ("Sent", HERE.id)


@asynchronous
async def test_what_a_rooftop_gave_back_goes_to_the_next_at_once(tmp_path):
    bob = person(2, at=THERE)
    sold = {HANDOFF_TO: THERE.id, HANDOFF_AT: instant_text(NOON - timedelta(hours=1))}
    trail = (PastHolder(owner=bob.id, until=NOON - timedelta(minutes=5), gave_back=True),)
    async with world(
        tmp_path, **sold, Ortoo_SLA_Clocks__c=stamp_text(SlaStamp(trail=trail))
    ) as here:
        known = here.handing.knowledge
        known.directory = Directory.of(
            rooftops=known.directory.rooftops.values(), people=[ANN, bob]
        )
        await here.work()
    assert here.org.fields[HANDOFF] == "Sent"


@asynchronous
async def test_what_may_have_reached_another_rooftop_waits_too(tmp_path):
    async with world(tmp_path) as here:
        await here.finding.find(NOON)
        (due,) = await here.box.due(NOON)
        await here.handing.noting.keep(due, "sending", NOON + timedelta(minutes=2))
        here.org.fields["Ortoo_Rooftop__c"] = THERE.id  # given to another while it was on its way
        await here.work(timedelta(minutes=1, seconds=30))
        await here.work(timedelta(seconds=1))
    assert here.org.fields[HANDOFF].startswith("Held: Kervran Rennes has it until")
    assert here.dealer.ids == []


@asynchronous
async def test_what_went_elsewhere_before_it_was_sent_is_withdrawn(tmp_path):
    async with world(tmp_path) as here:
        await here.finding.find(NOON)
        (due,) = await here.box.due(NOON)
        here.org.fields["Ortoo_Rooftop__c"] = THERE.id
        await here.handing.hand([due])
        assert await here.states() == [NoticeState.DROPPED]
        await here.work(timedelta(minutes=2))
    assert len(here.dealer.ids) == 1
    assert here.org.fields[HANDOFF_TO] == THERE.id


@asynchronous
async def test_what_comes_back_to_a_rooftop_before_it_was_sent_is_sent_there(tmp_path):
    async with world(tmp_path) as here:
        await here.finding.find(NOON)
        (due,) = await here.box.due(NOON)
        here.org.fields["Ortoo_Rooftop__c"] = THERE.id
        await here.handing.hand([due])
        assert await here.states() == [NoticeState.DROPPED]
        here.org.fields["Ortoo_Rooftop__c"] = HERE.id
        await here.work(timedelta(minutes=2))
    assert here.org.fields[HANDOFF_TO] == HERE.id
    assert len(here.dealer.ids) == 1


@asynchronous
async def test_a_kill_behind_the_receipt_of_a_dealer_writes_it_down_at_once(tmp_path):
    async with world(tmp_path) as here:
        here.org.refuses = 1
        await here.work()
        assert here.org.fields[HANDOFF] == "Due"
        here.finding._looked_at = None  # the next life
        await here.work()
    assert here.org.fields[HANDOFF] == "Sent"
    assert len(here.dealer.ids) == 1


@asynchronous
async def test_a_dead_letter_whose_writer_died_is_one_and_a_person_sends_it_again(tmp_path):
    async with world(tmp_path) as here:
        await here.finding.find(NOON)
        (due,) = await here.box.due(NOON)
        here.org.fields[HANDOFF] = "Failed: the dealer's system said 404"
        await here.handing.hand([due])
        assert await here.states() == [NoticeState.GIVEN_UP]
        here.org.fields[HANDOFF] = "Due"
        await here.work(timedelta(minutes=2))
    assert here.org.fields[HANDOFF] == "Sent"


@asynchronous
async def test_a_refusal_is_a_dead_letter_that_a_person_sends_again(tmp_path):
    async with world(tmp_path) as here:
        here.dealer.fails = ["404"]
        await here.work()
        assert here.org.fields[HANDOFF] == "Failed: the dealer's system said 404"
        assert await here.states() == [NoticeState.GIVEN_UP]
        await here.work(timedelta(days=1))
        assert here.dealer.ids == []
        here.org.fields[HANDOFF] = "Due"
        await here.work(timedelta(minutes=2))
    assert here.org.fields[HANDOFF] == "Sent"


@asynchronous
async def test_what_a_dealer_lost_is_sent_again_as_such_under_another_id(tmp_path):
    async with world(tmp_path) as here:
        await here.work()
        here.org.fields[HANDOFF] = "Resend"
        await here.work(timedelta(minutes=2))
        await here.work(timedelta(minutes=2))
    assert len(here.dealer.ids) == len(here.dealer.taken) == 2
    assert [read_adf(each).prospects[0].resend for each in here.dealer.documents] == [False, True]


@asynchronous
async def test_a_lost_journal_loses_no_handoff_and_doubles_none(tmp_path):
    async with world(tmp_path) as here:
        await here.finding.find(NOON)
        (due,) = await here.box.due(NOON)
    (tmp_path / "more").mkdir()
    async with world(tmp_path / "more") as again:
        await again.work()
    assert again.dealer.ids == [message_id(due.key)]


@asynchronous
async def test_nothing_is_asked_of_the_org_where_no_policy_hands_over(tmp_path):
    async with world(tmp_path) as here:
        plain = {name: value for name, value in POLICY.items() if name != "action"}
        loaded = load({"policies/leads.yaml": yaml.safe_dump(plain).encode()})
        here.handing.knowledge.policies = cast(Any, SimpleNamespace(policy_set=loaded))
        here.org.fields[HANDOFF] = "Due"
        await here.work()
        assert await here.box.due(NOON) == []


@asynchronous
async def test_what_failed_is_tried_at_once_when_the_way_was_edited(tmp_path):
    async with world(tmp_path) as here:
        here.dealer.fails = ["500"] * 6
        for _ in range(6):
            await here.work(timedelta(minutes=16))
        mended = WebSender([here.dealer.url])
        await here.handing.use({"http": mended}, "Example Motors")
        await here.work(timedelta(seconds=1))
    assert here.org.fields[HANDOFF] == "Sent"


@asynchronous
async def test_each_try_is_kept_with_what_came_of_it(tmp_path):
    async with world(tmp_path) as here:
        here.dealer.fails = ["500", "500", "429"]
        for _ in range(4):
            await here.work(timedelta(minutes=16))
        tries = await here.tries()
        assert here.handing.noting.troubles == {}
    assert tries == [
        ("failed", 2, "the dealer's system said 500"),
        ("failed", 1, "the dealer's system said 429"),
        ("sent", 1, "r-1"),
    ]


@asynchronous
async def test_what_waits_fails_and_was_given_up_is_counted_by_way(tmp_path):
    async with world(tmp_path) as here:
        here.dealer.fails = ["500", "404"]
        await here.work()
        failing = (await here.box.waiting()).handoffs["http"]
        assert (failing.waiting, failing.failing, failing.given_up) == (1, 1, 0)
        assert failing.oldest_at == NOON
        assert here.handing.noting.troubles == {"http": "the dealer's system said 500"}
        await here.work(timedelta(minutes=6))
        dead = (await here.box.waiting()).handoffs["http"]
        assert (dead.waiting, dead.given_up) == (0, 1)
        await here.work(timedelta(minutes=6))
        assert here.finding.census is not None
        assert dict(here.finding.census.failed) == {"http": 1}


@asynchronous
async def test_what_waits_for_consent_is_counted_in_the_org(tmp_path):
    async with world(tmp_path, Consent__c=False) as here:
        await here.work()
        await here.work(timedelta(minutes=6))
        assert here.finding.census is not None
        assert dict(here.finding.census.no_consent) == {"http": 1}
        assert [each[0] for each in await here.tries()] == ["held"]


@asynchronous
async def test_consent_that_is_withdrawn_while_a_server_is_away_stops_what_waits(tmp_path):
    async with world(tmp_path) as here:
        here.dealer.fails = ["500"]
        await here.work()
        here.org.fields["Consent__c"] = False
        await here.work(timedelta(minutes=1))
        await here.work(timedelta(minutes=61))
    assert here.org.fields[HANDOFF] == "Held: no consent"
    assert len(here.dealer.ids) == 1, "the one that was answered by 500"
