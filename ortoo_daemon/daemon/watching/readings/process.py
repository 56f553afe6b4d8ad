"""Which process is this, does it turn, and what does it use, as metrics?"""

import asyncio
import os
import resource
import threading
from pathlib import Path

from ortoo_daemon import __version__
from ortoo_daemon.daemon.watching.health import is_ready, readiness
from ortoo_daemon.daemon.watching.readings.reading import Reading, at_moment, by, one


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


def _tasks() -> float | None:
    try:
        return len(asyncio.all_tasks())
    except RuntimeError:  # asked from outside the loop
        return None


PROCESS = (
    Reading(
        "ortoo_build_info",
        "1, with the version that runs.",
        lambda view: [((__version__,), 1)],
        ("version",),
    ),
    Reading(
        "ortoo_started_timestamp_seconds",
        "When the process started.",
        lambda view: at_moment(view.parts.started_at),
    ),
    Reading(
        "ortoo_ready",
        "1 while everything that routing needs stands, as /readyz tells.",
        lambda view: one(is_ready(readiness(view))),
    ),
    Reading(
        "ortoo_leader",
        "1 while this daemon leads: it listens and keeps the clock for all that share its store.",
        lambda view: one(view.parts.leading()),
    ),
    Reading(
        "ortoo_loop_behind_seconds",
        "By how much a loop of the process is late; the watchdog starves when it is too much.",
        lambda view: by(view.parts.watchdog.loops),
        ("loop",),
    ),
    Reading(
        "ortoo_process_cpu_seconds_total",
        "CPU time of the process.",
        lambda view: one(_cpu_seconds()),
    ),
    Reading(
        "ortoo_process_resident_memory_bytes",
        "Memory held by the process.",
        lambda view: one(_resident_bytes()),
    ),
    Reading(
        "ortoo_process_open_files",
        "Open files and sockets of the process.",
        lambda view: one(_open_files()),
    ),
    Reading(
        "ortoo_process_threads",
        "Threads of the process.",
        lambda view: one(threading.active_count()),
    ),
    Reading(
        "ortoo_process_tasks",
        "Tasks of the process's event loop.",
        lambda view: one(_tasks()),
    ),
)
