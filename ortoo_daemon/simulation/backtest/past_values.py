"""What did a record hold when it was decided, and what came of it? Out of the rows that the org keeps.

A decision record keeps the record as it was read, empty fields left out. Of older ones, and of fields that
were not read then, less is known: what the decision changed (with what stood there before), by what rules
failed, what is watched; what the org's field history tells; and all of a record that nobody touched since.
Whatever is left is today's value, and is not in ``of_then``. Pure.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ortoo_daemon.action.sla_clocks import SlaStamp, read_stamp, stamp_text
from ortoo_daemon.action.stamps import (
    DECISION_KEY,
    MODIFIED_AT,
    MODIFIED_BY,
    OWNER,
    SLA_CLOCKS,
    STAMPS,
)
from ortoo_daemon.audit.kept_facts import value_hash
from ortoo_daemon.audit.record import KEY, OUTLINE
from ortoo_daemon.audit.trace_json import LONGEST_VALUE
from ortoo_daemon.callouts import CallAnswer, CallQuestion
from ortoo_daemon.facts import Unlisted
from ortoo_daemon.instants import instant
from ortoo_daemon.interpretation import Said
from ortoo_daemon.json_text import json_text
from ortoo_daemon.mail_findings import MailFindings, restored_findings
from ortoo_daemon.matches import Found, found_unkept
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import FieldValue, Record, RecordId, WorkReason, record_id
from ortoo_daemon.simulation.backtest.history import Asked, CustomerKey, Happened, PastDecision
from ortoo_daemon.simulation.past_facts import calls_of, said_kept, workload_of
from ortoo_daemon.vehicles import Vehicles

FIXED = frozenset({"Id", "CreatedDate", "CreatedById", OWNER, MODIFIED_AT, MODIFIED_BY})
"""Fields that never change, and those that the replay sets by itself."""

ROW_FIELDS = (
    "Id",
    KEY,
    *OUTLINE,
    "Owner_Name__c",
    "Decided_At__c",
    "Summary__c",
    "Trace__c",
    "Facts__c",
)
"""What is read of a decision record."""

_WRITTEN_WITHIN = timedelta(minutes=1)
_HASHED = "sha256:"
_NEVER_CONVERTED = "IsConverted"
_WAYS_IN = {
    "created": WorkReason.CREATED,
    "changed": WorkReason.CHANGED,
    "requeued": WorkReason.REQUEUED,
}


@dataclass(frozen=True, slots=True)
class FieldChanged:
    """One row of the org's field history."""

    field: str
    at: datetime
    before: FieldValue


def past_decision(
    row: Mapping[str, Any],
    record: Record,
    *,
    daemon_user: RecordId | None,
    changes: Iterable[FieldChanged] = (),
    read_then: frozenset[str] = frozenset(),
) -> PastDecision:
    """One decision of the past out of its row and the record as it stands now.

    ``changes`` are what the field history tells of the record; ``read_then`` fields that were read of
    every record when this was decided. Raises ValueError when the row is not one of this program's.
    """
    kept = _json(row["Facts__c"])
    # The org keeps whole seconds, in which a burst decides dozens.
    decided_at = instant(kept.get("now")) or instant(row["Decided_At__c"])
    if decided_at is None:
        raise ValueError(f"the decision {row['Ortoo_Key__c']} has no moment")
    values = {name: value for name, value in record.fields.items() if name not in STAMPS}
    known = _known(kept, _json(row["Trace__c"]), changes, decided_at)
    known |= _as_read(kept, read_then, values)
    of_then = {name: value for name, value in known.items() if name in values}
    if _NEVER_CONVERTED in values:
        of_then[_NEVER_CONVERTED] = False  # nobody can write to a converted lead, so it was none
    untouched = is_untouched_since(record, row, daemon_user)
    certain = values.keys() if untouched else of_then.keys()
    workload = workload_of(kept)
    pool, turns = next(iter(workload.turns.items()), (None, None))
    return PastDecision(
        key=str(row["Ortoo_Key__c"]),
        object=str(row["Object__c"]),
        record=record_id(str(row["Record_Id__c"])),
        decided_at=decided_at,
        way_in=_WAYS_IN.get(str(row["Reason__c"]), WorkReason.RECONCILED),
        seen_owner=_id(row["Owner_Before__c"]),
        happened=_happened(row),
        fields={**values, **of_then, **_wait(kept)},
        of_then=frozenset(certain) | (FIXED & values.keys()),
        past_owners=dict(_past_owners(kept)),
        mail=_mail(kept),
        enquiry=_enquiry(kept),
        said=dict(_said(kept)),
        calls=dict(_calls(kept, record.id)),
        vehicles=_vehicles(kept),
        unlisted=_unlisted(kept),
        past_matches=_past_matches(kept),
        open_work=workload.open_work,
        load=workload.load,
        pool=pool,
        turns=turns,
        given={tally: tuple(moments) for tally, moments in workload.given.items()},
    )


def _wait(kept: Mapping[str, Any]) -> dict[str, FieldValue]:
    """The wait for wished skills that the record came from: what was dropped by then hangs from it."""
    waiting = read_stamp(kept.get("fields", {}).get(SLA_CLOCKS)).waiting
    return {} if waiting is None else {SLA_CLOCKS: stamp_text(SlaStamp(waiting=waiting))}


def is_untouched_since(
    record: Record, row: Mapping[str, Any], daemon_user: RecordId | None
) -> bool:
    """Whether nothing but the decision's own write has changed the record.

    A later step of a clock would lie over a person's change, and leaves a key of its own.
    """
    decided_at, modified_at = instant(row["Decided_At__c"]), instant(record.get(MODIFIED_AT))
    if decided_at is None or modified_at is None:
        return False
    if record.text(DECISION_KEY) != row["Ortoo_Key__c"]:
        return False
    return record.text(MODIFIED_BY) == daemon_user and modified_at <= decided_at + _WRITTEN_WITHIN


def _happened(row: Mapping[str, Any]) -> Happened:
    return Happened(
        outcome=str(row["Outcome__c"]),
        reason=str(row["Reason_Code__c"]),
        policy=row["Policy__c"],
        rule=row["Rule__c"],
        rooftop=_id(row["Rooftop__c"]),
        owner=_id(row["Owner_After__c"]),
        owner_name=row["Owner_Name__c"],
        revision=row["Revision__c"],
        summary=row["Summary__c"],
    )


def _known(
    kept: Mapping[str, Any],
    trace: Mapping[str, Any],
    changes: Iterable[FieldChanged],
    decided_at: datetime,
) -> dict[str, FieldValue]:
    """Values of then; of two that tell of a field, the one that stands closer to the reading counts."""
    known: dict[str, FieldValue] = {}
    for rule in trace.get("rules", ()):
        if failed := rule.get("failed"):
            known[failed["field"]] = failed["value"]
    known |= kept.get("watched", {})
    later = sorted((each for each in changes if each.at > decided_at), key=lambda each: each.at)
    known |= {each.field: each.before for each in reversed(later)}
    for change in reversed(trace.get("changes", ())):
        known[change["field"]] = change["before"]
    return {name: value for name, value in known.items() if not _is_cut(name, value)}


def names_kept(row: Mapping[str, Any]) -> frozenset[str]:
    """Fields of which the decision record says what was read; empty ones are not among them."""
    kept = _json(row["Facts__c"])
    return frozenset((*kept.get("fields", ()), *kept.get("hashes", ())))


def _as_read(
    kept: Mapping[str, Any], read_then: frozenset[str], values: Mapping[str, FieldValue]
) -> dict[str, FieldValue]:
    """The record as the decision read it, as far as it is kept."""
    if "fields" not in kept:
        return {}
    hashes = kept.get("hashes", {})
    read: dict[str, FieldValue] = dict.fromkeys(read_then - hashes.keys())
    same = {
        name: values[name]
        for name, kept_hash in hashes.items()
        if values.get(name) and value_hash(values[name]) == kept_hash
    }
    return {**read, **same, **kept["fields"]}


def _is_cut(name: str, value: FieldValue) -> bool:
    """A name of the policy language, or a value that is not there as a whole."""
    if name.startswith("$") or name in STAMPS:
        return True
    if not isinstance(value, str):
        return False
    return value.startswith(_HASHED) or (len(value) >= LONGEST_VALUE and value.endswith("…"))


def _past_owners(kept: Mapping[str, Any]) -> Iterator[tuple[CustomerKey, RecordId | None]]:
    for entry in kept.get("answers", ()):
        if "past_owner_of" not in entry:
            continue
        asked, answer = entry["past_owner_of"], entry["answer"]
        owner = _id(answer)
        if owner is not None or answer is None:  # else it was not asked
            yield (asked["field"], fold(asked["value"])), owner


def _mail(kept: Mapping[str, Any]) -> MailFindings | None:
    found = [entry["answer"] for entry in kept.get("answers", ()) if "mail_of" in entry]
    return restored_findings(found[0]) if found and found[0] else None


def _enquiry(kept: Mapping[str, Any]) -> Mapping[str, FieldValue] | None:
    found = [entry["answer"] for entry in kept.get("answers", ()) if "enquiry_of" in entry]
    return found[0] if found and isinstance(found[0], Mapping) else None


def _vehicles(kept: Mapping[str, Any]) -> Vehicles | None:
    found = [each["answer"] for each in kept.get("answers", ()) if "vehicle_of" in each]
    return Vehicles(found[0]) if found and isinstance(found[0], list) else None


def _unlisted(kept: Mapping[str, Any]) -> Unlisted:
    found = (each["unlisted"] for each in kept.get("answers", ()) if "unlisted" in each)
    return frozenset((str(name), str(value)) for name, value in next(found, None) or ())


def _said(kept: Mapping[str, Any]) -> Iterator[tuple[str, Said]]:
    """By label: a candidate that asks for more, or of other words, is told no more than was said then."""
    for entry in kept.get("answers", ()):
        said = said_kept(entry["answer"]) if "said_of" in entry else None
        if said is not None:
            yield entry["said_of"]["label"], said


def _calls(kept: Mapping[str, Any], record: RecordId) -> Iterator[tuple[Asked, CallAnswer]]:
    for asked, answer in calls_of(kept, record=record, key=""):
        yield asked_of(asked), answer


def asked_of(question: CallQuestion) -> Asked:
    """By what an answer is known again, whichever step asks."""
    return question.kind.value, question.target, json_text(dict(question.sent))


def _past_matches(kept: Mapping[str, Any]) -> tuple[Found, ...] | None:
    """Every record of the customer that was found; None where nobody looked."""
    answers = [each["answer"] for each in kept.get("answers", ()) if "match" in each]
    if not any(isinstance(answer, list) or answer is None for answer in answers):
        return None
    return tuple(found_unkept(found) for answer in answers for found in answer or ())


def _json(text: str | None) -> Mapping[str, Any]:
    """Nothing where the field is empty or is not this program's."""
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _id(value: FieldValue) -> RecordId | None:
    try:
        return record_id(str(value)) if value else None
    except ValueError:
        return None
