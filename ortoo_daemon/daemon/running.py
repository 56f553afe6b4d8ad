"""What runs while the daemon runs, and in which order does it begin and end?

Listening begins first, so that nothing is missed while the directory is read; deciding begins when
directory and counters stand. When stopped, the stream ends, what is in hand is seen through within a
deadline, and the rest waits in the queue.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from ortoo_daemon.daemon.assembly import Assembly
from ortoo_daemon.daemon.candidate.loading import CandidateLoading
from ortoo_daemon.daemon.counting import counting_together, joined
from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.handling.sharing import Sharing
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.loading.reloading import Reloading
from ortoo_daemon.daemon.loading.start_files import StartFiles
from ortoo_daemon.daemon.memory import collect_when_quiet, give_back_when_busy
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.steps import Steps, happens
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.daemon.wiring import put_in_line
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import StateError
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import RecordId
from ortoo_daemon.salesforce.stream.listener import Listener
from ortoo_daemon.work.workers import Workers

_log = structlog.get_logger("ortoo_daemon.service")

_SAVE_EVERY = 1.0
_SUBSCRIBED_WITHIN = 15.0
_LAST_WORDS_WITHIN = 3.0
"""Seconds; beside the drain of the workers, which takes longer where records are in hand."""


class Running:
    """A started service, from its first login to its last word."""

    def __init__(
        self,
        settings: Settings,
        files: StartFiles,
        parts: Parts,
        notifier: Notifier,
    ) -> None:
        self._steps = Steps(notifier, parts)
        self._notifier = notifier
        self._settings = settings
        self._files = files
        self._parts = parts
        self._queue = parts.queue
        self._org = parts.org

    async def run(self, stop: asyncio.Event, *, shadow: bool) -> None:
        """Listen, prepare, decide, drain. Raises ConfigError for files by which nothing can work."""
        user = await self._steps.until_done("log in", self._org.identity, stop)
        if user is None:
            return
        counters = await self._steps.until_done(
            "read the counters", lambda: self._counters(shadow=shadow), stop
        )
        if counters is None:
            return
        ledger, self._parts.sharing = counters
        assembly = Assembly(
            self._settings,
            self._files,
            self._parts,
            self._notifier,
            self._knowledge(user, ledger),
            shadow=shadow,
        )
        async with counting_together(self._parts.sharing):
            await self._listen_and_work(assembly, stop)
        if self._parts.sharing is None:
            await self._queue.save_rotations(ledger.take_unsaved_turns())

    async def _listen_and_work(self, assembly: Assembly, stop: asyncio.Event) -> None:
        sweeping = assembly.sweeping()
        listener = assembly.listener(sweeping, stop)
        async with asyncio.TaskGroup() as tasks:
            duty = _Duty(listener, sweeping)
            listening = tasks.create_task(self._parts.leading.run(duty, stop), name="ortoo-lead")
            tasks.create_task(self._parts.budgets.run(stop), name="ortoo-budgets")
            reloading = assembly.reloading(sweeping)
            if await self._prepare(reloading, sweeping, stop, shadow=assembly.shadow):
                handler = assembly.handler(sweeping, reloading)
                async with _beside(self._parts.candidate):
                    await self._work(handler, listener, reloading, stop)
            else:
                await sweeping.schedule.stop()  # a gap may be being filled already
            await listening

    def _knowledge(self, user: RecordId, ledger: Ledger) -> Knowledge:
        """What is known before the org was read."""
        policies = self._files.policies
        return Knowledge(
            policies=Policies(policies, loaded_at=self._parts.policies_loaded_at),
            directory=Directory(),
            ledger=ledger,
            daemon_user=user,
            postal=load_postal_index() if needs_geography(policies) else PostalIndex.empty(),
        )

    async def _counters(self, *, shadow: bool) -> tuple[Ledger, Sharing | None]:
        """Where rotations stand, and what other daemons on the store have reserved. Raises StateError."""
        ledger = Ledger(await self._queue.rotations())
        return ledger, await joined(self._queue, ledger, shadow=shadow)

    async def _prepare(
        self, reloading: Reloading, sweeping: Sweeping, stop: asyncio.Event, *, shadow: bool
    ) -> bool:
        """Directory, counters, policies and their register; False when stopped before they stood.

        Raises ConfigError for policies that the org does not bear out, where none ever were in force.
        """
        steps: list[tuple[str, Callable[[], Awaitable[object]]]] = [
            ("check the policies", reloading.prove),
            ("read the directory", sweeping.current.read_directory),
            ("count open work", sweeping.current.count_open_work),
            ("count what was given lately", sweeping.current.count_given),
            ("look for edits", reloading.look),
        ]
        if not shadow:
            steps.append(("register the policies", reloading.register))
        for what, step in steps:
            await self._steps.until_done(what, step, stop)
        return not stop.is_set()

    async def _work(
        self, handler: Handler, listener: Listener, reloading: Reloading, stop: asyncio.Event
    ) -> None:
        """Decide until stopped, then drain."""
        sweeping = reloading.sweeping
        limits = self._settings.workers
        workers = Workers(
            self._queue, handler.handle, parallel=limits.parallel, drain_for=limits.drain_for
        )
        put_in_line(workers, self._org, handler.answers)
        self._parts.workers = workers
        self._parts.watchdog.watch("workers", lambda: workers.turns_by)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(workers.run(stop), name="ortoo-workers")
            if self._parts.sharing is None:  # else they are saved with each decision
                tasks.create_task(self._save_turns(handler.knowledge.ledger, stop))
            if handler.outbox is not None and self._parts.delivery is not None:
                tasks.create_task(self._parts.delivery.run(stop), name="ortoo-notices")
            _log.info("service.ready", objects=sorted(handler.knowledge.policies.objects))
            self._notifier.ready(reloading.standing)
            looking = tasks.create_task(reloading.run(), name="ortoo-reload")
            if self._parts.leading():
                await happens(listener.tried_event, stop, within=_SUBSCRIBED_WITHIN)
            if not stop.is_set():
                sweeping.schedule.start()
            tidying = [
                tasks.create_task(keep_small(lambda: workers.in_flight))
                for keep_small in (collect_when_quiet, give_back_when_busy)
            ]
            await stop.wait()
            for task in tidying:
                task.cancel()
            _log.info("service.draining", in_flight=workers.in_flight)
            await reloading.told(within=_LAST_WORDS_WITHIN)
            looking.cancel()
            await asyncio.wait([looking])  # its last word must not come after this one
            self._notifier.stopping()
            await sweeping.schedule.stop()
        await handler.answers.close()

    async def _save_turns(self, ledger: Ledger, stop: asyncio.Event) -> None:
        """Rotations are made durable about once a second; a crash loses at most that much fairness."""
        while not stop.is_set():
            await happens(stop, stop, within=_SAVE_EVERY)
            turns = ledger.take_unsaved_turns()
            if not turns:
                continue
            try:
                await self._queue.save_rotations(turns)
            except StateError as error:  # workers and stream wait for the store, too
                ledger.keep_unsaved(turns)
                _log.error("service.turns_not_saved", error=str(error))


class _Duty:
    """What only the leader does: it hears of changes, and looks for what must be found at once."""

    def __init__(self, listener: Listener, sweeping: Sweeping) -> None:
        self._listener = listener
        self._sweeping = sweeping

    async def __call__(self, over: asyncio.Event) -> None:
        looking = asyncio.create_task(self._sweeping.take_over(), name="ortoo-take-over")
        try:
            await self._listener.run(over)
        finally:
            looking.cancel()
            await asyncio.wait([looking])


@asynccontextmanager
async def _beside(candidate: CandidateLoading | None) -> AsyncIterator[None]:
    """Candidate policies are tried while the body runs."""
    if candidate is None:
        yield
        return
    trying = asyncio.create_task(candidate.run(), name="ortoo-candidate")
    try:
        yield
    finally:
        trying.cancel()
        await asyncio.wait([trying])
        await candidate.candidate.close()
