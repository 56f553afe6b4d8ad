"""Whose decision stands, by the log that all daemons on a store share."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ortoo_daemon.work import reservations
from ortoo_daemon.work.reservations import Change, Ending, Exchange, LostTouchError, Taking
from tests.asynchronous import asynchronous
from tests.work.queues import opened


def takes(number: int, *counters: str, seen: int = 0, looked: str = "", **more) -> Taking:
    names = frozenset(looked.split())
    return Taking(number=number, seen=seen, looked=names, counters=counters, body="{}", **more)


def said(holder: str, *takings: Taking, seen: int = 0, **more) -> Exchange:
    return Exchange(holder=holder, seen=seen, takings=takings, **more)


@asynchronous
async def test_a_decision_stands_unless_another_daemon_moved_what_it_looked_at(postgres_url):
    async with opened(postgres_url, leads=False) as queue:
        log = queue.reservations
        first = await log.exchange(said("a", takes(1, "x", looked="x"), takes(2, "x", looked="x")))
        assert first.stands == (True, True)
        other = said("b", takes(1, "y", looked="y"), takes(2, "y", looked="x"), takes(3, "x"))
        told = await log.exchange(other)
        assert told.stands == (True, False, True)
        assert [(entry.holder, entry.number) for entry in told.entries] == [("a", 1), ("a", 2)]
        knows = said("b", takes(4, "x", looked="x", seen=2), seen=2)
        assert (await log.exchange(knows)).stands == (True,)


@asynchronous
async def test_what_was_decided_on_top_of_a_refused_one_does_not_stand_either(postgres_url):
    async with opened(postgres_url, leads=False) as queue:
        log = queue.reservations
        await log.exchange(said("a", takes(1, "x")))
        told = await log.exchange(
            said(
                "b",
                takes(1, "y", looked="x y"),
                takes(2, "z", looked="y"),
                takes(3, looked="z"),
                takes(4, "w", looked="w"),
            )
        )
        assert told.stands == (False, False, False, True)


@asynchronous
async def test_of_a_fuse_only_its_last_room_is_fought_for(postgres_url):
    async with opened(postgres_url, leads=False) as queue:
        log = queue.reservations
        await log.exchange(said("a", takes(1, "f"), takes(2, "f")))
        told = await log.exchange(
            said(
                "b",
                takes(1, "f", rooms={"f": 3}),
                takes(2, "f", rooms={"f": 2}),
                takes(3, rooms={"f": 0}),
            )
        )
        # The third found no room on top of the second, which is not there.
        assert told.stands == (True, False, False)


@asynchronous
async def test_what_is_said_again_as_its_answer_was_lost_is_one_line(postgres_url):
    async with opened(postgres_url, leads=False) as queue:
        log = queue.reservations
        once = said("a", takes(1, "x", looked="x"))
        assert (await log.exchange(once)).stands == (True,)
        await log.exchange(said("b", takes(1, "x")))
        assert (await log.exchange(once)).stands == (True,)
        told = await log.exchange(said("c"))
        assert [(entry.holder, entry.change) for entry in told.entries] == [
            ("a", Change.TOOK),
            ("b", Change.TOOK),
        ]


@asynchronous
async def test_endings_are_told_to_everybody_in_the_order_of_all(postgres_url):
    async with opened(postgres_url, leads=False) as queue:
        log = queue.reservations
        await log.exchange(said("a", takes(1, "x")))
        ending = Ending(holder="a", number=1, change=Change.GAVE_BACK)
        told = await log.exchange(said("b", takes(1, "y"), seen=1, endings=[ending]))
        assert told.last == 3
        heard = (await log.exchange(said("c"))).entries
        assert [(each.id, each.holder, each.change) for each in heard] == [
            (1, "a", Change.TOOK),
            (2, "b", Change.TOOK),
            (3, "a", Change.GAVE_BACK),
        ]


@asynchronous
async def test_who_stood_still_for_longer_than_the_log_goes_back_must_count_anew(
    postgres_url, monkeypatch
):
    async with opened(postgres_url, leads=False) as queue:
        log = queue.reservations
        await log.exchange(said("a", takes(1, "x"), takes(2, "x")))
        assert await log.purge() == 0
        monkeypatch.setattr(reservations, "KEPT_FOR", timedelta(seconds=-1))
        assert await log.purge() == 2
        late = said("b", takes(1, "x"))
        with pytest.raises(LostTouchError):
            await log.exchange(late)
        with pytest.raises(LostTouchError):
            await log.exchange(replace(late, takings=()))
        anew = await log.begin(timedelta(minutes=15))
        assert (await log.exchange(said("b", takes(1, "x", seen=anew), seen=anew))).stands == (
            True,
        )
