"""A server whose certificate nobody vouches for is told nothing: no secret, no token, no record."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ortoo_daemon.errors import LoginError, TemporaryOrgError
from ortoo_daemon.salesforce.stream.client import StreamClient
from ortoo_daemon.salesforce.tokens import ClientCredentials, TokenManager
from tests.certificates import certificate_for
from tests.salesforce.answers import KnownTokens, client, run


@pytest.fixture
def impostor(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the requests that it could read."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.path)
            self.send_error(503)

        do_GET = do_PATCH = do_POST

        def log_message(self, *_: object) -> None: ...

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None: ...

    server = Server(("localhost", 0), Handler)
    _, context = certificate_for("localhost", tmp_path)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://localhost:{server.server_port}", heard
    server.shutdown()
    server.server_close()


def test_a_login_to_it_sends_no_secret(impostor: tuple[str, list[str]]) -> None:
    address, heard = impostor
    auth = ClientCredentials(client_id="key", client_secret="secret")

    async def log_in() -> None:
        await TokenManager(auth, address).get()

    with pytest.raises(LoginError, match="LOGIN_UNREACHABLE"):
        run(log_in())
    assert heard == []


def test_a_call_to_it_sends_no_token_and_no_record(impostor: tuple[str, list[str]]) -> None:
    address, heard = impostor

    async def write() -> None:
        rest = client(KnownTokens(address))
        try:
            await rest.call("PATCH", "sobjects/Lead/x", body={"OwnerId": "y"})
        finally:
            await rest.close()

    with pytest.raises(TemporaryOrgError):
        run(write())
    assert heard == []


def test_the_stream_does_not_shake_hands_with_it(impostor: tuple[str, list[str]]) -> None:
    address, heard = impostor

    async def listen() -> None:
        stream = StreamClient(KnownTokens(address), api_version="66.0")
        try:
            await stream.open()
        finally:
            await stream.close()

    with pytest.raises(Exception, match="no Bayeux answer"):
        run(listen())
    assert heard == []
