"""A territory row whose country is no ISO code: records are looked up by ISO codes, so it never matches.

PASS::

    tables/sites.csv
    country,prefix,rooftop
    GB,SW,R1

FAIL::

    tables/sites.csv
    country,prefix,rooftop
    UK,SW,R1
    → the row's country 'UK' is no ISO code, so it matches nothing (write GB)
"""

from collections.abc import Iterator

from ortoo_daemon.countries import country_code
from ortoo_daemon.errors import Problem
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.lint.territory_files import territory_files

ID = "unknown_country"
NEEDS = ()
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    for territories, _ in territory_files(subject):
        for row in territories.rows:
            code = country_code(row.country)
            if code != row.country.strip().upper():
                yield Problem(
                    place=row.place,
                    rule=ID,
                    message=f"the row's country {row.country!r} is no ISO code, so it matches nothing",
                    mend=f"write {code}" if code else "write a code of two letters, such as FR",
                )
