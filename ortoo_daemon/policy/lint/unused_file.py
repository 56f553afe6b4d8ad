"""A file lies among the policies' tables and no policy names it.

PASS (a rule names the file as its territories)::

    tables/sites.csv
    country,prefix,rooftop
    FR,6,R1

FAIL::

    tables/sites_old.csv
    country,prefix,rooftop
    → no policy uses this table (name it in a policy or remove the file)
    FR,6,R1
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.resources import in_tables

ID = "unused_file"
NEEDS: tuple[Need, ...] = ()
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    for name in subject.policies.unused_files:
        if name.endswith(".csv") or in_tables(name):
            yield Problem(
                place=Place(name),
                rule=ID,
                message="no policy uses this table",
                mend="name it in a policy or remove the file",
                level=Level.HINT,
            )
