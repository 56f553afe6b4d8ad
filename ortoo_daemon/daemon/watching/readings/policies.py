"""Which policies are in force, and what became of the last edit, as metrics?"""

from ortoo_daemon.daemon.watching.readings.reading import Reading, at_moment, one

POLICIES = (
    Reading(
        "ortoo_policies_info",
        "1, with the revision of the policies in force.",
        lambda view: [((view.parts.revision,), 1)],
        ("revision",),
    ),
    Reading(
        "ortoo_policies_loaded_timestamp_seconds",
        "When the policies in force were loaded.",
        lambda view: at_moment(view.parts.loaded_at),
    ),
    Reading(
        "ortoo_policies_last_load_successful",
        "1 when the files were in order as they were last looked through, 0 when they were refused.",
        lambda view: one(view.parts.last_load.successful),
    ),
    Reading(
        "ortoo_policies_last_load_timestamp_seconds",
        "When the files were last taken up or refused.",
        lambda view: at_moment(view.parts.last_load.at),
    ),
    Reading(
        "ortoo_policies_returned_total",
        "Edits that were taken back, as too many records went to the default queue.",
        lambda view: one(view.parts.reloading.returns if view.parts.reloading else None),
    ),
)
