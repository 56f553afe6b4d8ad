"""How does a record get its decision, and the places that the decision takes up?

Decides anew while another daemon has used up what the decision looked at. Writes nothing to the org.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from ortoo_daemon import beside
from ortoo_daemon.action.events import with_events_of_stamps
from ortoo_daemon.action.shares import with_shares_of_stamps
from ortoo_daemon.action.stamps import DECISION_KEY
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.by_hand import Reports, told_before
from ortoo_daemon.daemon.handling.contacts import Contacts
from ortoo_daemon.daemon.handling.deciding import decide_record, with_counters_kept
from ortoo_daemon.daemon.handling.knowledge import Knowledge, Policies
from ortoo_daemon.daemon.handling.ledger import Ticket
from ortoo_daemon.daemon.handling.onlooker import Nobody, Onlooker
from ortoo_daemon.daemon.handling.overwritten import overwritten_owner
from ortoo_daemon.daemon.handling.owner_fights import Fight, find_fight, may_fight
from ortoo_daemon.daemon.handling.proofs import Proofs
from ortoo_daemon.daemon.hearing.reopening import Reopenings
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome, ReasonCode
from ortoo_daemon.records import Record, WorkReason
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.claims import Claim

_log = structlog.get_logger("ortoo_daemon.records")

_DONE_BEFORE = frozenset({ReasonCode.ALREADY_DECIDED, ReasonCode.PARKED_ALREADY})


@dataclass(slots=True, kw_only=True)
class Reserving:
    """Decides claims and reserves what they take. ``shadow`` as in the handler, ``onlooker``, too."""

    org: Org
    knowledge: Knowledge
    answers: Answers
    clock: Callable[[], datetime]
    proofs: Proofs
    onlooker: Onlooker
    shadow: bool
    reopenings: Reopenings = field(init=False)
    reports: Reports = field(init=False)
    contacts: Contacts = field(init=False)

    def __post_init__(self) -> None:
        self.reopenings = Reopenings(self.org)
        self.reports = Reports(self.org)
        self.contacts = Contacts(self.org, lambda: self.knowledge.daemon_user)

    async def decide(
        self, claim: Claim, record: Record, policies: Policies
    ) -> tuple[Decision, Facts, Ticket | None]:
        """Decide and reserve, anew while another daemon has used up what the decision looked at."""
        ledger, look = self.knowledge.ledger, self.knowledge.ledger.look()
        ledger.taken_over(record.id)
        changed_since = await self.reopenings.changed_since(claim.item, record, policies)
        contacts = await self.contacts.of(claim.item, record, policies)
        onlooker, fight, looked = self.onlooker, None, False
        while True:
            # No await stands between this and the reservation, so counters can't move in between.
            found, facts = await decide_record(
                self.knowledge,
                self.answers,
                claim.item,
                record,
                policies=policies,
                now=self.clock(),
                changed_since=changed_since,
                contacts=contacts,
                look=look,
            )
            if not looked and not self.shadow and may_fight(claim.item, record, found):
                looked, fight = True, await self._fight(record, facts.now)
                continue  # counters may have moved
            if fight is not None:
                found = beside.owner_fight(
                    policies.policy_set, facts, by=fight.who, times=fight.times
                )
            done_before = found.reason in _DONE_BEFORE or found.outcome in FOLLOW_UPS
            if (done_before or claim.others_tried) and not self.shadow:
                found = await self._still_due(claim, facts, policies) or found
            if found.outcome is Outcome.REPORTED and await self.reports.told(claim.item, found):
                found = told_before(found)
            onlooker.decided(facts, found)
            facts = with_counters_kept(self.knowledge, facts, found)
            taken = found.reservation
            ticket = ledger.reserve(record.object, taken) if taken is not None else None
            sources = policies.policy_set.key_sources.get(record.object)
            self.knowledge.matched.note(facts, found, sources)
            if await ledger.stands(look, ticket, record.id):
                break
            onlooker = Nobody()  # it has seen the record
        if taken is not None and taken.person is not None:
            self.knowledge.customers.given(facts.answers, taken.person)
        return found, facts, ticket

    async def _fight(self, record: Record, now: datetime) -> Fight | None:
        fight = await find_fight(self.org, record, daemon_user=self.knowledge.daemon_user, now=now)
        if fight is not None and not beside.is_parked_for_fight(record):
            _log.error(
                "owner_fight",
                object=record.object,
                record=record.id,
                by=fight.by,
                times=fight.times,
            )
        return fight

    async def _still_due(self, claim: Claim, facts: Facts, policies: Policies) -> Decision | None:
        """What a decided record may lack: its proof, or the person whose change our write replaced."""
        record = facts.record
        if await self._lacks_proof(claim, record):
            policy_set = policies.policy_set
            found = with_shares_of_stamps(beside.recovered(facts), policy_set, facts)
            return with_events_of_stamps(found, policy_set, facts)
        daemon_user = self.knowledge.daemon_user
        person = await overwritten_owner(self.org, claim.item, record, daemon_user=daemon_user)
        if person is None:
            return None
        return beside.given_back(policies.policy_set, facts, person)

    async def _lacks_proof(self, claim: Claim, record: Record) -> bool:
        """Whether an earlier run stamped the record and died before the audit record."""
        item, key = claim.item, record.text(DECISION_KEY)
        tried = claim.was_tried or item.reason is WorkReason.RECONCILED
        if not tried or not key:
            return False
        return not await self.proofs.stands(key)
