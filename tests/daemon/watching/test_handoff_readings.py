"""What has not reached dealers is shown by way and state, the oldest with it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from ortoo_daemon.daemon.handoffs.finding import HandoffCensus
from ortoo_daemon.daemon.parts import looked_at
from ortoo_daemon.daemon.watching.metrics import Exposition
from ortoo_daemon.daemon.watching.status import status_document
from ortoo_daemon.work.notices.values import Waiting, WayWaiting
from tests.asynchronous import asynchronous
from tests.daemon.looked_at import NOW, parts_in


def delivery(minutes: int) -> Any:
    smtp = WayWaiting(waiting=3, failing=2, oldest_at=NOW - timedelta(minutes=minutes))
    census = HandoffCensus(no_consent={"smtp": 4}, failed={"smtp": 1})
    noting = SimpleNamespace(troubles={"smtp": "the mail server said 451"})
    return cast(
        Any,
        SimpleNamespace(
            waiting=Waiting(handoffs={"smtp": smtp}),
            handing=SimpleNamespace(senders={"smtp": object()}, noting=noting),
            open_handoffs=SimpleNamespace(census=census),
        ),
    )


@asynchronous
async def test_figures_and_status_tell_what_waits_fails_and_is_dead(tmp_path):
    async with parts_in(tmp_path) as parts:
        for minutes in (5, 6):
            parts.delivery = delivery(minutes)
            view = await looked_at(parts, NOW)
            shown = Exposition(parts).text(view).decode()
        found = (await status_document(view))["handoffs"]["smtp"]
    for state, count in (("waiting", 1), ("failing", 2), ("no_consent", 4), ("dead", 1)):
        assert f'ortoo_handoffs_open{{state="{state}",way="smtp"}} {count}.0' in shown or (
            f'ortoo_handoffs_open{{way="smtp",state="{state}"}} {count}.0' in shown
        )
    assert "ortoo_handoffs_oldest_timestamp_seconds" in shown
    assert (found["waiting"], found["failing"], found["dead"]) == (3, 2, 1)
    assert found["trouble"] == "the mail server said 451"
