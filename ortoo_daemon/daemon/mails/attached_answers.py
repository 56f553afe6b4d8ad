"""Who answers a closed case by an e-mail that the org attached to it?

The case is opened again where its policy says so; automatic replies open nothing.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog

from ortoo_daemon.consequences import Reopening
from ortoo_daemon.daemon.handling.reopened import Reopened
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.policy.model import Policy, PolicySet
from ortoo_daemon.policy.triage_model import Triage
from ortoo_daemon.records import Record, RecordId
from ortoo_daemon.scope import RecordScope
from ortoo_daemon.sweeps.answers import OBJECT, Answered, find_answered

_log = structlog.get_logger("ortoo_daemon.sweeps")

_UNTIL = "answers_until"
_OPENING = "answers_opening"
"""The case that is being opened: what dies then has not put it in line."""

_LATE_COMMITS = timedelta(minutes=1)


class AttachedAnswers:
    """Looks for them now and then. ``noted`` and ``note`` keep how far was looked, over restarts."""

    def __init__(
        self,
        mails: CaseMails,
        reopened: Reopened,
        policies: Callable[[], PolicySet],
        *,
        noted: Callable[[str], Awaitable[str | None]],
        note: Callable[[str, str], Awaitable[None]],
        within: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._mails = mails
        self._reopened = reopened
        self._policies = policies
        self._noted, self._note = noted, note
        self._within = within
        self._now = now

    async def look(self) -> None:
        """An e-mail is looked at until its case is open, or was closed after it. Raises OrgError, StateError,
        and ConfigError where e-mails can't be read."""
        opening = {
            policy.name: policy
            for policy in self._policies().for_object(OBJECT)
            if policy.triage is not None and policy.triage.reopen
        }
        if not opening:
            return
        now = self._now()
        await self._wake_left(now)
        noted = instant(await self._noted(_UNTIL))
        found = await find_answered(
            self._reopened.org.query,
            opening.keys(),
            since=(noted or now - self._within) - _LATE_COMMITS,
            until=now,
        )
        opened = 0
        for answered in found.answered:
            policy = opening[answered.policy]
            if policy.triage is not None:
                opened += await self._open(answered, policy, policy.triage, now)
        await self._note(_UNTIL, instant_text(found.seen_until))
        if found.answered:
            _log.info("sweep.answers", found=len(found.answered), reopened=opened)

    async def _open(
        self, answered: Answered, policy: Policy, triage: Triage, now: datetime
    ) -> bool:
        findings = await self._mails.found_in(answered.mail)
        if findings is None or findings.mail.get("automatic"):
            return False
        case = Record(object=OBJECT, id=answered.case)
        scope = RecordScope(case, now=now, zone=policy.zone)
        scope.triage = findings
        fields = {each.field: each.value.evaluate(scope) for each in triage.reopen}
        asked = Reopening(object=OBJECT, record_id=answered.case, fields=fields)
        await self._note(_OPENING, answered.case)
        opened = await self._reopened.reopen(asked, now)
        await self._note(_OPENING, "")
        return opened

    async def _wake_left(self, now: datetime) -> None:
        """Put in line what an earlier run has opened, and died. What it changed is not known any more."""
        left = await self._noted(_OPENING)
        if left:
            asked = Reopening(object=OBJECT, record_id=RecordId(left), fields={})
            await self._reopened.wake(asked, now)
            await self._note(_OPENING, "")
