"""When is the stream part of readiness, and when is its absence explained?"""

from __future__ import annotations

import time

import pytest

from ortoo_daemon.daemon.parts import looked_at
from ortoo_daemon.daemon.watching.health import is_ready, readiness
from ortoo_daemon.salesforce.stream.listener import Listener
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
