"""What was decided, in one sentence without personal data of the customer?"""

from ortoo_daemon.consequences import ShareState
from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import Outcome, ReasonCode
from ortoo_daemon.records import OwnerKind
from ortoo_daemon.trace import NOT_ASKED

_WHY = {
    ReasonCode.RULE: "by rule {rule}",
    ReasonCode.RULE_ELSE: "by the else of rule {rule}: nobody there could take it",
    ReasonCode.STICKY: "by rule {rule}: had the same customer before",
    ReasonCode.KEPT: "by rule {rule}: has the customer already",
    ReasonCode.WAITING: "by rule {rule}: waits for somebody with the wished skills",
    ReasonCode.WAIT_OVER: "the record is no longer where it waited, or its policy takes it no more",
    ReasonCode.TAKEN_BY_PERSON: "a person holds it",
    ReasonCode.OUTSIDE_BOUNDARIES: "a person gave it to somebody outside the boundaries ({outside})",
    ReasonCode.PERSON_WINS: "a person had given it there while it was being decided",
    ReasonCode.NO_POLICY: "no policy is for this object",
    ReasonCode.NOT_ENTERED: "no policy takes it",
    ReasonCode.BEFORE_TAKE_FROM: "it is older than the policy's take_from",
    ReasonCode.ALREADY_DECIDED: "it is decided already",
    ReasonCode.PARKED_ALREADY: "it is parked already",
    ReasonCode.RECOVERED: "an earlier run wrote the owner",
    ReasonCode.FUSE: "its policy has moved as many records as its fuse lets pass",
    ReasonCode.NO_TARGET: "what otherwise names can't own it",
    ReasonCode.OWNER_AWAY: "its owner is away; by rule {rule}",
    ReasonCode.OWNER_LEFT: "its owner has left",
    ReasonCode.OWNER_BACK: "it was theirs before they were away, and nobody has touched it",
    ReasonCode.OWNER_KEEPS: "it stays with its owner",
    ReasonCode.SLA_WARNING: "part of the time for an answer has passed",
    ReasonCode.SLA_VIOLATION: "the time for an answer has passed",
    ReasonCode.SLA_NOBODY: "the time for an answer has passed, and nobody else can take it",
    ReasonCode.SLA_HELD_BY_PERSON: "the time for an answer has passed; a person took it and keeps it",
    ReasonCode.SLA_ANSWERED: "what stops it holds",
    ReasonCode.SLA_CLOCK_REMOVED: "its policy has no such clock any more",
    ReasonCode.SLA_PAUSED: "it pauses",
    ReasonCode.SLA_RESUMED: "it goes on with the time that was left",
    ReasonCode.SLA_RESTARTED: "it begins anew for the new owner",
    ReasonCode.SLA_REOPENED: "what stopped it holds no more",
    ReasonCode.SLA_ACKNOWLEDGED: "somebody has taken note; no more steps",
    ReasonCode.SLA_ONE_WAY: "no contact in both directions followed",
    ReasonCode.SLA_WAITING: "nobody has answered yet",
    ReasonCode.SLA_HELD_BACK: "the time for an answer has passed; the step is held back",
    ReasonCode.SLA_PUT_RIGHT: "somebody else had written to the fields of its clocks",
    ReasonCode.OFFER_ACCEPTED: "the offer is accepted",
    ReasonCode.OFFER_LAPSED: "the offer was not accepted in time",
    ReasonCode.RETURNED: "it was given back",
    ReasonCode.RETURNED_IN_VAIN: "it was given back, and nobody else can take it",
    ReasonCode.CONSENT_CHANGED: "consent has changed",
    ReasonCode.SLA_MOVED_OFTEN: "the time for an answer has passed; it was moved as often as allowed",
}


def summary(decision: Decision) -> str:
    """Such as ``to queue EV desk: by the else of rule EV launch: nobody there could take it``."""
    what = _what(decision)
    why = _why(decision)
    told = f"{what}: {why}" if why else what
    unasked = (each.message for each in decision.trace.reports if each.code == NOT_ASKED)
    return "; ".join((told, *unasked))


def _what(decision: Decision) -> str:
    match decision.outcome:
        case Outcome.ASSIGNED | Outcome.RECOVERED:
            if decision.owner is None:
                return f"parked for {decision.parked_for}" if decision.parked_for else "recovered"
            queue = "queue " if decision.owner.kind is OwnerKind.QUEUE else ""
            return f"to {queue}{decision.owner.name}"
        case Outcome.PARKED:
            return f"parked for {decision.parked_for}"
        case Outcome.LEFT_ALONE:
            return f"back to {decision.owner.name}" if decision.owner else "left alone"
        case Outcome.NOTHING:
            return "nothing to do"
        case Outcome.REPORTED:
            return "reported"
        case Outcome.REASSIGNED:
            return f"reassigned to {decision.owner.name}" if decision.owner else "reassigned"
        case Outcome.ESCALATED:
            return f"escalated to {_escalated_to(decision)}"
        case Outcome.WARNED | Outcome.VIOLATED:
            return decision.outcome.value
        case Outcome.CLOCK_CHANGED:
            if decision.reason is ReasonCode.CONSENT_CHANGED:
                return _seen_by(decision)
            return "stays" if decision.returned is not None else "clock"
        case Outcome.CLOCK_STOPPED:
            over = decision.reason is ReasonCode.WAIT_OVER
            return "wait ended" if over else "clock stopped"


def _seen_by(decision: Decision) -> str:
    given = ", ".join(each.name for each in decision.shares)
    gone = ", ".join(each.name for each in decision.withheld if each.state is ShareState.WITHDRAWN)
    parts = (
        f"shared with {given}" if given else "",
        f"no longer shared with {gone}" if gone else "",
    )
    return "; ".join(filter(None, parts)) or "not shared any more"


def _escalated_to(decision: Decision) -> str:
    found = decision.escalated_to or decision.owner
    if found is None:
        return "nobody"
    return f"queue {found.name}" if found.kind is OwnerKind.QUEUE else found.name


def _why(decision: Decision) -> str:
    if decision.reason is ReasonCode.OTHERWISE:
        if decision.rule is None:
            return "by otherwise: no rule matched"
        return f"by otherwise: nobody could take it by rule {decision.rule}"
    outside = " and ".join(decision.overstepped)
    return _WHY.get(decision.reason, "").format(rule=decision.rule, outside=outside)
