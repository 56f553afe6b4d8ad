"""What becomes of a record that the org refuses, or that could not be decided at any try?

It is parked in the org, where a person finds it, with its proof and with whom that tells.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from ortoo_daemon import beside
from ortoo_daemon.action.events import with_events_of_stamps
from ortoo_daemon.audit.record import Written
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handling.parking import parked_as_given_up, parked_as_refused
from ortoo_daemon.daemon.handling.proving import Proving
from ortoo_daemon.daemon.handling.timings import Timings
from ortoo_daemon.daemon.handling.writing import write_decision
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import LoginError, PermanentOrgError, StateError, TemporaryOrgError
from ortoo_daemon.facts import Facts
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.verdicts import Finished, Park, Retry, Verdict

_log = structlog.get_logger("ortoo_daemon.records")

_AGAIN_AFTER = timedelta(seconds=10)


@dataclass(slots=True, kw_only=True)
class GivingUp:
    """Parks records beside the stages. ``shadow``: in the queue alone."""

    org: Org
    knowledge: Knowledge
    clock: Callable[[], datetime]
    proving: Proving
    outbox: Outbox | None
    shadow: bool

    async def park_refused(
        self, claim: Claim, facts: Facts, refused: Decision, error: PermanentOrgError
    ) -> Verdict:
        """The org refuses even owner and stamps.

        Raises OrgError, and StaleRecordError when the record changed meanwhile.
        """
        record = facts.record
        _log.error("record_refused", object=record.object, record=record.id, code=error.code)
        decision = parked_as_refused(facts, refused, error)
        if decision.outcome is not Outcome.NOTHING:
            decision = await self._with_notices(decision, facts)
        await self._stamp(claim, decision, facts, conditional=True)
        return Finished(decision.reason.value, error.code)

    async def park(self, claim: Claim, reason: ReasonCode, note: str) -> Verdict:
        """Park in the queue, and in the org too, or the sweeps would bring the record back for ever.

        While the org or the store can't say what became of that, it is tried again.
        """
        try:
            if not self.shadow:
                await self._park(claim, reason)
        except (TemporaryOrgError, LoginError, StateError) as error:
            return Retry(_AGAIN_AFTER, f"to be parked, {reason.value}: {error}")
        except Exception as error:
            _log.error("record_not_stamped", record=claim.item.record_id, exc_info=error)
        return Park(reason.value, note)

    async def _park(self, claim: Claim, reason: ReasonCode) -> None:
        now = self.clock()
        found = await parked_as_given_up(self.org, self.knowledge, claim, reason=reason, now=now)
        if found is None:
            return
        decision, facts = found
        if decision.outcome is not Outcome.RECOVERED:
            decision = await self._with_notices(decision, facts)
        elif await self.proving.proofs.stands(decision.key):
            return
        else:
            policies = self.knowledge.policies.policy_set
            decision = with_events_of_stamps(decision, policies, facts)
        await self._stamp(claim, decision, facts, conditional=False)

    async def _stamp(
        self, claim: Claim, decision: Decision, facts: Facts, *, conditional: bool
    ) -> None:
        """Write what is parked, and prove it; of a decision that is recovered the proof alone."""
        written = Written()
        if decision.outcome is Outcome.PARKED:
            may_go = claim.lease.outlasts
            written = await write_decision(
                self.org.writer, decision, facts.record, conditional=conditional, may_go=may_go
            )
        await self.proving.prove(claim, decision, facts, written, Timings())

    async def _with_notices(self, decision: Decision, facts: Facts) -> Decision:
        """A record that is parked beside the stages, with whom that tells: kept before it is written."""
        known = replace(facts, usernames=self.knowledge.usernames)
        policies = self.knowledge.policies.policy_set
        decision = with_events_of_stamps(decision, policies, known)
        told = beside.parked_notices(policies, known, decision)
        decision = replace(decision, notices=told)
        if told and self.outbox is not None:
            await self.outbox.hold(decision)
        return decision
