"""How do daemons that share a store keep one count of what their decisions use up?

Each decides by its own ledger, which follows the log of all reservations. A decision counts at once on its
own ledger, and stands when the store says that nobody else had moved what it looked at; one that does not is
taken back, with all that were made on top of it, and they are decided again. So nobody waits for a lock, a
daemon that stops holds up nobody, and limits hold exactly.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from ortoo_daemon.daemon.handling.ledger import RESERVED_FOR, Ledger, Ticket
from ortoo_daemon.daemon.handling.looking import Look
from ortoo_daemon.daemon.handling.reservation_lines import reservation_in, taking_of
from ortoo_daemon.errors import StateError
from ortoo_daemon.records import RecordId
from ortoo_daemon.work.elapsed import elapsed
from ortoo_daemon.work.reservations import (
    Change,
    Ending,
    Entry,
    Exchange,
    LostTouchError,
    Taking,
    Told,
)

_log = structlog.get_logger("ortoo_daemon.records")

READ_BACK = timedelta(minutes=15)
"""A new daemon reads what was reserved so lately: the org may not show it yet."""

_FOLLOW_EVERY = 1.0
_ENDS_WITHIN = 0.2
_AGAIN_AFTER = 0.5

Talk = Callable[[Exchange], Awaitable[Told]]
_Key = tuple[str, int]
"""Who reserved, and under which number."""


@dataclass(frozen=True, slots=True, eq=False)
class _Ask:
    taking: Taking
    ticket: Ticket | None
    answer: "asyncio.Future[bool]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Others:
    """A reservation of another daemon; it counts as written at ``until`` if nothing more is heard of it."""

    ticket: Ticket
    record: RecordId
    until: float


class Sharing:
    """One daemon's part. ``talk`` exchanges with the store; ``holder`` names this daemon there.

    ``seen`` is how far the log is known, ``decided_again`` counts decisions that did not stand.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        holder: str,
        talk: Talk,
        seen: int = 0,
        clock: Callable[[], float] = elapsed,
    ) -> None:
        self.seen = seen
        self.decided_again = 0
        self._ledger = ledger
        self._holder = holder
        self._talk = talk
        self._clock = clock
        self._asks: list[_Ask] = []
        self._endings: list[Ending] = []
        self._following: list[asyncio.Future[None]] = []
        self._others: dict[_Key, _Others] = {}
        self._of_record: dict[RecordId, set[_Key]] = defaultdict(set)
        self._news = asyncio.Event()

    # -- what decisions ask -------------------------------------------------------------------------

    async def stands(self, look: Look, ticket: Ticket | None, record: RecordId) -> bool:
        """Whether the decision stands that looked so and reserved this. If not, it was taken back.

        Raises StateError, and it was taken back, too.
        """
        if ticket is None and not look.counters and not look.rooms:
            return True
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        ask = _Ask(taking_of(look, ticket, record), ticket, answer)
        self._asks.append(ask)
        self._news.set()
        try:
            return await answer
        except asyncio.CancelledError:
            self._give_up(ask)
            raise

    def ended(self, ticket: Ticket, change: Change) -> None:
        """Own places show in the org, or were given back: the others are told in a moment."""
        self._endings.append(Ending(holder=self._holder, number=ticket.number, change=change))

    def taken_over(self, record: RecordId) -> None:
        """This daemon has the record in hand: whoever reserved for it before writes it no more."""
        for key in tuple(self._of_record.get(record, ())):
            self._end_of_other(key, Change.KEPT)
            self._endings.append(Ending(holder=key[0], number=key[1], change=Change.KEPT))

    async def follow(self) -> None:
        """Return when the ledger knows all that the log holds at this moment. Raises StateError."""
        known: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._following.append(known)
        self._news.set()
        await known

    # -- the log ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Talk until cancelled, then once more. Raises LostTouchError: the daemon must start anew."""
        try:
            while True:
                await self._something(_ENDS_WITHIN if self._endings else _FOLLOW_EVERY)
                try:
                    await self.exchange()
                except LostTouchError:
                    raise
                except StateError as error:
                    _log.error("counters.store_failed", error=str(error))
                    await asyncio.sleep(_AGAIN_AFTER)
        except asyncio.CancelledError:
            await self._last_words()
            raise

    async def exchange(self) -> None:
        """Say what there is to say, and hear the same. Raises StateError; those who asked are told so."""
        self._news.clear()
        asks, self._asks = self._asks, []
        endings, self._endings = self._endings, []
        following, self._following = self._following, []
        takings = [ask.taking for ask in asks]
        said = Exchange(holder=self._holder, seen=self.seen, takings=takings, endings=endings)
        try:
            told = await self._talk(said)
        except BaseException as error:
            self._endings[:0] = endings
            self._failed(asks, following, error)
            raise
        self._heard(asks, told)
        for known in following:
            if not known.done():
                known.set_result(None)

    def _heard(self, asks: Sequence[_Ask], told: Told) -> None:
        for entry in told.entries:
            if entry.id > self.seen:
                self._take_up(entry)
        self.seen = max(self.seen, told.last)
        refused = self._refused(asks, told.stands)
        # All of them first: who decides again must not see places that are about to be given back.
        for ask in refused:
            if ask.ticket is not None:
                self._ledger.take_back(ask.ticket)
        self.decided_again += len(refused)
        self._end_old()
        for ask in asks:
            _answer(ask, ask not in refused)
        for ask in refused:
            _answer(ask, False)

    def _refused(self, asks: Sequence[_Ask], stands: Sequence[bool]) -> list[_Ask]:
        """Those the store refused, and those who looked at their places while it was asked."""
        refused = [ask for ask, well in zip(asks, stands, strict=True) if not well]
        undone = {name for ask in refused for name in ask.taking.counters}
        for ask in tuple(self._asks) if undone else ():
            if ask.taking.is_moved_by(undone):
                undone.update(ask.taking.counters)
                self._asks.remove(ask)
                refused.append(ask)
        return refused

    def _failed(
        self,
        asks: Sequence[_Ask],
        following: Sequence["asyncio.Future[None]"],
        error: BaseException,
    ) -> None:
        told = (
            error if isinstance(error, StateError) else StateError(f"the store failed: {error!r}")
        )
        for ask in reversed(asks):
            if not ask.answer.done():
                self._give_up(ask)
                ask.answer.set_exception(told)
        for known in following:
            if not known.done():
                known.set_exception(told)

    def _give_up(self, ask: _Ask) -> None:
        """Nobody waits for it any more. It may stand in the log by now, so it is given back there, too."""
        self._asks = [each for each in self._asks if each is not ask]
        if ask.ticket is not None:
            self._ledger.take_back(ask.ticket)
            self.ended(ask.ticket, Change.GAVE_BACK)

    def _take_up(self, entry: Entry) -> None:
        if entry.holder == self._holder:
            if entry.change is Change.KEPT:  # maybe by somebody who took the record over
                self._ledger.settle_number(entry.number)
            return
        key = (entry.holder, entry.number)
        if entry.change is not Change.TOOK:
            self._end_of_other(key, entry.change)
            return
        object_name, reservation, record = reservation_in(entry.body)
        ticket = self._ledger.reserve(object_name, reservation)
        until = self._clock() + RESERVED_FOR
        self._others[key] = _Others(ticket=ticket, record=record, until=until)
        self._of_record[record].add(key)

    def _end_of_other(self, key: _Key, change: Change) -> None:
        known = self._others.pop(key, None)
        if known is None:
            return
        self._of_record[known.record].discard(key)
        if not self._of_record[known.record]:
            del self._of_record[known.record]
        if change is Change.KEPT:
            self._ledger.settle_number(known.ticket.number)
        else:
            self._ledger.take_back(known.ticket)

    def _end_old(self) -> None:
        """Of daemons that are no more."""
        now = self._clock()
        for key in [key for key, each in self._others.items() if each.until <= now]:
            self._end_of_other(key, Change.KEPT)

    async def _last_words(self) -> None:
        try:
            await self.exchange()
        except StateError as error:
            _log.error("counters.store_failed", error=str(error))

    async def _something(self, within: float) -> None:
        try:
            async with asyncio.timeout(within):
                await self._news.wait()
        except TimeoutError:
            return


def _answer(ask: _Ask, well: bool) -> None:
    if not ask.answer.done():
        ask.answer.set_result(well)
