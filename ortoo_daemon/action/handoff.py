"""Is the record to be handed to the system of its rooftop? How and when it is sent is no matter here.

What is stamped, in the same write as the owner, is what is to be done: the record itself is the list of what
is open, so that a lost journal loses no handoff.
"""

import hashlib
from datetime import datetime, timedelta

from ortoo_daemon.action.sla_clocks import read_stamp
from ortoo_daemon.action.stamps import SLA_CLOCKS
from ortoo_daemon.consequences import Handoff
from ortoo_daemon.directory import Directory, Rooftop
from ortoo_daemon.handling import Handling
from ortoo_daemon.instants import instant
from ortoo_daemon.policy.handoff_model import HANDOFF, HANDOFF_AT, HANDOFF_TO, HandoffRule
from ortoo_daemon.records import Record, RecordId
from ortoo_daemon.scope import RecordScope

STAGE = "action"

DUE, HELD, SENT, FAILED, WITHDRAWN = "Due", "Held", "Sent", "Failed", "Withdrawn"
RESEND = "Resend"
"""A person wants it sent once more."""

NO_CONSENT = f"{HELD}: no consent"
OPEN = (DUE, HELD, RESEND)


def prepare_handoff(handling: Handling) -> None:
    """Of a record that was given to somebody of a rooftop."""
    if handling.policy.handoff is not None and handling.waiting is None:
        _prepare(handling, handling.policy.handoff, handling.scope.rooftop)


def follow_handoff(handling: Handling) -> None:
    """Of a record that a clock, or who gave it back, has moved."""
    rule, sla = handling.policy.handoff, handling.sla
    if rule is None or sla is None or handling.scope.owner is None:
        return
    rooftops = handling.facts.directory.rooftops
    handling.scope.rooftop = rooftops.get(sla.place) if sla.place is not None else None
    _prepare(handling, rule, handling.scope.rooftop)


def _prepare(handling: Handling, rule: HandoffRule, rooftop: Rooftop | None) -> None:
    record, notes = handling.facts.record, handling.trace.notes
    before = record.text(HANDOFF)
    if rooftop is None or (rule.when is not None and not rule.when.holds(handling.scope)):
        if handling.whole_trace:  # most records are not: it would be said of each of them
            notes.append(_why_not(rule, handling.scope))
        if before.startswith(OPEN):
            handling.give(HANDOFF, WITHDRAWN, stage=STAGE, place=rule.place)
        return
    if record.text(HANDOFF_TO) == rooftop.id and not before.startswith(RESEND):
        if handling.whole_trace:
            notes.append(f"{rule.place}: {rooftop.name} was handed the record before")
        if before.startswith(OPEN):
            handling.give(HANDOFF, SENT, stage=STAGE, place=rule.place)
        return
    state = DUE
    if rule.consent is not None and (lacking := rule.consent.failure(handling.scope)) is not None:
        notes.append(f"{lacking.place}: not handed over yet, no consent: {lacking.text} fails")
        state = NO_CONSENT
    notes.append(f"{rule.place}: {rooftop.name} is handed the record by {rule.by.value}")
    handling.handoff = Handoff(
        rooftop=rooftop.id,
        by=rule.by.value,
        policy=handling.policy.name,
        key=handoff_key(record, rooftop.id),
        held=state != DUE,
    )
    handling.give(HANDOFF, state, stage=STAGE, place=rule.place)


def _why_not(rule: HandoffRule, scope: RecordScope) -> str:
    failed = rule.when.failure(scope) if rule.when is not None else None
    if failed is None:
        return f"{rule.place}: not handed over, no rooftop has the record"
    return f"{failed.place}: not handed over, {failed.text} fails"


def handoff_key(record: Record, rooftop: RecordId) -> str:
    """By which the handoff of a record to a rooftop is known: the same over all tries and crashes.

    It changes when the record was handed over since, so that it may come back to the same rooftop.
    """
    after = instant(record.get(HANDOFF_AT))
    suffix = f":{int(after.timestamp())}" if after is not None else ""
    return f"handoff:{record.id}:{rooftop}{suffix}"


def message_id(key: str) -> str:
    """By which the receiver knows a handoff again."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def has_alone(
    record: Record, rule: HandoffRule, directory: Directory
) -> tuple[RecordId, datetime] | None:
    """The rooftop that was handed the record last, and until when no other gets it; None when one may.

    A rooftop whose people have lost it to a clock since, or have given it back, has it no more.
    """
    holder, since = record.text(HANDOFF_TO), instant(record.get(HANDOFF_AT))
    if not holder or since is None:
        return None
    for past in read_stamp(record.get(SLA_CLOCKS)).trail:
        person = directory.people.get(past.owner)
        if person is not None and person.rooftop == holder and past.until >= since - _SAME_MOMENT:
            return None
    return RecordId(holder), since + rule.exclusive_for


_SAME_MOMENT = timedelta(seconds=1)
"""The org keeps whole seconds."""
