"""Why was it decided so, back then? Told from the decision record, and made again to see that it is so.

Facts come from the record of the decision, policies from the content of its revision that the org keeps.
Looks only, writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ortoo_daemon.audit.decision_json import ROW_FIELDS, decision_of
from ortoo_daemon.audit.explain import Met, Node, Style, explain
from ortoo_daemon.audit.record import ERASED_AT, KEY, OBJECT
from ortoo_daemon.daemon.asking.explaining import NoSuchRecordError
from ortoo_daemon.daemon.asking.login import postal_index
from ortoo_daemon.daemon.handling.knowledge import Knowledge
from ortoo_daemon.daemon.loading.policy_revisions import kept_revision
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.policy.model import PolicySet
from ortoo_daemon.records import Record, RecordId, WorkItem, WorkReason
from ortoo_daemon.salesforce import soql
from ortoo_daemon.salesforce.org import Org
from ortoo_daemon.simulation.alternatives import Alternatives, alternatives
from ortoo_daemon.simulation.past_facts import NotKeptError, Now
from ortoo_daemon.simulation.replay import Replayed, replay
from ortoo_daemon.simulation.values_met import values_met

_Row = Mapping[str, Any]

_NOT_BY_RULES: Mapping[ReasonCode, str] = {
    ReasonCode.RECOVERED: "put together again from the record's stamps: what was looked at is not known",
    ReasonCode.PERSON_WINS: "no rule decided this: the record was given back to a person",
    ReasonCode.REFUSED_BY_ORG: "no rule decided this: the org refused what the rules had decided",
    ReasonCode.TOO_MANY_TRIES: "no rule decided this: the handling failed too often",
    ReasonCode.OWNER_FIGHT: "no rule decided this: somebody else kept changing the owner",
    ReasonCode.KEPT_CHANGING: "no rule decided this: the record kept changing while it was written",
}
"""Decisions that come of what happens while they are written."""

_MOST_NAMED = 10


class NoSuchDecisionError(NoSuchRecordError):
    """The record was not decided by then, or not under this key; says what there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastExplanation:
    """``then`` is the decision as its record tells it; ``replayed`` the same made again, None where
    ``why_not_again`` says why it can't be. ``troubles`` are what was met on the way."""

    then: Decision
    replayed: Replayed | None = None
    alternatives: Alternatives | None = None
    why_not_again: str = ""
    troubles: tuple[str, ...] = ()
    met: Met = field(default_factory=dict)

    def node(self) -> Node:
        """The decision as a tree, with what came of making it again. Where that is the same, every rule
        tried is listed: the record of the decision only counts those far down a long list."""
        again = self.replayed
        decision = again.decision if again is not None and again.same else self.then
        children = [explain(decision, self.met)]
        if again is not None:
            children.append(again.node())
        if self.why_not_again:
            children.append(Node(text=self.why_not_again, style=Style.WARNING))
        children += [Node(text=trouble, style=Style.WARNING) for trouble in self.troubles]
        if self.alternatives is not None:
            children.append(self.alternatives.node())
        text = f"decided {instant_text(self.then.decided_at)} as {self.then.key}"
        return Node(text=text, style=Style.HEAD, children=tuple(children))


async def explain_then(
    org: Org, knowledge: Knowledge, object_name: str, id: RecordId, *, as_of: str
) -> PastExplanation:
    """The decision with the key ``as_of``, or the last one at that moment.

    Raises NoSuchDecisionError and OrgError.
    """
    rows = await _rows(org, id)
    row = _chosen(rows, as_of, id)
    then = _readable(row)
    if (why := _NOT_BY_RULES.get(then.reason)) or then.outcome is Outcome.RECOVERED:
        return PastExplanation(then=then, why_not_again=why or _NOT_BY_RULES[ReasonCode.RECOVERED])
    kept = await kept_revision(org, then.revision)
    found = list(kept.policies)
    if knowledge.policies.revision == then.revision:
        found.append(knowledge.policies.policy_set)
    if not found:
        return PastExplanation(then=then, why_not_again="; ".join(kept.troubles))
    troubles = kept.troubles if kept.policies else ()
    record = await _as_it_stands(org, knowledge, object_name, id)
    try:
        policies, again = _first_same(found, row, knowledge, record)
    except NotKeptError as error:
        why = f"can't be decided again: {error}"
        return PastExplanation(then=then, why_not_again=why, troubles=troubles)
    if not again.same:
        return PastExplanation(then=then, replayed=again, troubles=troubles)
    return PastExplanation(
        then=then,
        replayed=again,
        alternatives=alternatives(policies, again.facts, again.decision),
        troubles=troubles,
        met=values_met(policies, again.facts, again.decision),
    )


async def _rows(org: Org, id: RecordId) -> Sequence[_Row]:
    """All decisions about the record, oldest first."""
    fields = (*ROW_FIELDS, "Facts__c", ERASED_AT)
    where = [soql.equals("Record_Id__c", id)]
    return await org.query(soql.select(OBJECT, fields, where=where, order_by=["Decided_At__c"]))


def _chosen(rows: Sequence[_Row], as_of: str, id: RecordId) -> _Row:
    moment = instant(as_of)
    if moment is None:
        found = [row for row in rows if row[KEY] == as_of]
    else:
        found = [row for row in rows if _decided_at(row) <= moment]
    if found:
        return found[-1]
    named = "; ".join(f"{row[KEY]} at {row['Decided_At__c']}" for row in rows[-_MOST_NAMED:])
    wanted = f"under the key {as_of}" if moment is None else f"at {instant_text(moment)} or before"
    raise NoSuchDecisionError(f"{id}: there is no decision {wanted} (decisions: {named or 'none'})")


def _readable(row: _Row) -> Decision:
    try:
        return decision_of(row)
    except ValueError as error:
        message = f"the decision {row[KEY]} ({row['Summary__c']}) is not readable: {error}"
        raise NoSuchDecisionError(message) from error


def _decided_at(row: _Row) -> datetime:
    found = instant(row["Decided_At__c"])
    if found is None:
        raise ValueError(f"the decision {row[KEY]} has no moment")
    return found


async def _as_it_stands(
    org: Org, knowledge: Knowledge, object_name: str, id: RecordId
) -> Record | None:
    """The record now, for long texts that still stand in it; None when it is gone."""
    if object_name not in knowledge.policies.objects:
        return None
    return await org.reader.read(object_name, id, knowledge.policies.fields(object_name))


def _first_same(
    found: Sequence[PolicySet], row: _Row, knowledge: Knowledge, record: Record | None
) -> tuple[PolicySet, Replayed]:
    """The policies by which the same comes out, else the first. Raises NotKeptError."""
    tried = []
    for policies in found:
        again = replay(policies, row, _now(row, policies, knowledge, record))
        if again.same:
            return policies, again
        tried.append((policies, again))
    return tried[0]


def _now(row: _Row, policies: PolicySet, knowledge: Knowledge, record: Record | None) -> Now:
    decided_at = _decided_at(row)
    id_ = RecordId(str(row["Record_Id__c"]))
    object_name = str(row["Object__c"])
    item = WorkItem(
        object=object_name, record_id=id_, reason=WorkReason.RECONCILED, heard_at=decided_at
    )
    facts = Facts(
        item=item,
        record=record or Record(object=object_name, id=id_),
        now=decided_at,
        directory=knowledge.directory,
        postal=knowledge.postal if len(knowledge.postal) else postal_index(policies),
        usernames=knowledge.usernames,
    )
    return Now(facts=facts, record=record)
