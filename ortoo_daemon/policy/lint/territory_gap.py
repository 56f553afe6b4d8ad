"""A place has owners before and after some days and none on them: a row ends before the next one begins.

Told where no other row covers the place on the first of these days, be it less exact or of any brand.
Days that are over are left out. A hint.

PASS::

    tables/sites.csv
    country,postal_code,brand,rooftop,valid_from,valid_to
    FR,35000,Kia,R1,,2026-12-31
    FR,35000,Kia,R2,2027-01-01,

FAIL::

    tables/sites.csv
    country,postal_code,brand,rooftop,valid_from,valid_to
    FR,35000,Kia,R1,,2026-12-31
    FR,35000,Kia,R2,2027-02-01,
    → nobody owns FR 35000 of Kia from 2027-01-01 until 2027-01-31: line 2 ends before (let the rows
    … follow each other)
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.area_codes import area_key
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.lint.territory_files import (
    PlaceKey,
    begins,
    brand_words,
    ends,
    period_words,
    place_key,
    place_words,
    territory_files,
)
from ortoo_daemon.policy.territory_model import Territories, TerritoryRow
from ortoo_daemon.policy.values import fold

ID = "territory_gap"
NEEDS = ()
MAY_BE_ALLOWED = True

_ONE_DAY = timedelta(days=1)


def check(subject: Subject) -> Iterator[Problem]:
    for territories, _ in territory_files(subject):
        alike: dict[tuple[PlaceKey, str], list[TerritoryRow]] = defaultdict(list)
        for row in territories.rows:
            alike[place_key(row), fold(row.brand)].append(row)
        for rows in alike.values():
            if len(rows) > 1:
                yield from _gaps(territories, sorted(rows, key=begins), subject.today)


def _gaps(
    territories: Territories, rows: list[TerritoryRow], today: date | None
) -> Iterator[Problem]:
    before = rows[0]
    for row in rows[1:]:
        if ends(before) != date.max and begins(row) > ends(before) + _ONE_DAY:
            first, last = ends(before) + _ONE_DAY, begins(row) - _ONE_DAY
            if (today is None or last >= today) and not _owned(territories, row, first):
                yield Problem(
                    place=row.place,
                    rule=ID,
                    message=f"nobody owns {place_words(row)} {brand_words(row)} "
                    f"{period_words(first, last)}: line {before.place.line} ends before",
                    mend="let the rows follow each other",
                    level=Level.HINT,
                )
        before = max(before, row, key=ends)


def _owned(territories: Territories, row: TerritoryRow, on: date) -> bool:
    """Whether some other row covers the place, or the beginning of it."""
    code = row.postal_code or ("" if row.whole_country else row.prefix) or row.first or ""
    area = area_key(row.country, row.area_code or "")
    found = territories.find(
        country=row.country,
        postal_code=code,
        city=row.city or "",
        brand=row.brand or "",
        on=on,
        phone=f"+{area}" if area else "",
    )
    return bool(found)
