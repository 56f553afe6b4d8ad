"""A row of territories or of performance, or a programme, names a rooftop that the directory does not have.

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
    → no rooftop of the directory is 'R17'; its rows have no effect (did you mean R1?)

FAIL (a programme)::

    directory:
      rooftops: [{id: 001000000000001AAA, name: Lyon, code: R1, brands: [Kia]}]
      people: [{id: 005000000000001AAA, name: Ana, role: sales_adviser, rooftop: 001000000000001AAA}]

    policy: leads
    object: Lead
    take_from: 2026-11-01T00:00:00+01:00
    programmes:
      ev-launch: {rooftops: [R1, R17]}
      → no rooftop of the directory is 'R17'; the programme goes without it (did you mean R1?)
    ownership:
      rules:
        - {name: launch, programme: ev-launch, assign: {queue: EV_Desk}}
      otherwise: {queue: Unrouted_Leads}
"""

from collections.abc import Iterator, Sequence

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.lint.territory_files import territory_files
from ortoo_daemon.policy.naming import did_you_mean
from ortoo_daemon.policy.reach import rules_of
from ortoo_daemon.policy.values import fold

ID = "unknown_rooftop"
NEEDS = (Need.DIRECTORY,)
MAY_BE_ALLOWED = True

_NO_EFFECT = "its rows have no effect"


def check(subject: Subject) -> Iterator[Problem]:
    directory = subject.directory
    if directory is None:
        return
    sites = directory.rooftops.values()
    known = sorted({text for each in sites for text in (each.code, each.name) if text})
    for rows, goes in _named(subject):
        told: set[str] = set()
        for name, place in rows:
            if not name or fold(name) in told or directory.rooftop_named(name) is not None:
                continue
            told.add(fold(name))
            yield Problem(
                place=place,
                rule=ID,
                message=f"no rooftop of the directory is {name!r}; {goes}",
                mend=did_you_mean(name, known),
                level=Level.HINT,
            )


def _named(subject: Subject) -> Iterator[tuple[Sequence[tuple[str, Place]], str]]:
    """What each file and each programme names, with its places; and what becomes of one that is not there."""
    for policy in subject.policies.policies:
        for programme in policy.programmes:
            yield programme.named, "the programme goes without it"
    for territories, _ in territory_files(subject):
        yield [(row.rooftop or "", row.place) for row in territories.rows], _NO_EFFECT
    tables = {}
    for policy in subject.policies.policies:
        for rule in rules_of(policy):
            choice = rule.assign.rooftop
            table = choice.performance.table if choice and choice.performance else None
            if table is not None:
                tables[table.path] = table
    for path in sorted(tables):
        yield [(row.rooftop, row.place) for row in tables[path].rows], _NO_EFFECT
