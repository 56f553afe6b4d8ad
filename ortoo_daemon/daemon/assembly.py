"""Which parts does a running daemon consist of, and what does each of them know of the others?

Makes them and joins them; begins and ends nothing.
"""

import asyncio
from collections.abc import Callable
from functools import partial

from ortoo_daemon.daemon.archive import Archive
from ortoo_daemon.daemon.archiving import Archiving
from ortoo_daemon.daemon.calling.calls import Calls
from ortoo_daemon.daemon.candidate.deciding import Candidate
from ortoo_daemon.daemon.candidate.loading import CandidateLoading
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.handler import Handler
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handling.onlooker import Nobody
from ortoo_daemon.daemon.handoffs.replies import DealerReplies
from ortoo_daemon.daemon.handoffs.ways import Ways
from ortoo_daemon.daemon.hearing.events import Hearing
from ortoo_daemon.daemon.hearing.silence import Silence
from ortoo_daemon.daemon.interpreting.catalogue_in_force import CatalogueInForce
from ortoo_daemon.daemon.interpreting.interpreter import Interpreter
from ortoo_daemon.daemon.interpreting.picklists import Picklists
from ortoo_daemon.daemon.loading.file_watch import FileWatch
from ortoo_daemon.daemon.loading.reloading import Reloading
from ortoo_daemon.daemon.loading.start_files import StartFiles
from ortoo_daemon.daemon.mails.attached_answers import AttachedAnswers
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.daemon.noticing.absences_ahead import AbsencesAhead
from ortoo_daemon.daemon.noticing.assembling import make_delivery, make_summaries
from ortoo_daemon.daemon.noticing.delivery import Delivery
from ortoo_daemon.daemon.noticing.rewording import Rewording
from ortoo_daemon.daemon.noticing.seeming_away import SeemingAway
from ortoo_daemon.daemon.notify import Notifier
from ortoo_daemon.daemon.org_clock import org_clock
from ortoo_daemon.daemon.parts import Parts
from ortoo_daemon.daemon.redaction import Redaction
from ortoo_daemon.daemon.settings import Settings
from ortoo_daemon.daemon.sweeping import Sweeping
from ortoo_daemon.daemon.wiring import case_mails
from ortoo_daemon.decision import Decision
from ortoo_daemon.records import Record, WorkItem
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.stream.listener import Listener


class Assembly:
    """Makes the parts of one run, and lets those who look on see them. ``shadow``: nothing is written."""

    def __init__(
        self,
        settings: Settings,
        files: StartFiles,
        parts: Parts,
        notifier: Notifier,
        knowledge: Knowledge,
        *,
        shadow: bool,
    ) -> None:
        self._settings = settings
        self._files = files
        self._parts = parts
        self._notifier = notifier
        self._knowledge = knowledge
        self._org = parts.org
        self._queue = parts.queue
        self.now = org_clock(parts.org)
        self.shadow = shadow

    def sweeping(self) -> Sweeping:
        """What the clock asks for."""
        sweeping = self._parts.sweeping = Sweeping(
            self._org,
            self._queue,
            self._knowledge,
            DirectoryReader(self._org, self._files.mapping),
            now=self.now,
            stretch=self._parts.budgets.stretch,
            leads=self._parts.leading,
        )
        sweeping.plan(self._settings.sweeps, shadow=self.shadow)
        return sweeping

    def listener(self, sweeping: Sweeping, stop: asyncio.Event) -> Listener:
        """What hears of changes, and what notices that it hears of none."""
        parts, events = self._parts, self._settings.events
        parts.knowledge = self._knowledge
        hearing = parts.hearing = Hearing(
            self._queue,
            lambda: self._knowledge,
            events.channels,
            on_gap=sweeping.gaps.fill,
            clock=self.now,
            stop=stop,
        )
        silence = parts.silence = Silence(events, self._knowledge, hearing.events, now=self.now)
        listener = parts.listener = Listener(
            events.names,
            self._org.tokens,
            checkpoint_of=hearing.checkpoint_of,
            deliver=hearing.deliver,
            gap=hearing.gap,
            is_silent=silence.judge,
            api_version=self._settings.org.api_version,
        )
        parts.watchdog.watch("stream", lambda: listener.turns_by)
        return listener

    def reloading(self, sweeping: Sweeping) -> Reloading:
        """What keeps the policies those of the files, seen by those who look on."""
        settings, parts = self._settings, self._parts
        watch = FileWatch(
            folder=settings.path(settings.policies),
            directory=settings.path(settings.directory),
            asked=parts.reload_asked,
        )
        reloading = parts.reloading = Reloading(
            org=self._org,
            queue=self._queue,
            knowledge=self._knowledge,
            sweeping=sweeping,
            notifier=self._notifier,
            watch=watch,
            settings_watch=parts.settings_watch,
            start=self._files,
            now=self.now,
            last_at_start=parts.last_load,
            shadow=self.shadow,
        )
        self._knowledge.fuses.on_blown = reloading.tell_of_fuse
        return reloading

    def handler(self, sweeping: Sweeping, reloading: Reloading) -> Handler:
        """What decides and writes, with those whom it asks and whom it tells."""
        parts, knowledge = self._parts, self._knowledge
        catalogue = CatalogueInForce(self._settings)
        mails = case_mails(self._settings, self._org, catalogue=catalogue)
        answers = self._answers(mails, catalogue)
        parts.candidate = candidate = self._candidate(answers)
        parts.delivery = delivery = make_delivery(self._settings, parts, knowledge, self.now)
        reloading.rewording = Rewording(
            self._settings,
            delivery,
            lambda: knowledge.policies.policy_set,
            channels=lambda: parts.settings_watch.channels,
        )
        if delivery.handing is not None and not self.shadow:
            reloading.ways = Ways(
                self._settings,
                delivery.handing,
                lambda: knowledge.policies.policy_set,
                edited=lambda: parts.settings_watch.handoff,
                now=self.now,
            )
        handler = Handler(
            org=self._org,
            knowledge=knowledge,
            answers=answers,
            clock=self.now,
            meters=parts.meters,
            puts_off=parts.budgets.puts_off,
            outbox=None if self.shadow else delivery.outbox,
            put=partial(self._queue.put, wait=False),
            witness=_both(parts.silence, reloading),
            onlooker=candidate.candidate if candidate else Nobody(),
            redaction=Redaction(self._settings.redact.every),
            shadow=self.shadow,
        )
        self._plan_more(sweeping, delivery)
        if not self.shadow:
            sweeping.listen_for_answers(self._attached(mails, handler).look)
            sweeping.listen_to_dealers(self._replies().look)
        return handler

    def _answers(self, mails: CaseMails, catalogue: CatalogueInForce) -> Answers:
        """Those who are asked before something can be decided."""
        calls = self._parts.calls = Calls(
            self._settings,
            None if self.shadow else self._org,
            reads_only=self.shadow,
            note=self._parts.meters.called,
        )
        picklists = Picklists(self._org)
        return Answers(
            self._org,
            may_refine=self._parts.budgets.may_refine,
            mails=mails,
            interpreter=Interpreter(catalogue, picklists),
            picklists=picklists,
            calls=calls,
            holds=self.now,
            makes=not self.shadow,
        )

    def _plan_more(self, sweeping: Sweeping, delivery: Delivery) -> None:
        """Sweeps that tell somebody, or that only some settings ask for."""
        seeming = SeemingAway(self._org, self._knowledge, delivery.outbox, now=self.now)
        sweeping.absences.on_inferred = seeming.tell
        sweeping.summaries = make_summaries(self._settings, self._parts, delivery, self.now)
        if self.shadow:
            return
        audit = self._settings.audit
        if audit.archive is not None:
            archive = Archive(self._settings.path(audit.archive))
            archiving = Archiving(self._org, archive, keep=audit.keep, now=self.now)
            sweeping.schedule.add("archive", archiving.run, self._settings.sweeps.retention_every)
        if self._settings.notices.planned_absences:
            sweeping.look_ahead_for(self._absences_ahead(sweeping))

    def _attached(self, mails: CaseMails, handler: Handler) -> AttachedAnswers:
        return AttachedAnswers(
            mails,
            handler.effects.reopened,
            lambda: self._knowledge.policies.policy_set,
            noted=self._queue.noted,
            note=self._queue.note,
            within=self._settings.sweeps.recover_within,
            now=self.now,
        )

    def _replies(self) -> DealerReplies:
        return DealerReplies(
            org=self._org,
            knowledge=self._knowledge,
            put=partial(self._queue.put, wait=False),
            noted=self._queue.noted,
            note=self._queue.note,
            within=self._settings.sweeps.recover_within,
            now=self.now,
        )

    def _absences_ahead(self, sweeping: Sweeping) -> AbsencesAhead:
        """What tells managers of absences that lie ahead."""
        return AbsencesAhead(
            self._org,
            self._queue,
            self._knowledge,
            self._settings.notices,
            is_open=lambda: sweeping.current.roster.is_open,
            now=self.now,
        )

    def _candidate(self, answers: Answers) -> CandidateLoading | None:
        """What tries candidate policies, where the settings name some, seen by those who look on."""
        settings = self._settings
        if settings.candidate is None:
            return None
        return CandidateLoading(
            settings=settings,
            folder=settings.path(settings.candidate),
            org=self._org,
            candidate=Candidate(answers, now=self.now),
            now=self.now,
        )


def _both(
    silence: Silence | None, reloading: Reloading
) -> Callable[[WorkItem, Record, Decision], None]:
    """What is handled tells whether the stream brings what it should, and how an edit does."""

    def note(item: WorkItem, record: Record, decision: Decision) -> None:
        if silence is not None:
            silence.note(item, record, decision)
        reloading.note(decision)

    return note
