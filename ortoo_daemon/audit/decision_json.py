"""How does a program read a decision? As JSON values with the design's names, both ways.

`decision_json` gives what `explain --json` prints; `decision_of` makes a decision again out of the row
that `record` left in the org.
"""

import json
from collections.abc import Mapping
from typing import Any

from ortoo_daemon.audit.kept_trace import trace_from_json
from ortoo_daemon.audit.record import KEY, OUTLINE, share_json
from ortoo_daemon.audit.summary import summary
from ortoo_daemon.audit.trace_json import trace_to_json
from ortoo_daemon.clocks import SlaClock
from ortoo_daemon.decision import Decision
from ortoo_daemon.instants import instant, instant_text
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import FieldValue, Owner, RecordId, record_id
from ortoo_daemon.trace import Trace

_WHOLE_TRACE = 10_000_000

ROW_FIELDS = (
    KEY,
    *OUTLINE,
    "Owner_Name__c",
    "Decided_At__c",
    "Summary__c",
    "Trace__c",
    "Fields_Written__c",
)
"""What `decision_of` needs of a row."""


def decision_json(decision: Decision) -> dict[str, Any]:
    """Everything a decision says; instants are ISO 8601 in UTC, places ``file:line:column``."""
    owner = decision.owner
    return {
        "object": decision.object,
        "record": decision.record_id,
        "key": decision.key,
        "outcome": decision.outcome.value,
        "reason": decision.reason.value,
        "summary": summary(decision),
        "policy": decision.policy,
        "revision": decision.revision or None,
        "rule": decision.rule,
        "place": str(decision.place) if decision.place else None,
        "decided_at": instant_text(decision.decided_at),
        "seen_owner": decision.seen_owner,
        "owner": {"id": owner.id, "kind": owner.kind.value, "name": owner.name} if owner else None,
        "rooftop": decision.rooftop,
        "parked_for": decision.parked_for,
        "fields": dict(decision.fields),
        "events": [{"name": each.name, "fields": dict(each.fields)} for each in decision.events],
        "shared": [share_json(each) for each in (*decision.shares, *decision.withheld)],
        "clocks": [_clock_json(clock) for clock in decision.clocks],
        "trace": json.loads(trace_to_json(decision.trace, length=_WHOLE_TRACE)),
    }


def decision_of(
    row: Mapping[str, Any], *, clocks: FieldValue = None, parked_for: str | None = None
) -> Decision:
    """The decision a row of Ortoo_Decision__c tells of.

    ``clocks`` and ``parked_for`` are the record's own stamps, which the row does not repeat. Raises
    ValueError when the row is not one of this program's.
    """
    decided_at = instant(row["Decided_At__c"])
    if decided_at is None:
        raise ValueError(f"the decision {row['Ortoo_Key__c']} has no moment")
    return Decision(
        object=str(row["Object__c"]),
        record_id=record_id(str(row["Record_Id__c"])),
        key=str(row["Ortoo_Key__c"]),
        outcome=Outcome(row["Outcome__c"]),
        reason=ReasonCode(row["Reason_Code__c"]),
        decided_at=decided_at,
        policy=row["Policy__c"],
        revision=row["Revision__c"] or "",
        rule=row["Rule__c"],
        seen_owner=_id(row["Owner_Before__c"]),
        owner=_owner(row),
        rooftop=_id(row["Rooftop__c"]),
        fields=_written(row["Fields_Written__c"]),
        clocks=_clocks(clocks),
        parked_for=parked_for,
        trace=trace_from_json(row["Trace__c"]) if row["Trace__c"] else Trace(),
    )


def _owner(row: Mapping[str, Any]) -> Owner | None:
    """Only a decision that names an owner chose one; the others repeat who held the record."""
    owner_id, name = _id(row["Owner_After__c"]), row["Owner_Name__c"]
    if owner_id is None or not name:
        return None
    return Owner(id=owner_id, kind=Owner.kind_of(owner_id), name=str(name))


def _id(value: FieldValue) -> RecordId | None:
    return record_id(str(value)) if value else None


def _written(text: str | None) -> dict[str, FieldValue]:
    found = json.loads(text or "{}").get("written", {})
    return found if isinstance(found, dict) else dict.fromkeys(found)


def _clock_json(clock: SlaClock) -> dict[str, Any]:
    """Lengths are seconds; of a clock that has ended or is late both are told: open and whole time."""
    told = clock.outline()
    moments = {"received_at": clock.received_at, "paused_at": clock.paused_at}
    told |= {name: instant_text(at) for name, at in moments.items() if at is not None}
    lengths = {"open_s": clock.open_for, "elapsed_s": clock.elapsed_for}
    told |= {
        name: round(each.total_seconds()) for name, each in lengths.items() if each is not None
    }
    if clock.paused_for:
        told["paused_s"] = round(clock.paused_for.total_seconds())
    return told


def _clocks(stamp: FieldValue) -> tuple[SlaClock, ...]:
    """The clocks of the stamp; what is not readable is left out."""
    try:
        entries = json.loads(str(stamp))["clocks"] if stamp else []
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"the clocks of the record are not readable: {error}") from error
    return tuple(clock for clock in map(_clock, entries) if clock is not None)


def _clock(entry: Mapping[str, Any]) -> SlaClock | None:
    started_at, target_at = instant(entry.get("started_at")), instant(entry.get("target_at"))
    if started_at is None or target_at is None:
        return None
    warned = (instant(at) for at in entry.get("warn_at", ()))
    return SlaClock(
        name=str(entry.get("name")),
        started_at=started_at,
        target_at=target_at,
        warn_at=tuple(at for at in warned if at is not None),
        hours=str(entry.get("hours", "24x7")),
    )
