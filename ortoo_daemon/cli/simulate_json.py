"""How does a program read a backtest? One document with stable keys; described in docs/operations.md."""

from typing import Any

from ortoo_daemon.instants import instant_text
from ortoo_daemon.simulation.backtest.document import (
    difference_document,
    groups_document,
    totals_document,
)
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
        "totals": {side.value: totals_document(each) for side, each in found.totals.items()},
        "edit": difference_document(found.edit) if found.edit else None,
        "reality": difference_document(found.reality),
        "groups": groups_document(found.groups, found.totals, main),
        "values": {
            "records_of_then": found.values.records_of_then,
            "records_with_todays": found.values.records_with_todays,
            "todays": dict(found.values.todays.most_common()),
            "former_owners": dict(found.values.answers),
            "service_answers": dict(found.values.calls),
            "not_read": list(found.not_read),
            "open_for_s": round(found.open_for.total_seconds()),
        },
    }
