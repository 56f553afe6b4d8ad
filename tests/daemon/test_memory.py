"""When is garbage looked for, and when is memory given back?"""

import asyncio
import gc

import pytest

from ortoo_daemon.daemon import memory
from ortoo_daemon.daemon.memory import collect_when_quiet, give_back_when_busy
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


@asynchronous
async def test_memory_is_given_back_in_a_burst_and_once_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_hand, given, looked, seen_in_hand = 5, [], 0, 0

    def count() -> int:
        nonlocal looked, seen_in_hand
        looked += 1
        seen_in_hand = in_hand
        return in_hand

    # By what was counted: it may be another number by the time that memory is given back.
    monkeypatch.setattr(memory, "give_back", lambda: given.append(seen_in_hand))
    keeping = asyncio.create_task(give_back_when_busy(count, every=0.001))
    await until(lambda: looked > 3)
    assert not given
    in_hand = 900
    await until(lambda: len(given) > 2)
    in_hand = 0
    seen = looked
    await until(lambda: looked > seen + 3)
    assert given.count(0) <= 1
    keeping.cancel()


def test_giving_back_asks_the_c_library_where_it_can() -> None:
    memory.give_back()
