"""kill -9 between any two statements: items and their checkpoint are durable together or not at all."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.work.queues import opened

ROOT = Path(__file__).parents[2]

VICTIM = """
import asyncio, os, signal, sys
from ortoo_daemon.work import waiting
from ortoo_daemon.work.queue import Checkpoint
from tests.work.queues import item, opened

url, moment = sys.argv[1:]
save = waiting.save_checkpoints

def die(connection, saved):
    if moment == "after":
        save(connection, saved)
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with opened(url) as queue:
        for batch in range(3):
            if batch == 2:
                waiting.save_checkpoints = die
            items = [item(batch * 10 + n) for n in range(10)]
            mark = Checkpoint(channel="/c", replay_id=str(batch))
            await queue.put(items, checkpoint=mark)

asyncio.run(main())
"""


async def stored(url: str) -> tuple[int, int]:
    """The last batch that a checkpoint stands for, and the items there are."""
    async with opened(url) as queue:
        return int((await queue.checkpoints())["/c"].replay_id), (await queue.stats()).ready


@pytest.mark.parametrize("moment", ["before", "after"])
def test_items_and_their_checkpoint_are_durable_together_or_not_at_all(url, moment):
    died = subprocess.run([sys.executable, "-c", VICTIM, url, moment], cwd=ROOT, timeout=30)
    assert died.returncode == -signal.SIGKILL
    assert asyncio.run(stored(url)) == (1, 20)


ENDLESS = """
import asyncio, sys
from ortoo_daemon.work.queue import Checkpoint
from tests.work.queues import item, opened

async def main():
    async with opened(sys.argv[1]) as queue:
        for batch in range(100_000):
            items = [item(batch * 10 + n) for n in range(10)]
            await queue.put(items, checkpoint=Checkpoint(channel="/c", replay_id=str(batch)), wait=False)
            print(batch, flush=True)

asyncio.run(main())
"""


def test_a_put_that_returned_survives_kill_at_any_moment(sqlite_url):
    command = [sys.executable, "-c", ENDLESS, sqlite_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as victim:
        assert victim.stdout is not None
        said = [victim.stdout.readline() for _ in range(25)]
        victim.kill()
        said += victim.stdout.read().splitlines(keepends=True)
    promised = max(int(text) for text in said if text.endswith(b"\n"))
    batch, items = asyncio.run(stored(sqlite_url))
    assert batch in (promised, promised + 1)
    assert items == (batch + 1) * 10
