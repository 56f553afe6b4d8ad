"""Who may look at the daemon, and what they are told."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

import aiohttp
import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.parts import looked_at
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.watching.address import Address
from ortoo_daemon.daemon.watching.http import serving
from ortoo_daemon.daemon.watching.status import status_document
from ortoo_daemon.daemon.watching.watchers import watched
from ortoo_daemon.errors import StateError
from tests.asynchronous import asynchronous, until
from tests.daemon.looked_at import NOW, now, parts_in

ANY_PORT = Address("127.0.0.1", 0)


@asynccontextmanager
async def served(parts, *, token=None):
    """The base URL of the server."""
    with capture_logs() as said:
        async with serving(ANY_PORT, parts, token=token, now=now):
            (line,) = (each for each in said if each["event"] == "watch.listening")
            yield f"http://{line['address']}"


async def got(url, **options):
    """Status and text."""
    connector = aiohttp.UnixConnector(options.pop("path")) if "path" in options else None
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        session.get(url, **options) as answer,
    ):
        return answer.status, await answer.text()


@pytest.mark.parametrize(
    ("text", "address", "local"),
    [
        ("127.0.0.1:9464", Address("127.0.0.1", 9464), True),
        ("localhost:0", Address("localhost", 0), True),
        ("[::1]:9464", Address("::1", 9464), True),
        ("/run/ortoo/watch.sock", Address(path="/run/ortoo/watch.sock"), True),
        ("0.0.0.0:9464", Address("0.0.0.0", 9464), False),
        ("[::]:9464", Address("::", 9464), False),
        ("metrics.example:80", Address("metrics.example", 80), False),
    ],
)
def test_an_address_is_read_and_known_to_be_this_machine_s_or_not(text, address, local):
    assert Address.parse(text) == address
    assert address.is_local is local
    assert str(address) == text


@pytest.mark.parametrize(
    "text", ["9464", "127.0.0.1", ":9464", "127.0.0.1:70000", "a b:1", "x.sock"]
)
def test_what_is_no_address_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"127\.0\.0\.1:9464"):
        Address.parse(text)


@asynchronous
async def test_a_daemon_that_has_just_started_says_what_is_missing(tmp_path):
    async with parts_in(tmp_path) as parts, served(parts) as url:
        parts.waiting_for = "waiting for the org to log in: no answer"
        status, text = await got(f"{url}/readyz")
        assert status == 503
        assert "waiting for the org to log in" in text
        assert '{"name": "queue", "ok": true, "why": ""}' in text
        assert (await got(f"{url}/healthz"))[0] == 200


@asynchronous
async def test_a_loop_that_does_not_turn_makes_the_daemon_unhealthy_and_unready(tmp_path):
    async with parts_in(tmp_path, clock=lambda: 1000.0) as parts, served(parts) as url:
        parts.watchdog.watch("workers", lambda: 900.0)
        status, text = await got(f"{url}/healthz")
        assert (status, text) == (503, '{"alive": false, "behind_seconds": {"workers": 100.0}}')
        assert "workers for 100 s" in (await got(f"{url}/readyz"))[1]
        assert 'ortoo_loop_behind_seconds{loop="workers"} 100.0' in (await got(f"{url}/metrics"))[1]


@asynchronous
async def test_a_store_that_fails_is_said_and_every_page_still_answers(tmp_path, monkeypatch):
    async def fail():
        raise StateError("the store failed: disk full")

    async with parts_in(tmp_path) as parts, served(parts) as url:
        monkeypatch.setattr(parts.queue, "stats", fail)
        assert "disk full" in (await got(f"{url}/readyz"))[1]
        metrics = (await got(f"{url}/metrics"))[1]
        assert "ortoo_queue_up 0.0" in metrics
        assert "ortoo_queue_items{" not in metrics
        status, text = await got(f"{url}/status")
        assert status == 200
        assert '"queue": {"error": "the store failed: disk full"}' in text


@asynchronous
async def test_a_store_that_hangs_does_not_hang_the_page(tmp_path, monkeypatch):
    monkeypatch.setattr("ortoo_daemon.daemon.parts._STORE_ANSWERS_WITHIN", 0.05)

    async def hang():
        await asyncio.Event().wait()

    async with parts_in(tmp_path) as parts:
        monkeypatch.setattr(parts.queue, "stats", hang)
        view = await looked_at(parts, NOW)
        assert view.queue is None
        assert "has not answered" in view.trouble
        assert (await status_document(view))["ready"] is False


@asynchronous
async def test_a_web_page_of_another_name_is_not_answered_on_loopback(tmp_path):
    async with parts_in(tmp_path) as parts, served(parts) as url:
        port = url.rpartition(":")[2]
        for name, status in (
            (f"evil.example:{port}", 403),
            ("evil.example", 403),
            ("127.0.0.1.evil.example", 403),
            (f"localhost:{port}", 200),
            ("localhost", 200),
            (f"[::1]:{port}", 200),
            ("127.0.0.1", 200),
        ):
            assert (await got(f"{url}/status", headers={"Host": name}))[0] == status, name


@asynchronous
async def test_where_a_token_is_set_nobody_is_answered_without_it(tmp_path):
    async with parts_in(tmp_path) as parts, served(parts, token="s3cret") as url:
        for page in ("healthz", "readyz", "metrics", "status", "nothing"):
            assert (await got(f"{url}/{page}"))[0] == 401
        wrong = {"Authorization": "Bearer s3crets"}
        assert (await got(f"{url}/status", headers=wrong))[0] == 401
        right = {"Authorization": "Bearer s3cret", "Host": "metrics.example"}
        assert (await got(f"{url}/status", headers=right))[0] == 200


@asynchronous
async def test_a_socket_is_served_and_what_a_killed_daemon_left_is_replaced(tmp_path):
    path = tmp_path / "watch.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(path))  # and never listened to again
    async with (
        parts_in(tmp_path) as parts,
        serving(Address(path=str(path)), parts, token=None, now=now),
    ):
        assert (await got("http://anything/healthz", path=str(path)))[0] == 200
    assert not path.exists()


@asynchronous
async def test_an_address_that_is_taken_stops_nobody_from_routing(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = Address("127.0.0.1", taken.getsockname()[1])
        ran = False
        async with parts_in(tmp_path) as parts:
            with capture_logs() as said:
                async with serving(address, parts, token=None, now=now):
                    ran = True
    assert ran
    assert [each["event"] for each in said] == ["watch.listen_failed"]
    assert said[0]["address"] == str(address)


@asynchronous
async def test_a_socket_that_is_in_use_is_left_alone(tmp_path):
    address = Address(path=str(tmp_path / "watch.sock"))
    async with parts_in(tmp_path) as parts, serving(address, parts, token=None, now=now):
        with capture_logs() as said:
            async with serving(address, parts, token=None, now=now):
                pass
        assert [each["event"] for each in said] == ["watch.listen_failed"]
        assert (await got("http://anything/healthz", path=address.path))[0] == 200


@asynchronous
async def test_figures_are_logged_while_it_runs_and_at_its_end(tmp_path, monkeypatch):
    monkeypatch.setattr("ortoo_daemon.daemon.watching.watchers._FIGURES_EVERY", 0.01)
    auth = {"flow": "client_credentials", "client_id": "id"}
    settings = Settings(org={"login_url": "http://localhost:1", "auth": auth})
    async with parts_in(tmp_path) as parts:
        with capture_logs() as said:
            async with watched(parts, settings, now=now):
                await until(lambda: len(said) >= 2)
            seen = len(said)
    assert seen >= 3
    assert {each["event"] for each in said} == {"service.figures"}
    assert said[-1]["ready"] == 0
    assert said[-1]["handled"] == {}
