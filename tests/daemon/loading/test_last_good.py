"""Files that were in force come back from the store as they were, whatever they hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from ortoo_daemon.daemon.loading.checkout import Commit
from ortoo_daemon.daemon.loading.last_good import LastGood, keep_last_good, read_last_good
from ortoo_daemon.daemon.loading.policy_files import files_of
from ortoo_daemon.work.queue import WorkQueue
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import NOW, now

GOOD = LastGood(
    files=files_of(
        {"/p/leads.yaml": "policy: é\n".encode(), "/p/odd.csv": b"\xff\x00\x80", "/p/e.yaml": b""},
        ("/d.yaml", b"people: {}\n"),
    ),
    commit=Commit(id="c" * 40, author="Anna Roy", note="Ünicode", edited=True),
    passed_at=NOW,
)


@asynccontextmanager
async def store(folder: Path) -> AsyncIterator[WorkQueue]:
    queue = await WorkQueue.open(
        f"sqlite:///{folder}/state.db", instance="t", lease_for=timedelta(minutes=1), clock=now
    )
    try:
        yield queue
    finally:
        await queue.close()


@asynchronous
async def test_files_and_commit_are_the_same_after_a_restart_and_the_last_ones_count(tmp_path):
    async with store(tmp_path) as queue:
        assert await read_last_good(queue) is None
        await keep_last_good(queue, GOOD)
        other = LastGood(files=files_of({}, ("/d.yaml", b"x")), commit=None, passed_at=NOW)
        await keep_last_good(queue, other)
        await keep_last_good(queue, GOOD)
    async with store(tmp_path) as queue:
        found = await read_last_good(queue)
    assert found == GOOD
    assert found is not None
    assert found.seen_by_this_version


@pytest.mark.parametrize("kept", ["no base64 !", "aGVsbG8=", "eJyrrgUAAXUA+Q=="])
@asynchronous
async def test_a_copy_that_can_not_be_read_is_told_and_keeps_no_start_from_files_on_disk(
    tmp_path, kept
):
    async with store(tmp_path) as queue:
        await queue.note("last_good_files", kept)
        with structlog.testing.capture_logs() as logs:
            assert await read_last_good(queue) is None
    assert [line["event"] for line in logs] == ["policies.last_good_unreadable"]
