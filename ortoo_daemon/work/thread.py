"""How does asynchronous code use a synchronous store without waiting for a disk at each row?

One dedicated thread runs every call. Whatever arrives while a transaction commits becomes the next
transaction: calls of the same kind are handed to their function together, all of them commit once.
An idle thread commits at once, so a lonely call pays for nobody else.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ortoo_daemon.errors import StateError
from ortoo_daemon.work.refused import Refused
from ortoo_daemon.work.store import Store

A = TypeVar("A")
R = TypeVar("R")

Batch = Callable[[Connection, Sequence[A]], Sequence[R]]
"""Does the same thing for each argument, and answers in their order. May be run again from the start
when its transaction was rolled back, so it must touch nothing but the connection."""

_MOST_COMPANY = 10
_TRIES = 3  # a lost race, a deadlock or a broken connection is worth another transaction


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    work: Batch[Any, Any]
    argument: Any
    rows: int
    answer: "asyncio.Future[Any]"


class StoreThread:
    """``linger_for``: seconds that a busy thread waits for company, for each companion in the group before,
    up to ten; ``most``: rows it gathers at most.

    In a burst a transaction costs more than what is done in it, and nobody minds a few milliseconds.
    """

    def __init__(self, store: Store, *, linger_for: float = 0.0025, most: int = 200) -> None:
        self._store = store
        self._linger_for = linger_for
        self._most = most
        self._inbox: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._closed = False
        self._company = 0
        self.refused = Refused()
        self.commits = 0
        self.calls = 0
        self._thread = threading.Thread(target=self._run, name="ortoo-store", daemon=True)
        self._thread.start()

    async def call(self, work: Batch[A, R], argument: A, *, rows: int = 1) -> R:
        """Run ``work`` on the thread; returns once its transaction is durable.

        Raises StateError when the store can't do it. Cancelling the caller does not undo it.
        """
        if self._closed:
            raise StateError("the store is closed")
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._inbox.put(_Call(work, argument, rows, answer))
        return await answer

    async def close(self) -> None:
        """Finish what was asked for, then close the store."""
        if self._closed:
            return
        self._closed = True
        self._inbox.put(None)
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        running = True
        while running:
            first = self._inbox.get()
            if first is None:
                break
            group, running = self._gather(first)
            self._company = len(group) - 1
            self._settle(group)
        self._store.close()

    def _gather(self, first: _Call) -> tuple[list[_Call], bool]:
        """The next group, and whether more may follow. Lingers only after a group of several.

        Asleep: to wake up at each call that comes would take the interpreter's lock from those who call.
        """
        group, rows = [first], first.rows
        if self._company and rows < self._most:
            time.sleep(self._linger_for * min(self._company, _MOST_COMPANY))
        while rows < self._most:
            try:
                call = self._inbox.get_nowait()
            except queue.Empty:
                break
            if call is None:
                return group, False
            group.append(call)
            rows += call.rows
        return group, True

    def _settle(self, group: list[_Call]) -> None:
        self.calls += len(group)
        try:
            outcomes = self._commit(group)
        except Exception:
            # One call must not fail the others: each gets its own transaction and its own error.
            outcomes = self._each_alone(group)
        _deliver(list(zip(group, outcomes, strict=True)))

    def _each_alone(self, group: list[_Call]) -> list[Any]:
        """A store that is in trouble is asked once for each: hundreds of pauses would stop all others."""
        outcomes, tries = [], _TRIES
        for call in group:
            outcomes.append(self._alone(call, tries))
            tries = 1 if self.refused.why else _TRIES
        return outcomes

    def _alone(self, call: _Call, tries: int) -> Any:
        for attempt in range(1, tries + 1):
            try:
                return self._commit([call])[0]
            except SQLAlchemyError as error:
                if attempt == tries or not isinstance(error, DBAPIError):
                    self.refused.note(call.work, error)
                    failed = self._store.failure(error)(
                        f"the store failed: {getattr(error, 'orig', None) or error}"
                    )
                    failed.__cause__ = error
                    return _Failed(failed)
                time.sleep(0.05 * attempt)
            except Exception as error:
                return _Failed(error)
        raise AssertionError("unreachable")

    def _commit(self, group: list[_Call]) -> list[Any]:
        kinds: dict[Batch[Any, Any], list[_Call]] = {}
        for call in group:
            kinds.setdefault(call.work, []).append(call)
        answers: dict[_Call, Any] = {}
        with self._store.transaction() as connection:
            for work, calls in kinds.items():
                found = work(connection, [call.argument for call in calls])
                answers.update(zip(calls, found, strict=True))
        self.commits += 1
        for work in kinds:
            self.refused.done(work)
        return [answers[call] for call in group]


@dataclass(frozen=True, slots=True)
class _Failed:
    error: Exception


def _deliver(settled: list[tuple[_Call, Any]]) -> None:
    loops = {call.answer.get_loop() for call, _ in settled}
    for loop in loops:
        mine = [(call.answer, found) for call, found in settled if call.answer.get_loop() is loop]
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer, mine)


def _answer(settled: list[tuple["asyncio.Future[Any]", Any]]) -> None:
    for answer, found in settled:
        if answer.done():
            continue
        if isinstance(found, _Failed):
            answer.set_exception(found.error)
        else:
            answer.set_result(found)
