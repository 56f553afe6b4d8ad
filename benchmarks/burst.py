"""How does the daemon fare when thousands of leads come at once, beside a client that only writes?

The leads stand in the org before the clock starts: the daemon is halted while the sandbox makes them, so
that making them is nobody's time. Then the daemon routes them; after it, the bare client writes the very
values the daemon wrote to as many new leads. Both are timed by the org's own log of calls.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import bare_client
from benchmarks.daemon import CLIENT, daemon
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.leads import Place, leads, places
from benchmarks.org import Org, rows_written, sandbox
from benchmarks.payloads import DECISION, Payload, for_lead, written_payloads
from benchmarks.processes import Process, running, wait_until
from ortoo_daemon.audit.record import LENGTHS

LATENCY = 0.08
_FIELDS = (*LENGTHS, "Decided_At__c")
_LONGEST = 1200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One client's way through the leads. ``took`` seconds from the start to its last decision row."""

    records: int
    took: float
    calls: Sequence[Mapping[str, Any]]
    cpu: float
    org_cpu: float
    peak_mib: float

    @property
    def rate(self) -> float:
        return self.records / self.took

    @property
    def calls_a_record(self) -> float:
        return len(self.calls) / self.records

    @property
    def cpu_a_thousand(self) -> float:
        return self.cpu / self.records * 1000


def measure(count: int) -> list[Figure]:
    with TemporaryDirectory() as name, sandbox(Path(name)) as org:
        found = places(org)
        routed = routed_burst(org, Path(name), found, count)
        payloads = list(written_payloads(org, _FIELDS))
        bare = _bare(org, Path(name), found, payloads)
    return _figures(routed, bare)


def routed_burst(org: Org, folder: Path, found: Sequence[Place], count: int) -> Run:
    """What the daemon makes of so many leads at these places."""
    return routed(org, folder, list(leads(found, count, seed=1)))


def routed(org: Org, folder: Path, rows: Sequence[Mapping[str, Any]]) -> Run:
    """What the daemon makes of these leads, which come while it is halted."""
    count = len(rows)
    with daemon(org, folder) as process:
        process.pause()
        org.create(rows)
        org.set_latency(LATENCY)
        org.forget_calls()
        start = _Start.of(process, org)
        process.resume()
        wait_until(lambda: _decisions(org) >= count, within=_LONGEST, what=f"{count} decisions")
        run = start.run(count, CLIENT)
    org.set_latency(0)
    return run


def _decisions(org: Org) -> int:
    return org.count(f"SELECT COUNT() FROM {DECISION}")


def _bare(org: Org, folder: Path, found: Sequence[Place], payloads: Sequence[Payload]) -> Run:
    ids = org.create(list(leads(found, len(payloads), seed=2)))
    file = folder / "rows.json"
    pairs = [for_lead(payload, id_, "bare") for payload, id_ in zip(payloads, ids, strict=True)]
    file.write_text(json.dumps(pairs))
    arguments = ["benchmarks.bare_client", org.url, str(file)]
    with running(arguments, log=folder / "bare.log") as process:
        process.line()
        org.set_latency(LATENCY)
        org.forget_calls()
        start = _Start.of(process, org)
        process.tell(org.token())
        process.line()
        return start.run(len(payloads), bare_client.CLIENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    process: Process
    org: Org
    at: datetime
    cpu: float
    org_cpu: float

    @classmethod
    def of(cls, process: Process, org: Org) -> "_Start":
        return cls(
            process=process,
            org=org,
            at=org.now(),
            cpu=process.cpu_seconds(),
            org_cpu=org.process.cpu_seconds(),
        )

    def run(self, records: int, client: str) -> Run:
        cpu, org_cpu = self.process.cpu_seconds(), self.org.process.cpu_seconds()
        calls = self.org.calls(client)
        ended = max(rows_written(calls, DECISION).values())
        return Run(
            records=records,
            took=(ended - self.at).total_seconds(),
            calls=calls,
            cpu=cpu - self.cpu,
            org_cpu=org_cpu - self.org_cpu,
            peak_mib=self.process.peak_mib(),
        )


def _figures(routed: Run, bare: Run) -> list[Figure]:
    return [
        Figure(
            name="of the bare client's rate",
            value=routed.rate / bare.rate,
            unit="×",
            goal=at_least(0.6),
        ),
        Figure(
            name="calls per record", value=routed.calls_a_record, unit="calls", goal=at_most(0.03)
        ),
        Figure(name="calls per record, bare client", value=bare.calls_a_record, unit="calls"),
        Figure(name="peak memory", value=routed.peak_mib, unit="MiB", goal=at_most(200)),
        Figure(name="CPU per 1,000 records", value=routed.cpu_a_thousand, unit="s"),
        Figure(name="CPU per 1,000 records, bare client", value=bare.cpu_a_thousand, unit="s"),
        Figure(
            name="CPU of the org per 1,000 records",
            value=routed.org_cpu / routed.records * 1000,
            unit="s",
        ),
        Figure(
            name="CPU of the org per 1,000 records, bare client",
            value=bare.org_cpu / bare.records * 1000,
            unit="s",
        ),
        Figure(name="rate", value=routed.rate, unit="records/s"),
        Figure(name="rate, bare client", value=bare.rate, unit="records/s"),
        *_by_kind(routed),
    ]


def _by_kind(run: Run) -> list[Figure]:
    """Calls of each kind, to see where they go."""
    kinds: dict[str, int] = {}
    for call in run.calls:
        path = call["path"].partition("?")[0].rstrip("/")
        name = path.split("/", 4)[-1] if path.count("/") > 3 else path
        kinds[f"{call['method']} {name}"] = kinds.get(f"{call['method']} {name}", 0) + 1
    return [
        Figure(name=f"calls: {kind}", value=number, unit="calls")
        for kind, number in sorted(kinds.items(), key=lambda pair: -pair[1])
    ]


def about(count: int) -> str:
    return (
        f"{count:,} leads at once, {LATENCY * 1000:.0f} ms before each call; the daemon, then "
        f"{bare_client.THREADS} threads that write the same rows, {bare_client.ROWS_IN_A_CALL} a call"
    )
