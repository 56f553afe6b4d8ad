"""When did each sweep run, and how, as metrics?"""

from collections.abc import Callable

from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.watching.readings.reading import Reading, Samples, by
from ortoo_daemon.sweeps.schedule import LastRun


def _sweeps(read: Callable[[LastRun], float]) -> Callable[[View], Samples]:
    def samples(view: View) -> Samples:
        sweeping = view.parts.sweeping
        runs = sweeping.schedule.last_run if sweeping else {}
        return by({name: read(run) for name, run in runs.items()})

    return samples


def _outlook(view: View) -> Samples:
    outlook = view.parts.sweeping.outlook if view.parts.sweeping else None
    return by({"overdue": outlook.overdue, "soon": outlook.soon}) if outlook else ()


SWEEPS = (
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
        "ortoo_sla_steps_due",
        "Records whose SLA clock asks for a step: overdue for two minutes, or soon (within a quarter hour).",
        _outlook,
        ("when",),
    ),
)
