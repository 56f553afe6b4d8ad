"""Opening a store: what is refused, with which words, and who may work beside whom."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.store import Store
from tests.asynchronous import asynchronous
from tests.work.queues import Clock, item, opened


def open_and_close(url: str, *, exclusive: bool = True) -> None:
    Store.open(url, exclusive=exclusive).close()


def test_sqlite_keeps_what_was_committed_through_a_power_cut(sqlite_url):
    store = Store.open(sqlite_url, exclusive=True)
    with store.transaction() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    store.close()


def test_a_second_daemon_on_one_sqlite_file_is_refused(sqlite_url):
    store = Store.open(sqlite_url, exclusive=True)
    with pytest.raises(StateError, match=r"another daemon runs on this store \(process \d+\)"):
        Store.open(sqlite_url, exclusive=True)
    open_and_close(sqlite_url, exclusive=False)
    with pytest.raises(StateError, match="another daemon"):
        Store.open(sqlite_url, exclusive=True)
    store.close()
    open_and_close(sqlite_url)


def test_the_instance_lock_ends_with_a_killed_process(sqlite_url):
    code = (
        "import sys; from ortoo_daemon.work.store import Store\n"
        "Store.open(sys.argv[1], exclusive=True); print('open', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, sqlite_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(StateError, match=f"process {other.pid}"):
            Store.open(sqlite_url, exclusive=True)
        other.kill()
        other.wait()
    open_and_close(sqlite_url)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    file = tmp_path / "state.db"
    file.write_text("not a database at all, but long enough to be looked at" * 20)
    with pytest.raises(StateError, match="file is not a database"):
        open_and_close(f"sqlite:///{file}")
    assert file.read_text().startswith("not a database")


def test_an_unusable_address_is_refused_with_its_mending(tmp_path):
    with pytest.raises(StateError, match="its folder must exist"):
        open_and_close(f"sqlite:///{tmp_path}/nowhere/state.db")
    with pytest.raises(StateError, match="on a local disk, writable"):
        open_and_close(f"sqlite:///{tmp_path}/nowhere/state.db", exclusive=False)
    with pytest.raises(StateError, match="only sqlite"):
        open_and_close("mysql://localhost/x")
    with pytest.raises(StateError, match="no database URL"):
        open_and_close("state.db")


def test_a_password_is_not_shown_when_the_server_can_not_be_reached(tmp_path):
    with pytest.raises(StateError, match="check that the server runs") as told:
        open_and_close(f"postgresql+psycopg://ortoo:s3cret@/db?host={tmp_path}")
    assert "s3cret" not in str(told.value)


@asynchronous
async def test_command_line_verbs_work_beside_the_daemon(url):
    async with opened(url) as daemon:
        await daemon.put([item(1)])
        (claim,) = await daemon.claim(1)
        await daemon.park(claim, reason="no_owner")
        async with opened(url, exclusive=False, instance="verb") as verb:
            (parked,) = await verb.parked()
            assert await verb.requeue([parked.item]) == 1
        (again,) = await daemon.claim(1)
        assert again.item.record_id == claim.item.record_id


@asynchronous
async def test_a_restarted_daemon_takes_its_leases_back_at_once_on_sqlite(sqlite_url):
    clock = Clock()
    async with opened(sqlite_url, clock) as queue:
        await queue.put([item(1)])
        (before,) = await queue.claim(1)
        async with opened(sqlite_url, clock, exclusive=False) as verb:
            assert (await verb.stats()).leased == 1
            assert await verb.claim(1) == [], "a verb ends nobody's lease"
    async with opened(sqlite_url, clock) as queue:
        (after,) = await queue.claim(1)
    assert (after.id, after.taken_over, after.takeovers) == (before.id, True, 1)


@asynchronous
async def test_on_postgresql_leases_of_a_lost_daemon_are_waited_for(postgres_url):
    clock = Clock()
    async with opened(postgres_url, clock) as queue:
        await queue.put([item(1)])
        await queue.claim(1)
    async with opened(postgres_url, clock) as queue:
        assert await queue.claim(1) == []


def test_a_new_sqlite_file_uses_the_indexes_that_the_queries_were_written_for(sqlite_url, tmp_path):
    open_and_close(sqlite_url)
    with closing(sqlite3.connect(tmp_path / "state.db")) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM work_item WHERE state = 'ready' AND available_at <= 1"
            " ORDER BY heard_at, id LIMIT 200"
        ).fetchall()
    assert "work_item_oldest" in str(plan)
    assert "TEMP B-TREE" not in str(plan)
