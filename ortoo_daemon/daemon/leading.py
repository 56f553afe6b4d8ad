"""When does this daemon listen and keep the clock for all that share its store, and when does it leave off?

Asks for the lead again and again. What only the leader does, its duty, begins when the lead is certain, is
told to end before it no longer is, and has ended before this daemon asks for the lead anew.
"""

import asyncio
from collections.abc import Callable, Coroutine

import structlog

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.leadership import Leadership

_log = structlog.get_logger("ortoo_daemon.leadership")

_PARTS_OF_A_TERM = 4
"""So often within a term the lead is asked for: one answer may be late."""

Duty = Callable[[asyncio.Event], Coroutine[None, None, None]]
"""What the leader does until the event is set."""


class Leading:
    """``decided``: set once it is known whether this daemon leads."""

    def __init__(self, leadership: Leadership) -> None:
        self._leadership = leadership
        self._every = leadership.term.total_seconds() / _PARTS_OF_A_TERM
        self._told = ""
        self.decided = asyncio.Event()

    def __call__(self) -> bool:
        """Whether it is certain at this moment that this daemon leads."""
        return self._leadership.epoch is not None

    @property
    def leader(self) -> str:
        """Who led when it was last asked; empty before that."""
        return self._leadership.leader

    @property
    def shared(self) -> bool:
        """Whether others could lead at all."""
        return self._leadership.shared

    @property
    def epoch(self) -> int | None:
        return self._leadership.epoch

    async def run(self, duty: Duty, stop: asyncio.Event) -> None:
        """Lead whenever it falls to this daemon, until ``stop`` is set. Raises what ``duty`` raises."""
        if not self.shared:
            self.decided.set()
            return await duty(stop)
        while not stop.is_set():
            if await self._holds():
                await self._serve(duty, stop)
            else:
                self._tell_of_leader()
                await _set_within(self._every, stop)
        return None

    async def _serve(self, duty: Duty, stop: asyncio.Event) -> None:
        epoch, over = self._leadership.epoch, asyncio.Event()
        _log.info("leadership.taken", epoch=epoch)
        serving = asyncio.create_task(duty(over), name="ortoo-duty")
        stopping = asyncio.create_task(stop.wait())
        try:
            while not (stop.is_set() or serving.done()):
                first = asyncio.FIRST_COMPLETED
                await asyncio.wait({serving, stopping}, timeout=self._every, return_when=first)
                if not await self._holds():
                    _log.warning("leadership.lost", epoch=epoch, leader=self.leader)
                    self._told = self.leader
                    break
        finally:
            over.set()
            stopping.cancel()
            await serving
        if stop.is_set():
            await self._resign()

    async def _holds(self) -> bool:
        """Whether this daemon leads, asked for no longer than it may still take itself for the leader."""
        within = max(self._leadership.certain_for, self._every)
        try:
            async with asyncio.timeout(within):
                await self._leadership.hold()
        except TimeoutError:
            _log.warning("leadership.not_answered", within=round(within, 1))
        except StateError as error:
            _log.warning("leadership.not_answered", error=str(error))
        self.decided.set()
        return self()

    async def _resign(self) -> None:
        try:
            await self._leadership.resign()
        except StateError as error:  # then the others wait for the end of the term
            _log.warning("leadership.not_answered", error=str(error))

    def _tell_of_leader(self) -> None:
        """Once for each of them."""
        if self.leader != self._told:
            self._told = self.leader
            _log.info("leadership.with_other", leader=self.leader)


async def _set_within(seconds: float, event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return
