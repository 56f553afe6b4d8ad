"""When is garbage looked for?"""

import asyncio
import gc

import pytest

from ortoo_daemon.daemon.memory import collect_when_quiet
from tests.asynchronous import asynchronous, until


@asynchronous
async def test_garbage_is_looked_for_when_no_record_is_in_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_hand, collected, looked = 3, [], 0

    def count() -> int:
        nonlocal looked
        looked += 1
        return in_hand

    monkeypatch.setattr(gc, "get_count", lambda: (50_000, 0, 0))
    monkeypatch.setattr(gc, "collect", collected.append)
    tidying = asyncio.create_task(collect_when_quiet(count, every=0.001))
    await until(lambda: looked > 2)
    assert not collected
    in_hand = 0
    await until(lambda: bool(collected))
    monkeypatch.setattr(gc, "get_count", lambda: (10, 0, 0))
    before = len(collected)
    seen = looked
    await until(lambda: looked > seen + 2)
    assert len(collected) <= before + 1
    tidying.cancel()
