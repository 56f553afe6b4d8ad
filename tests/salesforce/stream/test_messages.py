import copy
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from ortoo_daemon.salesforce.stream.messages import (
    ChangeEvent,
    ChangeType,
    PlatformEvent,
    PushEvent,
    PushType,
    UnreadableMessageError,
    parse,
    unread,
)

MESSAGE = {
    "channel": "/data/LeadChangeEvent",
    "data": {
        "schema": "s",
        "payload": {
            "ChangeEventHeader": {
                "entityName": "Lead",
                "recordIds": ["00Q000000000001", "00Q000000000002EAA"],
                "changeType": "UPDATE",
                "changeOrigin": "com/salesforce/api/rest/66.0;client=ortoo",
                "transactionKey": "0002f3a1",
                "sequenceNumber": 2,
                "commitTimestamp": 1795290000123,
                "commitNumber": 10832042834831,
                "commitUser": "005000000000001AAA",
                "changedFields": ["Name.LastName", "LastModifiedDate"],
            },
            "LastName": "Doe",
        },
        "event": {"replayId": 99},
    },
}


def changed(**header):
    payload = {"ChangeEventHeader": MESSAGE["data"]["payload"]["ChangeEventHeader"] | header}
    return MESSAGE | {"data": MESSAGE["data"] | {"payload": payload}}


def test_a_change_event_is_read_whole():
    assert parse(MESSAGE) == ChangeEvent(
        object="Lead",
        record_ids=("00Q000000000001EAA", "00Q000000000002EAA"),
        change_type=ChangeType.UPDATE,
        changed_fields=frozenset({"Name.LastName", "LastModifiedDate"}),
        commit_user="005000000000001AAA",
        committed_at=datetime(2026, 11, 21, 19, 40, 0, 123000, UTC),
        transaction_key="0002f3a1",
        sequence=2,
        channel="/data/LeadChangeEvent",
        replay_id=99,
    )


def test_field_values_are_not_kept():
    assert "Doe" not in repr(parse(MESSAGE))


@pytest.mark.parametrize("kind", ["GAP_CREATE", "GAP_UPDATE", "GAP_DELETE", "GAP_UNDELETE"])
def test_a_gap_event_still_names_its_records(kind):
    event = parse(changed(changeType=kind))
    assert event.change_type == kind
    assert not event.names_no_record


@pytest.mark.parametrize("ids", [[], ["00Q*"], ["00Q000000000001EAA", "00Q*"], None])
def test_an_event_without_certain_ids_names_no_record(ids):
    assert parse(changed(changeType="GAP_OVERFLOW", recordIds=ids)).names_no_record


def test_a_platform_event_is_told_apart():
    event = parse(
        {
            "channel": "/event/New_Lead__e",
            "data": {
                "schema": "s",
                "payload": {
                    "CreatedDate": "2026-11-21T10:00:00.123Z",
                    "CreatedById": "005000000000001",
                    "RecordId__c": "00Q",
                },
                "event": {"EventUuid": "u-1", "replayId": 4711},
            },
        }
    )
    assert isinstance(event, PlatformEvent)
    assert (event.event_uuid, event.replay_id) == ("u-1", 4711)
    assert event.committed_at == datetime(2026, 11, 21, 10, 0, 0, 123000, UTC)
    assert event.commit_user == "005000000000001AAA"
    assert "RecordId__c" not in repr(event)


def test_an_overflow_names_nobody_whatever_ids_it_bears():
    for ids in (["000000000000000AAA"], ["00Q000000000001EAA"], []):
        assert parse(changed(changeType="GAP_OVERFLOW", recordIds=ids)).names_no_record
    assert parse(changed(changeType="GAP_UPDATE", recordIds=["000000000000000"])).names_no_record


PUSHED = {
    "channel": "/topic/NewLeads",
    "clientId": "c",
    "data": {
        "event": {"createdDate": "2026-11-21T10:00:00.000Z", "replayId": 13, "type": "created"},
        "sobject": {"Id": "00Q000000000001", "LastName": "Doe"},
    },
}


def test_a_push_topic_s_event_is_read_without_its_values():
    event = parse(PUSHED)
    assert event == PushEvent(
        record_id="00Q000000000001EAA",
        push_type=PushType.CREATED,
        committed_at=datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
        channel="/topic/NewLeads",
        replay_id=13,
    )
    assert "Doe" not in repr(event)


def test_a_push_topic_s_event_without_an_id_can_t_be_read():
    data = PUSHED["data"] | {"sobject": {"Status": "New"}}
    with pytest.raises(UnreadableMessageError, match="no Id"):
        parse(PUSHED | {"data": data})


@pytest.mark.parametrize(
    "message",
    [
        {"channel": "/data/X"},
        {"channel": "/u/X", "data": {"payload": "text", "event": {"replayId": 1}}},
        {"channel": "/data/X", "data": None},
        {"channel": "/data/X", "data": {"payload": {}, "event": {}}},
        {"channel": "/data/X", "data": {"payload": {}, "event": {"replayId": None}}},
        changed(changeType="SNAPSHOT"),
        changed(recordIds=["Doe, Jo"]),
        changed(commitTimestamp="soon"),
    ],
)
def test_a_message_of_another_shape_is_refused_without_quoting_it(message):
    with pytest.raises(UnreadableMessageError) as caught:
        parse(message)
    assert "Doe" not in str(caught.value)


@pytest.mark.parametrize("number", [float("inf"), 10**30, 10**400, -(10**18)])
@pytest.mark.parametrize(
    "way",
    [
        ("data", "event", "replayId"),
        ("data", "payload", "ChangeEventHeader", "commitTimestamp"),
        ("data", "payload", "ChangeEventHeader", "sequenceNumber"),
    ],
)
def test_a_number_beyond_all_bounds_is_read_or_told_as_unreadable(way, number):
    """Anything else would end the session, and the next one, which begins with the same event."""
    message = copy.deepcopy(MESSAGE)
    *above, last = way
    place = message
    for name in above:
        place = place[name]
    place[last] = number
    with suppress(UnreadableMessageError):
        parse(message)


@pytest.mark.parametrize("number", [-1, -2, "-1", None])
def test_a_replay_id_that_means_the_tip_is_no_place_to_resume_after(number):
    """A checkpoint of -1 would skip all that happens until the next session."""
    message = copy.deepcopy(MESSAGE)
    message["data"]["event"]["replayId"] = number
    with pytest.raises(UnreadableMessageError):
        parse(message)
    assert unread(message, "why") is None


def test_changed_fields_of_another_type_are_names_nobody_knows():
    message = copy.deepcopy(MESSAGE)
    message["data"]["payload"]["ChangeEventHeader"]["changedFields"] = ["Rating", None, 7]
    assert parse(message).changed_fields == {"Rating", "None", "7"}
