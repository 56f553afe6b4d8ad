"""What does a large network cost: to read, to keep in mind, to look through for changes, to decide over?

A tenth as many sites as people, made of the sandbox's own; policies and settings are the shipped ones, but
for how often the directory is looked through.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.burst import LATENCY, Run, routed_burst
from benchmarks.daemon import CLIENT, starting_daemon, write_settings
from benchmarks.dealers import advisers, grow_network
from benchmarks.figures import Figure, at_most
from benchmarks.leads import places
from benchmarks.morning import next_morning
from benchmarks.org import ADMIN, Org, sandbox
from benchmarks.processes import Process, wait_until
from benchmarks.shipped import deciding

_AT_EACH_SITE = 10
_LOOKS = 3
_LEADS = 1_000
_STOOD_FOR = timedelta(hours=2)
"""What has just been made would count as just changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds between looks through the directory, leads of the burst, CPU seconds of deciding."""

    look_every: float = 5.0
    burst: int = _LEADS
    decide_for: float = 2.0


PACE = Pace()
_READ = '"directory.read"'


def about(people: int) -> str:
    return (
        f"{people // _AT_EACH_SITE:,} sites with {people:,} people, {LATENCY * 1000:.0f} ms before each "
        f"call; one person changes; {_LEADS:,} leads at once"
    )


def measure(people: int, *, pace: Pace = PACE) -> list[Figure]:
    with TemporaryDirectory() as name, sandbox(Path(name)) as org:
        morning = next_morning(datetime.now(UTC))
        org.set_clock(morning - _STOOD_FOR)
        grow_network(org, rooftops=people // _AT_EACH_SITE, people=people)
        org.set_clock(morning)
        found = places(org)
        org.set_latency(LATENCY)
        settings = write_settings(org, Path(name), {})
        figures = [
            *deciding(settings, found, org.now(), pace.decide_for),
            *_starting_and_looking(org, Path(name), pace.look_every),
        ]
        org.set_latency(0)
        second = Path(name) / "burst"
        second.mkdir()
        return [*figures, *_burst(routed_burst(org, second, found, pace.burst))]


def _starting_and_looking(org: Org, folder: Path, every: float) -> list[Figure]:
    """A daemon starts, looks through the directory some times in vain, then once not in vain."""
    org.forget_calls()
    began = time.monotonic()
    often = {"directory_every": f"{every:g}s"}
    with starting_daemon(org, folder, sweeps=often) as process:
        process.until_logged("service.ready", within=300)
        figures = _started(org, process, time.monotonic() - began)
        return [*figures, *_looking(org, process, every), *_refreshing(org, process)]


def _started(org: Org, process: Process, took: float) -> list[Figure]:
    calls = org.calls(CLIENT)
    counting = [call for call in calls if "COUNT(Id)" in call["path"]]
    return [
        Figure(name="start: ready after", value=took, unit="s"),
        Figure(name="start: CPU", value=process.cpu_seconds(), unit="s"),
        Figure(name="start: calls", value=len(calls), unit="calls"),
        Figure(name="start: of them to count open work", value=len(counting), unit="calls"),
        Figure(name="start: memory", value=process.memory_mib(), unit="MiB"),
    ]


def _looking(org: Org, process: Process, every: float) -> list[Figure]:
    time.sleep(every)
    org.forget_calls()
    cpu = process.cpu_seconds()
    time.sleep(_LOOKS * every)
    used, calls = process.cpu_seconds() - cpu, org.calls(CLIENT)
    return [
        Figure(name="nothing changed: calls of a look", value=len(calls) / _LOOKS, unit="calls"),
        Figure(name="nothing changed: CPU of a look", value=used / _LOOKS, unit="s"),
    ]


def _refreshing(org: Org, process: Process) -> list[Figure]:
    """Somebody goes away; the look that finds it reads anew."""
    person = advisers(org)[-1]
    readings = process.log.read_text().count(_READ)
    org.forget_calls()
    cpu, began = process.cpu_seconds(), time.monotonic()
    org.update([{"Id": person.id, "Ortoo_Availability__c": "Away"}], user=ADMIN)
    wait_until(
        lambda: process.log.read_text().count(_READ) > readings, within=120, what="a new reading"
    )
    took, used = time.monotonic() - began, process.cpu_seconds() - cpu
    return [
        Figure(name="one person changed: known after", value=took, unit="s"),
        Figure(name="one person changed: calls", value=len(org.calls(CLIENT)), unit="calls"),
        Figure(name="one person changed: CPU", value=used, unit="s"),
        Figure(name="after that: peak memory", value=process.peak_mib(), unit="MiB"),
    ]


def _burst(run: Run) -> list[Figure]:
    return [
        Figure(name="burst: rate", value=run.rate, unit="records/s"),
        Figure(name="burst: calls per record", value=run.calls_a_record, unit="calls"),
        Figure(name="burst: CPU per 1,000 records", value=run.cpu_a_thousand, unit="s"),
        Figure(name="burst: peak memory", value=run.peak_mib, unit="MiB", goal=at_most(200)),
    ]
