"""What would be decided about one record now, and what stands already? Looks only, writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ortoo_daemon.action.stamps import DECIDED_AT, DECISION_KEY, PARKED, SLA_CLOCKS
from ortoo_daemon.audit.decision_json import ROW_FIELDS, decision_of
from ortoo_daemon.audit.explain import Met, Node, Style, explain
from ortoo_daemon.audit.record import KEY, OBJECT
from ortoo_daemon.daemon.asking.record_file import read_record_file
from ortoo_daemon.daemon.calling.calls import Asks
from ortoo_daemon.daemon.handling.answers import Answers
from ortoo_daemon.daemon.handling.deciding import decide_record, read_record
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.loading.saved_org import KnownOrg
from ortoo_daemon.daemon.mails.case_mails import CaseMails
from ortoo_daemon.decision import Decision
from ortoo_daemon.errors import OrtooError
from ortoo_daemon.facts import Answer, Facts, Question
from ortoo_daemon.flow import Needs, decide
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.postal import PostalIndex
from ortoo_daemon.records import (
    FIRST_ENTRY,
    Record,
    RecordId,
    WorkItem,
    WorkReason,
)
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.scope import RecordScope
from ortoo_daemon.simulation.alternatives import Alternatives, alternatives
from ortoo_daemon.simulation.values_met import values_met


class NoSuchRecordError(OrtooError):
    """The record is not there, or the daemon's user does not see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """``stands`` is what was decided (None: nothing yet), ``now`` what would be decided at this moment.

    ``chose`` is the decision that gave the record to its owner, where ``stands`` left them alone: a clock was
    stopped, somebody was warned.
    ``requeued``: the record is decided already, so ``now`` is what a requeue would lead to.
    ``why_not`` tells of each policy why it does not take the record, where none does; ``gap`` why what
    stands can't be told. ``alternatives`` are what would lead to another owner than ``now``, ``met``
    values of other fields that its failed conditions met.
    """

    object: str
    record: RecordId
    stands: Decision | None = None
    chose: Decision | None = None
    now: Decision | None = None
    requeued: bool = False
    why_not: tuple[Node, ...] = ()
    gap: str = ""
    alternatives: Alternatives | None = None
    met: Met = field(default_factory=dict)

    def node(self) -> Node:
        """One tree; where only one decision is told of, that decision's own."""
        parts = []
        if self.stands is not None:
            text = f"decided {instant_text(self.stands.decided_at)}, and it stands"
            parts.append(Node(text=text, style=Style.HEAD, children=(explain(self.stands),)))
        if self.chose is not None:
            text = f"given to that owner {instant_text(self.chose.decided_at)}"
            parts.append(Node(text=text, style=Style.HEAD, children=(explain(self.chose),)))
        if self.gap:
            parts.append(Node(text=self.gap, style=Style.WARNING))
        if self.now is not None:
            found = explain(self.now, self.met)
            beside = (*self.why_not, *([self.alternatives.node()] if self.alternatives else []))
            found = Node(text=found.text, style=found.style, children=found.children + beside)
            if not self.requeued:
                return found
            text = "if it were requeued now"
            parts.append(Node(text=text, style=Style.HEAD, children=(found,)))
        return Node(text=f"{self.object} {self.record}", style=Style.HEAD, children=tuple(parts))


async def explain_record(
    org: Org,
    knowledge: Knowledge,
    object_name: str,
    id: RecordId,
    *,
    again: bool,
    now: datetime,
    mails: CaseMails | None = None,
    calls: Asks | None = None,
) -> Explanation:
    """One record of the org. ``again``: of a decided record also what would be decided now.

    ``mails`` reads e-mails of cases, ``calls`` asks services; without them none is read or asked.

    Raises NoSuchRecordError and OrgError.
    """
    policies = knowledge.policies
    record = await read_record(org, policies, object_name, id)
    if record is None:
        raise NoSuchRecordError(f"{object_name} {id}: there is no such record, or no access to it")
    stands, gap = await _standing(org, record)
    chose, unread = await _chosen_by(org, stands)
    gap = gap or unread
    decided = bool(record.text(DECIDED_AT))
    if decided and not again:
        return Explanation(object=object_name, record=id, stands=stands, chose=chose, gap=gap)
    item = _item(record, decided=decided, now=now)
    answers = Answers(org, mails=mails, calls=calls)
    try:
        decision, facts = await decide_record(
            knowledge, answers, item, record, policies=policies, now=now
        )
    finally:
        await answers.close()
    whole = decide(policies.policy_set, facts, whole_trace=True)
    decision = whole if isinstance(whole, Decision) else decision
    return Explanation(
        object=object_name,
        record=id,
        stands=stands,
        chose=chose,
        now=decision,
        requeued=decided,
        gap=gap,
        why_not=_why_not(policies.policy_set, facts, decision),
        alternatives=alternatives(policies.policy_set, facts, decision),
        met=values_met(policies.policy_set, facts, decision),
    )


def explain_file(
    path: Path, policies: PolicySet, known: KnownOrg, postal: PostalIndex, *, now: datetime
) -> Explanation:
    """A record of a file, as if it were new. Earlier owners and open work count as unknown.

    Raises ConfigError when the file is no record.
    """
    given, id = read_record_file(path)
    moment = given.now.astimezone(UTC) if given.now else now
    record = Record(
        object=given.object,
        id=id,
        fields={"CreatedDate": instant_text(moment)} | given.fields,
    )
    facts = Facts(
        item=_item(record, decided=False, now=moment),
        record=record,
        now=moment,
        directory=known.directory,
        postal=postal,
    )
    while isinstance(found := decide(policies, facts, whole_trace=True), Needs):
        unknown: dict[Question, Answer] = dict.fromkeys(found.questions)
        facts = replace(facts, answers={**facts.answers, **unknown})
    return Explanation(
        object=record.object,
        record=record.id,
        now=found,
        why_not=_why_not(policies, facts, found),
        alternatives=alternatives(policies, facts, found),
        met=values_met(policies, facts, found),
    )


async def _standing(org: Org, record: Record) -> tuple[Decision | None, str]:
    """The decision whose key the record bears, or why there is none to tell of."""
    key = record.text(DECISION_KEY)
    if not key:
        return None, ""
    rows = await org.query(soql.select(OBJECT, ROW_FIELDS, where=[soql.equals(KEY, key)]))
    if not rows:
        return None, f"decided as {key}, but there is no decision record of it (yet)"
    stamps = await org.reader.read(record.object, record.id, frozenset({SLA_CLOCKS}))
    clocks = stamps.get(SLA_CLOCKS) if stamps else None
    try:
        return decision_of(rows[0], clocks=clocks, parked_for=record.text(PARKED) or None), ""
    except ValueError as error:
        return None, f"decided: {rows[0]['Summary__c']}, but its record is not readable ({error})"


async def _chosen_by(org: Org, stands: Decision | None) -> tuple[Decision | None, str]:
    """The decision that gave the record to the owner whom ``stands`` left alone, or why it can't be told."""
    if stands is None or stands.owner is not None or stands.outcome not in FOLLOW_UPS:
        return None, ""
    where = [
        soql.equals("Record_Id__c", stands.record_id),
        soql.equals("Owner_After__c", stands.seen_owner),
        soql.differs("Owner_Name__c", None),
    ]
    query = soql.select(
        OBJECT, ROW_FIELDS, where=where, order_by=["Decided_At__c"], newest_first=True, limit=1
    )
    rows = await org.query(query)
    try:
        return (decision_of(rows[0]), "") if rows else (None, "")
    except ValueError as error:
        return None, f"given to its owner as {rows[0][KEY]}, whose record is not readable ({error})"


def _item(record: Record, *, decided: bool, now: datetime) -> WorkItem:
    """A first look at the record as a sweep takes it, or a requeue of a decided one."""
    return WorkItem(
        object=record.object,
        record_id=record.id,
        reason=WorkReason.REQUEUED if decided else WorkReason.RECONCILED,
        entry="explained" if decided else FIRST_ENTRY,
        heard_at=now,
    )


def _why_not(policies: PolicySet, facts: Facts, decision: Decision) -> tuple[Node, ...]:
    if decision.outcome is not Outcome.NOTHING:
        return ()
    return tuple(refusals(policies, facts))


def refusals(policies: PolicySet, facts: Facts) -> Iterator[Node]:
    """Of each policy for the object, the part of ``enter`` that does not hold, or its ``take_from``."""
    scope = RecordScope(facts.record, now=facts.now, zone="UTC")
    for policy in policies.for_object(facts.record.object):
        scope.asked_by(policy, facts.directory)
        failed = policy.enter.failure(scope) if policy.enter else None
        if failed is None:
            at = f"takes records from {instant_text(policy.take_from)} on"
            yield Node(text=f"{policy.name} ({policy.place}): {at}")
            continue
        value = "empty" if failed.value in (None, "") else failed.value
        text = f"{policy.name}: {failed.text} fails, {failed.field} is {value} ({failed.place})"
        yield Node(text=text, style=Style.FAILED)
