"""Areas that nobody serves are those, and with those numbers, that a plain look at each record finds."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.directory import Directory
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.territories import read_territories
from ortoo_daemon.reporting.uncovered import (
    Owners,
    Unplaced,
    areas_of,
    ownerless_of,
)
from tests.world import rooftop

DAY = date(2026, 11, 23)
RENNES = rooftop(1, "Kervran Rennes", code="R1", region="West", brands={"Renault"})
FILE = """\
country,postal_code,prefix,first,last,city,brand,rooftop,region,valid_from,valid_to
FR,,35,,,,,R1,,,
FR,,29,,,,Renault,,West,,
FR,,56,,,,Audi,,West,,
FR,,44,,,,,GONE,,,
FR,44000,,,,,,R1,,,
FR,,,49000,49999,,,GONE,,,
FR,,53,,,,,GONE,,,2025-12-31
"""


def owners(text: str = FILE) -> Owners:
    problems = Problems()
    found = read_territories(text.encode(), path="t.csv", file="t.csv", problems=problems)
    assert found is not None
    assert not problems.found
    return Owners((found,), Directory.of(rooftops=[RENNES]), DAY)


def unplaced(code: str, records: int = 1, brand: str = "Renault", country: str = "FR") -> Unplaced:
    return Unplaced(country=country, postal_code=code, brand=brand, records=records)


def test_records_are_counted_by_area_and_those_that_nobody_owns_among_them() -> None:
    found = areas_of(
        [
            unplaced("35000", 3), unplaced("35 200", 2), unplaced("35000", brand="Audi"),
            unplaced("56100", 2, brand="Audi"), unplaced("56100", 4), unplaced("", 1, country=""),
        ],
        owners(),
    )  # fmt: skip
    assert [(each.name, each.records, each.unowned) for each in found] == [
        ("FR 35", 6, 0),
        ("FR 56", 6, 6),  # the region has no rooftop of the brand
        ("no country no postal code", 1, 1),
    ]
    assert found[0].codes == (("35000", 4), ("35200", 2))


def test_a_region_owns_for_the_brands_that_are_sold_there() -> None:
    (area,) = areas_of([unplaced("29000", 2)], owners())
    assert area.unowned == 0


def test_owners_of_the_files_that_are_not_open_are_told_with_their_places_and_lines() -> None:
    gone, west = ownerless_of(owners())
    assert (gone.owner, gone.places, gone.rows) == ("GONE", ("FR 44…", "FR 49000–49999"), 2)
    assert str(gone.first_at).startswith("t.csv:5")
    assert (west.owner, west.places) == ("West", ("FR 56… Audi",))


codes = st.sampled_from(["35000", "35 200", "29000", "56100", "44000", "44100", "", "99999"])


@given(st.lists(st.tuples(codes, st.integers(1, 5))))
def test_areas_add_up_to_all_records_without_a_rooftop(rows: list[tuple[str, int]]) -> None:
    found = areas_of([unplaced(code, n) for code, n in rows], owners())
    plain: Counter[str] = Counter()
    for code, n in rows:
        plain[code.replace(" ", "")[:2]] += n
    assert {each.area: each.records for each in found} == dict(plain)
    assert all(0 <= each.unowned <= each.records for each in found)
