"""Servers that keep to the protocol in other ways than the one we know are heard all the same."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiocometd_ng.constants import TransportState
from aiohttp import web
from structlog.testing import capture_logs

from ortoo_daemon.salesforce.stream.one_session import OneSession
from tests.asynchronous import asynchronous
from tests.salesforce.stream.bayeux import Bayeux, change
from tests.salesforce.stream.test_listener import Daemon, listening, until


async def _hears_one_after_another(bayeux: Bayeux, daemon: Daemon) -> None:
    await daemon.listener.subscribed_event.wait()
    for number in range(1, 4):
        bayeux.publish(change(number))
        await until(lambda number=number: daemon.heard == list(range(1, number + 1)))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("BAYEUX_BROWSER=b; Path=/; Secure; HttpOnly; SameSite=None", "BAYEUX_BROWSER=b"),
        ("sticky=a/b+c==; Path=/", "sticky=a/b+c=="),
    ],
)
def test_cookies_go_back_as_they_came_to_an_org_on_this_machine_too(
    given: str, wanted: str
) -> None:
    """Such as the platform sets, which marks them for safe connections."""

    def before(bayeux: Bayeux, daemon: Daemon) -> None:
        bayeux.set_cookie, bayeux.wants_cookie = given, wanted

    async def scenario(bayeux: Bayeux, daemon: Daemon) -> None:
        await _hears_one_after_another(bayeux, daemon)
        assert daemon.listener.rebuilds == 0

    listening(scenario, before=before)


def test_an_answer_need_not_repeat_what_was_asked_and_an_event_may_say_more() -> None:
    def before(bayeux: Bayeux, daemon: Daemon) -> None:
        bayeux.terse = True

    async def scenario(bayeux: Bayeux, daemon: Daemon) -> None:
        await _hears_one_after_another(bayeux, daemon)
        assert daemon.listener.rebuilds == 0

    listening(scenario, before=before)


def test_a_server_that_resumes_only_where_the_handshake_asked_for_it_resumes() -> None:
    def before(bayeux: Bayeux, daemon: Daemon) -> None:
        bayeux.terse = True
        bayeux.publish(*map(change, range(1, 6)))

    async def scenario(bayeux: Bayeux, daemon: Daemon) -> None:
        await until(lambda: daemon.heard == [4, 5])

    listening(scenario, checkpoint=3, before=before)


def test_a_refusal_that_names_no_channel_is_of_what_was_asked() -> None:
    async def scenario(bayeux: Bayeux, daemon: Daemon) -> None:
        await daemon.listener.subscribed_event.wait()
        refusal = [{"successful": False, "error": "403::Unknown client"}]
        bayeux.fail("/meta/connect", web.json_response(refusal, status=400))
        await until(lambda: daemon.listener.rebuilds)
        assert daemon.listener.last_error == "403::Unknown client"
        bayeux.publish(change(1))
        await until(lambda: daemon.heard == [1])

    listening(scenario, checkpoint=0)


@pytest.mark.parametrize("reconnect", ["handshake", "none"])
def test_a_server_that_wants_another_session_in_a_good_answer_gets_one(reconnect: str) -> None:
    async def scenario(bayeux: Bayeux, daemon: Daemon) -> None:
        await daemon.listener.subscribed_event.wait()
        well = bayeux.advice
        bayeux.advice = {**well, "reconnect": reconnect}
        await until(lambda: daemon.listener.rebuilds)
        bayeux.advice = well
        await until(daemon.listener.subscribed_event.is_set)
        bayeux.publish(change(1), change(2))
        await until(lambda: daemon.heard == [1, 2])
        assert bayeux.handshakes > 1

    listening(scenario, checkpoint=0)


def test_an_org_that_has_moved_is_asked_for_by_a_login_and_not_followed() -> None:
    """The token, and what is asked with it, go nowhere that no login has named."""

    async def scenario(bayeux: Bayeux, daemon: Daemon) -> None:
        await daemon.listener.subscribed_event.wait()
        moved = web.Response(status=307, headers={"Location": f"{bayeux.url}/elsewhere"})
        bayeux.fail("/meta/connect", moved)
        await until(lambda: daemon.tokens.refreshed)
        bayeux.publish(change(1))
        await until(lambda: daemon.heard == [1])
        assert set(bayeux.paths) == {"/cometd/66.0"}

    listening(scenario, checkpoint=0)


@asynchronous
async def test_a_connect_is_waited_for_as_long_as_the_platform_holds_it() -> None:
    """Also where no advice, or a later one, says for how long. The first is asked to be answered at once."""
    session = OneSession(url="http://localhost/", incoming_queue=asyncio.Queue(), http_session=None)

    async def advised(advice: Any) -> float | None:
        answer = {"channel": "/meta/connect", "successful": True, "advice": advice}
        await session._consume_payload([answer], find_response_for={"channel": "/meta/connect"})
        return session._limits("/meta/connect").total

    session._state = TransportState.CONNECTING
    assert session._limits("/meta/connect").total == 30
    session._state = TransportState.CONNECTED
    assert session._limits("/meta/connect").total == pytest.approx(132)
    assert session._limits("/meta/subscribe").total == 30
    assert await advised({"reconnect": "retry", "timeout": 60_000}) == pytest.approx(72)
    assert await advised({"reconnect": "retry"}) == pytest.approx(72)
    assert await advised(None) == pytest.approx(72)
    assert await advised({"timeout": 110_000}) == pytest.approx(132)


@asynchronous
async def test_only_the_first_connect_asks_for_an_answer_at_once() -> None:
    session = OneSession(url="http://localhost/", incoming_queue=asyncio.Queue(), http_session=None)
    asked: list[Any] = []

    async def sent(payload: Any) -> Any:
        asked.extend(message.get("advice") for message in payload)
        return {"successful": True}

    session._send_payload = sent
    for state in (TransportState.CONNECTING, TransportState.CONNECTED):
        session._state = state
        await session._connect()
    assert asked == [{"timeout": 0}, None]


def test_a_server_that_holds_no_connect_is_asked_a_few_times_a_second_at_most() -> None:
    """What it brings is heard all the same."""

    def before(bayeux: Bayeux, daemon: Daemon) -> None:
        bayeux.hold_for = 0.0
        bayeux.advice = {"reconnect": "retry", "interval": 0, "timeout": 110_000}

    async def scenario(bayeux: Bayeux, daemon: Daemon) -> None:
        with capture_logs() as said:
            await daemon.listener.subscribed_event.wait()
            asked = len(bayeux.paths)
            await until(lambda: any(line["event"] == "stream.not_held" for line in said))
            await asyncio.sleep(1)
            assert len(bayeux.paths) - asked < 20
        bayeux.publish(change(1))
        await until(lambda: daemon.heard == [1])
        assert daemon.listener.rebuilds == 0

    listening(scenario, before=before)
