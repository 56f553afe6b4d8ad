"""A day of 24 hours, the clock moved: nothing leaks, nothing is left, and every sweep keeps its time.

``make test`` plays it in about a minute; ``make day`` in four (DAY_LASTS_FOR, in seconds).
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import linear_regression

import pytest

from ortoo_daemon.outcomes import FOLLOW_UPS, Outcome
from ortoo_daemon.policy.literals import duration
from ortoo_daemon.records import WorkReason
from tests.acceptance.day import HOURS, SWEEPS, Day, Hour, write_files
from tests.processes import DaemonProcess, Row, SandboxProcess, wait_until

LASTS_FOR = float(os.environ.get("DAY_LASTS_FOR", "48"))
WARM_AFTER = 14
"""Hours: by then all that happens has happened once, and every pool and cache was used. The advisers who
are away from hour 13 on have more open work to give away than those of the night."""

MEMORY_GROWS = 8.0
"""MB a day; what the collector has not come round to yet goes up and down by a few."""

FEW = 6
OUTAGES = 2

pytestmark = pytest.mark.timeout(120 + 2 * LASTS_FOR)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """A day that was played, with the daemon still up."""
    folder: Path = tmp_path_factory.mktemp("day")
    with SandboxProcess(folder / "sandbox.log") as sandbox:
        config = write_files(folder, sandbox)
        daemon = DaemonProcess(config)
        played = Day(
            sandbox=sandbox,
            daemon=daemon,
            policies=folder / "policies",
            hour_for=LASTS_FOR / HOURS,
        )
        played.begin()
        with daemon:
            daemon.until_ready()
            played.play()
            played.until_nothing_is_left(60)
            played.sample()
            show(played.hours)
            yield played
            assert daemon.terminate() == 0


def show(hours: Sequence[Hour]) -> None:
    print("hour  memory MB  files  threads  tasks  events")
    for each in hours:
        print(
            f"{each.hour:4} {each.memory:10.1f} {each.files:6.0f} {each.threads:8.0f} "
            f"{each.tasks:6.0f} {each.events:7.0f}"
        )


def follows(proof: Row) -> bool:
    """Whether it follows the record's decision: a clock's step, a report, a move because somebody is away; or
    one of these that was proven after an outage only."""
    late = proof["Outcome__c"] == Outcome.RECOVERED and not proof["Ortoo_Key__c"].endswith(":first")
    told = proof["Outcome__c"] in (*FOLLOW_UPS, Outcome.REPORTED)
    return late or told or proof["Reason__c"] == WorkReason.ABSENCE


def test_every_record_of_the_day_is_decided_and_proven_once(day: Day) -> None:
    fields = "Record_Id__c, Ortoo_Key__c, Outcome__c, Reason__c"
    proofs = defaultdict(list)
    for row in day.sandbox.query(f"SELECT {fields} FROM Ortoo_Decision__c"):
        if not follows(row):
            proofs[row["Record_Id__c"]].append((row["Ortoo_Key__c"], row["Outcome__c"]))
    assert len(day.ids) > 400
    assert {id: proofs[id] for id in day.ids if len(proofs[id]) != 1} == {}


def test_the_day_was_one(day: Day) -> None:
    """All that it promises came to pass, and none of it as a defect."""
    said = Counter(line["event"] for line in day.daemon.events())
    assert said["policies.reloaded"] == 2
    assert said["policies.refused"] == 1
    assert said["org.logged_in"] >= 3
    assert said["stream.session_ended"] >= 3
    failed = {line["sweep"] for line in day.daemon.events("sweep.failed")}
    assert failed, "while the org was away"
    assert "retention" not in failed, "it asks the journal only"
    assert said["sweep.retention"] > 0
    outcomes = Counter(line["outcome"] for line in day.daemon.events("record_handled"))
    steps = {"warned", "violated", "reassigned", "escalated", "clock_stopped"}
    assert {"assigned", "parked", *steps} <= outcomes.keys()
    defects = {"work.handle_failed", "work.worker_failed", "record_given_up", "watchdog.not_fed"}
    assert not defects & said.keys()


def test_events_come_in_to_the_last_hours(day: Day) -> None:
    """After lost sessions, refused tokens and outages the stream is the way in again, soon."""
    heard = [each.events for each in day.hours]
    assert min(after - before for before, after in zip(heard, heard[3:], strict=False)) > 0


def grows(hours: Sequence[Hour], name: str) -> float:
    """By how much a figure grows within a day, by the line through its hours."""
    figures = [(each.hour, getattr(each, name)) for each in hours if each.hour >= WARM_AFTER]
    return HOURS * linear_regression(*zip(*figures, strict=True)).slope


def test_memory_is_flat(day: Day) -> None:
    warm = [each.memory for each in day.hours if each.hour >= WARM_AFTER]
    assert grows(day.hours, "memory") < MEMORY_GROWS
    assert max(warm) - min(warm) < 2 * MEMORY_GROWS


@pytest.mark.parametrize("name", ["files", "threads"])
def test_open_files_and_threads_are_flat(day: Day, name: str) -> None:
    """A few more or less, as connections come and go."""
    warm = [getattr(each, name) for each in day.hours if each.hour >= WARM_AFTER]
    assert abs(grows(day.hours, name)) < 2 * FEW
    assert max(warm) - min(warm) < 3 * FEW


def test_no_task_is_left_behind(day: Day) -> None:
    """Each record in hand and each sweep has its own; between them there are hardly more than in the quietest
    of the first hours."""
    before = min(each.tasks for each in day.hours[:3])
    wait_until(
        lambda: day.metrics()["ortoo_process_tasks", ""] < before + FEW,
        20,
        "the day's tasks to end",
    )


def test_every_sweep_ran_as_often_as_the_day_asked_and_did_its_work(day: Day) -> None:
    """Missed runs are made up once, none overlaps: never more runs than fit, hardly fewer."""
    logged = {each["event"]: each["timestamp"] for each in day.daemon.events()}
    ready = datetime.fromisoformat(logged["service.ready"])
    metrics = day.metrics()

    def of(metric: str) -> dict[str, float]:
        return {sweep: n for (name, sweep), n in metrics.items() if name == metric}

    runs, failures = of("ortoo_sweep_runs_total"), of("ortoo_sweep_failures_total")
    succeeded = {name: n - failures[name] for name, n in runs.items()}
    lasted = (datetime.now(UTC) - ready).total_seconds()
    for name in ("reconcile", "sla", "directory", "workload", "retention"):
        every = duration(SWEEPS[f"{name}_every"])
        assert every is not None
        asked = lasted / every.total_seconds()
        assert 0.75 * asked - 2 <= runs[name] <= 1.15 * asked + 12, (name, runs[name], asked)
    # While the org was away a run or two of each failed; no sweep is one that always does.
    assert {name for name, n in succeeded.items() if n < 1} == set()
    assert {name for name, failing in of("ortoo_sweep_failing").items() if failing} == set()
    assert {name: n for name, n in failures.items() if n > max(OUTAGES, 0.2 * runs[name])} == {}
