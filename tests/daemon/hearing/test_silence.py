"""When is a channel silent, and when is it only quiet? Both ways, and every doubt is in its favour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.hearing.event_settings import EventSettings
from ortoo_daemon.daemon.hearing.silence import Silence
from ortoo_daemon.daemon.parts import View, looked_at
from ortoo_daemon.daemon.watching.health import Part, readiness
from ortoo_daemon.daemon.watching.metrics import Exposition
from ortoo_daemon.decision import Decision
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import Triggers
from ortoo_daemon.records import Record, WorkItem, WorkReason
from ortoo_daemon.salesforce.stream.listener import Listener
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import parts_in
from tests.world import NOW, an_id, directory, policies, policy, rule

DAEMON, PERSON = an_id("005", 1), an_id("005", 2)
LEAD = an_id("00Q", 1)
CDC, EVENT = "/data/Ortoo__chn", "/event/Ortoo_Record__e"
AN_HOUR = 3600.0


class Watch:
    """A judge, its clock, and how long each channel has been quiet."""

    def __init__(self, *channels: Any, on: Triggers | None = None) -> None:
        taking = policy(rule("all"), on=on or Triggers())
        knowledge = Knowledge(
            policies=Policies(policies(taking)),
            directory=directory(),
            ledger=Ledger(),
            daemon_user=DAEMON,
        )
        self.now = NOW
        self.heard: dict[str, int] = {}
        settings = EventSettings(channels=channels or (CDC,))
        self.silence = Silence(settings, knowledge, self.heard, now=lambda: self.now)
        self.policy = taking.name

    def found(
        self,
        *,
        ago: float,
        reason: WorkReason = WorkReason.RECONCILED,
        outcome: Outcome = Outcome.ASSIGNED,
        created_by: str = PERSON,
        **changes: Any,
    ) -> None:
        """A sweep's find was handled that was made so many seconds ago."""
        made = self.at(ago)
        fields = {
            "CreatedDate": made,
            "CreatedById": created_by,
            "LastModifiedDate": made,
            "LastModifiedById": created_by,
            **changes,
        }
        decision = Decision(
            object="Lead",
            record_id=LEAD,
            key=f"{LEAD}:first",
            outcome=outcome,
            reason=ReasonCode.RULE,
            decided_at=self.now,
            policy=self.policy,
        )
        work = WorkItem(object="Lead", record_id=LEAD, reason=reason, heard_at=self.now)
        self.silence.note(work, Record(object="Lead", id=LEAD, fields=fields), decision)

    def at(self, ago: float) -> str:
        return instant_text(self.now - timedelta(seconds=ago))

    def judged(self, **quiet_for: float) -> str | None:
        named = {"cdc": CDC, "event": EVENT}
        return self.silence.judge({named[name]: value for name, value in quiet_for.items()})

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def test_a_live_channel_that_told_nothing_of_a_lead_is_silent_until_it_tells_anything():
    watch = Watch()
    watch.found(ago=180)
    assert watch.judged(cdc=AN_HOUR) == f"silent: {CDC}"
    assert list(watch.silence.since) == [CDC]
    assert watch.silence.times == 1
    assert watch.judged(cdc=1) is None, "once for one lead"
    watch.heard[CDC] = 1
    assert watch.silence.since == {}


def test_an_event_that_may_be_on_its_way_is_waited_for():
    watch = Watch()
    watch.found(ago=60)
    assert watch.judged(cdc=AN_HOUR) is None
    watch.passes(50)
    assert watch.judged(cdc=AN_HOUR) is None
    watch.passes(15)
    assert watch.judged(cdc=AN_HOUR) == f"silent: {CDC}"


def test_an_event_that_arrives_while_it_is_waited_for_ends_the_suspicion():
    watch = Watch()
    watch.found(ago=60)
    watch.passes(30)
    assert watch.judged(cdc=10) is None
    watch.passes(300)
    assert watch.judged(cdc=AN_HOUR) is None


@pytest.mark.parametrize("quiet_for", [2.0, 100.0, 183.0])
def test_a_channel_that_brought_anything_since_or_was_not_live_is_not_silent(quiet_for):
    """At a first start, after a gap and after each drop every subscription is young."""
    watch = Watch()
    watch.found(ago=180)
    assert watch.judged(cdc=quiet_for) is None
    watch.passes(300)
    assert watch.judged(cdc=AN_HOUR) is None


def test_a_channel_that_is_not_live_is_not_judged():
    watch = Watch()
    watch.found(ago=180)
    assert watch.judged() is None


@pytest.mark.parametrize(
    "find",
    [
        {"created_by": DAEMON},
        {"reason": WorkReason.CREATED},
        {"reason": WorkReason.REQUEUED},
        {"reason": WorkReason.SLA},
        {"outcome": Outcome.NOTHING},
        {"outcome": Outcome.RECOVERED},
    ],
    ids=str,
)
def test_no_event_is_expected_of_our_own_leads_and_of_what_no_policy_takes(find):
    watch = Watch()
    watch.found(ago=180, **find)
    assert watch.judged(cdc=AN_HOUR) is None


def test_a_policy_that_waits_for_changes_alone_expects_no_event_of_a_creation():
    watch = Watch(on=Triggers(created=False, enters=False, changed=frozenset({"Brand__c"})))
    watch.found(ago=180)
    assert watch.judged(cdc=AN_HOUR) is None


@pytest.mark.parametrize(("changed_by", "silent"), [(PERSON, True), (DAEMON, False)])
def test_a_change_of_an_old_lead_by_others_should_have_been_told(changed_by, silent):
    watch = Watch()
    change = {"LastModifiedDate": watch.at(180), "LastModifiedById": changed_by}
    watch.found(ago=9000, **change)
    assert bool(watch.judged(cdc=AN_HOUR)) is silent


def test_where_change_events_are_heard_they_are_judged_and_platform_events_are_not():
    watch = Watch(CDC, EVENT)
    watch.found(ago=180)
    assert watch.judged(cdc=AN_HOUR, event=AN_HOUR) == f"silent: {CDC}"
    watch.found(ago=180)
    assert watch.judged(cdc=5, event=AN_HOUR) is None


def test_a_platform_event_is_expected_of_creations_where_the_policy_waits_for_them():
    for on, expected in ((Triggers(), True), (Triggers(created=False), False)):
        watch = Watch(EVENT, on=on)
        watch.found(ago=180)
        assert bool(watch.judged(event=AN_HOUR)) is expected
    watch = Watch(EVENT)
    change = {"LastModifiedDate": watch.at(180), "LastModifiedById": PERSON}
    watch.found(ago=9000, **change)
    assert watch.judged(event=AN_HOUR) is None


def test_of_several_platform_events_nobody_knows_which_one_should_have_told():
    watch = Watch(EVENT, {"channel": "/event/Web_Lead__e"})
    watch.found(ago=180)
    assert watch.silence.judge({EVENT: AN_HOUR, "/event/Web_Lead__e": 10.0}) is None
    watch.found(ago=180)
    both = watch.silence.judge({EVENT: AN_HOUR, "/event/Web_Lead__e": AN_HOUR})
    assert both == f"silent: {EVENT}, /event/Web_Lead__e"


def test_a_channel_of_another_object_is_not_blamed():
    watch = Watch("/data/CaseChangeEvent", "/data/LeadChangeEvent")
    watch.found(ago=180)
    quiet = {"/data/CaseChangeEvent": AN_HOUR, "/data/LeadChangeEvent": AN_HOUR}
    assert watch.silence.judge(quiet) == "silent: /data/LeadChangeEvent"


def test_a_silence_that_goes_on_is_told_again_and_dated_from_its_beginning():
    watch = Watch()
    watch.found(ago=180)
    watch.judged(cdc=600)
    (began,) = watch.silence.since.values()
    watch.passes(600)
    watch.found(ago=180)
    assert watch.judged(cdc=590) is not None
    assert watch.silence.since == {CDC: began}
    assert isinstance(began, datetime)


@asynchronous
async def test_who_looks_on_sees_a_silent_channel_until_it_brings_anything(tmp_path: Any) -> None:
    async def none(*_: Any) -> None:
        return None

    watch = Watch()
    watch.found(ago=180)
    watch.judged(cdc=AN_HOUR)
    async with parts_in(tmp_path) as parts:
        parts.silence = watch.silence
        parts.listener = Listener(
            [CDC], parts.org.tokens, checkpoint_of=none, deliver=none, gap=none
        )
        parts.listener.subscribed_event.set()
        shown = Exposition(parts)
        silent = await looked_at(parts, NOW)
        assert f"silent: {CDC} since" in stream_part(silent).why
        assert not stream_part(silent).ok
        assert f'ortoo_stream_silent{{channel="{CDC}"}} 1.0' in shown.text(silent).decode()
        watch.heard[CDC] = 1
        live = await looked_at(parts, NOW)
        assert stream_part(live).ok
        assert f'ortoo_stream_silent{{channel="{CDC}"}} 0.0' in shown.text(live).decode()
        assert "ortoo_stream_silences_total 1.0" in shown.text(live).decode()


def stream_part(view: View) -> Part:
    (part,) = (part for part in readiness(view) if part.name == "stream")
    return part
