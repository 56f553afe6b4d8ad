"""How does a program read a backtest? One document with stable keys; described in docs/operations.md."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.backtest.comparison import (
    Difference,
    Dimension,
    Mover,
    Totals,
)
from ortoo_daemon.simulation.backtest.placement import Change, Fate, Placement
from ortoo_daemon.simulation.backtest.replay import Result


def as_json(found: Result) -> dict[str, Any]:
    """The whole; ``candidate`` and ``edit`` are null where only the live policies were looked at."""
    history, main = found.history, found.main
    return {
        "since": instant_text(history.since),
        "until": instant_text(history.until),
        "read_at": instant_text(history.read_at),
        "records": found.records,
        "left_out": dict(history.left_out),
        "gaps": list(history.gaps),
        "revisions": {side.value: revision for side, revision in found.revisions.items()},
        "totals": {side.value: _totals(each) for side, each in found.totals.items()},
        "edit": _difference(found.edit) if found.edit else None,
        "reality": _difference(found.reality),
        "groups": {
            each.value: [
                {
                    "key": group.key,
                    "name": group.name,
                    **{side.value: group.counts.get(side, 0) for side in found.totals},
                    "difference": group.difference(main.before, main.after),
                }
                for group in found.groups.of(each, main.before, main.after)
            ]
            for each in Dimension
        },
        "values": {
            "records_of_then": found.values.records_of_then,
            "records_with_todays": found.values.records_with_todays,
            "todays": dict(found.values.todays.most_common()),
            "former_owners": dict(found.values.answers),
            "not_read": list(found.not_read),
            "open_for_s": round(found.open_for.total_seconds()),
        },
    }


def _totals(found: Totals) -> dict[str, Any]:
    sla = found.sla
    return {
        **{fate.value: found.fates[fate] for fate in Fate},
        "limited": found.limited,
        "limit_hits": dict(found.limit_hits),
        "sla": {
            "targets": sla.targets,
            "mean_due_after_s": _seconds(sla.mean_due_after),
            "due_while_closed": sla.due_while_closed,
            "hours_known": sla.waits,
            "received_while_closed": sla.received_while_closed,
            "mean_wait_for_opening_s": _seconds(sla.mean_wait),
        },
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "before": found.before.value,
        "after": found.after.value,
        "changed": found.changed,
        **{change.value: found.counts[change] for change in Change},
        "movers": [_mover(each) for change in Change for each in found.movers.get(change, ())],
        "movers_left_out": found.left_out,
    }


def _mover(found: Mover) -> dict[str, Any]:
    return {
        "change": found.change.value,
        "object": found.object,
        "record": found.record,
        "decided_at": instant_text(found.decided_at),
        "source": found.source or None,
        "removed": found.removed or None,
        "before": _placement(found.before),
        "after": _placement(found.after),
    }


def _placement(found: Placement) -> Mapping[str, Any]:
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


def _seconds(length: timedelta | None) -> int | None:
    return None if length is None else round(length.total_seconds())
