"""Change events reach subscribers once, in order, as the platform words them."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aiosfstream_ng import Client, ReplayMarkerStoragePolicy, ReplayOption
from aiosfstream_ng.auth import AuthenticatorBase

from ortoo_daemon.sandbox import seed
from ortoo_daemon.sandbox.bayeux.log import EventLog
from ortoo_daemon.sandbox.changes import Transaction
from tests.asynchronous import until
from tests.sandbox.live import CHANNEL, Live, live


def header(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message["data"]["payload"]["ChangeEventHeader"]
    return found


@live()
async def test_a_created_lead_arrives_with_its_fields_nested_as_the_platform_nests_them(
    org: Live,
) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    lead = org.lead(FirstName="Ana", City="Lyon", PostalCode="69003", Email="ana@example.com")
    (event,) = await client.events(1)
    payload = event["data"]["payload"]
    assert event["channel"] == CHANNEL
    assert event["data"]["event"]["replayId"] == org.sandbox.log.last_id
    assert payload["Name"] == {"FirstName": "Ana", "LastName": "Roy"}
    assert payload["Address"] == {"City": "Lyon", "PostalCode": "69003"}
    assert payload["CreatedDate"].endswith(".000Z")
    assert not {"Id", "IsDeleted", "SystemModstamp", "Phone", "LastName"} & set(payload)
    shown = header(event)
    assert shown["entityName"] == "Lead"
    assert shown["recordIds"] == [lead]
    assert shown["changeType"] == "CREATE"
    assert shown["changeOrigin"] == "com/salesforce/api/rest/66.0"
    assert shown["commitUser"] == seed.WEB_FORMS_USER_ID
    assert shown["sequenceNumber"] == 1
    assert shown["changedFields"] == []


@live()
async def test_an_update_shows_only_what_changed_and_emptied_fields_as_null(org: Live) -> None:
    lead = org.lead(FirstName="Ana", Email="ana@example.com", City="Lyon")
    client = await org.bayeux().opened()
    await client.subscribe()
    org.change(lead, LastName="Diaz", City="Nantes", Email=None)
    (event,) = await client.events(1)
    payload = event["data"]["payload"]
    changed = set(header(event)["changedFields"])
    assert {"Name.LastName", "Address.City", "Email"} <= changed
    assert "FirstName" not in payload["Name"]
    assert payload["Name"]["LastName"] == "Diaz"
    assert payload["Address"] == {"City": "Nantes"}
    assert payload["Email"] is None
    assert "Company" not in payload


@live()
async def test_a_deletion_carries_the_header_alone(org: Live) -> None:
    lead = org.lead()
    client = await org.bayeux().opened()
    await client.subscribe()
    org.sandbox.org.delete("Lead", lead, user_id=seed.ADMIN_USER_ID)
    (event,) = await client.events(1)
    assert list(event["data"]["payload"]) == ["ChangeEventHeader"]
    assert header(event)["changeType"] == "DELETE"


@live()
async def test_the_filtered_channel_leaves_out_the_daemons_own_writes(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await client.subscribe("/data/LeadChangeEvent")
    lead = org.lead()
    org.change(lead, user_id=seed.DAEMON_USER_ID, Rating="Hot")
    org.change(lead, user_id=seed.DISPATCHER_USER_ID, Rating="Cold")
    events = await client.events(5)
    seen = [(e["channel"], header(e)["commitUser"]) for e in events]
    assert [user for channel, user in seen if channel == CHANNEL] == [
        seed.WEB_FORMS_USER_ID,
        seed.DISPATCHER_USER_ID,
    ]
    assert len([1 for channel, _ in seen if channel == "/data/LeadChangeEvent"]) == 3


@live()
async def test_changes_of_one_transaction_share_its_key_and_count_up(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe("/data/ChangeEvents")
    rows = [{"LastName": f"L{n}", "Company": "x"} for n in range(3)]
    org.sandbox.org.create_many("Lead", rows, user_id=seed.ADMIN_USER_ID)
    org.sandbox.org.create_many("Case", [{"Subject": "S"}], user_id=seed.ADMIN_USER_ID)
    events = await client.events(4)
    assert [header(e)["sequenceNumber"] for e in events] == [1, 2, 3, 1]
    assert len({header(e)["transactionKey"] for e in events}) == 2
    ids = [e["data"]["event"]["replayId"] for e in events]
    assert ids == sorted(set(ids))
    assert ids != list(range(ids[0], ids[0] + 4)), "replay ids must not look countable"


@live()
async def test_entities_that_are_not_selected_make_no_events(org: Live) -> None:
    before = len(org.sandbox.log)
    org.sandbox.org.create_many("Contact", [{"LastName": "C"}], user_id=seed.ADMIN_USER_ID)
    assert len(org.sandbox.log) == before


@live()
async def test_replay_starts_after_the_id_at_the_tip_or_at_the_oldest(org: Live) -> None:
    old = [org.lead(LastName=f"L{n}") for n in range(4)]
    first = org.sandbox.log.read(CHANNEL, 0, 1)[0].replay_id
    clients = {}
    for replay in (-2, first, -1, None):
        clients[replay] = await org.bayeux().opened()
        await clients[replay].subscribe(replay=replay)
    new = org.lead()
    wanted = {-2: [*old, new], first: [*old[1:], new], -1: [new], None: [new]}
    for replay, client in clients.items():
        events = await client.events(len(wanted[replay]))
        assert [header(e)["recordIds"][0] for e in events] == wanted[replay]


@live()
async def test_a_subscription_wakes_a_connect_that_is_already_held(org: Live) -> None:
    org.lead()
    client = await org.bayeux().opened()
    held = asyncio.create_task(client.connect())
    await until(org.holding)
    await client.subscribe(replay=-2)
    answers = await asyncio.wait_for(held, 5)
    assert [a["channel"] for a in answers] == [CHANNEL, "/meta/connect"]


@live()
async def test_nothing_more_comes_after_unsubscribing(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    message = {"channel": "/meta/unsubscribe", "clientId": client.client_id}
    (reply,) = await client.post(message | {"subscription": CHANNEL})
    assert reply["successful"] is True
    org.lead()
    assert not [e for e in await client.connect(advice={"timeout": 0}) if "data" in e]


@live()
async def test_an_expired_replay_id_is_invalid_and_everything_starts_after_it(org: Live) -> None:
    org.lead()
    expired = org.sandbox.log.last_id
    await org.control("/streams/expire", {"through": expired})
    kept = org.lead()
    client = await org.bayeux().opened()
    assert f"The replayId {{{expired}}}" in (await client.subscribe(replay=expired))["error"]
    await client.subscribe(replay=-2)
    assert [header(e)["recordIds"] for e in await client.events(1)] == [[kept]]


@live()
async def test_a_caller_that_hung_up_takes_no_events_with_it(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    held = asyncio.create_task(client.connect())
    await until(org.holding)
    runner = org.sandbox._runner
    assert runner is not None
    assert runner.server is not None
    server = runner.server
    held.cancel()
    await asyncio.gather(held, return_exceptions=True)
    await until(lambda: any(each.transport is None for each in server.connections))
    lead = org.lead()
    await until(lambda: not org.holding())
    assert [header(e)["recordIds"] for e in await client.events(1)] == [[lead]]


@live()
async def test_a_burst_is_delivered_in_order_in_batches_and_cheaply(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    rows = [{"LastName": f"L{n}", "Company": "x"} for n in range(1000)]
    org.sandbox.org.create_many("Lead", rows, user_id=seed.WEB_FORMS_USER_ID)
    replies = await client.connect()
    assert len(replies) == 201
    events = [e for e in replies if "data" in e] + await client.events(800)
    names = [e["data"]["payload"]["Name"]["LastName"] for e in events]
    assert names == [f"L{n}" for n in range(1000)]
    assert org.sandbox.usage.delivered == 1000


@live()
async def test_ten_thousand_events_cost_less_than_two_seconds_of_cpu(org: Live) -> None:
    lead = org.lead()
    committed: list[Transaction] = []
    org.sandbox.org.on_commit(committed.append)
    org.change(lead, Rating="Hot", City="Lyon")
    publish = org.sandbox.publisher.publish
    client = await org.bayeux().opened()
    await client.subscribe()
    at = time.process_time()
    for _ in range(10_000):
        publish(committed[0])
    received = len(await client.events(10_000, within=20))
    assert received == 10_000
    assert time.process_time() - at < 2


def test_events_older_than_the_retention_window_are_gone() -> None:
    now = [datetime(2026, 11, 21, tzinfo=UTC)]
    log = EventLog(now=lambda: now[0], retained_for=timedelta(hours=72))
    old = log.append({"/data/X": {}})
    now[0] += timedelta(hours=71)
    young = log.append({"/data/X": {}})
    assert log.holds("/data/X", old)
    now[0] += timedelta(hours=2)
    assert not log.holds("/data/X", old)
    assert log.holds("/data/X", young)
    assert [each.replay_id for each in log.read("/data/X", 0, 10)] == [young]


def test_a_clock_set_back_makes_no_event_older_than_the_one_before() -> None:
    start = datetime(2026, 11, 21, tzinfo=UTC)
    now = [start]
    log = EventLog(now=lambda: now[0], retained_for=timedelta(hours=72))
    ids = []
    for hours in (0, 10, 0, 0):
        now[0] = start + timedelta(hours=hours)
        ids.append(log.append({"/data/X": {}}))
    now[0] = start + timedelta(hours=73)
    assert [log.holds("/data/X", each) for each in ids] == [False, True, True, True]


def test_the_log_is_bounded_by_number_too() -> None:
    log = EventLog(now=lambda: datetime(2026, 11, 21, tzinfo=UTC), most=100)
    for _ in range(1000):
        log.append({"/data/X": {}})
    assert len(log) <= 110
    assert len(log.read("/data/X", 0, 1000)) == len(log)


class SandboxLogin(AuthenticatorBase):  # type: ignore[misc]
    """Logs aiosfstream-ng in at the sandbox."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    async def _authenticate(self) -> tuple[int, dict[str, Any]]:
        form = {
            "grant_type": "client_credentials",
            "client_id": seed.CLIENT_ID,
            "client_secret": seed.CLIENT_SECRET,
        }
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.url}/services/oauth2/token", data=form) as response,
        ):
            return response.status, await response.json()


@live()
async def test_aiosfstream_receives_replayed_and_new_events_and_survives_a_lost_session(
    org: Live,
) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    leads = [org.lead(LastName="replayed")]
    client = Client(
        SandboxLogin(org.url),
        replay=ReplayOption.ALL_EVENTS,
        replay_storage_policy=ReplayMarkerStoragePolicy.AUTOMATIC,
    )
    async with client:
        await client.subscribe(CHANNEL)
        seen = [header(await client.receive())["recordIds"][0]]
        leads.append(org.lead(LastName="new"))
        seen.append(header(await client.receive())["recordIds"][0])
        org.sandbox.clients.drop_all()
        leads.append(org.lead(LastName="after"))
        while leads[-1] not in seen:
            seen.append(header(await client.receive())["recordIds"][0])
    assert list(dict.fromkeys(seen)) == leads


@live()
async def test_aiosfstream_hears_platform_events_and_topics_beside_change_events(org: Live) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda _loop, _context: None)
    topic = {"Name": "All", "Query": "SELECT Id, Status FROM Lead", "ApiVersion": 66.0}
    org.sandbox.org.create("PushTopic", topic, user_id=seed.ADMIN_USER_ID)
    await org.control("/flows", {"name": "Ortoo_Lead_Changed"})
    lead = org.lead()
    client = Client(SandboxLogin(org.url), replay=ReplayOption.ALL_EVENTS)
    seen = {}
    async with client:
        for channel in (CHANNEL, "/event/Ortoo_Record__e", "/topic/All"):
            await client.subscribe(channel)
            message = await client.receive()
            seen[message["channel"]] = message["data"]
    assert header({"data": seen[CHANNEL]})["recordIds"] == [lead]
    assert seen["/event/Ortoo_Record__e"]["payload"]["RecordId__c"] == lead
    assert seen["/topic/All"]["sobject"] == {"Id": lead, "Status": "New"}
