"""Are the process's loops turning? The service manager is told so only while they are.

Each loop says by when it will have turned again: soon while it works, later when it knows what it waits
for. A loop that is late stops the feeding, with a line in the log, and the manager starts the process anew.
"""

import asyncio
import time
from collections.abc import Callable

import structlog

from ortoo_daemon.daemon.notify import Notifier

_log = structlog.get_logger("ortoo_daemon.service")

LoopDue = Callable[[], float]
"""By when, on the monotonic clock, a loop will have turned again; infinity while it is known to wait."""

_LOOK_EVERY = 5.0


class Watchdog:
    """Feeds ``notifier`` for as long as no loop is later than ``patience`` seconds."""

    def __init__(
        self,
        notifier: Notifier,
        *,
        patience: float = 20.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._notifier = notifier
        self._patience = patience
        self._clock = clock
        self._loops: dict[str, LoopDue] = {}
        self._told: frozenset[str] = frozenset()

    def watch(self, name: str, due: LoopDue) -> None:
        """Feed only while this loop turns, too."""
        self._loops[name] = due

    @property
    def loops(self) -> dict[str, float]:
        """Seconds by which each loop is behind; 0 for one that is in time."""
        now = self._clock()
        return {name: max(now - due(), 0.0) for name, due in self._loops.items()}

    @property
    def late(self) -> dict[str, float]:
        """The loops that are behind by more than is bearable."""
        return {name: behind for name, behind in self.loops.items() if behind > self._patience}

    async def run(self) -> None:
        """Look and feed until cancelled. Runs on the loops' own event loop: when that hangs, so does this."""
        asked = self._notifier.watchdog_every
        every = min(asked / 3, _LOOK_EVERY) if asked else _LOOK_EVERY
        while True:
            self.turn()
            await asyncio.sleep(every)

    def turn(self) -> None:
        """Feed once, or say why not; each change is said once."""
        late = self.late
        if not late:
            self._notifier.watchdog()
        if late.keys() == self._told:
            return
        self._told = frozenset(late)
        if late:
            _log.error(
                "watchdog.not_fed", loops={name: round(late[name], 1) for name in sorted(late)}
            )
        else:
            _log.warning("watchdog.fed_again")
