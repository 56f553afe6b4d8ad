"""When is the stream part of readiness, and when is its absence explained?"""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from ortoo_daemon.cli.status_view import rows
from ortoo_daemon.daemon.leading import Leading
from ortoo_daemon.daemon.parts import looked_at
from ortoo_daemon.daemon.watching.health import is_ready, readiness
from ortoo_daemon.daemon.watching.status import status_document
from ortoo_daemon.salesforce.stream.listener import Listener
from ortoo_daemon.work.waiting import put
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import NOW, parts_in


async def stream_of(parts):
    found = {part.name: part for part in readiness(await looked_at(parts, NOW))}
    return found["stream"]


def listener(parts, *, was_subscribed, lost_for, refused=None):
    async def none(*_):
        return None

    found = Listener(["/data/X"], parts.org.tokens, checkpoint_of=none, deliver=none, gap=none)
    found.was_subscribed = was_subscribed
    found.lost_at = time.monotonic() - lost_for
    found.last_error = "no Bayeux answer"
    found.refused.update(refused or {})
    return found


@pytest.mark.parametrize(
    ("was_subscribed", "lost_for", "refused", "ok"),
    [
        (True, 5, None, True),
        (True, 100, None, False),
        (False, 5, None, False),
        (True, 5, {"/data/X": "403: no access"}, False),
    ],
)
def test_a_stream_that_is_built_anew_stays_ready_for_a_minute(
    tmp_path, was_subscribed, lost_for, refused, ok
):
    @asynchronous
    async def work():
        async with parts_in(tmp_path) as parts:
            parts.listener = listener(
                parts, was_subscribed=was_subscribed, lost_for=lost_for, refused=refused
            )
            found = await stream_of(parts)
        assert found.ok is ok
        assert "not subscribed: /data/X" in found.why
        assert ("403: no access" if refused else "no Bayeux answer") in found.why

    work()


@asynchronous
async def test_a_daemon_that_was_asked_to_stop_is_not_ready(tmp_path):
    async with parts_in(tmp_path) as parts:
        parts.stopping.set()
        found = readiness(await looked_at(parts, NOW))
    assert not is_ready(found)
    assert found[-1].why == "draining: it was asked to stop"


class Lead:
    """How leadership stands, as the store told."""

    shared, term = True, timedelta(seconds=3)

    def __init__(self, leader: str, epoch: int | None) -> None:
        self.leader, self.epoch = leader, epoch


@asynchronous
async def test_a_daemon_that_does_not_lead_is_ready_without_a_stream(tmp_path):
    """The leader listens for all; before anybody is known to lead, nobody does."""
    async with parts_in(tmp_path) as parts:
        parts.leading = Leading(Lead("other:1:a", None))
        part = await stream_of(parts)
        assert (part.ok, part.why) == (True, "another daemon leads: other:1:a")
        document = await status_document(await looked_at(parts, NOW))
        assert document["lead"] == {
            "leads": False,
            "shared": True,
            "leader": "other:1:a",
            "epoch": None,
        }
        shown = {row.name: row.text for row in rows(document)}
        assert shown["leader"] == "other:1:a"
        assert "stream" not in shown

        parts.leading = Leading(Lead("", None))
        assert not (await stream_of(parts)).ok

        parts.leading = Leading(Lead("me:1:a", 4))
        assert not (await stream_of(parts)).ok
        document = await status_document(await looked_at(parts, NOW))
        shown = {row.name: row.text for row in rows(document)}
        assert shown["leader"] == "this daemon, epoch 4"
        assert "stream" in shown


@asynchronous
async def test_of_a_daemon_alone_on_its_store_nobody_asks_who_leads(tmp_path):
    async with parts_in(tmp_path) as parts:
        document = await status_document(await looked_at(parts, NOW))
        assert document["lead"]["leads"]
        assert "leader" not in {row.name for row in rows(document)}


@asynchronous
async def test_a_journal_that_answers_and_keeps_nothing_is_not_ready(tmp_path):
    async with parts_in(tmp_path) as parts:
        full = OperationalError("INSERT", {}, Exception("database or disk is full"))
        parts.queue._thread.refused.note(put, full)
        view = await looked_at(parts, NOW)
        found = {part.name: part for part in readiness(view)}["queue"]
        assert not found.ok
        assert found.why == "the journal refuses what it is to keep: database or disk is full"
        assert view.queue is not None
