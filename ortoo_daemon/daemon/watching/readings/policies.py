"""Which policies are in force, and what became of the last edit, as metrics?"""

from collections.abc import Callable

from ortoo_daemon.daemon.handling.fuses import FuseStanding
from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.watching.readings.reading import Reading, Samples, at_moment, by, one


def _fuses(read: Callable[[FuseStanding], float]) -> Callable[[View], Samples]:
    def samples(view: View) -> Samples:
        knowledge = view.parts.knowledge
        standing = knowledge.fuses.standing(view.at) if knowledge else ()
        return by({each.fuse.of: read(each) for each in standing})

    return samples


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
    Reading(
        "ortoo_fuse_moved",
        "Records that were moved within the time of the fuse of a policy.",
        _fuses(lambda each: each.moved.had),
        ("fuse",),
    ),
    Reading(
        "ortoo_fuse_limit",
        "The most that the fuse lets pass within its time.",
        _fuses(lambda each: each.fuse.at_most),
        ("fuse",),
    ),
    Reading(
        "ortoo_fuse_blown",
        "1 while the fuse stops records.",
        _fuses(lambda each: each.blown_at is not None),
        ("fuse",),
    ),
)
