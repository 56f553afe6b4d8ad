"""Answers that come drop by drop, or without an end: an error in time, and the thread is free again."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from ortoo_daemon.salesforce.bounded import Bounded

Answering = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def served(answering: Answering) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                answering(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    server.daemon_threads = True
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def asked(address: str, *, most: int = 1000) -> requests.Response:
    with requests.Session() as session:
        session.mount("http://", Bounded((1.0, 0.25), largest=most))
        return session.get(address)


def begin(handler: BaseHTTPRequestHandler, **headers: str) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()


def test_an_answer_that_comes_drop_by_drop_ends_in_time() -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, Content_Length="500")
        for _ in range(500):
            handler.wfile.write(b"x")
            time.sleep(0.05)

    began = time.monotonic()
    with served(drip) as address, pytest.raises(requests.ReadTimeout, match="too long"):
        asked(address)
    assert 0.9 < time.monotonic() - began < 5


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_an_end_is_left_before_it_takes_all_memory(packed: bool) -> None:
    """Packed, a thousand bytes are a million."""

    def flood(handler: BaseHTTPRequestHandler) -> None:
        if packed:
            body = gzip.compress(b"x" * 1_000_000)
            begin(handler, Content_Length=str(len(body)), Content_Encoding="gzip")
            handler.wfile.write(body)
            return
        begin(handler, Transfer_Encoding="chunked")
        for _ in range(100):
            handler.wfile.write(b"64\r\n" + b"x" * 100 + b"\r\n")

    with served(flood) as address, pytest.raises(requests.RequestException, match="too large"):
        asked(address)


@pytest.mark.parametrize(
    "headers",
    [{"Content_Length": "500"}, {"Transfer_Encoding": "chunked"}, {"Content_Encoding": "gzip"}],
    ids=["half of it", "half of a chunk", "not what it is packed as"],
)
def test_an_answer_that_breaks_off_is_no_answer(headers: dict[str, str]) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, Connection="close", **headers)
        handler.wfile.write(b'64\r\n{"totalSize": 1')
        handler.close_connection = True

    with served(cut) as address, pytest.raises(requests.RequestException):
        asked(address)


def test_answers_within_the_bounds_are_read_whole_however_they_come() -> None:
    def whole(handler: BaseHTTPRequestHandler) -> None:
        begin(handler, Transfer_Encoding="chunked")
        for part in (b"one", b"two"):
            handler.wfile.write(b"3\r\n" + part + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    with served(whole) as address:
        assert asked(address).content == b"onetwo"
