"""The service manager is told that the process lives only while its loops turn."""

from __future__ import annotations

import asyncio
import math
import os
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.watching.watchdog import Watchdog
from ortoo_daemon.work.workers import Finished, Workers
from tests.asynchronous import asynchronous, until
from tests.work.queues import item, opened


class Moment:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    path = str(tmp_path / "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.settimeout(5)
        listening.bind(path)
        yield listening, path


def heard(listening: socket.socket) -> list[bytes]:
    found = []
    listening.setblocking(False)
    try:
        while True:
            found.append(listening.recv(4096))
    except BlockingIOError:
        return found


def test_the_manager_is_fed_while_every_loop_is_in_time(manager):
    listening, path = manager
    clock = Moment()
    watchdog = Watchdog(Notifier(path), clock=clock)
    watchdog.watch("workers", lambda: clock.now + 2)
    watchdog.watch("stream", lambda: clock.now - 3)  # a little late is no harm
    watchdog.turn()
    assert heard(listening) == [b"WATCHDOG=1"]
    assert watchdog.loops == {"workers": 0.0, "stream": 3.0}
    assert watchdog.late == {}


def test_a_loop_that_no_longer_turns_starves_the_manager_and_is_named_once(manager):
    listening, path = manager
    clock = Moment()
    watchdog = Watchdog(Notifier(path), clock=clock)
    watchdog.watch("workers", lambda: 1001.0)
    watchdog.watch("stream", lambda: math.inf)
    with capture_logs() as said:
        watchdog.turn()
        clock.now += 60
        watchdog.turn()
        watchdog.turn()
    assert heard(listening) == [b"WATCHDOG=1"]
    assert [(each["event"], each["loops"]) for each in said] == [
        ("watchdog.not_fed", {"workers": 59.0})
    ]


def test_a_loop_that_turns_again_is_fed_for_again(manager):
    listening, path = manager
    clock = Moment()
    due = [1001.0]
    watchdog = Watchdog(Notifier(path), clock=clock)
    watchdog.watch("workers", lambda: due[0])
    clock.now += 60
    with capture_logs() as said:
        watchdog.turn()
        due[0] = clock.now + 1
        watchdog.turn()
    assert heard(listening) == [b"WATCHDOG=1"]
    assert [each["event"] for each in said] == ["watchdog.not_fed", "watchdog.fed_again"]


def test_a_loop_that_knows_what_it_waits_for_starves_nobody(manager):
    listening, path = manager
    clock = Moment()
    watchdog = Watchdog(Notifier(path), clock=clock)
    watchdog.watch("stream", lambda: math.inf)
    clock.now += 100_000
    watchdog.turn()
    assert heard(listening) == [b"WATCHDOG=1"]


@asynchronous
async def test_an_event_loop_that_hangs_is_not_fed_for(tmp_path):
    path = str(tmp_path / "notify.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(path)
        watchdog = Watchdog(Notifier(path, watchdog_every=0.03))
        running = asyncio.create_task(watchdog.run())
        fed: list[bytes] = []

        def has_fed() -> bool:
            fed.extend(heard(listening))
            return bool(fed)

        await until(has_fed)
        heard(listening)
        time.sleep(0.2)  # noqa: ASYNC251 (this is the hanging)
        assert heard(listening) == []
        running.cancel()


def test_the_manager_says_how_often_it_wants_to_be_fed(monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()))
    assert Notifier.from_environment().watchdog_every == 60.0
    assert {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}.isdisjoint(os.environ)


@pytest.mark.parametrize(
    ("microseconds", "pid"), [("60000000", "1"), ("", None), ("soon", None), ("0", None)]
)
def test_a_watchdog_that_is_not_meant_for_this_process_is_not_fed(monkeypatch, microseconds, pid):
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/notify")
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    if pid is not None:
        monkeypatch.setenv("WATCHDOG_PID", pid)
    assert Notifier.from_environment().watchdog_every is None


@asynchronous
async def test_workers_whose_hands_are_full_for_long_still_turn(tmp_path):
    never = asyncio.Event()

    async def handle(claim):
        await never.wait()
        return Finished("assigned")

    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        await queue.put([item(1), item(2)])
        workers = Workers(queue, handle, parallel=1, drain_for=timedelta(seconds=5))
        stop = asyncio.Event()
        running = asyncio.create_task(workers.run(stop))
        await until(lambda: workers.in_flight == 1)
        before = workers.turns_by
        await until(lambda: workers.turns_by > before + 0.9)
        never.set()
        stop.set()
        await running
        assert workers.turns_by == math.inf


@asynchronous
async def test_workers_whose_store_hangs_are_late(tmp_path, monkeypatch):
    hanging = asyncio.Event()

    async def claim(limit):
        await hanging.wait()
        return []

    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        monkeypatch.setattr(queue, "claim", claim)
        workers = Workers(queue, claim, parallel=1, drain_for=timedelta(seconds=1))
        stop = asyncio.Event()
        running = asyncio.create_task(workers.run(stop))
        watchdog = Watchdog(Notifier(None), patience=0.0)
        watchdog.watch("workers", lambda: workers.turns_by)
        await until(lambda: workers.turns_by < math.inf)
        before = workers.turns_by
        await until(lambda: "workers" in watchdog.late)
        assert workers.turns_by == before
        hanging.set()
        stop.set()
        await running


@asynchronous
async def test_draining_workers_have_as_long_as_they_may_drain(tmp_path):
    never = asyncio.Event()

    async def handle(claim):
        await never.wait()
        return Finished("assigned")

    async with opened(f"sqlite:///{tmp_path}/state.db") as queue:
        await queue.put([item(1)])
        workers = Workers(queue, handle, parallel=1, drain_for=timedelta(seconds=40))
        stop = asyncio.Event()
        running = asyncio.create_task(workers.run(stop))
        await until(lambda: workers.in_flight == 1)
        stop.set()
        await until(lambda: workers.turns_by > time.monotonic() + 35)
        never.set()
        await running
