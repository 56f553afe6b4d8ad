"""A process that dies at a chosen seam: between two things that it does, in the org or in its store.

A decision is carried out by a row of effects. `Seams` counts them, and at one of them the process is no
more: what it did until then stands, and it does nothing further. The next life works on what is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import delete

from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.noticing.notice_settings import NoticeSettings
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import OutcomeUnknownError, StateError
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import WorkItem
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.queue import WorkQueue
from ortoo_daemon.work.tables import work_item
from ortoo_daemon.work.verdicts import Finished, Park, Retry, Verdict
from tests.daemon.rig import handler_on, now
from tests.processes import slowness
from tests.sandbox.live import Live
from tests.work.queues import Clock, opened

Done = TypeVar("Done")

LOOKS = frozenset({"claim", "held", "due", "next_due", "stats", "waiting", "load_notes"})
"""What a store is asked without an effect that could be lost; a lease ends by itself."""

_LEASE = timedelta(minutes=10)
_MOST_ROUNDS = 40
_SETTLES_WITHIN = 30.0


class Death(StrEnum):
    """KILLED: the process dies once the effect stands. LOST: it stands, and the answer never comes.
    REFUSED: it does not come to stand; the store says so."""

    KILLED = "killed"
    LOST = "lost"
    REFUSED = "refused"


@dataclass
class Seams:
    """Effects in the order in which they are made; at number ``at`` it happens. ``done`` are their names."""

    at: int | None = None
    how: Death = Death.KILLED
    done: list[str] = field(default_factory=list)
    died: asyncio.Event = field(default_factory=asyncio.Event)
    buried: asyncio.Event = field(default_factory=asyncio.Event)

    def watch(self, handler: Handler, queue: WorkQueue) -> None:
        """From now on every effect of these is counted."""
        rest: Any = handler.org.rest
        thread: Any = queue._thread
        send, call = rest._on_thread, thread.call

        async def sent(token: Any, request: Any) -> Any:
            if not _has_effect(request):
                return await self._living(partial(send, token, request))
            name = f"{request.method} {request.path}"
            return await self._passed(name, partial(send, token, request), _lost)

        async def called(work: Any, argument: Any, *, rows: int = 1) -> Any:
            go = partial(call, work, argument, rows=rows)
            if work.__name__ in LOOKS:
                return await self._living(go)
            return await self._passed(f"store {work.__name__}", go, _failed)

        rest._on_thread, thread.call = sent, called

    async def _passed(
        self,
        name: str,
        go: Callable[[], Awaitable[Done]],
        trouble: Callable[[], Exception],
    ) -> Done:
        number = len(self.done)
        self.done.append(name)
        if number != self.at:
            return await self._living(go)
        if self.how is Death.REFUSED:
            raise trouble()
        found = await self._living(go)
        if self.how is Death.LOST:
            raise trouble()
        self.died.set()
        return await self._living(partial(_given, found))

    async def _living(self, go: Callable[[], Awaitable[Done]]) -> Done:
        """The dead do nothing, and hear of nothing until the test puts them away."""
        if self.died.is_set():
            await self._dead()
        found = await go()
        if self.died.is_set():
            await self._dead()
        return found

    async def _dead(self) -> None:
        await self.buried.wait()
        raise StateError("this process is dead")


async def _given(found: Done) -> Done:
    return found


def _has_effect(request: Any) -> bool:
    if request.method == "GET":
        return False
    body = request.body if isinstance(request.body, dict) else {}
    parts = body.get("compositeRequest")
    return parts is None or any(part["method"] != "GET" for part in parts)


def _lost() -> Exception:
    return OutcomeUnknownError("NO_ANSWER", "no answer from the org")


def _failed() -> Exception:
    return StateError("the store failed")


@dataclass
class Place:
    """A store that outlives the process, beside a live org. ``clock`` is the store's, ``later`` how much
    later than now it is for the handler, ``ends`` puts things right in the org. The
    ``directory`` is read in the first life, and where it is None."""

    live: Live
    folder: Path
    policies: PolicySet
    options: dict[str, Any] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    later: timedelta = timedelta()
    ends: Callable[[], object] = lambda: None
    directory: Directory | None = None

    def store(self) -> AbstractAsyncContextManager[WorkQueue]:
        """While no process lives."""
        return opened(f"sqlite:///{self.folder}/state.db", self.clock, lease_for=_LEASE)

    @asynccontextmanager
    async def life(self, seams: Seams) -> AsyncIterator[tuple[Handler, WorkQueue]]:
        """One process, from its start until it ends or dies."""

        def outbox(knowledge: Knowledge) -> Outbox:
            return Outbox(queue.notices, knowledge, NoticeSettings(), addresses=lambda channel: 1)

        async with self.store() as queue:
            call = queue._thread.call
            put = partial(queue.put, wait=False)
            options = {"outbox": outbox, "put": put, "directory": self.directory, **self.options}
            async with handler_on(self.live, self.policies, **options) as handler:
                self.directory = handler.knowledge.directory
                handler.clock = lambda: now() + self.later
                seams.watch(handler, queue)
                yield handler, queue
                queue._thread.call = call  # type: ignore[method-assign]

    async def forget(self, record: str) -> None:
        """That a record was ever put to work."""
        async with self.store() as queue:
            await queue._thread.call(_forgotten, record)

    async def live_on(self, *items: WorkItem, seams: Seams | None = None) -> Seams:
        """Put the items and work until nothing waits any more, or the process is dead."""
        seams = seams or Seams()
        if items:
            async with self.store() as queue:
                await queue.put(items)
        async with self.life(seams) as (handler, queue):
            working = asyncio.create_task(self._work(handler, queue))
            dying = asyncio.create_task(seams.died.wait())
            await asyncio.wait(
                {working, dying},
                timeout=_SETTLES_WITHIN * slowness(),
                return_when=asyncio.FIRST_COMPLETED,
            )
            ended = working.done()
            for task in (working, dying):
                task.cancel()
            seams.buried.set()
            await asyncio.wait({working, dying})
            if ended:
                working.result()
            assert ended or seams.died.is_set(), "it neither ended nor died"
        return seams

    async def _work(self, handler: Handler, queue: WorkQueue) -> None:
        verdicts: list[Verdict] = []
        for _ in range(_MOST_ROUNDS):
            claims = await queue.claim(10)
            for claim in claims:
                verdicts.append(await _verdict(handler, claim))
                await _settle(queue, claim, verdicts[-1])
            if not claims:
                found = await queue.stats()
                if not found.ready and not found.leased:
                    return
                self.clock.pass_by(timedelta(minutes=1))  # what waits for its next try
        raise AssertionError(f"there is always something left to do: {verdicts[-1]}")


async def _verdict(handler: Handler, claim: Claim) -> Verdict:
    try:
        return await handler.handle(claim)
    except Exception as error:
        return Retry(timedelta(seconds=1), f"{type(error).__name__}: {error}")


async def _settle(queue: WorkQueue, claim: Claim, verdict: Verdict) -> None:
    """As the workers do; where the store fails the lease ends by itself."""
    try:
        match verdict:
            case Finished(outcome, note):
                await queue.finish(claim, outcome, note)
            case Retry(after, note):
                await queue.retry(claim, after=after, note=note)
            case Park(reason, note):
                await queue.park(claim, reason=reason, note=note)
    except StateError:
        return


def _forgotten(connection: Any, asked: Sequence[str]) -> list[None]:
    for record in asked:
        connection.execute(delete(work_item).where(work_item.c.record_id == record))
    return [None for _ in asked]
