"""What does the rest of the daemon ask of the work queue?

Durable, asynchronous, leased. Who needs what:

- ways in (stream, sweeps, requeue): `put`, `checkpoints`, `forget_checkpoint`, `requeue`
- workers: `claim`, `renew`, `finish`, `retry`, `park`, `wait_for_work`
- notices of decisions: `notices`
- tries of handoffs: `tries`
- wiring and verbs: `open`, `close`, `parked`, `stats`, `purge`, rotations and notes

Every method raises StateError when the store fails; nothing is half done then.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Self

from ortoo_daemon.errors import NotLeadingError
from ortoo_daemon.facts import Turns
from ortoo_daemon.records import WorkItem, WorkReason
from ortoo_daemon.work import checkpoints as _checkpoints
from ortoo_daemon.work import leases, overview, rotations, waiting
from ortoo_daemon.work.checkpoints import Checkpoint
from ortoo_daemon.work.claims import Claim, ParkedItem, QueueStats
from ortoo_daemon.work.elapsed import elapsed
from ortoo_daemon.work.leadership import Leadership
from ortoo_daemon.work.notices.box import NoticeBox
from ortoo_daemon.work.reservations import ReservationLog
from ortoo_daemon.work.store import Store
from ortoo_daemon.work.tables import State
from ortoo_daemon.work.thread import StoreThread
from ortoo_daemon.work.tries import TryBox

__all__ = ["Checkpoint", "Claim", "ParkedItem", "QueueStats", "WorkQueue"]

Clock = Callable[[], datetime]

_PURGE_ROWS = 2000  # a purge must not keep the workers waiting for long
_NOTE_LENGTH = 2000
_LOOK_AGAIN = 0.5  # seconds; another daemon on the same store may have made room


class WorkQueue:
    """One daemon's view of the queue; open it with `WorkQueue.open`, close it with `close`."""

    def __init__(
        self,
        thread: StoreThread,
        *,
        instance: str,
        lease_for: timedelta,
        clock: Clock,
        max_waiting: int,
        shared: bool = False,
        clean: Callable[[str], str] = str,
    ) -> None:
        self._thread = thread
        self._instance = instance
        self._lease_for = lease_for
        self._clock = clock
        self._max_waiting = max_waiting
        self._clean = clean
        self._work = asyncio.Event()
        self._room = asyncio.Event()
        self._in_order = asyncio.Lock()
        self.notices = NoticeBox(thread)
        self.tries = TryBox(thread)
        self.reservations = ReservationLog(thread)
        self.leadership = Leadership(thread, instance, shared=shared)

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        instance: str,
        lease_for: timedelta,
        clock: Clock,
        max_waiting: int = 20_000,
        exclusive: bool = True,
        clean: Callable[[str], str] = str,
    ) -> Self:
        """Open the store at ``url`` (``sqlite:///file`` or ``postgresql+psycopg://…``).

        ``instance`` names this process in lease rows; no other one may be called so. ``clean`` goes over the
        words of every note on an item. ``exclusive=False`` is for command line verbs, which work beside a
        running daemon. A daemon that opens a SQLite file is its only holder, so leases left by a killed one
        end at once; on PostgreSQL they are waited for, and the daemons' clocks must agree to well within
        ``lease_for``. Raises StateError.
        """
        store = await asyncio.to_thread(Store.open, url, exclusive=exclusive)
        thread = StoreThread(store)
        if store.exclusive:
            try:
                await thread.call(leases.expire_all, None)
            except BaseException:
                await thread.close()
                raise
        return cls(
            thread,
            instance=instance,
            lease_for=lease_for,
            clock=clock,
            max_waiting=max_waiting,
            shared=store.shared,
            clean=clean,
        )

    async def close(self) -> None:
        """Write what is under way, then let go of the store. Leases stay, to be taken over."""
        await self._thread.close()

    @property
    def lease_for(self) -> timedelta:
        return self._lease_for

    # -- ways in ------------------------------------------------------------------------------------

    async def put(
        self,
        items: Sequence[WorkItem],
        *,
        checkpoint: Checkpoint | None = None,
        wait: bool = True,
        skip_parked: bool = False,
        unpark: bool = False,
    ) -> int:
        """Make items, and the checkpoint behind them, durable in one transaction.

        Returns how many new rows that made: an item whose record already waits under the same entry
        joins that row (earliest ``heard_at``, all ``changed_fields``; its next try is not hurried).
        One that is being worked on gets a row to run afterwards. Blocks while more than
        ``max_waiting`` items wait, unless ``wait`` is False: a worker that puts items must pass
        False, or workers could wait for each other. ``skip_parked``: records that are parked stay so
        (sweeps find them again and again; an event is news); ``unpark``: they come off the parked list.
        Puts with a checkpoint take effect in the order in which they were called, and only while this
        daemon leads: NotLeadingError otherwise, and nothing was taken.
        """
        most = self._max_waiting if wait else None
        made = waiting.Put(
            items=items,
            now=self._clock(),
            checkpoint=checkpoint,
            fence=self.leadership.fence() if checkpoint is not None else None,
            most=most,
            skip_parked=skip_parked,
            unpark=unpark,
        )
        if checkpoint is None:
            return await self._put(made)
        async with self._in_order:
            return await self._put(made)

    async def requeue(self, items: Sequence[WorkItem]) -> int:
        """Put records back by hand, whatever waits, and take them off the parked list.

        An item that is not yet a requeue becomes one: its own entry, so its own decision key, and no
        earlier attempts. Returns the new rows.
        """
        now = self._clock()
        entry = now.strftime("%Y%m%dT%H%M%S.%fZ")
        new = [
            item
            if item.reason is WorkReason.REQUEUED
            else replace(item, reason=WorkReason.REQUEUED, entry=entry, heard_at=now, attempts=0)
            for item in items
        ]
        return await self._put(waiting.Put(items=new, now=now, unpark=True))

    async def _put(self, made: waiting.Put) -> int:
        while True:
            self._room.clear()
            rows = await self._thread.call(waiting.put, made, rows=len(made.items) + 1)
            if rows is waiting.Refusal.NOT_LEADING:
                raise NotLeadingError("another daemon listens to the stream by now")
            if isinstance(rows, int):
                self._work.set()
                return rows
            await _happens(self._room, _LOOK_AGAIN)

    async def checkpoints(self) -> dict[str, Checkpoint]:
        """The last checkpoint of every channel."""
        return await self._thread.call(_checkpoints.load_checkpoints, None)

    async def forget_checkpoint(self, channel: str) -> None:
        """The org refused its replay id: the channel starts anew."""
        await self._thread.call(_checkpoints.forget_checkpoints, channel)

    # -- workers ------------------------------------------------------------------------------------

    async def claim(self, limit: int) -> list[Claim]:
        """Up to ``limit`` due items, oldest first, at most one of a record that nobody holds."""
        now = self._clock()
        request = leases.ClaimRequest(
            limit=limit, now=now, leased_until=now + self._lease_for, holder=self._instance
        )
        asked_at = elapsed()
        claims = await self._thread.call(leases.claim, request, rows=limit)
        self._extend(claims, asked_at)
        if claims:
            self._room.set()
        return claims

    async def renew(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims that are still held, leased anew; what is missing was taken over."""
        until = self._clock() + self._lease_for
        renewal = leases.Renewal(claims=claims, leased_until=until)
        asked_at = elapsed()
        kept = await self._thread.call(leases.renew, renewal, rows=len(claims))
        self._extend(kept, asked_at)
        return kept

    def _extend(self, claims: Sequence[Claim], asked_at: float) -> None:
        """Counted from before the store was asked: it can't have begun earlier."""
        for claim in claims:
            claim.lease.until = asked_at + self._lease_for.total_seconds()

    async def finish(self, claim: Claim, outcome: str, note: str = "") -> bool:
        """The item is done. False: the lease was lost, somebody else decides about the item."""
        return await self._settle(claim, State.FINISHED, text=outcome, note=note)

    async def park(self, claim: Claim, *, reason: str, note: str = "") -> bool:
        """Give the item up with a reason. False as in `finish`."""
        return await self._settle(claim, State.PARKED, text=reason, note=note)

    async def retry(
        self, claim: Claim, *, after: timedelta, note: str = "", failed: bool = False
    ) -> bool:
        """Let the item be claimed again in ``after``. ``failed``: the try raised. False as in `finish`."""
        at = self._clock()
        settlement = leases.Settlement(
            claim=claim,
            state=State.READY,
            at=at,
            available_at=at + after,
            note=_storable(self._clean(note)),
            failed=failed,
        )
        return await self._settled(settlement)

    async def _settle(self, claim: Claim, state: State, *, text: str, note: str) -> bool:
        return await self._settled(
            leases.Settlement(
                claim=claim,
                state=state,
                at=self._clock(),
                text=text,
                note=_storable(self._clean(note)),
            )
        )

    async def _settled(self, settlement: leases.Settlement) -> bool:
        taken = await self._thread.call(leases.settle, settlement)
        self._work.set()  # another item of the record may wait for it
        return taken

    async def wait_for_work(self, timeout: float) -> None:  # noqa: ASYNC109 - a bound, not a failure
        """Return when something may have become claimable: a put, a settled item, a due retry.

        ``timeout`` in seconds bounds the wait; what other daemons put is only found by looking again.
        For one caller, which claims after each return.
        """
        due_at = await self._thread.call(waiting.next_due, None)
        now = self._clock()
        if due_at is not None and due_at > now:
            timeout = min(timeout, (due_at - now).total_seconds())
        await _happens(self._work, timeout)
        self._work.clear()

    # -- what is known ------------------------------------------------------------------------------

    async def parked(
        self, *, object: str | None = None, reason: str | None = None, limit: int = 1000
    ) -> list[ParkedItem]:
        """Parked items, latest first."""
        query = overview.ParkedQuery(object=object, reason=reason, limit=limit)
        return await self._thread.call(overview.parked, query)

    @property
    def refused(self) -> str:
        """What the store said when it last refused work that it has not done since; "" while it does all."""
        return self._thread.refused.why

    async def stats(self) -> QueueStats:
        return await self._thread.call(overview.stats, None)

    async def purge(
        self, finished_before: datetime, *, parked_before: datetime | None = None
    ) -> int:
        """Forget finished items (and, if asked, parked ones) settled before a moment; how many."""
        gone = await self._purge(State.FINISHED, finished_before)
        if parked_before is not None:
            gone += await self._purge(State.PARKED, parked_before)
        return gone

    async def _purge(self, state: State, before: datetime) -> int:
        gone = 0
        while True:
            some = overview.Purge(state=state, before=before, limit=_PURGE_ROWS)
            rows = await self._thread.call(overview.purge, some, rows=_PURGE_ROWS)
            gone += rows
            if rows < _PURGE_ROWS:
                return gone

    async def rotations(self) -> dict[str, Turns]:
        """Where every pool's rotation stood when it was last saved."""
        return await self._thread.call(rotations.load_rotations, None)

    async def save_rotations(self, turns: Mapping[str, Turns]) -> None:
        """Save these pools; others stay as they are."""
        await self._thread.call(rotations.save_rotations, dict(turns), rows=max(1, len(turns)))

    async def note(self, key: str, value: str) -> None:
        """Keep a small value (a watermark) under a name."""
        await self._thread.call(_checkpoints.save_notes, (key, value))

    async def noted(self, key: str) -> str | None:
        return await self._thread.call(_checkpoints.load_notes, key)


def _storable(note: str) -> str:
    """A note as any database takes it: notes quote errors, and errors quote what people sent."""
    return note[:_NOTE_LENGTH].encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


async def _happens(event: asyncio.Event, within: float) -> None:
    """Wait for an event, at most ``within`` seconds."""
    try:
        async with asyncio.timeout(within):
            await event.wait()
    except TimeoutError:
        return
