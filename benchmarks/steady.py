"""How long does a lead wait for its owner when they come in steadily?

From the moment before the sandbox is asked to make the lead to the moment at which the org answered the
call that wrote its owner, by the clock that both share.
"""

import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.daemon import CLIENT, daemon
from benchmarks.figures import Figure, at_most, percentile
from benchmarks.leads import leads, places
from benchmarks.org import Org, rows_written, sandbox
from benchmarks.processes import wait_until

LATENCY = 0.08
LASTS = 60.0
"""Seconds."""


def about(rate: int) -> str:
    return (
        f"{rate} leads/s for {LASTS:g} s, {LATENCY * 1000:.0f} ms before each call; "
        "from lead made to owner written"
    )


def measure(rate: int, *, lasts: float = LASTS) -> list[Figure]:
    with TemporaryDirectory() as name, sandbox(Path(name)) as org:
        coming = list(leads(places(org), int(rate * lasts), seed=3))
        with daemon(org, Path(name)) as process:
            org.set_latency(LATENCY)
            org.forget_calls()
            cpu = process.cpu_seconds()
            asked_at = _create_steadily(org, coming, rate)
            written = "SELECT COUNT() FROM Ortoo_Decision__c"
            wait_until(lambda: org.count(written) >= len(coming), within=60, what="the last owner")
            used = process.cpu_seconds() - cpu
            calls = org.calls(CLIENT)
    owned_at = rows_written(calls, "Lead")
    waits = [(owned_at[id_] - at).total_seconds() for id_, at in asked_at.items()]
    return [
        Figure(name="p50", value=percentile(waits, 0.5), unit="s", goal=at_most(0.5)),
        Figure(name="p99", value=percentile(waits, 0.99), unit="s", goal=at_most(1.5)),
        Figure(name="worst", value=max(waits), unit="s"),
        Figure(name="calls per record", value=len(calls) / len(coming), unit="calls"),
        Figure(name="CPU per 1,000 records", value=used / len(coming) * 1000, unit="s"),
    ]


def _create_steadily(org: Org, coming: list[dict[str, object]], rate: int) -> dict[str, datetime]:
    """One lead at a time, at even intervals; when each was asked for, by id."""
    began = time.monotonic()
    asked_at: dict[str, datetime] = {}
    for number, lead in enumerate(coming):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        at = datetime.now(UTC)
        asked_at[org.create([lead])[0]] = at
    return asked_at
