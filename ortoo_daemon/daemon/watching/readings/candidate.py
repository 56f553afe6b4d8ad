"""How do candidate policies compare with the live ones, as metrics? Nothing where the settings name none."""

from ortoo_daemon.daemon.candidate.comparing import Comparison
from ortoo_daemon.daemon.parts import View
from ortoo_daemon.daemon.watching.readings.reading import Reading, Samples, by, one


def _comparison(view: View) -> Comparison | None:
    loading = view.parts.candidate
    return loading.candidate.comparison if loading else None


def _info(view: View) -> Samples:
    loading = view.parts.candidate
    trying = loading.candidate.trying if loading else None
    return [((trying.revision,), 1)] if trying else ()


def _in_order(view: View) -> Samples:
    loading = view.parts.candidate
    return one(None if loading is None else loading.in_order)


def _changes(view: View) -> Samples:
    found = _comparison(view)
    return by(found.changes() if found else {})


def _not_compared(view: View) -> Samples:
    found = _comparison(view)
    return by(found.not_compared if found else {})


CANDIDATE = (
    Reading(
        "ortoo_candidate_info",
        "1, with the revision of the candidate that is compared.",
        _info,
        ("revision",),
    ),
    Reading(
        "ortoo_candidate_in_order",
        "1 while the candidate is compared, 0 while something is wrong with it.",
        _in_order,
    ),
    Reading(
        "ortoo_candidate_records",
        "Records decided by both since the comparison began, by what the candidate would have changed.",
        _changes,
        ("change",),
    ),
    Reading(
        "ortoo_candidate_not_compared",
        "Records that the candidate could not decide, by why.",
        _not_compared,
        ("why",),
    ),
)
