"""Who looks after the running daemon from within? The watchdog, the HTTP server, the figures in the log."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import structlog

from ortoo_daemon.daemon.parts import Parts, looked_at
from ortoo_daemon.daemon.secrets import watch_token
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.watching.http import serving
from ortoo_daemon.daemon.watching.status import figures

_log = structlog.get_logger("ortoo_daemon.service")

_FIGURES_EVERY = 60.0


@asynccontextmanager
async def watched(
    parts: Parts, settings: Settings, *, now: Callable[[], datetime]
) -> AsyncIterator[None]:
    """Watch while the body runs; the last figures are logged at its end. Raises ConfigError."""
    token = watch_token(settings)
    async with serving(settings.watch.address, parts, token=token, now=now):
        async with asyncio.TaskGroup() as tasks:
            watching = [
                tasks.create_task(parts.watchdog.run(), name="ortoo-watchdog"),
                tasks.create_task(_log_figures(parts, now), name="ortoo-figures"),
            ]
            try:
                yield
            finally:
                for task in watching:
                    task.cancel()
        _log.info("service.figures", **figures(await looked_at(parts, now())))


async def _log_figures(parts: Parts, now: Callable[[], datetime]) -> None:
    while True:
        await asyncio.sleep(_FIGURES_EVERY)
        _log.info("service.figures", **figures(await looked_at(parts, now())))
