"""What is decided about a record that the org refuses, or that nobody could decide at any try?

It is parked with the reason, so that sweeps don't bring it back for ever.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ortoo_daemon import beside
from ortoo_daemon.action.stamps import (
    DECIDED_AT,
    DECISION_KEY,
    MODIFIED_AT,
    OWNER,
    PARKED,
    read_of,
    reason_word,
)
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.handling.writing import DUPLICATES
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import PermanentOrgError
from ortoo_daemon.facts import Facts
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import Record, RecordId, WorkReason
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.work.claims import Claim

_TAKEN = frozenset({Outcome.ASSIGNED, Outcome.PARKED})
"""A policy takes the record: a review may take it from the same owner again."""


def parked_as_refused(facts: Facts, refused: Decision, error: PermanentOrgError) -> Decision:
    """The org refuses even owner and stamps of a decision: say so on the record.

    A review that is refused as before writes nothing.
    """
    parked_for = f"{error.code}: {error.message}"
    reason = ReasonCode.REFUSED_BY_ORG
    if error.code == DUPLICATES:
        reason = ReasonCode.DUPLICATES_DETECTED
        parked_for = f"{error.code}: {', '.join(error.matched) or error.message}"
    decision = _parked(facts, reason, refused.revision, parked_for)
    if refused.outcome in _TAKEN:
        decision = replace(decision, policy=refused.policy, rule=refused.rule)
    stamped = reason_word(facts.record.text(PARKED))
    if facts.item.reason is WorkReason.REVIEWED and stamped == error.code:
        return replace(decision, outcome=Outcome.NOTHING, reason=ReasonCode.PARKED_ALREADY)
    return decision


async def parked_as_given_up(
    org: Org, knowledge: Knowledge, claim: Claim, *, reason: ReasonCode, now: datetime
) -> tuple[Decision, Facts] | None:
    """A record that stays undecided after every try; None when there is nothing to stamp.

    Where the decision of this very item stands on the record it is that one, whose proof may be missing.
    Reads only what every record has, as the trouble may lie in what the policies read. Raises OrgError.
    """
    item = claim.item
    if item.object not in knowledge.policies.objects:
        return None
    record = await org.reader.read(item.object, item.record_id, read_of(item.object))
    if record is None:
        return None
    facts = Facts(item=item, record=record, now=now, directory=knowledge.directory)
    if record.get(DECIDED_AT):
        mine = record.text(DECISION_KEY) == item.decision_key
        return (beside.recovered(facts), facts) if mine else None
    facts = replace(facts, record=_bare(record))
    return _parked(facts, reason, knowledge.policies.revision, reason.value), facts


def _parked(facts: Facts, reason: ReasonCode, revision: str, parked_for: str) -> Decision:
    record = facts.record
    owner = record.text(OWNER)
    return Decision(
        object=record.object,
        record_id=record.id,
        key=facts.item.decision_key,
        outcome=Outcome.PARKED,
        reason=reason,
        decided_at=facts.now,
        revision=revision,
        seen_owner=RecordId(owner) if owner else None,
        parked_for=parked_for,
    )


def _bare(record: Record) -> Record:
    """Nothing was decided on what the record holds, so nothing but its owner is expected of it."""
    return replace(record, fields={name: record.get(name) for name in _KEPT})


_KEPT: Sequence[str] = (OWNER, MODIFIED_AT)
