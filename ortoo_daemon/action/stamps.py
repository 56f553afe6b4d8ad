"""Which fields does a decision write, under which API names?

Two parts, so that a bad business value never costs the owner: ``core`` is the owner and the daemon's
own stamps, ``business`` what policies and earlier stages gave to other fields.

``Ortoo_SLA_Clocks__c`` holds ``{"v": 1, "clocks": [{"name", "state", "started_at", "target_at",
"warn_at": [...], "hours"}]}``; instants are ISO 8601 in UTC, ``state`` starts as ``running``.
Nothing is sent from here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ortoo_daemon.decision import Decision, Outcome, SlaClock
from ortoo_daemon.instants import instant_text
from ortoo_daemon.records import FieldValue, Record

OWNER = "OwnerId"
MODIFIED_AT = "LastModifiedDate"
MODIFIED_BY = "LastModifiedById"
DECIDED_AT = "Ortoo_Decided_At__c"
DECISION_KEY = "Ortoo_Decision_Key__c"
ASSIGNED_OWNER = "Ortoo_Assigned_Owner__c"
PRIOR_OWNER = "Ortoo_Prior_Owner__c"
POLICY = "Ortoo_Policy__c"
RULE = "Ortoo_Rule__c"
ROOFTOP = "Ortoo_Rooftop__c"
PARKED = "Ortoo_Parked__c"
SLA_NEXT_AT = "Ortoo_SLA_Next_At__c"
SLA_TARGET_AT = "Ortoo_SLA_Target_At__c"
SLA_STATUS = "Ortoo_SLA_Status__c"
SLA_CLOCKS = "Ortoo_SLA_Clocks__c"

LENGTHS: Mapping[str, int] = {
    DECISION_KEY: 120,
    ASSIGNED_OWNER: 18,
    PRIOR_OWNER: 18,
    POLICY: 120,
    RULE: 255,
    PARKED: 255,
    SLA_CLOCKS: 32768,
}
"""Lengths of the text stamps in the shipped metadata."""

STAMPS = frozenset({DECIDED_AT, ROOFTOP, SLA_NEXT_AT, SLA_TARGET_AT, SLA_STATUS} | LENGTHS.keys())
"""Every field that is the daemon's own: a change in one of these starts no work."""

READ = (
    OWNER,
    "CreatedDate",
    "CreatedById",
    MODIFIED_AT,
    MODIFIED_BY,
    DECIDED_AT,
    DECISION_KEY,
    ASSIGNED_OWNER,
    PRIOR_OWNER,
    POLICY,
    RULE,
    ROOFTOP,
    PARKED,
)
"""Fields that must be read with every record, whatever its policy names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerWrite:
    """What to write to one record. ``core`` must land; ``business`` may be refused field by field."""

    core: Mapping[str, FieldValue] = field(default_factory=dict)
    business: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def whole(self) -> dict[str, FieldValue]:
        """Both parts in one, for the first try."""
        return {**self.business, **self.core}

    def without(self, names: frozenset[str]) -> "OwnerWrite":
        """The same without business fields that the org refused."""
        kept = {name: value for name, value in self.business.items() if name not in names}
        return OwnerWrite(core=self.core, business=kept)


def owner_write(decision: Decision, record: Record) -> OwnerWrite:
    """What a decision writes to the record it was made for; nothing for RECOVERED and NOTHING."""
    if decision.outcome in (Outcome.RECOVERED, Outcome.NOTHING):
        return OwnerWrite()
    core = _proof(decision)
    if decision.outcome is Outcome.ASSIGNED:
        core |= _assignment(decision, record)
    elif decision.outcome is Outcome.LEFT_ALONE and decision.owner is not None:
        core[OWNER] = decision.owner.id
    elif decision.outcome is Outcome.PARKED:
        core[PARKED] = fitted(decision.parked_for or decision.reason.value, LENGTHS[PARKED])
    return OwnerWrite(core=core, business=_business(decision, record, core))


def _proof(decision: Decision) -> dict[str, FieldValue]:
    return {
        DECIDED_AT: instant_text(decision.decided_at),
        DECISION_KEY: decision.key,
        PRIOR_OWNER: decision.seen_owner,
        POLICY: fitted(decision.policy, LENGTHS[POLICY]),
        RULE: fitted(decision.rule, LENGTHS[RULE]),
    }


def _assignment(decision: Decision, record: Record) -> dict[str, FieldValue]:
    owner = decision.owner
    if owner is None:
        raise ValueError(f"{decision.record_id}: an assigned decision names no owner")
    stamps: dict[str, FieldValue] = {
        ASSIGNED_OWNER: owner.id,
        ROOFTOP: decision.rooftop,
        PARKED: None,
    }
    if record.get(OWNER) != owner.id:
        stamps[OWNER] = owner.id
    if decision.clocks:
        stamps |= clock_stamps(decision.clocks)
    return stamps


def clock_stamps(clocks: Sequence[SlaClock]) -> dict[str, FieldValue]:
    """The four SLA fields of clocks that run: the earliest step due, the earliest target, all clocks."""
    steps = [at for clock in clocks for at in (*clock.warn_at, clock.target_at)]
    return {
        SLA_NEXT_AT: instant_text(min(steps)),
        SLA_TARGET_AT: instant_text(min(clock.target_at for clock in clocks)),
        SLA_STATUS: "Running",
        SLA_CLOCKS: json.dumps(
            {"v": 1, "clocks": [_clock(clock) for clock in clocks]}, separators=(",", ":")
        ),
    }


def _clock(clock: SlaClock) -> dict[str, object]:
    return {
        "name": clock.name,
        "state": "running",
        "started_at": instant_text(clock.started_at),
        "target_at": instant_text(clock.target_at),
        "warn_at": [instant_text(at) for at in clock.warn_at],
        "hours": clock.hours,
    }


def _business(
    decision: Decision, record: Record, core: Mapping[str, FieldValue]
) -> dict[str, FieldValue]:
    return {
        name: value
        for name, value in decision.fields.items()
        if name not in core and name != OWNER and record.get(name) != value
    }


def fitted(text: str | None, length: int) -> str | None:
    """Text cut to a field's length, with a mark where something was cut."""
    if text is None or len(text) <= length:
        return text
    return text[: length - 1] + "…"
