"""Whatever kind of event tells of a record, the same work comes of it; what it does not tell is said."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.hearing.event_settings import Channel
from ortoo_daemon.daemon.hearing.hints import UnusableEventError, work_items
from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.salesforce.stream.messages import (
    ChangeEvent,
    ChangeType,
    PlatformEvent,
    PushEvent,
    PushType,
    StreamEvent,
)
from tests.world import NOW, an_id, directory, policies, policy, rule

DAEMON, PERSON, LEAD = an_id("005", 1), an_id("005", 2), an_id("00Q", 7)
KNOWLEDGE = Knowledge(
    policies=Policies(policies(policy(rule("all")))),
    directory=directory(),
    ledger=Ledger(),
    daemon_user=DAEMON,
)
EVENT = Channel(channel="/event/New_Lead__e")
TOPIC = Channel(channel="/topic/NewLeads")
PUBLISHED_AT = NOW - timedelta(seconds=3)
PUSHED = PushEvent(
    record_id=LEAD,
    push_type=PushType.CREATED,
    committed_at=PUBLISHED_AT,
    channel=TOPIC.channel,
    replay_id=1,
)


def published(by: str = PERSON, **payload: Any) -> PlatformEvent:
    return PlatformEvent(
        channel=EVENT.channel,
        event_uuid="u",
        commit_user=by,
        committed_at=PUBLISHED_AT,
        payload=payload,
        replay_id=1,
    )


def items(event: StreamEvent, channel: Channel) -> list[WorkItem]:
    return work_items(event, channel, KNOWLEDGE, heard_at=NOW)


def test_a_platform_event_may_stand_for_any_change_of_its_record():
    (item,) = items(published(RecordId__c=LEAD[:15]), EVENT)
    assert item == WorkItem(
        object="Lead",
        record_id=LEAD,
        reason=WorkReason.CHANGED,
        heard_at=NOW,
        committed_at=PUBLISHED_AT,
    )
    assert item.names_no_change


def test_the_field_that_names_the_record_is_the_channel_s_to_say():
    named = Channel(channel=EVENT.channel, record_id="LeadId__c")
    (item,) = items(published(LeadId__c=LEAD, RecordId__c=PERSON), named)
    assert item.record_id == LEAD


def test_an_event_that_the_daemon_s_own_user_published_starts_nothing():
    assert items(published(by=DAEMON, RecordId__c=LEAD), EVENT) == []


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ("Name.LastName", {"Name", "LastName"}),
        ("Name", {"Name", "FirstName", "LastName"}),
        ("Address.City", {"Address", "City"}),
        ("Address", {"Address", "PostalCode", "CountryCode"}),
        ("BillingAddress.City", {"BillingCity"}),
        ("MailingAddress", {"MailingPostalCode"}),
        ("Site__c.Latitude", {"Site__Latitude__s"}),
        ("Brand__c", {"Brand__c"}),
    ],
)
def test_a_change_of_a_compound_field_is_one_of_its_parts_and_the_other_way_round(changed, named):
    event = ChangeEvent(
        object="Lead",
        record_ids=(LEAD,),
        change_type=ChangeType.UPDATE,
        changed_fields=frozenset({changed, "OwnerId"}),
        commit_user=PERSON,
        committed_at=NOW,
        transaction_key="t",
        sequence=1,
        channel="/data/LeadChangeEvent",
        replay_id=1,
    )
    (item,) = items(event, Channel(channel=event.channel))
    assert named <= item.changed_fields
    assert "Brand__c" not in item.changed_fields - {changed}


def test_records_of_an_object_without_a_policy_start_nothing():
    assert items(published(RecordId__c=an_id("500", 1)), EVENT) == []
    assert items(replace(PUSHED, record_id=an_id("500", 1)), TOPIC) == []


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ({"LeadId__c": LEAD}, r"no field RecordId__c \(its fields: LeadId__c\)"),
        ({"RecordId__c": None}, "RecordId__c is empty"),
        ({"RecordId__c": "Doe, Jo"}, "RecordId__c holds no record id"),
        ({"RecordId__c": 42}, "RecordId__c holds no record id"),
        ({"RecordId__c": an_id("a0B", 1)}, "begin with a0B may be of any object"),
    ],
)
def test_an_event_that_tells_no_record_says_what_is_missing_and_no_values(payload, said):
    with pytest.raises(UnusableEventError, match=said) as caught:
        items(published(**payload), EVENT)
    assert "Doe" not in str(caught.value)
    assert LEAD not in str(caught.value)


def test_ids_of_other_objects_are_those_of_the_channel_s_object():
    named = Channel(channel=EVENT.channel, object="Lead")
    (item,) = items(published(RecordId__c=an_id("a0B", 1)), named)
    assert item.object == "Lead"


@pytest.mark.parametrize(
    ("push_type", "reason"),
    [
        (PushType.CREATED, WorkReason.CREATED),
        (PushType.UPDATED, WorkReason.CHANGED),
        (PushType.UNDELETED, WorkReason.CHANGED),
    ],
)
def test_a_push_topic_tells_creations_from_changes(push_type, reason):
    (item,) = items(replace(PUSHED, push_type=push_type), TOPIC)
    assert (item.reason, item.changed_fields) == (reason, frozenset())
    assert item.committed_at == PUBLISHED_AT


def test_a_deletion_starts_nothing():
    assert items(replace(PUSHED, push_type=PushType.DELETED), TOPIC) == []
