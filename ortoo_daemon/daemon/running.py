"""What runs while the daemon runs, and in which order does it begin and end?

Listening begins first, so that nothing is missed while the directory is read; deciding begins when
directory and counters stand. When stopped, the stream ends, what is in hand is seen through within a
deadline, and the rest waits in the queue.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import structlog

from ortoo_daemon.daemon.archive import Archive
from ortoo_daemon.daemon.archiving import Archiving
from ortoo_daemon.daemon.calling.calls import Calls
from ortoo_daemon.daemon.candidate.deciding import Candidate
from ortoo_daemon.daemon.candidate.loading import CandidateLoading
from ortoo_daemon.daemon.counting import counting_together, joined
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ledger
from ortoo_daemon.daemon.handling.onlooker import Nobody
from ortoo_daemon.daemon.handling.sharing import Sharing
from ortoo_daemon.daemon.hearing.events import Hearing
from ortoo_daemon.daemon.hearing.silence import Silence
from ortoo_daemon.daemon.interpreting.catalogue_in_force import CatalogueInForce
from ortoo_daemon.daemon.interpreting.interpreter import Interpreter
from ortoo_daemon.daemon.loading.file_watch import FileWatch
from ortoo_daemon.daemon.loading.postal_file import load_postal_index, needs_geography
from ortoo_daemon.daemon.loading.reloading import Reloading
from ortoo_daemon.daemon.loading.start_files import StartFiles
from ortoo_daemon.daemon.mails.attached_answers import AttachedAnswers
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.daemon.memory import collect_when_quiet
from ortoo_daemon.daemon.noticing.absences_ahead import AbsencesAhead
from ortoo_daemon.daemon.noticing.assembling import make_delivery, make_summaries
from ortoo_daemon.daemon.noticing.rewording import Rewording
from ortoo_daemon.daemon.noticing.seeming_away import SeemingAway
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.org_clock import org_clock
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.redaction import Redaction
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.steps import Steps, happens
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.daemon.wiring import case_mails, put_in_line
from ortoo_daemon.decision import Decision
from ortoo_daemon.directory import Directory
from ortoo_daemon.errors import StateError
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import Record, WorkItem
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.stream.listener import Listener
from ortoo_daemon.work.workers import Workers

_log = structlog.get_logger("ortoo_daemon.service")

_SAVE_EVERY = 1.0
_SUBSCRIBED_WITHIN = 15.0
_LAST_WORDS_WITHIN = 3.0
"""Seconds; beside the drain of the workers, which takes longer where records are in hand."""


class Running:
    """The parts of a started service. `now` is the org's clock."""

    def __init__(
        self,
        settings: Settings,
        files: StartFiles,
        parts: Parts,
        notifier: Notifier,
    ) -> None:
        self._steps = Steps(parts, notifier)
        self._notifier = notifier
        self._settings = settings
        self._files = files
        self._parts = parts
        self._queue = parts.queue
        self._org = parts.org
        self._roster = DirectoryReader(parts.org, files.mapping)
        self.now = org_clock(parts.org)

    async def run(self, stop: asyncio.Event, *, shadow: bool) -> None:
        """Listen, prepare, decide, drain. Raises ConfigError for files by which nothing can work."""
        policies = self._files.policies
        user = await self._steps.until_done("log in", self._org.identity, stop)
        if user is None:
            return
        counters = await self._steps.until_done(
            "read the counters", lambda: self._counters(shadow=shadow), stop
        )
        if counters is None:
            return
        ledger, sharing = counters
        self._parts.sharing = sharing
        knowledge = Knowledge(
            policies=Policies(policies, loaded_at=self._parts.policies_loaded_at),
            directory=Directory(),
            ledger=ledger,
            daemon_user=user,
            postal=load_postal_index() if needs_geography(policies) else PostalIndex.empty(),
        )
        budgets = self._parts.budgets
        sweeping = Sweeping(
            self._org,
            self._queue,
            knowledge,
            self._roster,
            now=self.now,
            stretch=budgets.stretch,
            leads=self._parts.leading,
        )
        sweeping.plan(self._settings.sweeps, shadow=shadow)
        events = self._settings.events
        hearing = Hearing(
            self._queue,
            lambda: knowledge,
            events.channels,
            on_gap=sweeping.gaps.fill,
            clock=self.now,
            stop=stop,
        )
        silence = Silence(events, knowledge, hearing.events, now=self.now)
        listener = Listener(
            events.names,
            self._org.tokens,
            checkpoint_of=hearing.checkpoint_of,
            deliver=hearing.deliver,
            gap=hearing.gap,
            is_silent=silence.judge,
            api_version=self._settings.org.api_version,
        )
        self._parts.silence = silence
        self._show(knowledge, sweeping, hearing, listener)
        async with counting_together(sharing), asyncio.TaskGroup() as tasks:
            duty = _Duty(listener, sweeping)
            listening = tasks.create_task(self._parts.leading.run(duty, stop), name="ortoo-lead")
            tasks.create_task(budgets.run(stop), name="ortoo-budgets")
            reloading = self._parts.reloading = self._reloading(knowledge, sweeping, shadow=shadow)
            knowledge.fuses.on_blown = reloading.tell_of_fuse
            if not await self._prepare(reloading, sweeping, stop, shadow=shadow):
                await sweeping.schedule.stop()  # a gap may be being filled already
            else:
                catalogue = CatalogueInForce(self._settings)
                calls = self._parts.calls = Calls(
                    self._settings,
                    None if shadow else self._org,
                    reads_only=shadow,
                    note=self._parts.meters.called,
                )
                mails = case_mails(self._settings, self._org, catalogue=catalogue)
                answers = Answers(
                    self._org,
                    may_refine=budgets.may_refine,
                    mails=mails,
                    interpreter=Interpreter(catalogue),
                    calls=calls,
                    holds=self.now,
                    makes=not shadow,
                )
                candidate = self._candidate(answers)
                delivery = make_delivery(self._settings, self._parts, knowledge, self.now)
                self._parts.delivery = delivery
                seeming = SeemingAway(self._org, knowledge, delivery.outbox, now=self.now)
                sweeping.absences.on_inferred = seeming.tell
                reloading.rewording = Rewording(
                    self._settings,
                    delivery,
                    lambda: knowledge.policies.policy_set,
                    channels=lambda: self._parts.settings_watch.channels,
                )
                sweeping.summaries = make_summaries(self._settings, self._parts, delivery, self.now)
                folder = self._settings.audit.archive
                if folder is not None and not shadow:
                    archiving = self._archiving(folder)
                    every = self._settings.sweeps.retention_every
                    sweeping.schedule.add("archive", archiving.run, every)
                if self._settings.notices.planned_absences and not shadow:
                    sweeping.look_ahead_for(self._absences_ahead(knowledge, sweeping))
                handler = Handler(
                    org=self._org,
                    knowledge=knowledge,
                    answers=answers,
                    clock=self.now,
                    meters=self._parts.meters,
                    puts_off=budgets.puts_off,
                    outbox=None if shadow else delivery.outbox,
                    put=partial(self._queue.put, wait=False),
                    witness=_both(silence, reloading),
                    onlooker=candidate.candidate if candidate else Nobody(),
                    redaction=Redaction(self._settings.redact.every),
                    shadow=shadow,
                )
                if not shadow:
                    sweeping.listen_for_answers(self._attached(mails, handler, knowledge).look)
                async with _beside(candidate):
                    await self._work(handler, listener, reloading, stop)
            await listening
        if sharing is None:
            await self._queue.save_rotations(ledger.take_unsaved_turns())

    def _show(
        self, knowledge: Knowledge, sweeping: Sweeping, hearing: Hearing, listener: Listener
    ) -> None:
        """Let those who look on see these parts, and the watchdog the stream."""
        parts = self._parts
        parts.knowledge, parts.sweeping = knowledge, sweeping
        parts.hearing, parts.listener = hearing, listener
        parts.watchdog.watch("stream", lambda: listener.turns_by)

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
            ("read the directory", sweeping.read_directory),
            ("count open work", sweeping.count_open_work),
            ("count what was given lately", sweeping.count_given),
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
            tidying = tasks.create_task(collect_when_quiet(lambda: workers.in_flight))
            await stop.wait()
            tidying.cancel()
            _log.info("service.draining", in_flight=workers.in_flight)
            await reloading.told(within=_LAST_WORDS_WITHIN)
            looking.cancel()
            await asyncio.wait([looking])  # its last word must not come after this one
            self._notifier.stopping()
            await sweeping.schedule.stop()
        await handler.answers.close()

    def _reloading(self, knowledge: Knowledge, sweeping: Sweeping, *, shadow: bool) -> Reloading:
        """What keeps the policies those of the files, seen by those who look on."""
        settings, parts = self._settings, self._parts
        watch = FileWatch(
            folder=settings.path(settings.policies),
            directory=settings.path(settings.directory),
            asked=parts.reload_asked,
        )
        return Reloading(
            org=self._org,
            queue=self._queue,
            knowledge=knowledge,
            sweeping=sweeping,
            notifier=self._notifier,
            watch=watch,
            settings_watch=parts.settings_watch,
            start=self._files,
            now=self.now,
            last_at_start=parts.last_load,
            shadow=shadow,
        )

    def _archiving(self, folder: Path) -> Archiving:
        """What takes old decision records out of the org."""
        archive = Archive(self._settings.path(folder))
        return Archiving(self._org, archive, keep=self._settings.audit.keep, now=self.now)

    def _attached(
        self, mails: CaseMails, handler: Handler, knowledge: Knowledge
    ) -> AttachedAnswers:
        return AttachedAnswers(
            mails,
            handler.reopened,
            lambda: knowledge.policies.policy_set,
            noted=self._queue.noted,
            note=self._queue.note,
            within=self._settings.sweeps.recover_within,
            now=self.now,
        )

    def _absences_ahead(self, knowledge: Knowledge, sweeping: Sweeping) -> AbsencesAhead:
        """What tells managers of absences that lie ahead."""
        return AbsencesAhead(
            self._org,
            self._queue,
            knowledge,
            self._settings.notices,
            is_open=lambda: sweeping.roster.is_open,
            now=self.now,
        )

    def _candidate(self, answers: Answers) -> CandidateLoading | None:
        """What tries candidate policies, where the settings name some, seen by those who look on."""
        settings = self._settings
        if settings.candidate is None:
            return None
        found = self._parts.candidate = CandidateLoading(
            settings=settings,
            folder=settings.path(settings.candidate),
            org=self._org,
            candidate=Candidate(answers, now=self.now),
            now=self.now,
        )
        return found

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


def _both(silence: Silence, reloading: Reloading) -> Callable[[WorkItem, Record, Decision], None]:
    """What is handled tells whether the stream brings what it should, and how an edit does."""

    def note(item: WorkItem, record: Record, decision: Decision) -> None:
        silence.note(item, record, decision)
        reloading.note(decision)

    return note


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
