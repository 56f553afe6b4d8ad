"""Which fields does a decision write, under which API names?

Two parts, so that a bad business value never costs the owner: ``core`` is the owner and the daemon's
own stamps, ``business`` what policies and earlier stages gave to other fields.

How clocks are kept on the record is `sla_clocks`'. Nothing is sent from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ortoo_daemon.action.sla_clocks import SlaStamp, stamp_text
from ortoo_daemon.clocks import ClockState, SlaClock
from ortoo_daemon.decision import Decision
from ortoo_daemon.instants import instant_text
from ortoo_daemon.outcomes import FOLLOW_UPS, UNWRITTEN, Outcome, ReasonCode
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
LOAD = "Ortoo_Load__c"
SLA_CLOCKS = "Ortoo_SLA_Clocks__c"
CUSTODY = "Ortoo_Custody__c"
FIRST_RESPONSE_AT = "Ortoo_First_Response_At__c"
FIRST_RESPONSE = "first_response"
"""The clock whose stop is the first response."""

LENGTHS: Mapping[str, int] = {
    DECISION_KEY: 120,
    ASSIGNED_OWNER: 18,
    PRIOR_OWNER: 18,
    POLICY: 120,
    RULE: 255,
    PARKED: 255,
    SLA_CLOCKS: 32768,
    CUSTODY: 32768,
}
"""Lengths of the text stamps in the shipped metadata."""

STAMPS = frozenset(
    {DECIDED_AT, ROOFTOP, SLA_NEXT_AT, SLA_TARGET_AT, SLA_STATUS, FIRST_RESPONSE_AT, LOAD}
    | LENGTHS.keys()
)
"""Every field that is the daemon's own: a change in one of these starts no work."""

FOR_PEOPLE = frozenset({POLICY, RULE, ROOFTOP, SLA_TARGET_AT, SLA_STATUS, FIRST_RESPONSE_AT, LOAD})
"""Stamps for list views and counts: what they say stands in the decision record, too. Where the org refuses
one, the owner lands without it."""

LONG_STAMPS = frozenset({SLA_CLOCKS, CUSTODY})
"""Stamps in long text areas."""

ACTIVITIES = frozenset({"Task", "Event"})
"""Objects that the platform gives no long text area: no clock can run on them."""


def stamps_of(object_name: str) -> frozenset[str]:
    """The daemon's own fields that an object needs."""
    return STAMPS - LONG_STAMPS if object_name in ACTIVITIES else STAMPS


def read_of(object_name: str) -> frozenset[str]:
    """Fields that must be read with every record of an object, whatever its policy names."""
    needed = frozenset((*READ, *_READ_OF.get(object_name, ())))
    return needed - LONG_STAMPS if object_name in ACTIVITIES else needed


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
    SLA_NEXT_AT,
    SLA_CLOCKS,
    CUSTODY,
)
"""Fields that must be read with every record, whatever its policy names."""

_READ_OF: Mapping[str, tuple[str, ...]] = {"Lead": ("IsConverted",)}
"""What else must be read of some objects: the org lets nobody write to a converted lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerWrite:
    """What to write to one record. ``core`` must land; ``business`` may be refused field by field, and so may
    stamps of the core that are FOR_PEOPLE."""

    core: Mapping[str, FieldValue] = field(default_factory=dict)
    business: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def whole(self) -> dict[str, FieldValue]:
        """Both parts in one, for the first try."""
        return {**self.business, **self.core}

    @property
    def may_lack(self) -> frozenset[str]:
        """Fields without which the rest may land."""
        return frozenset(self.business) | (FOR_PEOPLE & self.core.keys())

    def without(self, names: frozenset[str]) -> "OwnerWrite":
        """The same without fields that the org refused and that it may lack."""
        names &= self.may_lack
        return OwnerWrite(core=_without(self.core, names), business=_without(self.business, names))


def _without(fields: Mapping[str, FieldValue], names: frozenset[str]) -> Mapping[str, FieldValue]:
    return {name: value for name, value in fields.items() if name not in names}


def owner_write(decision: Decision, record: Record) -> OwnerWrite:
    """What a decision writes to the record it was made for; nothing for those of UNWRITTEN."""
    if decision.outcome in UNWRITTEN:
        return OwnerWrite()
    core = _proof(decision)
    if decision.outcome is Outcome.ASSIGNED:
        core |= _assignment(decision, record)
    elif decision.outcome in FOLLOW_UPS:
        core |= _follow_up(decision)
    elif decision.outcome is Outcome.LEFT_ALONE:
        core |= _left_alone(decision, record)
    elif decision.outcome is Outcome.PARKED:
        core[PARKED] = fitted(decision.parked_for or decision.reason.value, LENGTHS[PARKED])
    if decision.object in ACTIVITIES:
        core = {name: value for name, value in core.items() if name not in LONG_STAMPS}
    return OwnerWrite(core=core, business=_business(decision, record, core))


def _proof(decision: Decision) -> dict[str, FieldValue]:
    return {
        DECIDED_AT: instant_text(decision.decided_at),
        DECISION_KEY: decision.key,
        PRIOR_OWNER: decision.seen_owner,
        POLICY: fitted(decision.policy, LENGTHS[POLICY]),
        RULE: fitted(decision.rule, LENGTHS[RULE]),
    }


def _left_alone(decision: Decision, record: Record) -> dict[str, FieldValue]:
    """Whoever holds the record sees to it: it no longer waits for anybody."""
    stamps: dict[str, FieldValue] = {}
    if decision.owner is not None:
        stamps[OWNER] = decision.owner.id
    if record.text(PARKED):
        stamps[PARKED] = None
    return stamps


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
    if decision.custody is not None:
        stamps[CUSTODY] = decision.custody
    if decision.reservation is not None and decision.reservation.load is not None:
        stamps[LOAD] = decision.reservation.load
    if decision.clocks or decision.waiting or record.get(SLA_CLOCKS):
        stamps |= clock_stamps(decision)
    return stamps


def _follow_up(decision: Decision) -> dict[str, FieldValue]:
    """A clock's step: how far the clocks have come, and the new owner if there is one."""
    stamps = clock_stamps(decision)
    if decision.custody is not None:
        stamps[CUSTODY] = decision.custody
    if decision.returned is not None:
        stamps[decision.returned.field] = None  # with the owner or not at all: else it counts again
    if decision.owner is not None:
        stamps |= {OWNER: decision.owner.id, ASSIGNED_OWNER: decision.owner.id}
        if decision.rooftop is not None:
            stamps[ROOFTOP] = decision.rooftop
    if decision.first_response_at is not None:
        stamps[FIRST_RESPONSE_AT] = instant_text(decision.first_response_at)
    return stamps


def clock_stamps(decision: Decision) -> dict[str, FieldValue]:
    """The four SLA fields: the earliest step due, the earliest target that runs, status, all clocks."""
    clocks = decision.clocks
    live = [clock for clock in clocks if clock.is_live]
    targets = [clock.target_at for clock in live or clocks]
    stamp = SlaStamp(
        clocks=clocks,
        trail=decision.trail,
        routed_at=decision.routed_at,
        waiting=decision.waiting,
    )
    return {
        SLA_NEXT_AT: instant_text(stamp.next_at) if stamp.next_at else None,
        SLA_TARGET_AT: instant_text(min(targets)) if targets else None,
        SLA_STATUS: _status(decision, live),
        SLA_CLOCKS: stamp_text(stamp) if _says_anything(stamp, decision) else None,
    }


def _says_anything(stamp: SlaStamp, decision: Decision) -> bool:
    """Of a record without clocks, too, when it was routed stands nowhere else once it is shared later."""
    shared_later = decision.reason is ReasonCode.CONSENT_CHANGED
    return bool(stamp.clocks or stamp.waiting or stamp.trail or shared_later)


def _status(decision: Decision, live: Sequence[SlaClock]) -> str | None:
    """One word for list views: the worst of the clocks that run; when none does, how they ended."""
    if any(clock.is_late(decision.decided_at) for clock in live):
        return "Violated"
    if live and all(clock.paused_at is not None for clock in live):
        return "Paused"
    if live:
        return "Warning" if any(clock.warned for clock in live) else "Running"
    ended = [clock for clock in decision.clocks if clock.state is ClockState.STOPPED]
    if not ended:
        return None
    if any(clock.one_way for clock in ended):
        return "One-way"
    met = all(clock.stopped_at is None or clock.stopped_at <= clock.target_at for clock in ended)
    return "Met" if met else "Missed"


def _business(
    decision: Decision, record: Record, core: Mapping[str, FieldValue]
) -> dict[str, FieldValue]:
    return {
        name: value
        for name, value in decision.fields.items()
        if name not in core and name != OWNER and record.get(name) != value
    }


def reason_word(parked_for: str) -> str:
    """The word of a park reason, without the org's own text or the place in the policy behind it.

    ``INVALID_FIELD: No such column`` is INVALID_FIELD, ``no_target (policies/leads.yaml:9:3)`` is no_target.
    """
    return parked_for.partition(": ")[0].partition(" (")[0].strip()


def fitted(text: str | None, length: int) -> str | None:
    """Text cut to a field's length, with a mark where something was cut."""
    if text is None or len(text) <= length:
        return text
    return text[: length - 1] + "…"
