"""How fast was it, and what did it cost? Figures of a day from the org's own log of calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from ortoo_daemon.cli.launch_day.tally import Tally

MEASURED = (
    "from sending the record's creation to the org until the call that wrote its owner was answered "
    "there, both on the org's clock"
)
"""What time to owner means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Times in seconds. ``calls`` are the daemon's API calls from its start to its end, sweeps included."""

    owned: int
    median: float | None
    p95: float | None
    slowest: float | None
    calls: int
    calls_per_record: float | None


def figures(tally: Tally, calls: Sequence[Mapping[str, Any]]) -> Figures:
    """``calls``: the daemon's, as the sandbox logged them."""
    owned_at = _owned_at(calls)
    times = sorted(
        max(0.0, owned_at[record] - created.at)
        for record, created in tally.created.items()
        if record in owned_at
    )
    api = [call for call in calls if "/services/data/" in call["path"]]
    return Figures(
        owned=len(times),
        median=_share(times, 0.5),
        p95=_share(times, 0.95),
        slowest=times[-1] if times else None,
        calls=len(api),
        calls_per_record=len(api) / len(tally.created) if tally.created else None,
    )


def _owned_at(calls: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Record → when a call first wrote its owner, in seconds since 1970 on the org's clock."""
    found: dict[str, float] = {}
    for call in calls:
        at = datetime.fromisoformat(call["at"]).timestamp()
        for write in call["writes"]:
            for row in write["rows"]:
                if row["ok"] and row["id"] and "OwnerId" in row["fields"]:
                    found.setdefault(row["id"], at)
    return found


def _share(times: Sequence[float], share: float) -> float | None:
    """The smallest time that at least this share of all does not pass."""
    return times[max(0, ceil(share * len(times)) - 1)] if times else None
