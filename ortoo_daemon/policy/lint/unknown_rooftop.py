"""A row of territories or of performance names a rooftop that the directory does not have.

It has no effect. Rooftops are named by id, by code, or by a name that only one has. A hint, as sites come
and go.

PASS::

    directory:
      rooftops: [{id: 001000000000001AAA, name: Lyon, code: R1, brands: [Kia]}]
      people: [{id: 005000000000001AAA, name: Ana, role: sales_adviser, rooftop: 001000000000001AAA}]

    tables/sites.csv
    country,prefix,rooftop
    FR,6,R1

FAIL::

    directory:
      rooftops: [{id: 001000000000001AAA, name: Lyon, code: R1, brands: [Kia]}]
      people: [{id: 005000000000001AAA, name: Ana, role: sales_adviser, rooftop: 001000000000001AAA}]

    tables/sites.csv
    country,prefix,rooftop
    FR,6,R1
    FR,7,R17
    → no rooftop of the directory is 'R17'; its rows have no effect (did you mean r1?)
"""

from collections.abc import Iterator

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.lint.territory_files import territory_files
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.values import fold

ID = "unknown_rooftop"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    directory = subject.directory
    if directory is None:
        return
    for rows in _files(subject):
        told: set[str] = set()
        for name, place in rows:
            if not name or fold(name) in told or directory.rooftop_named(name) is not None:
                continue
            told.add(fold(name))
            yield Problem(
                place=place,
                rule=ID,
                message=f"no rooftop of the directory is {name!r}; its rows have no effect",
                mend=did_you_mean(name, directory.rooftops_by_code),
                level=Level.HINT,
            )


def _files(subject: Subject) -> Iterator[list[tuple[str, Place]]]:
    """What each file names, with the places of its rows."""
    for territories, _ in territory_files(subject):
        yield [(row.rooftop or "", row.place) for row in territories.rows]
    tables = {}
    for policy in subject.policies.policies:
        for rule in rules_of(policy):
            choice = rule.assign.rooftop
            table = choice.performance.table if choice and choice.performance else None
            if table is not None:
                tables[table.path] = table
    for path in sorted(tables):
        yield [(row.rooftop, row.place) for row in tables[path].rows]
