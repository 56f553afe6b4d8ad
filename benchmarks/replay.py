"""How soon has a daemon caught up that was down for a day? It finds a day's events behind its checkpoint.

As in an ordinary day most of them lead to nothing: notes on leads, changes of leads that are routed, new
leads that no policy takes. A few are new leads to be routed, a few are answers that stop a clock. The
events are all there before the daemon starts.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.daemon import CLIENT, address_of, daemon, starting_daemon, status
from benchmarks.dealers import advisers
from benchmarks.figures import Figure, at_most
from benchmarks.leads import leads, places
from benchmarks.morning import next_morning
from benchmarks.org import DISPATCHER, LEADS_COME_FROM, Org, sandbox
from benchmarks.payloads import DECISION
from benchmarks.processes import wait_until
from benchmarks.routed import routed_leads, warned_at
from ortoo_daemon.clocks import SlaClock

LATENCY = 0.08
_ROUTED, _NOBODYS, _ANSWERED, _REOPENED = 0.08, 0.12, 0.10, 0.25
"""Shares of the events: new leads to route, new leads no policy takes, leads answered, leads set to Open.
The rest are notes."""

_AT_ONCE = 500
_LOOK_EVERY = 0.2
_LONGEST = 600.0


def about(events: int) -> str:
    return (
        f"{events:,} events behind the checkpoint: {_ROUTED:.0%} new leads to route, {_NOBODYS:.0%} new "
        f"leads no policy takes, {_ANSWERED:.0%} answers that stop a clock, {_REOPENED:.0%} other changes "
        f"of status, the rest notes; {LATENCY * 1000:.0f} ms before each call; from process start"
    )


def measure(events: int) -> list[Figure]:
    with TemporaryDirectory() as name, sandbox(Path(name)) as org:
        now = next_morning(datetime.now(UTC))
        org.set_clock(now)
        there = _leads_there(org, events, now)
        _leave_checkpoint(org, Path(name))
        last = _a_day(org, events, there)
        org.set_latency(LATENCY)
        org.forget_calls()
        return _catching_up(org, Path(name), last)


def _leads_there(org: Org, events: int, now: datetime) -> Sequence[str]:
    """Routed leads, enough for each to change once."""

    def tomorrow(_number: int, hours: str) -> SlaClock:
        return warned_at(now + timedelta(days=1), hours)

    rows = routed_leads(places(org), advisers(org), events, now=now, clock_of=tomorrow)
    return org.create(rows)


def _leave_checkpoint(org: Org, folder: Path) -> None:
    """A daemon hears one event and ends."""
    with daemon(org, folder) as process:
        org.create(leads(places(org), 1, seed=8))
        wait_until(lambda: _decisions(org) == 1, within=60, what="the first lead's decision")
        process.until_quiet(1.0, within=60)


def _a_day(org: Org, events: int, there: Sequence[str]) -> str:
    """Everything that happens, well mixed; the lead whose change comes last, an answer."""
    rows = list(_happenings(org, events - 1, there))
    Random(10).shuffle(rows)
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        org.create([row for row in part if "Id" not in row], user=LEADS_COME_FROM)
        org.update([row for row in part if "Id" in row], user=DISPATCHER)
    last = there[-1]
    org.update([{"Id": last, "Status": "Working"}], user=DISPATCHER)
    return last


def _happenings(org: Org, events: int, there: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Each of its own text: like changes of one moment would share an event."""
    new = round(events * _ROUTED)
    nobodys, answered, reopened = (
        round(events * share) for share in (_NOBODYS, _ANSWERED, _REOPENED)
    )
    for number, lead in enumerate(leads(places(org), new + nobodys, seed=9)):
        yield lead if number < new else lead | {"Status": "Nurturing"}
    for number in range(events - new - nobodys):
        row = {"Id": there[number], "Description": f"note {number}"}
        if number < answered:
            row["Status"] = "Working"
        elif number < answered + reopened:
            row["Status"] = "Open"
        yield row


@dataclass(frozen=True, slots=True)
class _Look:
    after: float
    heard: int
    handled: int
    waiting: int


def _catching_up(org: Org, folder: Path, last: str) -> list[Figure]:
    """Caught up: the last event's decision stands in the org, and nothing waits."""
    began = time.monotonic()
    with starting_daemon(org, folder) as process:
        process.until_logged("service.ready", within=300)
        ready, address = time.monotonic() - began, address_of(process)
        looks: list[_Look] = []
        until = began + _LONGEST
        while not (looks and looks[-1].waiting == 0 and _decisions(org, last)):
            if time.monotonic() > until:
                raise TimeoutError(f"not caught up within {_LONGEST:g} s: {looks[-1]}")
            time.sleep(_LOOK_EVERY)
            looks.append(_look(address, began))
        cpu, peak = process.cpu_seconds(), process.peak_mib()
    return _figures(looks, ready, cpu, peak, len(org.calls(CLIENT)))


def _figures(
    looks: Sequence[_Look], ready: float, cpu: float, peak: float, calls: int
) -> list[Figure]:
    end = looks[-1]
    heard = next(look for look in looks if look.heard == end.heard)
    return [
        Figure(name="ready after", value=ready, unit="s"),
        Figure(name="all heard after", value=heard.after, unit="s"),
        Figure(name="caught up after", value=end.after, unit="s"),
        Figure(name="heard", value=end.heard, unit="events"),
        Figure(name="hearing", value=end.heard / (heard.after - ready), unit="events/s"),
        Figure(name="handled", value=end.handled, unit="records"),
        Figure(name="handling", value=end.handled / (end.after - ready), unit="records/s"),
        Figure(name="calls", value=calls, unit="calls"),
        Figure(name="CPU per 1,000 events", value=cpu / end.heard * 1000, unit="s"),
        Figure(name="peak memory", value=peak, unit="MiB", goal=at_most(200)),
    ]


def _look(address: str, began: float) -> _Look:
    told = status(address)
    return _Look(
        after=time.monotonic() - began,
        heard=sum(channel["events"] for channel in told["stream"]["channels"].values()),
        handled=sum(told["records"]["by_outcome"].values()),
        waiting=told["queue"]["ready"] + told["queue"]["leased"],
    )


def _decisions(org: Org, record: str | None = None) -> int:
    where = f" WHERE Record_Id__c = '{record}'" if record else ""
    return org.count(f"SELECT COUNT() FROM {DECISION}{where}")
