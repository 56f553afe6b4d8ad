"""What does a decision bring about, and in which order?

The order is what lets another run take over at any point: children, an opened case, a membership and what is
told stand before the record is written, so that a written record lacks none of them; sight of the record and
the proof come after it. Each may be repeated.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ortoo_daemon.action.stamps import OWNER
from ortoo_daemon.admission.held import is_untouched
from ortoo_daemon.audit.record import Written
from ortoo_daemon.daemon.handling.campaigns import Campaigns
from ortoo_daemon.daemon.handling.children import Children, PutToWork
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handling.ledger import Ticket
from ortoo_daemon.daemon.handling.reopened import Reopened
from ortoo_daemon.daemon.handling.repeating import Repeating
from ortoo_daemon.daemon.handling.shares import Shares
from ortoo_daemon.daemon.handling.writing import write_decision
from ortoo_daemon.daemon.noticing.outbox import Outbox
from ortoo_daemon.daemon.watching.meters import Meters
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome
from ortoo_daemon.records import Owner, OwnerKind, Record, WorkReason
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.claims import Claim

_LATER = frozenset({WorkReason.REVIEWED, WorkReason.SLA, WorkReason.ABSENCE})
"""Ways in by which the daemon comes back to a record that people have long seen."""


@dataclass(slots=True, kw_only=True)
class Effects:
    """Brings decisions about. ``shadow``: does nothing. ``outbox`` keeps whom to tell, None where nobody is
    told. ``put`` puts records that were made, opened again or woken in line for their own decision."""

    org: Org
    knowledge: Knowledge
    clock: Callable[[], datetime]
    meters: Meters
    put: PutToWork
    outbox: Outbox | None
    shadow: bool
    children: Children = field(init=False)
    reopened: Reopened = field(init=False)
    repeating: Repeating = field(init=False)
    campaigns: Campaigns = field(init=False)
    shares: Shares = field(init=False)

    def __post_init__(self) -> None:
        self.children = Children(self.org, self.put)
        self.reopened = Reopened(self.org, self.put)
        self.repeating = Repeating(self.org, self.put)
        self.campaigns = Campaigns(self.org, self.clock)
        self.shares = Shares(self.org, self.clock, self.meters)

    async def write(
        self, claim: Claim, record: Record, decision: Decision, ticket: Ticket | None
    ) -> Written:
        """All up to the write of the record itself. Raises OwnerRefusedError, KnownChangedError, OrgError,
        StateError."""
        if self.shadow or decision.outcome in (Outcome.NOTHING, Outcome.RECOVERED):
            return Written()
        again, now = claim.was_tried, self.clock()
        if decision.children:
            await self.children.make(decision, now)
        if decision.reopening is not None:
            await self.reopened.reopen(decision.reopening, now, again=again)
        if decision.campaign is not None:
            await self.campaigns.join(decision)
        known = await self.repeating.note(decision, self.knowledge.policies, now, again=again)
        await self._hold(decision, again=again)
        if decision.outcome is Outcome.REPORTED:
            return Written()
        lease = claim.lease
        again = again or claim.item.reason in _LATER
        conditional = again or decision.outcome in FOLLOW_UPS or self._is_held(record)
        written = await write_decision(
            self.org.writer,
            decision,
            record,
            conditional=conditional,
            may_go=lambda s: lease.outlasts(s) and (ticket is None or ticket.outlasts(s)),
        )
        return written if known is None else replace(written, known=known)

    async def share(self, decision: Decision, written: Written) -> Written:
        """Sight of the written record, as decided, and what of it the org refused. Raises OrgError."""
        if self.shadow or not (decision.shares or decision.withheld):
            return written
        return replace(written, unshared=await self.shares.make(decision))

    async def _hold(self, decision: Decision, *, again: bool) -> None:
        """Keep whom it tells, and none of those whom an earlier try would have told."""
        if self.outbox is None:
            return
        if decision.notices or decision.handoff:
            await self.outbox.hold(decision)
        elif again:
            await self.outbox.withdraw(decision)

    def _is_held(self, record: Record) -> bool:
        """Whether a person may hold the record: then no write goes without its precondition."""
        owner, daemon_user = record.text(OWNER), self.knowledge.daemon_user
        if Owner.kind_of(owner) is OwnerKind.QUEUE or owner in (
            daemon_user,
            record.text("CreatedById"),
        ):
            return False
        return not is_untouched(record, frozenset({daemon_user}))
