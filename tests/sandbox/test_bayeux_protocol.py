"""The meta channels answer as the platform's do, to the letter of their errors."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from ortoo_daemon.sandbox.bayeux import replies
from tests.asynchronous import until
from tests.sandbox.live import CHANNEL, PATIENT, QUICK, Bayeux, Live, live


@live()
async def test_a_handshake_offers_long_polling_with_replay_and_sets_the_cookie(org: Live) -> None:
    client = org.bayeux()
    reply = await client.handshake()
    assert reply["successful"] is True
    assert reply["id"] == "1"
    assert reply["supportedConnectionTypes"] == ["long-polling"]
    assert reply["ext"] == {"replay": True, "payload.format": True}
    cookies = {c.key for c in org.http.cookie_jar}
    assert cookies == {"BAYEUX_BROWSER"}


@live()
async def test_a_handshake_without_a_token_is_denied_with_the_reason_inside(org: Live) -> None:
    client = Bayeux(org.http, org.url, None)
    reply = await client.handshake()
    assert reply["error"] == "403::Handshake denied"
    assert reply["ext"]["sfdc"]["failureReason"] == "401::Request requires authentication"
    assert reply["ext"]["replay"] is True
    assert reply["advice"] == {"reconnect": "none"}


@live()
async def test_a_handshake_with_a_dead_token_is_denied(org: Live) -> None:
    reply = await org.bayeux("00D!gone").handshake()
    assert reply["ext"]["sfdc"]["failureReason"] == "401::Authentication invalid"


@live()
async def test_a_handshake_past_the_limit_of_clients_is_denied(org: Live) -> None:
    org.sandbox.clients.most = 1
    assert (await org.bayeux().handshake())["successful"]
    reply = await org.bayeux().handshake()
    assert reply["ext"]["sfdc"]["failureReason"].startswith("403::To protect all customers")


@live()
async def test_a_handshake_for_websockets_only_is_refused(org: Live) -> None:
    reply = await org.bayeux().handshake(supportedConnectionTypes=["websocket"])
    reason = reply["ext"]["sfdc"]["failureReason"]
    assert reason == "400::Invalid connection type websocket"


@live()
async def test_the_first_connect_answers_at_once_with_the_platforms_advice(org: Live) -> None:
    client = org.bayeux()
    await client.handshake()
    (reply,) = await client.connect()
    assert reply["advice"] == {"interval": 0, "timeout": 20000, "reconnect": "retry"}


@live(timers=QUICK)
async def test_a_later_connect_is_held_and_then_answers_empty(org: Live) -> None:
    client = await org.bayeux().opened()
    at = asyncio.get_running_loop().time()
    (reply,) = await client.connect()
    assert reply["successful"] is True
    assert asyncio.get_running_loop().time() - at >= QUICK.hold_for * 0.9


@live()
async def test_both_forms_of_the_address_answer(org: Live) -> None:
    client = org.bayeux()
    message = {"channel": "/meta/handshake", "supportedConnectionTypes": ["long-polling"]}
    for path in ("/cometd/66.0", "/cometd/66.0/handshake", "//cometd///66.0"):
        assert (await client.post(message, path=path))[0]["successful"]


@live()
async def test_an_unknown_client_must_handshake_again(org: Live) -> None:
    client = org.bayeux()
    client.client_id = "never-seen"
    for message in (client.connecting(), client.subscribing()):
        (reply,) = await client.post(message)
        assert reply["error"] == "403::Unknown client"
        assert reply["advice"] == {"reconnect": "handshake", "interval": 0}
        assert reply["id"] == message["id"]


@live(timers=QUICK)
async def test_a_client_that_stays_away_too_long_is_forgotten(org: Live) -> None:
    client = await org.bayeux().opened()
    await asyncio.sleep(QUICK.reconnect_within * 1.5)
    assert (await client.connect())[0]["error"] == "403::Unknown client"


@live()
async def test_a_message_without_a_client_id_has_not_completed_the_handshake(org: Live) -> None:
    (reply,) = await org.bayeux().post({"channel": "/meta/connect"})
    assert reply["error"] == "403::Client has not completed handshake"


@live()
async def test_a_client_that_drops_its_cookie_is_refused(org: Live) -> None:
    client = org.bayeux()
    await client.handshake()
    org.http.cookie_jar.clear()
    (reply,) = await client.connect()
    assert reply["error"] == (
        f"400::Client {client.client_id} has established a session, "
        "but no BAYEUX_BROWSER cookie present"
    )


@live()
async def test_a_revoked_token_ends_a_held_connect_at_once(org: Live) -> None:
    client = await org.bayeux().opened()
    held = asyncio.create_task(client.connect())
    await until(org.holding)
    await org.control("/sessions/revoke", {})
    (reply,) = await asyncio.wait_for(held, 5)
    assert reply["error"] == "401::Authentication invalid"
    assert reply["advice"] == {"reconnect": "none", "interval": 0}


@live()
async def test_dropped_streams_end_a_held_connect_with_unknown_client(org: Live) -> None:
    client = await org.bayeux().opened()
    held = asyncio.create_task(client.connect())
    await until(org.holding)
    assert await org.control("/streams/drop", {}) == {"dropped": 1}
    (reply,) = await asyncio.wait_for(held, 5)
    assert reply["error"] == "403::Unknown client"


@live()
async def test_subscribing_to_what_does_not_exist_names_the_channel(org: Live) -> None:
    client = await org.bayeux().opened()
    for channel in ("/data/AccountChangeEvent", "/data/ortoo__chn", "/event/Nothing__e"):
        reply = await client.subscribe(channel)
        assert reply["error"] == (
            f"400::The channel you requested to subscribe to does not exist {{{channel}}}"
        )
        assert reply["subscription"] == channel
    assert (await client.subscribe(None))["error"] == "400::Channel name not specified"
    assert (await client.subscribe("data/LeadChangeEvent"))["error"] == (
        "400::Channel subscriptions must start with a leading '/'"
    )


@live()
async def test_a_replay_id_that_was_never_issued_is_invalid(org: Live) -> None:
    client = await org.bayeux().opened()
    org.lead()
    for wrong in (1234, org.sandbox.log.last_id + 1, -3, "abc"):
        reply = await client.subscribe(replay=wrong)
        assert reply["error"] == (
            f"400::The replayId {{{wrong}}} you provided was invalid. Please provide a valid ID, "
            "-2 to replay all events, or -1 to replay only new events."
        )


@live()
async def test_only_long_polling_may_connect(org: Live) -> None:
    client = org.bayeux()
    await client.handshake()
    (reply,) = await client.connect(connectionType="callback-polling")
    assert reply["error"] == "400::Invalid connection type callback-polling"


@live()
async def test_publishing_over_cometd_is_not_offered(org: Live) -> None:
    client = await org.bayeux().opened()
    message = {"channel": CHANNEL, "clientId": client.client_id, "data": {}}
    assert (await client.post(message))[0]["error"] == replies.PUBLISH_DENIED


@live()
async def test_requests_that_are_no_bayeux_are_refused_with_an_http_error(org: Live) -> None:
    client = org.bayeux()
    cases = (
        ("/cometd/66.0", "x" * 40_000, 413, "413::Maximum Request Size Exceeded"),
        ("/cometd/36.0", "", 400, replies.VERSION_OLD),
        ("/cometd", "", 400, replies.VERSION_MISSING),
        ("/cometd/latest", "", 400, replies.VERSION_MISSING),
    )
    for path, padding, status, error in cases:
        message = {"channel": "/meta/handshake", "padding": padding}
        (reply,) = await client.post(message, path=path)
        assert (client.status, reply["error"]) == (status, error)


@live()
async def test_messages_of_one_post_are_answered_each_and_none_is_held(org: Live) -> None:
    client = await org.bayeux().opened()
    answers = await asyncio.wait_for(
        client.post(
            client.connecting(id="a"),
            client.subscribing("/data/LeadChangeEvent") | {"id": "b"},
            client.subscribing("/data/Nothing__chn") | {"id": "c"},
        ),
        PATIENT.hold_for / 4,
    )
    assert [(a["id"], a["successful"]) for a in answers] == [("a", True), ("b", True), ("c", False)]


@live()
async def test_a_second_connect_of_a_client_releases_the_first(org: Live) -> None:
    client = await org.bayeux().opened()
    first = asyncio.create_task(client.connect(id="first"))
    await until(org.holding)
    second = asyncio.create_task(client.connect(id="second"))
    (reply,) = await asyncio.wait_for(first, 5)
    assert reply["id"] == "first"
    assert reply["successful"] is True
    org.sandbox.clients.drop_all()
    await second


@live()
async def test_after_disconnect_the_client_is_unknown(org: Live) -> None:
    client = await org.bayeux().opened()
    message = {"channel": "/meta/disconnect", "clientId": client.client_id}
    assert (await client.post(message))[0]["successful"] is True
    assert (await client.connect())[0]["error"] == "403::Unknown client"


@live()
async def test_an_exhausted_allocation_stops_delivery_and_subscriptions(org: Live) -> None:
    client = await org.bayeux().opened()
    await client.subscribe()
    await org.control("/limits", {"delivered_events": 0})
    error = "403::Organization total events daily limit exceeded"
    assert (await client.connect())[0]["error"] == error
    assert (await client.subscribe())["error"] == error


@live()
async def test_a_websocket_upgrade_is_refused(org: Live) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await org.http.ws_connect(f"{org.url}/cometd/66.0")
    assert refused.value.status in (404, 405)
