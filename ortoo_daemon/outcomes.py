"""How did it come out for a record, and why?"""

from enum import StrEnum


class Outcome(StrEnum):
    """What is to be done.

    ASSIGNED: owner and fields are written (the owner may be a queue). PARKED: a person must look; the
    reason is stamped. LEFT_ALONE: a person holds the record; only the stamps are written, so that
    sweeps don't bring it back; with an ``owner`` it is given back to that person. RECOVERED: an earlier
    run wrote the owner, its audit record is missing. NOTHING: no policy takes the record, or it is
    decided and proven already. REPORTED: a person gave the decided record to somebody outside the policy's
    boundaries; that is recorded and told, and nothing is written to the record.

    The rest follow a decision whose clocks run (FOLLOW_UPS). WARNED: part of the target has passed.
    VIOLATED: the target has passed and the owner stays. REASSIGNED: it went to a colleague. ESCALATED: it
    went to a superior or queue, or should be seen by them where a person took it by hand.
    CLOCK_STOPPED: a clock runs no more. CLOCK_CHANGED: it pauses, goes on, begins anew, waits, somebody has
    taken note of it, a record that was given back stays, or others may see the record, or see it no more; the
    reason says which.
    """

    ASSIGNED = "assigned"
    PARKED = "parked"
    LEFT_ALONE = "left_alone"
    RECOVERED = "recovered"
    NOTHING = "nothing"
    REPORTED = "reported"
    WARNED = "warned"
    VIOLATED = "violated"
    REASSIGNED = "reassigned"
    ESCALATED = "escalated"
    CLOCK_STOPPED = "clock_stopped"
    CLOCK_CHANGED = "clock_changed"


FOLLOW_UPS = frozenset(
    {
        Outcome.WARNED,
        Outcome.VIOLATED,
        Outcome.REASSIGNED,
        Outcome.ESCALATED,
        Outcome.CLOCK_STOPPED,
        Outcome.CLOCK_CHANGED,
    }
)
"""Steps of a clock of a record that is decided. A person may hold it, so each write is conditional."""


UNWRITTEN = frozenset({Outcome.RECOVERED, Outcome.NOTHING, Outcome.REPORTED})
"""Outcomes of which nothing is written to the record."""


class ReasonCode(StrEnum):
    """Why it came out so; listed in docs/operations.md."""

    RULE = "rule"
    RULE_ELSE = "rule_else"
    OTHERWISE = "otherwise"
    STICKY = "sticky"
    KEPT = "kept"
    WAITING = "waiting"
    WAIT_OVER = "wait_over"
    NO_CONTACT = "requirement_failed"
    REJECTED = "rejected"
    ADF_UNREADABLE = "adf_unreadable"
    TAKEN_BY_PERSON = "taken_by_person"
    PERSON_WINS = "person_wins"
    OUTSIDE_BOUNDARIES = "outside_boundaries"
    RECOVERED = "recovered"
    NO_POLICY = "no_policy"
    BEFORE_TAKE_FROM = "before_take_from"
    NOT_ENTERED = "not_entered"
    ALREADY_DECIDED = "already_decided"
    PARKED_ALREADY = "parked_already"
    RECORD_GONE = "record_gone"
    NO_TARGET = "no_target"
    FUSE = "fuse"
    TOO_MANY_TRIES = "too_many_tries"
    KEPT_CHANGING = "kept_changing"
    OWNER_FIGHT = "owner_fight"
    REFUSED_BY_ORG = "refused_by_org"
    DUPLICATES_DETECTED = "duplicates_detected"
    OWNER_AWAY = "owner_away"
    OWNER_LEFT = "owner_left"
    OWNER_BACK = "owner_back"
    OWNER_KEEPS = "owner_keeps"
    SLA_WARNING = "sla_warning"
    SLA_VIOLATION = "sla_violation"
    SLA_NOBODY = "sla_nobody"
    SLA_HELD_BY_PERSON = "sla_held_by_person"
    SLA_ANSWERED = "sla_answered"
    SLA_CLOCK_REMOVED = "sla_clock_removed"
    SLA_PAUSED = "sla_paused"
    SLA_RESUMED = "sla_resumed"
    SLA_RESTARTED = "sla_restarted"
    SLA_REOPENED = "sla_reopened"
    SLA_ACKNOWLEDGED = "sla_acknowledged"
    SLA_ONE_WAY = "sla_one_way"
    SLA_WAITING = "sla_waiting"
    SLA_HELD_BACK = "sla_held_back"
    SLA_PUT_RIGHT = "sla_put_right"
    SLA_MOVED_OFTEN = "sla_moved_often"
    OFFER_ACCEPTED = "offer_accepted"
    OFFER_LAPSED = "offer_lapsed"
    RETURNED = "returned"
    RETURNED_IN_VAIN = "returned_in_vain"
    CONSENT_CHANGED = "consent_changed"
