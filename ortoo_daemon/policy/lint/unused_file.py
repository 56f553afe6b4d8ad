"""A file lies among the policies' tables and no policy names it.

PASS: `tables/models.csv` is named by a table step or as territories.

FAIL: `tables/models_old.csv` is left over.
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.lint.subject import Subject

ID = "unused_file"


def check(subject: Subject) -> Iterator[Problem]:
    for name in subject.policies.unused_files:
        if name.endswith(".csv"):
            yield Problem(
                place=Place(name),
                rule=ID,
                message="no policy uses this table",
                mend="name it in a policy or remove the file",
                level=Level.HINT,
            )
