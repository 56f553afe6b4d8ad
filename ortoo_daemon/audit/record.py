"""What does a decision leave in the org? One Ortoo_Decision__c row, upserted on its key.

Field names and lengths are those of ``config/salesforce``. Pure: the daemon sends the row.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ortoo_daemon.audit.kept_facts import fitted, kept_question, kept_to_replay, staff_asked
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.audit.trace_json import trace_to_json
from ortoo_daemon.audit.watched import watched_values
from ortoo_daemon.consequences import PublishedEvent, RecordShare, ShareState
from ortoo_daemon.decision import Decision
from ortoo_daemon.facts import Facts
from ortoo_daemon.instants import instant_text
from ortoo_daemon.interpretation import Said
from ortoo_daemon.json_text import json_text
from ortoo_daemon.mail_findings import MailFindings
from ortoo_daemon.outcomes import Outcome
from ortoo_daemon.records import FieldValue
from ortoo_daemon.repeats import KnownUpdate

OBJECT = "Ortoo_Decision__c"
KEY = "Ortoo_Key__c"

OUTLINE = (
    "Object__c",
    "Record_Id__c",
    "Outcome__c",
    "Reason__c",
    "Reason_Code__c",
    "Policy__c",
    "Revision__c",
    "Rule__c",
    "Rooftop__c",
    "Owner_Before__c",
    "Owner_After__c",
)
"""Who decided what about which record: the first part of a row's envelope, in the order of its hash."""

LENGTHS: Mapping[str, int] = {
    KEY: 120,
    "Object__c": 80,
    "Record_Id__c": 18,
    "Outcome__c": 40,
    "Reason__c": 80,
    "Reason_Code__c": 80,
    "Policy__c": 120,
    "Revision__c": 80,
    "Rule__c": 255,
    "Owner_Before__c": 18,
    "Owner_After__c": 18,
    "Owner_Name__c": 255,
    "Summary__c": 255,
    "Trace__c": 131072,
    "Facts__c": 131072,
    "Fields_Written__c": 32768,
    "Timings__c": 4096,
}
"""Lengths of the text fields in the shipped metadata."""

COUNTED = "Counted__c"
"""The conditions of rate limits that the record met, by their tags; ``-`` for none of them. Written only
where a policy has such limits."""

MODEL, TOKENS, COST = "Model__c", "Tokens__c", "Cost__c"
"""Models that answered, tokens of all their requests, and what these cost in the catalogue's currency.
Written only where a model was to be asked."""

MODEL_LENGTH = 120

PERSONAL = ("Trace__c", "Facts__c", "Fields_Written__c")
"""The fields that hold values of the customer's record; the rest is the envelope."""

ERASED_AT = "Erased_At__c"
"""When the values of the customer's record were erased from it."""

_NO_TAG = "-"

LOOKUPS: Mapping[str, str] = {"Lead": "Lead__c", "Case": "Case__c"}
"""Fields by which a decision hangs from its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWritten:
    """What an earlier record of the customer got: ``fields`` as they landed, ``refused`` by code. ``done``:
    at least the line that counts the enquiry stands."""

    update: KnownUpdate
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    attached: bool = False
    done: bool = False

    def as_json(self) -> dict[str, Any]:
        """With what stood there before."""
        before = self.update.before
        return {
            "object": self.update.object,
            "id": self.update.record_id,
            "done": self.done,
            "before": {name: before.get(name) for name in self.fields},
            "after": dict(self.fields),
            "refused": dict(self.refused),
            "attached": self.attached,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of the write: ``fields`` as they landed, ``refused`` with the org's errors by field;
    ``known`` is of an earlier record, ``matched`` are ids that a duplicate rule takes for the same.
    ``unpublished`` says why the org did not take the decision's events, "" where it did; ``unshared`` why it
    did not let the record be shared, by receiver."""

    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    known: KnownWritten | None = None
    matched: tuple[str, ...] = ()
    unpublished: str = ""
    unshared: Mapping[str, str] = field(default_factory=dict)


def decision_row(
    decision: Decision,
    facts: Facts,
    *,
    timings: Mapping[str, float],
    api_calls: float | None = None,
    written: Written | None = None,
) -> dict[str, FieldValue]:
    """The row to upsert on KEY. ``timings`` are milliseconds by stage.

    Without ``written`` the decision's own fields stand as written.
    """
    owner, landed = decision.owner, written or Written(fields=decision.fields)
    row: dict[str, FieldValue] = {
        KEY: decision.key,
        "Object__c": decision.object,
        "Record_Id__c": decision.record_id,
        "Outcome__c": decision.outcome.value,
        "Reason__c": _way_in(decision, facts),
        "Reason_Code__c": decision.reason.value,
        "Policy__c": decision.policy,
        "Revision__c": decision.revision or None,
        "Rule__c": decision.rule,
        "Rooftop__c": decision.rooftop,
        "Owner_Before__c": decision.seen_owner,
        "Owner_After__c": owner.id if owner else decision.seen_owner,
        "Owner_Name__c": owner.name if owner else None,
        "Decided_At__c": instant_text(decision.decided_at),
        "Summary__c": summary(decision),
        "Trace__c": trace_to_json(decision.trace, length=LENGTHS["Trace__c"]),
        "Facts__c": _facts(decision, facts, landed),
        "Fields_Written__c": _written(landed, decision),
        "Timings__c": json_text({stage: round(ms, 3) for stage, ms in timings.items()}),
        "API_Calls__c": api_calls,
    }
    row |= _models(facts)
    if decision.object in LOOKUPS:
        row[LOOKUPS[decision.object]] = decision.record_id
    for name, length in LENGTHS.items():
        value = row[name]
        if isinstance(value, str) and len(value) > length:
            row[name] = value[: length - 1] + "…"
    given = decision.reservation.given if decision.reservation else None
    if given is not None and given.tags is not None:
        row[COUNTED] = " ".join(given.tags) or _NO_TAG
    return row


def counted_of(value: FieldValue, tags: Collection[str]) -> frozenset[str]:
    """Which of these tags a row of ``COUNTED`` names; all of them where it does not say."""
    return frozenset(tags if value is None else set(str(value).split()) & set(tags))


def _way_in(decision: Decision, facts: Facts) -> str:
    """What brought the record here; a recovered row says so, whatever brought the record this time."""
    if decision.outcome is Outcome.RECOVERED:
        return Outcome.RECOVERED.value
    return facts.item.reason.value


def _facts(decision: Decision, facts: Facts, written: Written) -> str:
    """What can't be read again: the moment, answers, the counters of those who were compared, watched fields
    as the decision left them, and what else it takes to decide again."""
    staff, more = staff_asked(decision, facts)
    people = {person.id for person in staff}
    kept: dict[str, Any] = {
        "v": 1,
        "now": instant_text(facts.now),
        "heard_at": instant_text(facts.item.heard_at),
        "answers": [kept_question(asked, answer) for asked, answer in facts.answers.items()],
        "open_work": {p: n for p, n in sorted(facts.workload.open_work.items()) if p in people},
    }
    if facts.workload.load:
        kept["load"] = {p: load for p, load in sorted(facts.workload.load.items()) if p in people}
    if facts.workload.moved:
        kept["moved"] = {of: list(moved) for of, moved in sorted(facts.workload.moved.items())}
    if facts.workload.given:
        kept["given"] = [
            [*tally, list(moments)] for tally, moments in sorted(facts.workload.given.items())
        ]
    if facts.item.committed_at is not None:
        kept["committed_at"] = instant_text(facts.item.committed_at)
    if facts.watched:
        kept["watched"] = watched_values(facts.record, written.fields, facts.watched)
    pool = decision.reservation.pool if decision.reservation else None
    turns = facts.workload.turns.get(pool) if pool else None
    if turns is not None:
        at = {person: turn for person, turn in sorted(turns.at.items()) if person in people}
        kept["turns"] = {"pool": pool, "clock": turns.clock, "at": at}
    kept |= kept_to_replay(decision, facts, staff=staff, more=more)
    return fitted(kept, length=LENGTHS["Facts__c"])


def _models(facts: Facts) -> dict[str, FieldValue]:
    """Which models had their part in it, and what they cost; nothing where none was to be asked."""
    told = [
        answer.model
        for answer in facts.answers.values()
        if isinstance(answer, MailFindings | Said) and answer.model is not None
    ]
    if not told:
        return {}
    names = dict.fromkeys(str(each["model"]) for each in told if each["model"])
    return {
        MODEL: ", ".join(names)[:MODEL_LENGTH] or None,
        TOKENS: sum(each["tokens"] for each in told),
        COST: sum(each["cost"] for each in told) / 1_000_000,
    }


def _written(written: Written, decision: Decision) -> str:
    """JSON of what was written and refused; long values are cut, then all values are left out."""
    short, refused = _shortened(written.fields), _shortened(written.refused)
    whole: dict[str, Any] = {"written": short, "refused": refused}
    if written.matched:
        whole["matched"] = list(written.matched)
    if decision.events:
        whole["published"] = [_event(event, written) for event in decision.events]
    if decision.shares or decision.withheld:
        shares = (*decision.shares, *decision.withheld)
        whole["shared"] = [share_json(share, written) for share in shares]
    if written.known is not None:
        whole["known"] = written.known.as_json()
    text = json_text(whole)
    if len(text) <= LENGTHS["Fields_Written__c"]:
        return text
    if written.known is not None:
        text = json_text({"written": sorted(short)[:200], "known": whole["known"], "cut": "values"})
        if len(text) <= LENGTHS["Fields_Written__c"]:
            return text
    names = {"written": sorted(short)[:500], "refused": sorted(refused)[:500], "cut": "values"}
    return json_text(names)


def _event(event: PublishedEvent, written: Written) -> dict[str, Any]:
    told: dict[str, Any] = {"event": event.name}
    told["fields"] = _shortened(event.fields)
    return told | ({"refused": written.unpublished} if written.unpublished else {})


def share_json(share: RecordShare, written: Written | None = None) -> dict[str, str]:
    """With whom, how, by which line of the policy, and why not: ``held`` or ``withdrawn`` for lack of
    consent, ``refused`` by the org."""
    told = {"with": share.name, "access": share.access}
    if share.place is not None:
        told["place"] = str(share.place)
    if share.state is not ShareState.GIVEN:
        told[share.state.value] = "no consent"
    refused = written.unshared.get(share.name) if written is not None else None
    return told | ({"refused": refused} if refused else {})


def _shortened(values: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    return {
        name: f"{value[:199]}…" if isinstance(value, str) and len(value) > 200 else value
        for name, value in values.items()
    }
