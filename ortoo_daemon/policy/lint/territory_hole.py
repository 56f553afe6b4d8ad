"""Postal codes that nobody owns in the middle of an area that has owners.

An area is what the codes with the same first two characters share (a department in France). It has a hole
for a brand when more than half of the codes that the postal table knows there are covered and others are
not, today or from a later day on. Countries of which the table knows first parts of codes only are left
out, and so are files that name cities in the country. A hint.

PASS::

    postal: {FR: ["35000", "35100", "35200", "35300"]}

    tables/sites.csv
    country,prefix,rooftop
    FR,35,R1

FAIL::

    postal: {FR: ["35000", "35100", "35200", "35300"]}

    tables/sites.csv
    country,prefix,rooftop
    FR,350,R1
    → nobody owns 1 of 4 codes of FR 35* for any brand: 35300 (give them to somebody, or take the others
    … out)
    FR,351,R1
    FR,352,R1
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.coverage.diagrams import Mask, indexes, mask_of
from ortoo_daemon.policy.coverage.places import Orders
from ortoo_daemon.policy.lint.sites import some
from ortoo_daemon.policy.lint.subject import Need, Subject
from ortoo_daemon.policy.lint.territory_files import begins, ends, territory_files
from ortoo_daemon.policy.territories import compact
from ortoo_daemon.policy.territory_model import TerritoryRow
from ortoo_daemon.policy.values import fold
from ortoo_daemon.postal import PostalIndex, publishes_whole_codes

ID = "territory_hole"
NEEDS = (Need.POSTAL, Need.TODAY)
MAY_BE_ALLOWED = True

_AREA = 2
_MOST_DAYS = 24
"""Later days on which rows begin or end are looked at up to so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hole:
    """Codes of one area that nobody owns, and the first row that owns others there."""

    area: str
    codes: tuple[str, ...]
    known: int
    place: Place
    since: date


def check(subject: Subject) -> Iterator[Problem]:
    postal, today = subject.postal, subject.today
    if postal is None or today is None:
        return
    for territories, choices in territory_files(subject):
        if not any(choice.territory for choice in choices):
            continue
        by_country: dict[str, list[TerritoryRow]] = defaultdict(list)
        for row in territories.rows:
            by_country[row.country.strip().upper()].append(row)
        for country, rows in by_country.items():
            named = any(row.city is not None or row.area_code is not None for row in rows)
            if publishes_whole_codes(country) and not named:
                yield from _in_country(country, rows, postal, today)


def _in_country(
    country: str, rows: list[TerritoryRow], postal: PostalIndex, today: date
) -> Iterator[Problem]:
    codes = tuple(sorted(compact(code) for code in postal.codes(country)))
    orders = Orders(codes)
    covered = [(row, mask_of(orders.within(row))) for row in rows if ends(row) >= today]
    brands = {fold(row.brand): row.brand or "any brand" for row, _ in covered}
    holes: dict[_Hole, list[str]] = defaultdict(list)
    for brand in sorted(brands):
        seen: set[tuple[str, tuple[str, ...]]] = set()
        own = [(row, mask) for row, mask in covered if fold(row.brand) in ("", brand)]
        for day in _days(own, today):
            for hole in _holes(codes, [(r, m) for r, m in own if begins(r) <= day <= ends(r)], day):
                if (hole.area, hole.codes) not in seen:
                    seen.add((hole.area, hole.codes))
                    holes[hole].append(brands[brand])
    for hole, names in holes.items():
        yield _problem(country, hole, names, today)


def _days(rows: Sequence[tuple[TerritoryRow, Mask]], today: date) -> list[date]:
    """Today and later days on which a row begins, or no longer holds."""
    found = {begins(row) for row, _ in rows}
    found |= {ends(row) + timedelta(days=1) for row, _ in rows if ends(row) != date.max}
    return [today, *sorted(day for day in found if day > today)[:_MOST_DAYS]]


def _holes(
    codes: Sequence[str], rows: Sequence[tuple[TerritoryRow, Mask]], day: date
) -> Iterator[_Hole]:
    owned = 0
    for _, mask in rows:
        owned |= mask
    areas: dict[str, list[int]] = defaultdict(list)
    for index in indexes(((1 << len(codes)) - 1) & ~owned):
        areas[codes[index][:_AREA]].append(index)
    for area, missing in areas.items():
        known = _under(codes, area)
        if 2 * len(missing) < len(known):
            mask = mask_of(known)
            yield _Hole(
                area=area.upper(),
                codes=tuple(codes[index].upper() for index in missing),
                known=len(known),
                place=next(row.place for row, own in rows if own & mask),
                since=day,
            )


def _under(codes: Sequence[str], area: str) -> range:
    begin = bisect_left(codes, area)
    return range(begin, bisect_left(codes, area + "\U0010ffff", begin))


def _problem(country: str, hole: _Hole, brands: list[str], today: date) -> Problem:
    since = "" if hole.since == today else f" from {hole.since}"
    return Problem(
        place=hole.place,
        rule=ID,
        message=f"nobody owns {len(hole.codes)} of {hole.known} codes of {country} {hole.area}* "
        f"for {some(brands)}{since}: {some(hole.codes)}",
        mend="give them to somebody, or take the others out",
        level=Level.HINT,
    )
