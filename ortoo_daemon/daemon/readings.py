"""What can be read off the live parts at any moment, and under which metric's name?

Nothing is kept here: each is read when somebody asks. No label names a record, a person or a rooftop. The
names are listed in docs/operations.md and stay; alert rules and the dashboard build on them.
"""

import os
import resource
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ortoo_daemon import __version__
from ortoo_daemon.daemon.health import is_ready, readiness
from ortoo_daemon.daemon.parts import View
from ortoo_daemon.sweeps.schedule import LastRun

Samples = Iterable[tuple[tuple[str, ...], float]]
"""Label values and value; none at all where the value is not known."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A gauge, or a counter where the name ends in ``_total``."""

    name: str
    help: str
    read: Callable[[View], Samples]
    labels: tuple[str, ...] = ()


def _one(value: float | None) -> Samples:
    return () if value is None else (((), value),)


def _by(values: Mapping[str, float]) -> Samples:
    return (((label,), value) for label, value in sorted(values.items()))


def _at(moment: datetime | None) -> Samples:
    return _one(moment.timestamp() if moment else None)


def _queue_items(view: View) -> Samples:
    stats = view.queue
    if stats is None:
        return ()
    return _by({"ready": stats.ready, "leased": stats.leased, "parked": stats.parked})


def _oldest(view: View) -> Samples:
    if view.queue is None:
        return ()
    oldest = view.queue.oldest_ready_at
    return _one(max((view.at - oldest).total_seconds(), 0.0) if oldest else 0.0)


def _channels(view: View) -> Samples:
    listener = view.parts.listener
    if listener is None:
        return ()
    return _by({name: name in listener.subscribed for name in listener.channels})


def _events(view: View) -> Samples:
    listener, hearing = view.parts.listener, view.parts.hearing
    if listener is None or hearing is None:
        return ()
    return _by({name: hearing.events[name] for name in listener.channels})


def _sweeps(read: Callable[[LastRun], float]) -> Callable[[View], Samples]:
    def samples(view: View) -> Samples:
        sweeping = view.parts.sweeping
        runs = sweeping.schedule.last_run if sweeping else {}
        return _by({name: read(run) for name, run in runs.items()})

    return samples


def _directory(view: View) -> Samples:
    knowledge = view.parts.knowledge
    if knowledge is None:
        return ()
    known = knowledge.directory
    return _by(
        {
            "people": len(known.people),
            "queues": len(known.queues),
            "rooftops": len(known.rooftops),
        }
    )


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _resident_bytes() -> float | None:
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
    except OSError:
        return None
    return int(pages) * resource.getpagesize()


def _open_files() -> float | None:
    try:
        return len(os.listdir("/proc/self/fd")) - 1  # less the one that lists them
    except OSError:
        return None


READINGS = (
    Reading(
        "ortoo_build_info",
        "1, with the version that runs.",
        lambda view: [((__version__,), 1)],
        ("version",),
    ),
    Reading(
        "ortoo_started_timestamp_seconds",
        "When the process started.",
        lambda view: _at(view.parts.started_at),
    ),
    Reading(
        "ortoo_ready",
        "1 while everything that routing needs stands, as /readyz tells.",
        lambda view: _one(is_ready(readiness(view))),
    ),
    Reading(
        "ortoo_loop_behind_seconds",
        "By how much a loop of the process is late; the watchdog starves when it is too much.",
        lambda view: _by(view.parts.watchdog.loops),
        ("loop",),
    ),
    Reading(
        "ortoo_policies_info",
        "1, with the revision of the policies in force.",
        lambda view: [((view.parts.revision,), 1)],
        ("revision",),
    ),
    Reading(
        "ortoo_policies_loaded_timestamp_seconds",
        "When the policies in force were loaded.",
        lambda view: _at(view.parts.loaded_at),
    ),
    Reading(
        "ortoo_policies_last_load_successful",
        "1 when the files were in order as they were last looked through, 0 when they were refused.",
        lambda view: _one(view.parts.last_load.successful),
    ),
    Reading(
        "ortoo_policies_last_load_timestamp_seconds",
        "When the files were last taken up or refused.",
        lambda view: _at(view.parts.last_load.at),
    ),
    Reading(
        "ortoo_queue_up",
        "1 while the store of the work queue answers.",
        lambda view: _one(view.queue is not None),
    ),
    Reading(
        "ortoo_queue_items",
        "Work items by state: ready (waiting), leased (in hand), parked (given up).",
        _queue_items,
        ("state",),
    ),
    Reading(
        "ortoo_queue_oldest_ready_seconds",
        "How long the oldest waiting item has waited; 0 when none waits.",
        _oldest,
    ),
    Reading(
        "ortoo_records_in_flight",
        "Records in the workers' hands.",
        lambda view: _one(view.parts.workers.in_flight if view.parts.workers else 0),
    ),
    Reading(
        "ortoo_records_in_flight_limit",
        "How many records may be in hand at once (workers.parallel).",
        lambda view: _one(view.parts.workers.parallel if view.parts.workers else None),
    ),
    Reading(
        "ortoo_reservations",
        "Places of people taken by decisions that are not written yet.",
        lambda view: _one(view.parts.knowledge.ledger.reserved if view.parts.knowledge else 0),
    ),
    Reading(
        "ortoo_stream_connected",
        "1 while a session with the org's event stream is open.",
        lambda view: _one(view.parts.listener is not None and view.parts.listener.connected),
    ),
    Reading("ortoo_stream_subscribed", "1 while the channel is live.", _channels, ("channel",)),
    Reading(
        "ortoo_stream_last_event_timestamp_seconds",
        "When the last event arrived; its age is time() less this.",
        lambda view: _at(view.parts.listener.last_message_at if view.parts.listener else None),
    ),
    Reading(
        "ortoo_stream_events_total",
        "Events taken from the stream and made durable.",
        _events,
        ("channel",),
    ),
    Reading(
        "ortoo_stream_gaps_total",
        "Times when events may have been missed and the org was asked instead.",
        lambda view: _by(view.parts.hearing.gaps if view.parts.hearing else {}),
        ("reason",),
    ),
    Reading(
        "ortoo_stream_rebuilds_total",
        "Sessions that ended and were built anew.",
        lambda view: _one(view.parts.listener.rebuilds if view.parts.listener else 0),
    ),
    Reading(
        "ortoo_api_calls_total",
        "REST requests sent by this process, repetitions included.",
        lambda view: _one(view.parts.org.rest.calls_made),
    ),
    Reading(
        "ortoo_api_calls_used",
        "API calls of the last 24 hours by everybody, as the org last told.",
        lambda view: _one(view.parts.org.rest.budget.used if view.parts.org.rest.budget else None),
    ),
    Reading(
        "ortoo_api_calls_allowed",
        "The org's allowance of API calls in 24 hours.",
        lambda view: _one(
            view.parts.org.rest.budget.maximum if view.parts.org.rest.budget else None
        ),
    ),
    Reading(
        "ortoo_login_failing",
        "1 while the last login failed.",
        lambda view: _one(view.parts.org.tokens.login_error is not None),
    ),
    Reading(
        "ortoo_login_failures_total",
        "Logins that failed after their repetitions.",
        lambda view: _one(view.parts.org.tokens.failed_logins),
    ),
    Reading(
        "ortoo_clock_skew_seconds",
        "How far this machine's clock is ahead of the org's.",
        lambda view: _one(
            view.parts.org.rest.clock_skew.total_seconds()
            if view.parts.org.rest.clock_skew is not None
            else None
        ),
    ),
    Reading(
        "ortoo_sweep_runs_total",
        "Runs of a sweep.",
        _sweeps(lambda run: run.runs),
        ("sweep",),
    ),
    Reading(
        "ortoo_sweep_failures_total",
        "Runs of a sweep that failed.",
        _sweeps(lambda run: run.failures),
        ("sweep",),
    ),
    Reading(
        "ortoo_sweep_failing",
        "1 while a sweep's last run failed.",
        _sweeps(lambda run: bool(run.error)),
        ("sweep",),
    ),
    Reading(
        "ortoo_sweep_ended_timestamp_seconds",
        "When a sweep last ended.",
        _sweeps(lambda run: run.ended_at.timestamp()),
        ("sweep",),
    ),
    Reading(
        "ortoo_sweep_duration_seconds",
        "How long a sweep's last run took.",
        _sweeps(lambda run: run.took_for.total_seconds()),
        ("sweep",),
    ),
    Reading(
        "ortoo_directory_entries",
        "Size of the directory in force: people, queues, rooftops.",
        _directory,
        ("kind",),
    ),
    Reading(
        "ortoo_directory_read_timestamp_seconds",
        "When the directory was last read whole; it is read again when something in it changed.",
        lambda view: _at(view.parts.sweeping.directory_read_at if view.parts.sweeping else None),
    ),
    Reading(
        "ortoo_process_cpu_seconds_total",
        "CPU time of the process.",
        lambda view: _one(_cpu_seconds()),
    ),
    Reading(
        "ortoo_process_resident_memory_bytes",
        "Memory held by the process.",
        lambda view: _one(_resident_bytes()),
    ),
    Reading(
        "ortoo_process_open_files",
        "Open files and sockets of the process.",
        lambda view: _one(_open_files()),
    ),
    Reading(
        "ortoo_process_threads",
        "Threads of the process.",
        lambda view: _one(threading.active_count()),
    ),
)
