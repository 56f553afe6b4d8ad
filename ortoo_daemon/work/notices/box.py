"""Who is still to be told of what was decided, and who has been?

An outbox: a notice is held before its decision is written, made ready when the decision stands in the org,
and kept for a while after it was told, so that nobody is told twice. Ids only, no texts.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from ortoo_daemon.records import RecordId
from ortoo_daemon.work.notices import rows
from ortoo_daemon.work.notices.values import KeptNotice, Settled, Waiting
from ortoo_daemon.work.tables import NoticeState
from ortoo_daemon.work.thread import StoreThread


class NoticeBox:
    """The notices of one store. Every method raises StateError when the store fails."""

    def __init__(self, thread: StoreThread) -> None:
        self._thread = thread
        self.news = asyncio.Event()
        """Set when something may have become due; the one who tells clears it."""

    async def hold(self, notices: Sequence[KeptNotice]) -> None:
        """Keep them until their decision is known to stand; those held for it before are forgotten."""
        if notices:
            await self._thread.call(rows.hold, tuple(notices), rows=len(notices))

    async def release(self, decision_key: str) -> None:
        """The decision stands: tell."""
        await self._thread.call(rows.release, decision_key)
        self.news.set()

    async def tell(self, notices: Sequence[KeptNotice]) -> None:
        """Tell what follows from no write to a record; those that are known already are told once."""
        if notices:
            await self._thread.call(rows.tell, tuple(notices), rows=len(notices))
            self.news.set()

    async def forget(self, decision_key: str) -> None:
        """The decision was not written: nobody is told."""
        await self._thread.call(rows.forget, decision_key)

    async def let_go(self, notices: Sequence[KeptNotice]) -> None:
        """Nobody is told of these, as they were held; what is held anew since stays."""
        if notices:
            await self._thread.call(rows.let_go, tuple(notices), rows=len(notices))

    async def held_for(self, decision_keys: Sequence[str]) -> list[KeptNotice]:
        """Those held for decisions."""
        return await self._thread.call(rows.held_for, tuple(decision_keys))

    async def held(self, before: datetime) -> list[KeptNotice]:
        """Those held since before a moment, oldest first."""
        return await self._thread.call(rows.held, before)

    async def due(self, now: datetime) -> list[KeptNotice]:
        """Those due by now, oldest first, with all that may be told together with one of them."""
        return await self._thread.call(rows.due, now)

    async def settle(self, settled: Sequence[Settled]) -> None:
        if settled:
            await self._thread.call(rows.settle, tuple(settled), rows=len(settled))

    async def of_records(
        self, records: Sequence[RecordId], way: str
    ) -> list[tuple[KeptNotice, NoticeState]]:
        """All that is known of records by ways that begin like this, settled or not."""
        return await self._thread.call(rows.of_records, (tuple(records), way))

    async def wake(self, keys: Sequence[str], now: datetime) -> None:
        """Those that wait, were given up or dropped, are due now."""
        if keys:
            await self._thread.call(rows.wake, (tuple(keys), now), rows=len(keys))
            self.news.set()

    async def hurry(self, way: str, note: str, now: datetime) -> None:
        """Those that wait by a way and whose note begins like this are due now."""
        await self._thread.call(rows.hurry, (way, note, now))
        self.news.set()

    async def waiting(self) -> Waiting:
        return await self._thread.call(rows.waiting, None)

    async def purge(self, before: datetime) -> int:
        """Forget what was settled before a moment; how many."""
        return await self._thread.call(rows.purge, before, rows=rows.MOST)
