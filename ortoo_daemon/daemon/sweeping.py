"""What does the clock ask for, and how often? Joins the sweeps to the org, the queue and what is known."""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.action.shares import find_consent
from ortoo_daemon.audit.record import KEY, OBJECT
from ortoo_daemon.daemon.absences import Absences
from ortoo_daemon.daemon.current import Current
from ortoo_daemon.daemon.due_steps import DueSteps
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.hearing.gaps import RECONCILE, RESYNC, Gaps
from ortoo_daemon.daemon.noticing.absences_ahead import AbsencesAhead
from ortoo_daemon.daemon.noticing.summaries import Summaries, Summary
from ortoo_daemon.daemon.reviewing import Reviewing
from ortoo_daemon.daemon.settings import SweepSettings
from ortoo_daemon.daemon.wiring import utc_now
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import Policy
from ortoo_daemon.policy.share_model import consent_fields
from ortoo_daemon.records import Record, RecordId, WorkItem
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.directory import DirectoryReader
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.sweeps.by_hand import find_given_by_hand
from ortoo_daemon.sweeps.consents import find_consents
from ortoo_daemon.sweeps.put_before import PutBefore
from ortoo_daemon.sweeps.reconcile import reconcile
from ortoo_daemon.sweeps.recover import recover
from ortoo_daemon.sweeps.retention import Retention, forget_old_items
from ortoo_daemon.sweeps.returns import find_returned
from ortoo_daemon.sweeps.schedule import Schedule, Stretch
from ortoo_daemon.sweeps.sla import (
    Outlook,
    count_due,
    count_due_soon,
    find_due_steps,
    oldest_due,
)
from ortoo_daemon.work.queue import WorkQueue

_log = structlog.get_logger("ortoo_daemon.sweeps")

_ALIVE_AT = "alive_at"
_BY_HAND_UNTIL = "by_hand_until"
_CONSENTS_UNTIL = "consents_until"
_LATE_COMMITS = timedelta(minutes=1)
"""A change may be seen so long after the moment that it bears: that of its transaction's beginning."""
_RECOVERY_OVERLAP = timedelta(minutes=10)
_NEVER = timedelta(days=365)
_COUNT_PARKED_EVERY = timedelta(minutes=10)
_REPLIES_EVERY = timedelta(minutes=1)
_LOOK_AT_FUSES_EVERY = timedelta(seconds=15)
_LOOK_AHEAD_EVERY = timedelta(minutes=1)
_ABSENCES_AHEAD_EVERY = timedelta(minutes=15)
_LAST_PROOF = "Decided_At__c"
_EVERYBODYS = frozenset({"directory", "workload"})
"""What each of several daemons must know for itself; everything else is the leader's."""


class Sweeping:
    """The daemon's sweeps; `schedule` runs them once it is started, most of them only while it ``leads``.

    ``outlook`` is None until due steps of SLA clocks were counted; ``reviewing`` in a shadow run, which parks
    nothing; ``summaries`` where nobody is told.
    """

    def __init__(
        self,
        org: Org,
        queue: WorkQueue,
        knowledge: Knowledge,
        roster: DirectoryReader,
        *,
        now: Callable[[], datetime],
        stretch: Stretch = lambda name: 1.0,
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._org = org
        self._queue = queue
        self._knowledge = knowledge
        self._now = now
        self.current = Current(org, knowledge, roster, now=now, unproven_since=self._unproven_since)
        self.outlook: Outlook | None = None
        self.reviewing: Reviewing | None = None
        self.absences = Absences(org, queue, knowledge, now=now)
        self.summaries: Summaries | None = None
        self._leads = leads
        self.schedule = Schedule(
            clock=utc_now,
            stretch=lambda name: stretch(name) if name in _EVERYBODYS or leads() else math.inf,
        )
        self.gaps = Gaps(org, queue, knowledge, self.schedule, now=now)

    def plan(self, every: SweepSettings, *, shadow: bool) -> None:
        """Add the sweeps; they begin when the schedule is started."""
        self._every = every
        self._put_before = PutBefore(every=every.sla_every)
        self._steps = DueSteps(
            self._queue, every, clock=utc_now, backlog=self._backlog, tell=self._tell
        )
        add = self.schedule.add
        # In a shadow run nothing is stamped, so the same records would be found for ever.
        again = _NEVER if shadow else every.reconcile_every
        add(RECONCILE, self._reconcile, again, jitter=again / 10, at_start=True)
        add(RESYNC, self.gaps.resync, every.reconcile_every, at_start=True)
        if not shadow:
            add("recover", self._recover, every.retention_every, at_start=True)
            add("sla", self._find_due_steps, every.sla_every, at_start=True)
            add("returns", self._find_returned, every.reconcile_every, at_start=True)
            add("by_hand", self._find_given_by_hand, every.reconcile_every, at_start=True)
            add("consents", self._find_consents, every.reconcile_every, at_start=True)
            self._plan_reviews(every)
            add("absence", self._look_for_absences, every.absence_every, at_start=True)
        add("directory", self._refresh_directory, every.directory_every)
        add("workload", self.current.count, every.workload_every)
        add("retention", self._forget, every.retention_every)

    async def take_over(self) -> None:
        """Look at once for what a leader before this one may have left; the start does so by itself."""
        if self.schedule.started:
            await self.schedule.run_first()

    def look_ahead_for(self, ahead: AbsencesAhead) -> None:
        """Tell managers of absences that lie ahead; looking costs the org nothing until somebody is due."""
        every = min(_ABSENCES_AHEAD_EVERY, 15 * self._every.absence_every)
        self.schedule.add("absences_ahead", ahead.look, every, at_start=True)

    def listen_for_answers(self, look: Callable[[], Awaitable[None]]) -> None:
        """Open cases again that e-mails answer which the org attached to them."""
        self.schedule.add("answers", look, self._every.reconcile_every, at_start=True)

    def listen_to_dealers(self, look: Callable[[], Awaitable[None]]) -> None:
        """Heed what dealers answer to the e-mails that handed records to them."""
        every = min(_REPLIES_EVERY, self._every.reconcile_every)
        self.schedule.add("replies", look, every, at_start=True)

    def _plan_reviews(self, every: SweepSettings) -> None:
        """Parked records are counted now and then, so that the figure is there before the first review."""
        self.reviewing = Reviewing(
            self._org, self._queue, self._knowledge, every=every.review_every, now=self._now
        )
        again = every.review_every
        count_every = min(again, _COUNT_PARKED_EVERY)
        self.schedule.add("parked", self.reviewing.count, count_every, at_start=True)
        self.schedule.add("fuses", self._look_at_fuses, min(again, _LOOK_AT_FUSES_EVERY))
        self.schedule.add("review", self._review, again, jitter=again / 10)

    async def _unproven_since(self) -> datetime:
        return await self._alive_at() - _RECOVERY_OVERLAP

    async def _reconcile(self) -> None:
        figures = await reconcile(
            self._org.query,
            self._put_unless_parked,
            self._knowledge.policies.policy_set.policies,
            clock=self._now,
            need_not_be_read=self._is_passed_over,
        )
        _log.info("sweep.reconcile", found=figures.found, put=figures.put, pages=figures.pages)

    def _is_passed_over(self, id: RecordId, /, *, modified_at: datetime) -> bool:
        """What no policy took an hour ago at most, and is what it was, is not read again."""
        knowledge = self._knowledge
        revision = knowledge.policies.revision
        return knowledge.passed_over.holds(id, modified_at=modified_at, revision=revision)

    async def _find_due_steps(self) -> None:
        """Unless they wait since the org was out of reach, and no more of them than may be within an hour."""
        if self.summaries is not None:
            await self.summaries.look()
        objects, now = self._knowledge.policies.objects, self._now()
        if self._steps.must_be_asked:
            due = await count_due(self._org.query_together, objects, now=now)
            if await self._steps.wait(due=due):
                return await self._look_ahead(due)
        figures = await find_due_steps(
            self._org.query_together,
            self._queue.put,
            objects,
            clock=self._now,
            before=self._put_before,
            at_most=self._steps.left,
        )
        await self._steps.found(figures)
        await self._look_ahead(figures.overdue)

    async def _backlog(self) -> tuple[int, datetime | None]:
        objects, now = self._knowledge.policies.objects, self._now()
        due = await count_due(self._org.query_together, objects, now=now)
        return due, await oldest_due(self._org.query_together, objects, now=now)

    async def _tell(self, summary: Summary) -> None:
        if self.summaries is not None:
            await self.summaries.tell(summary)

    async def _find_returned(self) -> None:
        """What was given back, and the stream did not tell; or a fuse had stopped."""
        policies = self._knowledge.policies.policy_set.policies
        found, put = await find_returned(
            self._org.query, self._queue.put, policies, now=self._now()
        )
        if found:
            _log.info("sweep.returns", found=found, put=put)

    async def _find_consents(self) -> None:
        """Whom records may be shared with by now, or no more, and the stream did not tell."""
        now, knowledge = self._now(), self._knowledge
        policies = knowledge.policies.policy_set.policies
        if not any(consent_fields(policy.share) for policy in policies):
            return

        def is_due(policy: Policy, item: WorkItem, record: Record) -> bool:
            facts = Facts(
                item=item,
                record=record,
                now=now,
                directory=knowledge.directory,
                usernames=knowledge.usernames,
            )
            return find_consent(policy, facts) is not None

        noted = instant(await self._queue.noted(_CONSENTS_UNTIL))
        found, put = await find_consents(
            self._org.query,
            self._queue.put,
            policies,
            is_due,
            since=(noted or now - self._every.recover_within) - _LATE_COMMITS,
            all_held=noted is None,
            now=now,
        )
        await self._queue.note(_CONSENTS_UNTIL, instant_text(now))
        if found:
            _log.info("sweep.consents", found=found, put=put)

    async def _find_given_by_hand(self) -> None:
        """Whom people gave records to, and no event said so. By then open work was counted since."""
        now = self._now()
        until = now - 2 * self._every.workload_every
        noted = instant(await self._queue.noted(_BY_HAND_UNTIL))
        found = await find_given_by_hand(
            self._org.query,
            self._queue.put,
            self._knowledge.policies.policy_set.policies,
            since=(noted or now - self._every.recover_within) - _LATE_COMMITS,
            until=until,
            now=now,
        )
        await self._queue.note(_BY_HAND_UNTIL, instant_text(found.seen_until))
        if found.put:
            _log.info("sweep.by_hand", found=found.found, put=found.put)

    async def _look_for_absences(self) -> None:
        await self.absences.look(self.current.roster)

    async def _look_ahead(self, overdue: int) -> None:
        """What is due soon is counted anew after a minute at the earliest."""
        now, before = self._now(), self.outlook
        if before is not None and timedelta(0) <= now - before.at < _LOOK_AHEAD_EVERY:
            self.outlook = replace(before, overdue=overdue)
            return
        objects = self._knowledge.policies.objects
        soon = await count_due_soon(self._org.query_together, objects, now=now)
        self.outlook = Outlook(at=now, overdue=overdue, soon=soon)

    async def _review(self) -> None:
        if self.reviewing is not None:
            await self.reviewing.review(directory_at=self.current.directory_read_at)

    async def _look_at_fuses(self) -> None:
        if self.reviewing is not None:
            await self.reviewing.review_fused(self._knowledge.fuses)

    async def _recover(self) -> None:
        """Records decided since the daemon was last alive may lack their proof."""
        since = await self._unproven_since()
        figures = await recover(
            self._org.query,
            self._queue.put,
            self._proven,
            self._knowledge.policies.objects,
            since=since,
            clock=self._now,
        )
        await self._queue.note(_ALIVE_AT, instant_text(self._now()))
        _log.info("sweep.recover", found=figures.found, put=figures.put, since=instant_text(since))

    async def _alive_at(self) -> datetime:
        """When a recovery last ended; where the store was lost, a time before the org's last proof."""
        noted = instant(await self._queue.noted(_ALIVE_AT))
        if noted is not None:
            return noted
        found = await self._org.query(soql.select(OBJECT, [f"MAX({_LAST_PROOF})"]))
        last_proof = instant(found[0].get("expr0")) if found else None
        return (last_proof or self._now()) - self._every.recover_within

    async def _put_unless_parked(self, items: Sequence[WorkItem]) -> int:
        return await self._queue.put(items, skip_parked=True)

    async def _proven(self, keys: Sequence[str]) -> set[str]:
        rows = await self._org.query(soql.select(OBJECT, [KEY], where=[soql.one_of(KEY, keys)]))
        return {str(row[KEY]) for row in rows}

    async def _refresh_directory(self) -> None:
        changed = await self.current.refresh_directory()
        if changed and self.reviewing is not None and self._leads():  # a shadow run moves nothing
            await self._look_for_absences()

    async def _forget(self) -> None:
        retention = Retention(
            finished_for=self._every.finished_for, parked_for=self._every.parked_for
        )
        await self._queue.notices.purge(utc_now() - self._every.finished_for)
        await self._queue.tries.purge(utc_now() - self._every.parked_for)
        if self._queue.leadership.shared:  # who counts alone writes no log of what is taken
            await self._queue.reservations.purge()
        gone = await forget_old_items(self._queue.purge, retention=retention, clock=utc_now)
        _log.info("sweep.retention", forgotten=gone)
