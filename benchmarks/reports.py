"""What does a report of very many leads cost: seconds, memory, calls of the org?

Leads of ninety days as the daemon leaves them, most answered, some moved on, each with its decision records,
over a network of thousands of people. The report is made by all dimensions, against the period before.
"""

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.daemon import write_settings
from benchmarks.dealers import Adviser, advisers, grow_network
from benchmarks.figures import Figure
from benchmarks.leads import leads, places
from benchmarks.org import ADMIN, Org, sandbox
from benchmarks.payloads import DECISION
from ortoo_daemon.action import stamps
from ortoo_daemon.instants import instant_text

LATENCY = 0.08
_REPORT = """\
report:
  zone: Europe/Paris
  objects:
    Lead:
      required: [LastName, Email, PostalCode]
      valid: {Status: {not_in: [Unqualified]}}
      contacted: {Status: [Contacted, Qualified]}
      appointment: {Status: Qualified}
      won: {Status: Qualified}
"""
_DAYS = 90
_SITES, _PEOPLE = 300, 2_000
_SOURCES = ("Web", "Marketplace", "Configurator", "Phone Inquiry", "Walk-in")
_ENDS = ("Met", "Met", "Met", "Missed", "Violated")
_STATUSES = ("New", "Working", "Contacted", "Contacted", "Qualified", "Unqualified")


def about(count: int) -> str:
    return (
        f"{count:,} leads of {_DAYS} days, three in four answered, one in six moved on, by all dimensions, "
        f"against the days before; {_SITES} sites, {_PEOPLE:,} people; {LATENCY * 1000:.0f} ms before each "
        "call"
    )


def measure(count: int) -> list[Figure]:
    with TemporaryDirectory() as name, sandbox(Path(name)) as org:
        grow_network(org, rooftops=_SITES, people=_PEOPLE)
        _fill(org, count)
        org.set_latency(LATENCY)
        began = time.monotonic()
        told, peak = _report(org, Path(name))
        seconds = time.monotonic() - began
    reading = told["reading"]
    assert told["everything"]["figures"]["volume"]["value"] == count
    return [
        Figure(name="report", value=seconds, unit="s"),
        Figure(name="peak memory", value=peak / 1024, unit="MiB"),
        Figure(name="calls", value=reading["calls"], unit="calls"),
        Figure(name="groups counted by the org", value=reading["groups"], unit="groups"),
        Figure(name="rows read", value=reading["rows"], unit="rows"),
    ]


def _report(org: Org, folder: Path) -> tuple[dict[str, Any], int]:
    """What the command line prints, and the most memory it held (KiB)."""
    out = folder / "report.json"
    settings = write_settings(org, folder, {})
    settings.write_text(settings.read_text() + _REPORT)
    command = [
        *("-m", "ortoo_daemon", "report", "--config", str(settings), "--since", f"{_DAYS + 1}d"),
        *("--compare", "previous", "--format", "json", "--out", str(out)),
    ]
    process = os.posix_spawn(sys.executable, [sys.executable, *command], os.environ)
    _, status, used = os.wait4(process, 0)
    if status:
        raise RuntimeError(f"the report ended with {os.waitstatus_to_exitcode(status)}")
    return json.loads(out.read_text()), used.ru_maxrss


def _fill(org: Org, count: int) -> None:
    random, now = Random(5), datetime.now(UTC)
    holders = advisers(org)
    rows = list(_leads(org, holders, count, now, random))
    ids = org.create(rows, user=ADMIN, of_the_past=True)
    org.create(_decisions(rows, ids, holders, random), user=ADMIN)


def _leads(
    org: Org, holders: Sequence[Adviser], count: int, now: datetime, random: Random
) -> Iterator[dict[str, Any]]:
    for lead in leads(places(org), count, seed=4):
        holder = random.choice(holders)
        created = now - timedelta(minutes=random.uniform(1, _DAYS * 24 * 60))
        answered = random.random() < 0.75
        yield lead | {
            "CreatedDate": instant_text(created),
            "LeadSource": random.choice(_SOURCES),
            "Status": random.choice(_STATUSES),
            stamps.OWNER: holder.id,
            stamps.ASSIGNED_OWNER: holder.id,
            stamps.ROOFTOP: holder.rooftop,
            stamps.DECIDED_AT: instant_text(created + timedelta(seconds=1)),
            stamps.POLICY: "retail-leads",
            stamps.RULE: "dealer network",
            stamps.SLA_STATUS: random.choice(_ENDS) if answered else "Violated",
            stamps.FIRST_RESPONSE_AT: instant_text(
                created + timedelta(minutes=random.expovariate(1 / 25))
            )
            if answered
            else None,
        }


def _decisions(
    rows: Sequence[Mapping[str, Any]],
    ids: Sequence[str],
    holders: Sequence[Adviser],
    random: Random,
) -> Iterator[dict[str, Any]]:
    for id, row in zip(ids, rows, strict=True):
        at = datetime.fromisoformat(row[stamps.DECIDED_AT])
        yield _decision(id, at, "assigned", "rule", row[stamps.OWNER])
        if random.random() < 1 / 6:
            later = at + timedelta(minutes=40)
            yield _decision(id, later, "reassigned", "sla_violation", random.choice(holders).id)


def _decision(lead: str, at: datetime, outcome: str, reason: str, owner: str) -> dict[str, Any]:
    return {
        "attributes": {"type": DECISION},
        "Ortoo_Key__c": f"{lead}:{instant_text(at)}",
        "Object__c": "Lead",
        "Record_Id__c": lead,
        "Lead__c": lead,
        "Outcome__c": outcome,
        "Reason_Code__c": reason,
        "Decided_At__c": instant_text(at),
        "Owner_After__c": owner,
    }
