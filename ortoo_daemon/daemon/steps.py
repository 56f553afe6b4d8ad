"""How does a step of the start get done while org or store are away, or refuse it?

It is tried again with growing pauses, and everybody who looks on is told what is waited for. An org that
refuses a step is no reason to end: its admin may mend it at any time, and nobody may be there to start anew.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.errors import (
    LoginError,
    PermanentOrgError,
    StateError,
    StoreAwayError,
    TemporaryOrgError,
)

_log = structlog.get_logger("ortoo_daemon.service")

Answer = TypeVar("Answer")

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0


class Steps:
    """Steps without which nothing can be decided.

    ``parts`` show what is waited for, once there are any. Before that only a store that is away is waited
    for: one that can't be used is raised.
    """

    def __init__(self, notifier: Notifier, parts: Parts | None = None) -> None:
        self._notifier = notifier
        self._parts = parts

    async def until_done(
        self, what: str, step: Callable[[], Awaitable[Answer]], stop: asyncio.Event
    ) -> Answer | None:
        """The step's result, tried again until it works; None when stopped. Raises ConfigError as it does.

        A start that ended instead would use up the starts that the service manager grants.
        """
        pause = _FIRST_PAUSE
        while not stop.is_set():
            wait = pause
            try:
                found = await step()
            except (TemporaryOrgError, LoginError) as error:
                wait = max(getattr(error, "retry_after", None) or 0.0, pause)
                seconds = round(wait, 1)
                _log.error("service.waiting_for_org", step=what, error=str(error), again_in=seconds)
                self._tell(f"waiting for the org to {what}: {error}")
            except PermanentOrgError as error:
                _log.error("service.refused_by_org", step=what, error=str(error), again_in=wait)
                self._tell(
                    f"the org refuses to {what}: {error}; `ortoo-daemon doctor` tells what is missing"
                )
            except StateError as error:
                self._store_failed(what, error, again_in=wait)
                self._tell(f"waiting for the store to {what}: {error}")
            else:
                if self._parts is not None:
                    self._parts.waiting_for = ""
                return found
            await happens(stop, stop, within=wait)
            pause = min(pause * 2, _LONGEST_PAUSE)
        return None

    def _store_failed(self, what: str, error: StateError, *, again_in: float) -> None:
        if self._parts is not None:
            _log.error("work.store_failed", during=what, error=str(error))
        elif isinstance(error, StoreAwayError):
            _log.error("service.waiting_for_store", step=what, error=str(error), again_in=again_in)
        else:
            raise error

    def _tell(self, waiting_for: str) -> None:
        if self._parts is not None:
            self._parts.waiting_for = waiting_for
        self._notifier.status(waiting_for)


async def happens(event: asyncio.Event, stop: asyncio.Event, *, within: float) -> None:
    """Return when ``event`` or ``stop`` is set, or after ``within`` seconds."""
    waits = [asyncio.ensure_future(each.wait()) for each in {event, stop}]
    await asyncio.wait(waits, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)
