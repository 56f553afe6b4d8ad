"""How is waiting work done: many records at once, each record by one worker at a time?

Claims in batches, runs ``handle`` for each claim as a task of its own and settles its verdict. What
waits stays in the queue: never more than ``parallel`` items are in memory.
"""

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.complaints import Complaints
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.room import Room
from ortoo_daemon.work.verdicts import Finished, Park, Retry, Verdict

__all__ = ["Finished", "Park", "Retry", "Tries", "Verdict", "Workers"]

Handle = Callable[[Claim], Awaitable[Verdict]]

_CLAIM_AT_ONCE = 200
_ENOUGH_FREE = 8  # a claim is made when one place in so many is free: few large ones cost less
_CLAIM_WITHIN = 0.1  # seconds after which fewer places will do
_MORE_WITHIN = 1.0  # seconds after which an emptied queue is taken to stay empty; turns may be slow
_LOOK_AGAIN = 1.0  # seconds between looks for what other daemons or expired leases left
_STORE_PAUSE = 1.0  # seconds before a failing store is asked again
_STOP_FOR = 5.0  # seconds for a cancelled handler to clean up
_RATE_FOR = 60.0  # seconds over which the rate is measured

_log = structlog.get_logger("ortoo_daemon.work")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """How often a handler may raise on one item, and how long to wait between.

    ``takeovers`` bounds how often an item may have been in hand when its daemon died: one that
    brings the process down every time must not do so for ever. It is generous, as every restart
    counts for all items in hand.
    """

    most: int = 8
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=10)
    takeovers: int = 50

    def pause(self, failures: int, chance: float) -> timedelta:
        """Doubling from ``first``, between half and the whole of it as ``chance`` (0 to 1) has it."""
        whole = min(self.first * float(1 << min(failures - 1, 20)), self.longest)
        return whole * (0.5 + chance / 2)


class Workers:
    """``parallel``: records in hand at once, fewer while they take longer than their leases last; while some
    calls are under way with full batches, the next ones fill.

    ``drain_for``: how long items in hand may take to finish once `run` is asked to stop.

    ``turns_by``: when, on the monotonic clock, the claiming loop will have turned again.
    """

    def __init__(
        self,
        queue: WorkQueue,
        handle: Handle,
        *,
        parallel: int = 1600,
        drain_for: timedelta,
        tries: Tries | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._queue = queue
        self._handle = handle
        self.parallel = parallel
        self.room = Room(parallel)
        self._drain_for = drain_for
        self._tries = tries or Tries()
        self._rng = rng or random.Random()
        self._tasks: dict[asyncio.Task[None], Claim] = {}
        self._handling: dict[
            int, asyncio.Task[None]
        ] = {}  # by claim; what is settled needs no lease
        self._complaints = Complaints()
        self._freed = asyncio.Event()
        self._claimed_at = 0.0
        self._emptied = True
        self._brought_at = -math.inf
        self._settled: deque[float] = deque(maxlen=100_000)
        self.turns_by = math.inf

    @property
    def in_flight(self) -> int:
        return len(self._tasks)

    @property
    def rate(self) -> float:
        """Items settled per second over the last minute."""
        since = time.monotonic() - _RATE_FOR
        while self._settled and self._settled[0] < since:
            self._settled.popleft()
        return len(self._settled) / _RATE_FOR

    def may_bring_more(self) -> bool:
        """Whether further records may be in hand in a moment, as far as the last claim tells."""
        return not self._emptied or time.monotonic() - self._brought_at < _MORE_WITHIN

    async def run(self, stop: asyncio.Event) -> None:
        """Work until ``stop`` is set, then drain. Items not done in time go back to the queue."""
        renewing = asyncio.create_task(self._renew_for_ever(), name="ortoo-renew")
        stopping = asyncio.create_task(stop.wait(), name="ortoo-workers-stop")
        try:
            while not stop.is_set():
                self.turns_by = time.monotonic() + _LOOK_AGAIN + _STORE_PAUSE
                if not await self._claim_some():
                    await self._pause(stopping)
            self.turns_by = time.monotonic() + self._drain_for.total_seconds() + _STOP_FOR
            await self._drain()
        finally:
            renewing.cancel()
            stopping.cancel()
            await self._let_go()
            self.turns_by = math.inf

    async def _claim_some(self) -> bool:
        """Whether it is worth asking again at once."""
        self._freed.clear()
        if not self._may_claim():
            return False
        most = min(self.room.places - len(self._tasks), _CLAIM_AT_ONCE)
        self._claimed_at = time.monotonic()
        try:
            claims = await self._queue.claim(most)
        except StateError as error:
            self._complaints.tell("claim", error)
            await asyncio.sleep(_STORE_PAUSE)
            return True
        for claim in claims:
            self._start(claim)
        self._emptied = len(claims) < most
        if claims:
            self._brought_at = time.monotonic()
        return bool(claims)

    def _may_claim(self) -> bool:
        """Whether there is room, and room enough to be worth a claim."""
        free = self.room.places - len(self._tasks)
        waited = time.monotonic() - self._claimed_at >= _CLAIM_WITHIN
        return free > 0 and (waited or free * _ENOUGH_FREE >= self.room.places)

    async def _pause(self, stopping: "asyncio.Task[bool]") -> None:
        """Until an item may be claimable and there is room for it, or the end is asked for."""
        room = self._may_claim()
        some_room = len(self._tasks) < self.room.places
        waiter = self._queue.wait_for_work(_LOOK_AGAIN) if room else self._freed.wait()
        waiting = asyncio.ensure_future(waiter)
        # However long the items in hand take, the loop shows that it turns.
        longest = None if room else _CLAIM_WITHIN if some_room else _LOOK_AGAIN
        try:
            await asyncio.wait(
                {waiting, stopping}, timeout=longest, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        if waiting.cancelled():
            return
        if error := waiting.exception():
            _log.error("work.store_failed", during="wait", error=str(error))
            await asyncio.sleep(_STORE_PAUSE)

    def _start(self, claim: Claim) -> None:
        # After a long pause of this process it may take over its own lease: the old task goes first.
        before = self._handling.get(claim.id)
        if before is not None:
            self._lost(claim)
            before.cancel()
        task = asyncio.create_task(
            self._work(claim, before), name=f"ortoo-item-{claim.item.record_id}"
        )
        self._tasks[task] = claim
        self._handling[claim.id] = task
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        claim = self._tasks.pop(task)
        self._handled(claim, task)
        self._freed.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("work.worker_failed", error=repr(error), exc_info=error)

    def _handled(self, claim: Claim, task: "asyncio.Task[None] | None") -> None:
        if self._handling.get(claim.id) is task:
            del self._handling[claim.id]

    async def _work(self, claim: Claim, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait({before})
        verdict, failed = await self._verdict(claim)
        self._handled(claim, asyncio.current_task())
        try:
            taken = await self._settle_while_held(claim, verdict, failed=failed)
        except StateError as error:  # the lease ends by itself, the item comes back
            self._complaints.tell("lease", error, record_id=claim.item.record_id)
            return
        self._settled.append(time.monotonic())
        if taken:
            self.room.in_time()
        else:
            self._lost(claim)

    def _lost(self, claim: Claim) -> None:
        _log.warning("work.lease_lost", record_id=claim.item.record_id, entry=claim.item.entry)
        self.room.lost()

    async def _verdict(self, claim: Claim) -> tuple[Verdict, bool]:
        """The handler's verdict, and whether it raised instead of giving one."""
        if claim.takeovers > self._tries.takeovers:
            note = f"its daemon died {claim.takeovers} times while it was in hand"
            return Park("too_many_tries", note), False
        try:
            return await self._handle(claim), False
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return self._after_failure(claim, error), True  # cancelled from within, not by us
        except Exception as error:
            return self._after_failure(claim, error), True

    def _after_failure(self, claim: Claim, error: BaseException) -> Verdict:
        failures = claim.failures + 1
        again = failures < self._tries.most
        _log.error(
            "work.handle_failed",
            record_id=claim.item.record_id,
            object=claim.item.object,
            entry=claim.item.entry,
            failures=failures,
            parked=not again,
            exc_info=error,
        )
        note = f"{type(error).__name__}: {error}"
        if again:
            return Retry(self._tries.pause(failures, self._rng.random()), note)
        return Park("too_many_tries", note)

    async def _settle_while_held(self, claim: Claim, verdict: Verdict, *, failed: bool) -> bool:
        """Once the store takes it, as long as the lease lasts. Raises StateError at its end: nobody may have
        the record before."""
        while True:
            try:
                return await self._settle(claim, verdict, failed=failed)
            except StateError as error:
                if not claim.lease.outlasts(2 * _STORE_PAUSE):
                    raise
                self._complaints.tell("settle", error)
            await asyncio.sleep(_STORE_PAUSE)

    async def _settle(self, claim: Claim, verdict: Verdict, *, failed: bool) -> bool:
        match verdict:
            case Finished(outcome, note):
                return await self._queue.finish(claim, outcome, note)
            case Retry(after, note):
                return await self._queue.retry(claim, after=after, note=note, failed=failed)
            case Park(reason, note):
                return await self._queue.park(claim, reason=reason, note=note)

    async def _renew_for_ever(self) -> None:
        """Keep the leases of what takes long; work whose lease was taken over is stopped."""
        every = self._queue.lease_for.total_seconds() / 3
        while True:
            await asyncio.sleep(every)
            try:
                await self._renew()
            except StateError as error:
                self._complaints.tell("renew", error)

    async def _renew(self) -> None:
        handling = dict(self._handling)
        if not handling:
            return
        claims = [self._tasks[task] for task in handling.values()]
        kept = {claim.id for claim in await self._queue.renew(claims)}
        for lost in handling.keys() - kept:
            if self._handling.get(lost) is handling[lost]:
                self._lost(self._tasks[handling[lost]])
                handling[lost].cancel()

    async def _drain(self) -> None:
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=self._drain_for.total_seconds())

    async def _let_go(self) -> None:
        """Stop what is still in hand and give it back at once."""
        left = dict(self._tasks)
        for task in left:
            task.cancel()
        if not left:
            return
        await asyncio.wait(set(left), timeout=_STOP_FOR)
        released = (
            self._queue.retry(claim, after=timedelta(0), note="released at shutdown")
            for task, claim in left.items()
            if task.cancelled()
        )
        for outcome in await asyncio.gather(*released, return_exceptions=True):
            if isinstance(outcome, BaseException):
                _log.error("work.store_failed", during="release", error=str(outcome))
        _log.info("work.released", items=len(left))
