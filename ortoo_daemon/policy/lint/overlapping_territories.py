"""Two rows give one place to different owners on the same days, equally exactly: the order of lines decides.

Equally exact are two rows of the same code, the same prefix, the same city or of ranges that meet, both
of the same brand or both of any. Nothing is said of files whose every rule prefers the nearest site to
the order of rows: sharing a place is meant there. A hint.

PASS (the code is more exact than the prefix, and the dates follow each other)::

    tables/sites.csv
    country,postal_code,prefix,brand,rooftop,valid_from,valid_to
    FR,,35,Kia,R1,,
    FR,35000,,Kia,R2,,2026-12-31
    FR,35000,,Kia,R3,2027-01-01,

FAIL::

    tables/sites.csv
    country,postal_code,brand,rooftop,valid_from,valid_to
    FR,35000,Kia,R1,,
    FR,35000,Kia,R2,2027-01-01,
    → FR 35000 of Kia is also R1's (line 2), from 2027-01-01: the first line has it (end one of them
    … before the other begins)
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ortoo_daemon.errors import Level, Problem
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.lint.territory_files import (
    PlaceKey,
    begins,
    brand_words,
    ends,
    owner_of,
    period_words,
    place_key,
    place_words,
    territory_files,
)
from ortoo_daemon.policy.ownership_model import RooftopChoice
from ortoo_daemon.policy.tables import sortable
from ortoo_daemon.policy.territories import compact
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.policy.values import fold

ID = "overlapping_territories"
NEEDS = ()
MAY_BE_ALLOWED = True


def check(subject: Subject) -> Iterator[Problem]:
    for territories, choices in territory_files(subject):
        if any(map(_order_decides, choices)):
            yield from _among(territories.rows)


def _order_decides(choice: RooftopChoice) -> bool:
    """Whether rows are compared by their order before distances are."""
    order = choice.prefer or ("territory", "nearest")
    first = next((wish for wish in order if wish in ("territory", "nearest")), None)
    return first == "territory"


def _among(rows: Iterable[TerritoryRow]) -> Iterator[Problem]:
    alike: dict[tuple[PlaceKey, str], list[TerritoryRow]] = defaultdict(list)
    ranges: dict[tuple[str, str], list[TerritoryRow]] = defaultdict(list)
    for row in rows:
        if row.first is not None:
            ranges[fold(row.country), fold(row.brand)].append(row)
        else:
            alike[place_key(row), fold(row.brand)].append(row)
    for found in alike.values():
        if len(found) > 1:
            yield from _clashes(found)
    for found in ranges.values():
        for group in _meeting(found):
            yield from _clashes(group)


def _meeting(ranges: list[TerritoryRow]) -> Iterator[list[TerritoryRow]]:
    """Each range with those before it, by their beginnings, that reach into it."""
    spans = [
        (sortable(compact(row.first or "")), sortable(compact(row.last or "")), row)
        for row in ranges
    ]
    spans.sort(key=lambda span: span[:2])
    open_: list[tuple[tuple[int, float, str], TerritoryRow]] = []
    for first, last, row in spans:
        open_ = [(end, other) for end, other in open_ if end >= first]
        if open_:
            yield [*(other for _, other in open_), row]
        open_.append((last, row))


def _clashes(rows: list[TerritoryRow]) -> Iterator[Problem]:
    """The first clash of each row with one above it; of ranges only those with the last one are new."""
    ordered = sorted(rows, key=lambda row: row.place)
    newest = rows[-1]
    for index, row in enumerate(ordered):
        for other in ordered[:index]:
            is_new = row.first is None or newest in (row, other)
            first, last = max(begins(row), begins(other)), min(ends(row), ends(other))
            if is_new and owner_of(row) != owner_of(other) and first <= last:
                yield _problem(row, other, period_words(first, last))
                break


def _problem(row: TerritoryRow, other: TerritoryRow, period: str) -> Problem:
    owner = other.rooftop or other.region
    place = f"{place_words(row)} {brand_words(row)} is also {owner}'s (line {other.place.line})"
    return Problem(
        place=row.place,
        rule=ID,
        message=f"{place}, {period}: the first line has it",
        mend="end one of them before the other begins",
        level=Level.HINT,
    )
