"""Platform events reach subscribers as the platform words them, whoever publishes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.bayeux.channels import ChannelError, load_channels
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.bayeux.publisher import Publisher
from ortoo_daemon.sandbox.errors import SchemaError
from ortoo_daemon.sandbox.org import Org
from ortoo_daemon.sandbox.schema import Schema
from tests.sandbox.live import METADATA, Live, live
from tests.sandbox.rest_client import DATA, Rest

EVENT = "Ortoo_Record__e"
CHANNEL = f"/event/{EVENT}"
FLOW = "Ortoo_Lead_Changed"
LEAD_ID = "00Q7Q0000000001AAA"


def records(events: list[dict[str, Any]]) -> list[str]:
    return [each["data"]["payload"]["RecordId__c"] for each in events]


@live()
async def test_an_event_published_by_rest_arrives_with_its_uuid_beside_the_replay_id(
    org: Live,
) -> None:
    client = await org.bayeux().opened()
    await client.subscribe(CHANNEL)
    status, answer = await Rest(org).call(
        "POST", f"{DATA}/sobjects/{EVENT}", {"RecordId__c": LEAD_ID}
    )
    assert status == 201
    assert (answer["id"][:3], answer["success"]) == ("e00", True)
    (queued,) = answer["errors"]
    assert queued["statusCode"] == "OPERATION_ENQUEUED"
    (event,) = await client.events(1)
    data = event["data"]
    assert event["channel"] == CHANNEL
    assert set(data) == {"schema", "payload", "event"}
    assert data["event"] == {
        "EventUuid": queued["message"],
        "replayId": org.sandbox.log.last_id,
    }
    assert data["payload"] == {
        "CreatedDate": data["payload"]["CreatedDate"],
        "CreatedById": seed.DAEMON_USER_ID,
        "RecordId__c": LEAD_ID,
        "Object__c": None,
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", data["payload"]["CreatedDate"])


@live()
async def test_events_are_published_by_collections_and_composites_too(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe(CHANNEL)
    rest = Rest(org)
    rows = [{"attributes": {"type": EVENT}, "RecordId__c": f"r{n}"} for n in range(2)]
    rows.append({"attributes": {"type": EVENT}, "Object__c": "Lead"})
    _, answers = await rest.call("POST", f"{DATA}/composite/sobjects", {"records": rows})
    assert [each["success"] for each in answers] == [True, True, False]
    assert answers[0]["errors"][0]["statusCode"] == "OPERATION_ENQUEUED"
    assert answers[2]["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    part = {"method": "POST", "url": f"{DATA}/sobjects/{EVENT}", "body": {"RecordId__c": "r2"}}
    await rest.call(
        "POST", f"{DATA}/composite", {"compositeRequest": [part | {"referenceId": "a"}]}
    )
    assert records(await client.events(3)) == ["r0", "r1", "r2"]


@live()
async def test_what_is_rolled_back_publishes_nothing(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe(CHANNEL)
    part = {"method": "POST", "url": f"{DATA}/sobjects/{EVENT}", "body": {"RecordId__c": "r"}}
    broken = {"method": "POST", "url": f"{DATA}/sobjects/Lead", "body": {}}
    asked = [part | {"referenceId": "a"}, broken | {"referenceId": "b"}]
    await Rest(org).call(
        "POST", f"{DATA}/composite", {"allOrNone": True, "compositeRequest": asked}
    )
    assert not [e for e in await client.connect(advice={"timeout": 0}) if "data" in e]


@live()
async def test_an_event_that_cannot_be_is_refused(org: Live) -> None:
    rest = Rest(org)
    for body, code in (
        ({"RecordId__c": "x" * 19}, "STRING_TOO_LONG"),
        ({"RecordId__c": "x", "Nope__c": 1}, "INVALID_FIELD"),
        ({}, "REQUIRED_FIELD_MISSING"),
    ):
        status, answer = await rest.call("POST", f"{DATA}/sobjects/{EVENT}", body)
        assert (status, answer[0]["errorCode"]) == (400, code)
    assert org.sandbox.usage.published_events.used == 0


@live()
async def test_an_event_is_described_and_cannot_be_queried(org: Live) -> None:
    rest = Rest(org)
    _, told = await rest.call("GET", f"{DATA}/sobjects/{EVENT}/describe")
    assert {f["name"] for f in told["fields"]} == {
        "ReplayId",
        "CreatedDate",
        "CreatedById",
        "EventUuid",
        "RecordId__c",
        "Object__c",
    }
    assert (told["createable"], told["queryable"], told["updateable"]) == (True, False, False)
    _, everything = await rest.call("GET", f"{DATA}/sobjects")
    assert EVENT in [each["name"] for each in everything["sobjects"]]
    status, answer = await rest.call("GET", f"{DATA}/query?q=SELECT+RecordId__c+FROM+{EVENT}")
    assert (status, answer[0]["errorCode"]) == (400, "INVALID_TYPE")


@live()
async def test_a_channels_name_is_case_sensitive(org: Live) -> None:
    client = await org.bayeux().opened()
    reply = await client.subscribe(CHANNEL.lower())
    assert "does not exist {/event/ortoo_record__e}" in reply["error"]


@live()
async def test_the_shipped_flow_publishes_nothing_until_it_is_activated(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe(CHANNEL)
    org.lead()
    await org.control("/flows", {"name": FLOW, "active": True})
    second = org.lead()
    org.change(second, Rating="Hot")
    org.change(second, Rating="Cold", user_id=seed.DAEMON_USER_ID)
    org.sandbox.org.delete("Lead", second, user_id=seed.ADMIN_USER_ID)
    await org.control("/flows", {"name": FLOW, "active": False})
    org.lead()
    events = await client.events(2)
    assert records(events) == [second, second]
    assert {e["data"]["payload"]["Object__c"] for e in events} == {"Lead"}
    assert org.sandbox.usage.published_events.used == 2


@live()
async def test_a_flow_of_ones_own_is_set_by_a_call(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe(CHANNEL)
    flow = {"name": "Mine", "object": "Case", "event": EVENT, "on": ["create"]}
    await org.control("/flows", flow | {"values": {"RecordId__c": "$Record.Id", "Object__c": "C"}})
    case = org.sandbox.org.create("Case", {"Subject": "S"}, user_id=seed.ADMIN_USER_ID)
    org.sandbox.org.update("Case", case, {"Subject": "T"}, user_id=seed.ADMIN_USER_ID)
    assert records(await client.events(1)) == [case]
    named = {each["name"]: each for each in (await org.control("/flows", method="GET"))["flows"]}
    assert set(named) == {FLOW, "Ortoo_Case_Changed", "Mine"}
    assert named["Mine"]["on"] == ["create"]


@live()
async def test_a_flow_that_cannot_be_is_refused(org: Live) -> None:
    flow = {"name": "Mine", "object": "Lead", "event": EVENT, "values": {}}
    for body, words in (
        ({"name": "Nope"}, "no flow Nope; known: Ortoo_Case_Changed, Ortoo_Lead_Changed"),
        ({}, "name is missing"),
        (flow | {"object": "Nope"}, "flow Mine: no object Nope"),
        (flow | {"event": "Nope__e"}, "flow Mine: no platform event Nope__e"),
        (flow | {"values": {"Nope__c": 1}}, f"flow Mine: no field Nope__c on {EVENT}"),
        (flow | {"values": {"Object__c": "$Record.Nope"}}, "flow Mine: no field Nope on Lead"),
        (flow | {"on": ["delete"]}, "on must be a list of create, update"),
        (flow | {"every": 1}, "no such member: every"),
    ):
        async with org.http.post(f"{org.url}/sandbox/flows", json=body) as response:
            assert response.status == 400
            assert (await response.text()).startswith(words)


@live()
async def test_publishing_beyond_the_hourly_allocation_fails_and_queues_nothing(org: Live) -> None:
    rest = Rest(org)
    await org.control("/limits", {"published_events": 1})
    path, body = f"{DATA}/sobjects/{EVENT}", {"RecordId__c": LEAD_ID}
    assert (await rest.call("POST", path, body))[0] == 201
    status, answer = await rest.call("POST", path, body)
    assert (status, answer[0]["errorCode"]) == (400, "LIMIT_EXCEEDED")
    _, limits = await rest.call("GET", f"{DATA}/limits")
    assert limits["HourlyPublishedPlatformEvents"] == {"Max": 1, "Remaining": 0}
    await org.control("/clock", {"shift_seconds": 3700})
    assert (await rest.call("POST", path, body))[0] == 201


@live()
async def test_a_record_whose_flow_fails_is_not_saved(org: Live) -> None:
    await org.control("/flows", {"name": FLOW})
    await org.control("/limits", {"published_events": 0})
    lead = {"LastName": "Roy", "Company": "Private"}
    admin = Rest(org, seed.ADMIN_USER_ID)
    status, answer = await admin.call("POST", f"{DATA}/sobjects/Lead", lead)
    assert (status, answer[0]["errorCode"]) == (400, "CANNOT_EXECUTE_FLOW_TRIGGER")
    assert await admin.count("LastName = 'Roy'") == 0


def write_event(folder: Path, *, head: str = "", field: str = "Text") -> Path:
    space = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
    fields = folder / "objects" / "Own__e" / "fields"
    fields.mkdir(parents=True)
    head = head or "<eventType>HighVolume</eventType>"
    (fields.parent / "Own__e.object-meta.xml").write_text(
        f"<CustomObject {space}>{head}<label>Own</label></CustomObject>"
    )
    (fields / "A__c.field-meta.xml").write_text(
        f"<CustomField {space}><fullName>A__c</fullName><type>{field}</type>"
        "<length>9</length></CustomField>"
    )
    return folder


@pytest.mark.parametrize(
    ("members", "complaint"),
    [
        ({"head": "<eventType>StandardVolume</eventType>"}, "eventType must be HighVolume"),
        (
            {"head": "<eventType>HighVolume</eventType><publishBehavior>Later</publishBehavior>"},
            "no such publishBehavior: Later",
        ),
        ({"field": "Email"}, "a platform event's field is one of"),
    ],
)
def test_a_definition_that_the_platform_would_refuse_is_refused(
    tmp_path: Path, members: dict[str, str], complaint: str
) -> None:
    with pytest.raises(SchemaError, match=complaint):
        Schema.load(write_event(tmp_path, **members))


def write_channel(folder: Path, *, kind: str = "event", condition: str = "") -> Path:
    space = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
    (folder / "Own__chn.platformEventChannel-meta.xml").write_text(
        f"<PlatformEventChannel {space}><channelType>{kind}</channelType></PlatformEventChannel>"
    )
    (folder / "Own_chn_Own.platformEventChannelMember-meta.xml").write_text(
        f"<PlatformEventChannelMember {space}><eventChannel>Own__chn</eventChannel>"
        f"<selectedEntity>Own__e</selectedEntity>{condition}</PlatformEventChannelMember>"
    )
    return folder


def test_the_shipped_event_is_loaded_from_the_shipped_metadata() -> None:
    event = Schema.load(METADATA).events[EVENT]
    assert (event.event, event.at_once, event.prefix) == (True, False, "e00")
    assert event.fields["RecordId__c"].required


@contextmanager
def publishing(folder: Path) -> Iterator[tuple[Org, EventLog]]:
    schema = Schema.load(folder)
    with closing(Org(schema)) as org:
        log = EventLog(now=org.clock)
        channels = load_channels(folder, (), schema.events)
        org.on_commit(Publisher(schema=schema, channels=channels, log=log).publish)
        yield org, log


def publish(org: Org, **values: Any) -> None:
    with org.transaction(user_id=org.system_user_id) as unit:
        org.events.publish(unit, org.schema.events["Own__e"], values)


def told(log: EventLog, channel: str) -> list[Any]:
    return [json.loads(each.body)["payload"]["A__c"] for each in log.read(channel, 0, 100)]


def test_a_custom_channel_filters_events_by_their_fields(tmp_path: Path) -> None:
    write_event(tmp_path)
    condition = "<filterExpression>A__c = 'hot'</filterExpression>"
    with publishing(write_channel(tmp_path, condition=condition)) as (org, log):
        for value in ("hot", "cold"):
            publish(org, A__c=value)
        assert told(log, "/event/Own__chn") == ["hot"]
        assert told(log, "/event/Own__e") == ["hot", "cold"]


def test_events_and_changes_are_never_on_one_channel(tmp_path: Path) -> None:
    write_channel(write_event(tmp_path), kind="data")
    with pytest.raises(ChannelError, match="Own__e can't be on /data/Own__chn"):
        load_channels(tmp_path, (), ("Own__e",))


@pytest.mark.parametrize(
    ("behaviour", "kept"), [("PublishAfterCommit", []), ("PublishImmediately", ["x"])]
)
def test_an_undone_transaction_keeps_only_what_was_published_at_once(
    tmp_path: Path, behaviour: str, kept: list[str]
) -> None:
    head = f"<eventType>HighVolume</eventType><publishBehavior>{behaviour}</publishBehavior>"
    with publishing(write_event(tmp_path, head=head)) as (org, log):
        with suppress(ZeroDivisionError), org.transaction(user_id=org.system_user_id):
            publish(org, A__c="x")
            raise ZeroDivisionError
        assert told(log, "/event/Own__e") == kept
