"""How do the org, its budget and what is known of it stand, as metrics?"""

from collections.abc import Callable

from ortoo_daemon.daemon.budgets.shedding import Budget
from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.watching.readings.reading import Reading, Samples, at_moment, by, one


def _directory(view: View) -> Samples:
    knowledge = view.parts.knowledge
    if knowledge is None:
        return ()
    known = knowledge.directory
    return by(
        {
            "people": len(known.people),
            "queues": len(known.queues),
            "rooftops": len(known.rooftops),
        }
    )


def _budgets(read: Callable[[Budget], float | None]) -> Callable[[View], Samples]:
    def samples(view: View) -> Samples:
        values = ((name.value, read(each)) for name, each in view.parts.budgets.budgets.items())
        return by({name: value for name, value in values if value is not None})

    return samples


def _paused(view: View) -> Samples:
    calls = view.parts.calls
    return by({name: float(each) for name, each in calls.paused.items()} if calls else {})


ORG = (
    Reading(
        "ortoo_callout_paused",
        "1 while a service is left alone after failures.",
        _paused,
        ("service",),
    ),
    Reading(
        "ortoo_api_calls_total",
        "REST requests sent by this process, repetitions included.",
        lambda view: one(view.parts.org.rest.calls_made),
    ),
    Reading(
        "ortoo_budget_used",
        "What is used of an allocation of the org, by everybody, as the org last told.",
        _budgets(lambda budget: budget.use.used if budget.use else None),
        ("budget",),
    ),
    Reading(
        "ortoo_budget_allowed",
        "The allocation itself.",
        _budgets(lambda budget: budget.use.allowed if budget.use else None),
        ("budget",),
    ),
    Reading(
        "ortoo_budget_level",
        "0 enough, 1 low, 2 short, 3 scarce, 4 used up.",
        _budgets(lambda budget: budget.level if budget.use else None),
        ("budget",),
    ),
    Reading(
        "ortoo_budget_runs_out_timestamp_seconds",
        "When all is used if it goes on as in the last hour; absent while it lasts.",
        _budgets(lambda budget: budget.runs_out_at.timestamp() if budget.runs_out_at else None),
        ("budget",),
    ),
    Reading(
        "ortoo_login_failing",
        "1 while the last login failed.",
        lambda view: one(view.parts.org.tokens.login_error is not None),
    ),
    Reading(
        "ortoo_login_failures_total",
        "Logins that failed after their repetitions.",
        lambda view: one(view.parts.org.tokens.failed_logins),
    ),
    Reading(
        "ortoo_clock_skew_seconds",
        "How far this machine's clock is ahead of the org's.",
        lambda view: one(
            view.parts.org.rest.clock_skew.total_seconds()
            if view.parts.org.rest.clock_skew is not None
            else None
        ),
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
        lambda view: at_moment(
            view.parts.sweeping.current.directory_read_at if view.parts.sweeping else None
        ),
    ),
)
