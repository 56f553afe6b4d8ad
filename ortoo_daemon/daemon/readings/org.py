"""How do the org, its budget and what is known of it stand, as metrics?"""

from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.readings.reading import Reading, Samples, at_moment, by, one


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


ORG = (
    Reading(
        "ortoo_api_calls_total",
        "REST requests sent by this process, repetitions included.",
        lambda view: one(view.parts.org.rest.calls_made),
    ),
    Reading(
        "ortoo_api_calls_used",
        "API calls of the last 24 hours by everybody, as the org last told.",
        lambda view: one(view.parts.org.rest.budget.used if view.parts.org.rest.budget else None),
    ),
    Reading(
        "ortoo_api_calls_allowed",
        "The org's allowance of API calls in 24 hours.",
        lambda view: one(
            view.parts.org.rest.budget.maximum if view.parts.org.rest.budget else None
        ),
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
            view.parts.sweeping.directory_read_at if view.parts.sweeping else None
        ),
    ),
)
