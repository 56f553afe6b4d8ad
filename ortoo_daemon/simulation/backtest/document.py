"""How do programs read a comparison of policies? The parts of its document; keys stay.

They are described in docs/policies.md. The backtest and the comparison beside the live policies share them.
"""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.backtest.comparison import (
    Difference,
    Dimension,
    Groups,
    Mover,
    Side,
    Totals,
)
from ortoo_daemon.simulation.backtest.handed import HandedChange, HandedMover
from ortoo_daemon.simulation.backtest.placement import Change, Fate, HandedTo, Placement


def totals_document(found: Totals) -> dict[str, Any]:
    """One side: records by fate, limits, and what the first targets come to."""
    sla = found.sla
    return {
        **{fate.value: found.fates[fate] for fate in Fate},
        "limited": found.limited,
        "limit_hits": dict(found.limit_hits),
        "handed_over": found.handed,
        "held_for_consent": found.held,
        "sla": {
            "targets": sla.targets,
            "mean_due_after_s": _seconds(sla.mean_due_after),
            "due_while_closed": sla.due_while_closed,
            "hours_known": sla.waits,
            "received_while_closed": sla.received_while_closed,
            "mean_wait_for_opening_s": _seconds(sla.mean_wait),
        },
    }


def difference_document(found: Difference) -> dict[str, Any]:
    """From one side to another: a number for each kind of change, and the movers that are kept."""
    return {
        "before": found.before.value,
        "after": found.after.value,
        "changed": found.changed,
        **{change.value: found.counts[change] for change in Change},
        "movers": [_mover(each) for change in Change for each in found.movers.get(change, ())],
        "movers_left_out": found.left_out,
        "handoffs": {
            **{change.value: found.handed.counts[change] for change in HandedChange},
            "movers": [_handed_mover(each) for each in found.handed.movers],
        },
    }


def _handed_mover(found: HandedMover) -> dict[str, Any]:
    return {
        "change": found.change.value,
        "object": found.object,
        "record": found.record,
        "before": _handed(found.before),
        "after": _handed(found.after),
    }


def _handed(found: HandedTo | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"rooftop": found.rooftop, "by": found.by, "held": found.held}


def groups_document(groups: Groups, sides: Collection[Side], main: Difference) -> dict[str, Any]:
    """Records by rooftop, region, person …, the greatest difference of ``main`` first."""
    return {
        each.value: [
            {
                "key": group.key,
                "name": group.name,
                **{side.value: group.counts.get(side, 0) for side in sides},
                "difference": group.difference(main.before, main.after),
            }
            for group in groups.of(each, main.before, main.after)
        ]
        for each in Dimension
    }


def placement_document(found: Placement) -> Mapping[str, Any]:
    """Where a record goes and why."""
    return {
        "fate": found.fate.value,
        "reason": found.reason,
        "owner": found.owner,
        "owner_name": found.owner_name,
        "rooftop": found.rooftop,
        "policy": found.policy,
        "rule": found.rule,
        "place": found.place,
        "summary": found.summary,
    }


def _mover(found: Mover) -> dict[str, Any]:
    return {
        "change": found.change.value,
        "object": found.object,
        "record": found.record,
        "decided_at": instant_text(found.decided_at),
        "source": found.source or None,
        "removed": found.removed or None,
        "before": placement_document(found.before),
        "after": placement_document(found.after),
    }


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else round(length.total_seconds())
