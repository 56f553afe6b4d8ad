"""A daemon's parts as they are before anything runs: a real queue, an org that nobody asks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ortoo_daemon.daemon.budgets.allowance import BudgetWatch
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.settings import BudgetSettings
from ortoo_daemon.daemon.settings_watch import SettingsWatch
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.daemon.watching.watchdog import Watchdog
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.salesforce.tokens import ClientCredentials
from ortoo_daemon.work.queue import WorkQueue
from tests.daemon.rig import settings_in

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def now() -> datetime:
    return NOW


@asynccontextmanager
async def parts_in(
    folder: Path, *, clock: Callable[[], float] | None = None, **given: Any
) -> AsyncIterator[Parts]:
    queue = await WorkQueue.open(
        f"sqlite:///{folder}/state.db", instance="test", lease_for=timedelta(minutes=1), clock=now
    )
    auth = ClientCredentials(client_id="id", client_secret="secret")
    org = Org.of(auth=auth, login_url="http://localhost:1")
    options = {"clock": clock} if clock else {}
    try:
        yield Parts(
            queue=queue,
            org=org,
            budgets=BudgetWatch(org.rest, BudgetSettings(), notifier=Notifier(None), clock=now),
            meters=Meters(now),
            watchdog=Watchdog(Notifier(None), **options),
            policies=PolicySet(policies=(), revision="r1"),
            policies_loaded_at=NOW,
            started_at=NOW,
            settings_watch=SettingsWatch(settings_in(folder)),
            **given,
        )
    finally:
        await org.close()
        await queue.close()
