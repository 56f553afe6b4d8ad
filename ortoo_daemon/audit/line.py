"""What does the log say about one record handled? One line, the same names always, no personal data."""

from collections.abc import Mapping

from ortoo_daemon.decision import Decision
from ortoo_daemon.outcomes import ReasonCode
from ortoo_daemon.records import WorkItem

EVENT = "record_handled"


def line_fields(
    decision: Decision,
    item: WorkItem,
    *,
    timings: Mapping[str, float],
    api_calls: float | None = None,
) -> dict[str, object]:
    """Names and values of the canonical line. Ids name the record, owner and rooftop; never texts of theirs.

    ``timings`` are milliseconds by stage and come out as ``<stage>_ms``. ``waited_ms`` is from hearing
    of the record to deciding. Empty values are left out.
    """
    owner = decision.owner
    waited = decision.decided_at - item.heard_at
    found: dict[str, object] = {
        "event": EVENT,
        "object": decision.object,
        "record": decision.record_id,
        "key": decision.key,
        "way_in": item.reason.value,
        "outcome": decision.outcome.value,
        "reason": decision.reason.value,
        "policy": f"{decision.policy}@{decision.revision}" if decision.policy else None,
        "rule": decision.rule,
        "parked_for": _parked_for(decision),
        "rooftop": decision.rooftop,
        "owner": owner.id if owner else None,
        "owner_kind": owner.kind.value if owner else None,
        "owner_before": decision.seen_owner,
        "fields": len(decision.fields) or None,
        "reports": len(decision.trace.reports) or None,
        "attempts": item.attempts or None,
        "waited_ms": round(max(waited.total_seconds(), 0.0) * 1000),
        "api_calls": api_calls,
    }
    found = {name: value for name, value in found.items() if value is not None}
    for stage, ms in timings.items():
        found[f"{stage}_ms"] = round(ms, 3)
    return found


def _parked_for(decision: Decision) -> str | None:
    """The reason's code; the org's own words may quote a customer's data and stay out of the log."""
    if decision.parked_for is None or decision.reason is not ReasonCode.REFUSED_BY_ORG:
        return decision.parked_for
    return decision.parked_for.partition(":")[0]
