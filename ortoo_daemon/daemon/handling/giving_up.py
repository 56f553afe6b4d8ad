"""What becomes of a record that the org refuses, or that could not be decided at any try?

It is parked in the org, where a person finds it, with its proof and with whom that tells.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from ortoo_daemon import beside
from ortoo_daemon.action.events import with_events_of_stamps
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handling.parking import stamp_given_up, stamp_refused
from ortoo_daemon.daemon.handling.proving import Proving
from ortoo_daemon.daemon.handling.timings import Timings
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.decision import Decision, ReasonCode
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.facts import Facts
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.claims import Claim
from ortoo_daemon.work.verdicts import Finished, Park, Verdict

_log = structlog.get_logger("ortoo_daemon.records")


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
        """The org refuses even owner and stamps."""
        record = facts.record
        _log.error("record_refused", object=record.object, record=record.id, code=error.code)
        lease = claim.lease
        decision, written = await stamp_refused(self.org, facts, refused, error, lease=lease)
        decision = await self._with_notices(decision, facts)
        await self.proving.prove(claim, decision, facts, written, Timings())
        return Finished(decision.reason.value, error.code)

    async def park(self, claim: Claim, reason: ReasonCode, note: str) -> Verdict:
        """Park in the queue, and in the org too, or the sweeps would bring the record back for ever."""
        knowledge = self.knowledge
        try:
            if not self.shadow:
                now = self.clock()
                found = await stamp_given_up(self.org, knowledge, claim, reason=reason, now=now)
                if found is not None:
                    decision, facts, written = found
                    decision = await self._with_notices(decision, facts)
                    await self.proving.prove(claim, decision, facts, written, Timings())
        except Exception as error:
            _log.error("record_not_stamped", record=claim.item.record_id, exc_info=error)
        return Park(reason.value, note)

    async def _with_notices(self, decision: Decision, facts: Facts) -> Decision:
        """A record that was parked beside the stages, with whom that tells."""
        known = replace(facts, usernames=self.knowledge.usernames)
        policies = self.knowledge.policies.policy_set
        decision = with_events_of_stamps(decision, policies, known)
        told = beside.parked_notices(policies, known, decision)
        decision = replace(decision, notices=told)
        if told and self.outbox is not None:
            await self.outbox.hold(decision)
        return decision
