"""Group commit: who shares a transaction, and who pays for whose mistake."""

import asyncio
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.refused import Refused
from ortoo_daemon.work.store import Store
from ortoo_daemon.work.thread import StoreThread
from tests.asynchronous import asynchronous


class Recorder:
    """A batch function that holds the thread at its first call until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.entered = threading.Event()
        self.go = threading.Event()

    def __call__(self, connection, arguments):
        self.batches.append(list(arguments))
        self.entered.set()
        assert self.go.wait(10)
        if -1 in arguments:
            raise ValueError("a bad argument")
        return [argument * 10 for argument in arguments]


def broken(connection, arguments):
    connection.execute(text("INSERT INTO meta VALUES ('schema_version', 'again')"))
    return [None for _ in arguments]


def write(connection, arguments):
    for argument in arguments:
        connection.execute(text("INSERT INTO meta VALUES (:key, '')"), {"key": argument})
    return [None for _ in arguments]


def read(connection, arguments):
    """How many rows `write` has left."""
    found = connection.execute(text("SELECT count(*) FROM meta WHERE value = ''")).scalar_one()
    return [found for _ in arguments]


@asynchronous
async def test_what_arrives_during_a_transaction_shares_the_next_one(sqlite_url):
    thread = StoreThread(Store.open(sqlite_url, exclusive=True))
    recorder = Recorder()
    first = asyncio.create_task(thread.call(recorder, 0))
    await asyncio.to_thread(recorder.entered.wait)
    others = [asyncio.create_task(thread.call(recorder, n)) for n in range(1, 150)]
    await asyncio.sleep(0)  # each has asked by now
    recorder.go.set()
    assert await asyncio.gather(first, *others) == [n * 10 for n in range(150)]
    assert recorder.batches == [[0], list(range(1, 150))]
    assert thread.commits == 2
    await thread.close()


@asynchronous
async def test_a_group_is_bounded(sqlite_url):
    thread = StoreThread(Store.open(sqlite_url, exclusive=True), most=200)
    recorder = Recorder()
    recorder.go.set()
    await asyncio.gather(*(thread.call(recorder, n, rows=50) for n in range(40)))
    assert max(map(len, recorder.batches)) <= 4
    await thread.close()


@asynchronous
async def test_a_failing_call_costs_the_others_nothing(sqlite_url):
    thread = StoreThread(Store.open(sqlite_url, exclusive=True))
    recorder = Recorder()
    first = asyncio.create_task(thread.call(recorder, 0))
    await asyncio.to_thread(recorder.entered.wait)
    calls = [
        thread.call(write, "a"),
        thread.call(recorder, -1),
        thread.call(broken, None),
        thread.call(write, "b"),
    ]
    tasks = [asyncio.create_task(call) for call in calls]
    await asyncio.sleep(0)
    recorder.go.set()
    outcomes = await asyncio.gather(first, *tasks, return_exceptions=True)
    assert isinstance(outcomes[2], ValueError)
    assert isinstance(outcomes[3], StateError)
    assert outcomes[4] is None
    assert await thread.call(read, None) == 2, "both writes, once each"
    await thread.close()


@asynchronous
async def test_a_closing_store_finishes_what_was_asked_for_and_takes_nothing_more(sqlite_url):
    thread = StoreThread(Store.open(sqlite_url, exclusive=True))
    asked = [asyncio.create_task(thread.call(write, f"k{n}")) for n in range(20)]
    await asyncio.sleep(0)
    await thread.close()
    await asyncio.gather(*asked)
    with pytest.raises(StateError, match="closed"):
        await thread.call(read, None)
    again = StoreThread(Store.open(sqlite_url, exclusive=True))
    assert await again.call(read, None) == 20
    await again.close()


@asynchronous
async def test_a_lost_connection_is_replaced(postgres_url):
    thread = StoreThread(Store.open(postgres_url, exclusive=True))

    def die(connection, arguments):
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return [None for _ in arguments]

    with pytest.raises(StateError, match="the store failed"):
        await thread.call(die, None)
    assert await thread.call(read, None) == 0
    await thread.close()


@asynchronous
async def test_a_store_that_reads_and_keeps_nothing_is_known_until_it_keeps_again(sqlite_url):
    """A full disk, made by a bound on the pages of the database."""
    thread = StoreThread(Store.open(sqlite_url, exclusive=True))
    await thread.call(bounded, 0)
    with pytest.raises(StateError, match="full"):
        await thread.call(write_much, "first")
    assert await thread.call(read, None) == 0
    assert "full" in thread.refused.why
    await thread.call(bounded, 1_000_000)
    await thread.call(write_much, "second")
    assert thread.refused.why == ""
    await thread.close()


@asynchronous
async def test_a_store_in_trouble_is_asked_once_for_each_call_and_pauses_for_one_alone(
    sqlite_url, monkeypatch
):
    pauses = []
    monkeypatch.setattr("ortoo_daemon.work.thread.time.sleep", pauses.append)
    thread = StoreThread(Store.open(sqlite_url, exclusive=True), linger_for=0.0)
    await thread.call(bounded, 0)
    calls = [thread.call(write_much, str(number)) for number in range(150)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, StateError) for each in answers)
    assert 0 < len([pause for pause in pauses if pause > 0]) < 10
    await thread.close()


@asynchronous
async def test_what_the_store_refuses_for_its_content_is_no_trouble_of_the_store(sqlite_url):
    thread = StoreThread(Store.open(sqlite_url, exclusive=True))
    with pytest.raises(StateError):
        await thread.call(broken, None)
    assert thread.refused.why == ""
    await thread.close()


def test_an_old_refusal_of_work_that_is_seldom_asked_for_is_not_believed_for_long():
    now = [0.0]
    refused = Refused(clock=lambda: now[0])
    refused.note(write, OperationalError("INSERT", {}, Exception("disk I/O error")))
    now[0] = 149.0
    assert refused.why == "disk I/O error"
    now[0] = 151.0
    assert refused.why == ""


def bounded(connection, arguments):
    """As many pages more as asked, and none at all beyond these."""
    used = connection.execute(text("PRAGMA page_count")).scalar_one()
    connection.execute(text(f"PRAGMA max_page_count = {used + arguments[0]}"))
    return [None for _ in arguments]


def write_much(connection, arguments):
    for argument in arguments:
        row = {"key": argument, "value": "x" * 100_000}
        connection.execute(text("INSERT INTO meta VALUES (:key, :value)"), row)
    return [None for _ in arguments]
