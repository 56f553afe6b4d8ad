"""How do many callers share one call? Each asks for itself; their asks travel together.

A lone ask leaves at once; while calls are under way, asks wait a few milliseconds for company. In a crowd
they wait until a batch is full, but little longer than a second: what a burst needs is few calls,
what a trickle needs is none of the waiting. Nobody waits for company that can't come any more.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from ortoo_daemon.salesforce.usage import Spent, measured, measuring

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")

_MEMORY = 0.5
"""Seconds over which the rate of asks is judged."""

_AT_ONCE = 0.002
"""Asks within so many seconds count as one moment's."""

_CROWD = 8
"""Fewer asks of late are no crowd, however small the batches."""

_ON_THEIR_WAY = 0.1
"""Seconds within which those who got an answer ask elsewhere, if they do."""

_LOOK_AGAIN = 0.05
"""Seconds between looks whether anybody may still come."""

_NEARLY_FULL = 0.9
"""Groups travel whole, so that a batch may have no room for the next one."""


class _Rate:
    """Asks per second, the latest counting most."""

    def __init__(self) -> None:
        self._level = 0.0
        self._noted_at = 0.0

    def note(self, now: float) -> None:
        if now - self._noted_at < _AT_ONCE:
            self._level += 1  # in a burst hundreds ask in one breath
        else:
            self._level = self._decayed(now) + 1
            self._noted_at = now

    def at(self, now: float) -> float:
        return self._decayed(now) / _MEMORY

    def _decayed(self, now: float) -> float:
        return self._level * math.exp((self._noted_at - now) / _MEMORY)


@dataclass(slots=True, eq=False)  # made four times for every record
class _Waiting(Generic[Ask, Answer]):
    """``group`` is what it must travel with; one that is in nobody's way is a group of its own."""

    ask: Ask
    answer: "asyncio.Future[Answer]"
    since: float
    spent: Spent | None
    group: Hashable | None


class Batcher(Generic[Ask, Answer]):
    """Collects asks and sends them in batches.

    ``send`` gets 1 to ``at_most`` asks and returns one result per ask, in order: an answer, or an exception
    that is raised to that asker alone. What ``send`` raises is raised to every asker of the batch.
    ``collect_for`` is how long a few asks wait for company, ``fill_for`` how long a crowd may (seconds).
    ``together`` names what makes asks get in each other's way (a parent record, a new owner): asks of one
    name travel in one batch, and never in two batches at the same time. None is in nobody's way.

    A crowd waits only while more may come, as far as `follow` told whence.
    """

    def __init__(
        self,
        send: Callable[[Sequence[Ask]], Awaitable[Sequence[Answer | Exception]]],
        *,
        at_most: int = 200,
        collect_for: float = 0.008,
        fill_for: float = 1.0,
        in_flight: int = 4,
        together: Callable[[Ask], Hashable | None] = lambda _: None,
    ) -> None:
        self._send = send
        self._at_most = at_most
        self._collect_for = collect_for
        self._fill_for = fill_for
        self._limit = in_flight
        self._together = together
        self._waiting: list[_Waiting[Ask, Answer]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._busy: set[Hashable] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._rate = _Rate()
        self._landed_at = -math.inf
        self._more_may_come: Callable[[], bool] = lambda: True

    async def ask(self, ask: Ask) -> Answer:
        """The answer to this ask; raises what befell it. Cancelling leaves the others untouched."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        waiting: _Waiting[Ask, Answer] = _Waiting(
            ask, loop.create_future(), now, measuring(), self._together(ask)
        )
        self._rate.note(now)
        self._waiting.append(waiting)
        self._schedule()
        return await waiting.answer

    def follow(self, before: Callable[[], bool]) -> Callable[[], bool]:
        """Let ``before`` say whether more asks may come in a moment; what says so to the next in line."""
        self._more_may_come = before
        return self._may_pass_on

    def _may_pass_on(self) -> bool:
        """Whether somebody may leave here in a moment: who waits, was just answered or is still to come."""
        if self._waiting or self._under_way:
            return True
        since = asyncio.get_running_loop().time() - self._landed_at
        return since < _ON_THEIR_WAY or self._more_may_come()

    async def close(self) -> None:
        """Send what waits and see it through."""
        while self._waiting or self._under_way:
            self._flush(at_once=True)
            if self._under_way:
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    def _schedule(self) -> None:
        if len(self._under_way) >= self._limit:
            return  # the next batch to land schedules
        full = len(self._waiting) % self._at_most == 0
        if self._timer is None:
            self._arm(0.0 if full else self._patience())
        elif full:
            self._arm(0.0)

    def _arm(self, delay: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(min(delay, _LOOK_AGAIN), self._flush)

    def _patience(self) -> float:
        """How long the oldest ask may wait for a fuller batch, by how full it would be by then.

        Squared, so that waiting stays short until it is certain to pay.
        """
        rate = self._rate.at(asyncio.get_running_loop().time())
        full = min(1.0, rate * self._fill_for / self._at_most)
        crowd = rate * _MEMORY > _CROWD and self._fill_for * full**2 > self._collect_for
        if crowd and self._more_may_come():
            return self._fill_for * full**2
        return self._collect_for if self._under_way else 0.0

    def _flush(self, *, at_once: bool = False) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        # Those who gave up are in nobody's way, and nothing is left to send for them at the end.
        self._waiting = [each for each in self._waiting if not each.answer.done()]
        while len(self._under_way) < self._limit and (batch := self._next()):
            if not at_once and (left := self._left_to_wait(batch)) > 0:
                return self._arm(left)
            self._take(batch)
            task = asyncio.create_task(self._carry(batch))
            self._under_way.add(task)
            task.add_done_callback(partial(self._landed, _names(batch)))
        return None

    def _left_to_wait(self, batch: "list[_Waiting[Ask, Answer]]") -> float:
        """Seconds until the batch should leave, whoever else has come by then."""
        if len(batch) >= self._at_most * _NEARLY_FULL:
            return 0.0
        waited = asyncio.get_running_loop().time() - min(each.since for each in batch)
        return self._patience() - waited

    def _landed(self, names: Set[Hashable], task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._busy -= names
        self._landed_at = asyncio.get_running_loop().time()
        if self._waiting:
            self._schedule()

    def _next(self) -> list[_Waiting[Ask, Answer]]:
        """The next batch: whole groups in the order of their oldest ask, busy groups left waiting."""
        groups: dict[Hashable, list[_Waiting[Ask, Answer]]] = {}
        for waiting in self._waiting:
            groups.setdefault(_name(waiting), []).append(waiting)
        batch: list[_Waiting[Ask, Answer]] = []
        for key, group in groups.items():
            if key in self._busy or (batch and len(batch) + len(group) > self._at_most):
                continue
            batch.extend(group[: self._at_most - len(batch)])
            if len(batch) >= self._at_most:
                break
        return batch

    def _take(self, batch: Sequence[_Waiting[Ask, Answer]]) -> None:
        taken = set(map(id, batch))
        self._waiting = [each for each in self._waiting if id(each) not in taken]
        self._busy |= _names(batch)

    async def _carry(self, batch: list[_Waiting[Ask, Answer]]) -> None:
        results: Sequence[Answer | Exception]
        try:
            with _shared_by(batch):
                results = await self._send([waiting.ask for waiting in batch])
            if len(results) != len(batch):
                raise RuntimeError(f"{len(batch)} asks got {len(results)} answers")
        except asyncio.CancelledError:
            for waiting in batch:
                waiting.answer.cancel()
            raise
        except Exception as error:
            results = [error] * len(batch)
        for waiting, result in zip(batch, results, strict=True):
            if waiting.answer.done():
                continue
            if isinstance(result, Exception):
                waiting.answer.set_exception(result)
            else:
                waiting.answer.set_result(result)


def _name(waiting: _Waiting[Any, Any]) -> Hashable:
    """Of its group; one that is in nobody's way is a group of its own."""
    return waiting if waiting.group is None else ("name", waiting.group)


def _names(batch: Sequence[_Waiting[Any, Any]]) -> Set[Hashable]:
    return set(map(_name, batch))


@contextmanager
def _shared_by(batch: Sequence[_Waiting[Any, Any]]) -> Iterator[None]:
    """Divide the calls that are made inside among those who asked."""
    with measured() as together:
        try:
            yield
        finally:
            for waiting in batch:
                if waiting.spent is not None:
                    waiting.spent.calls += together.calls / len(batch)
