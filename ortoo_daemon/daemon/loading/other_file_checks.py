"""Is everything in the folder of policies a policy? What else lies there, and nobody reads, is told."""

from collections.abc import Iterator
from pathlib import Path

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.model import PolicySet

MANUALS = {
    "not_a_policy": "One of the daemon's other files lies among the policies, where it is not read.",
}


def other_file_checks(policies: PolicySet, directory: str | None) -> Iterator[Problem]:
    """A hint for each such file. ``directory`` is the path of the directory file in use, which is read."""
    for name, kind in policies.other_files.items():
        if directory is None or Path(name) != Path(directory):
            yield Problem(
                place=Place(name),
                rule="not_a_policy",
                message=f"this is {kind}, not a policy: it is passed over",
                mend=_MEND.get(kind, "it belongs beside ortoo.yaml"),
                level=Level.HINT,
            )


_MEND = {"a scorecard": "it belongs in tables/"}
