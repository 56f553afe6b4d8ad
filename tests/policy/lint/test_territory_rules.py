"""Rows of territory files: which clash, which leave days or codes to nobody, and which only look so."""

from datetime import date

import pytest

from ortoo_daemon.policy.lint import overlapping_territories, territory_gap, territory_hole
from ortoo_daemon.policy.lint.subject import Subject
from ortoo_daemon.policy.load import load
from ortoo_daemon.postal import PostalIndex
from tests.policy.files import with_rules

HEAD = "country,postal_code,prefix,first,last,city,brand,rooftop,region,valid_from,valid_to\n"
TODAY = date(2026, 11, 23)


def subject(*rows, prefer="", codes=()):
    choice = f"{{brand: Brand__c, territory: PostalCode, territories: tables/t.csv{prefer}}}"
    rule = f"    - {{name: one, assign: {{rooftop: {choice}, person: {{by: rotation}}}}}}\n"
    table = HEAD + "".join(f"{row}\n" for row in rows)
    files = {**with_rules(rule), "config/tables/t.csv": table.encode()}
    postal = PostalIndex.of(("FR", code, 0.0, 0.0) for code in codes)
    return Subject(policies=load(files), today=TODAY, postal=postal)


def lines(rule, *rows, **given):
    return [problem.place.line for problem in rule.check(subject(*rows, **given))]


CLASHES = [
    ("FR,35000,,,,,Kia,R1,,,", "FR,35 000,,,,,kia,R2,,,"),
    ("FR,,35,,,,,R1,,,", "fr,,35,,,,,,North,,"),
    ("FR,,,100,199,,Kia,R1,,,", "FR,,,150,250,,Kia,R2,,,"),
    ("FR,,,100,199,,Kia,R1,,,", "FR,,,199,199,,Kia,R2,,,"),
    ("FR,,,,,Lyon,,R1,,,", "FR,,,,,LYON,,R2,,,"),
    ("FR,35000,,,,,Kia,R1,,,2026-12-31", "FR,35000,,,,,Kia,R2,,2026-12-31,"),
]
FITS = [
    ("FR,35000,,,,,Kia,R1,,,", "FR,35000,,,,,Seat,R2,,,"),
    ("FR,35000,,,,,Kia,R1,,,", "FR,35000,,,,,,R2,,,"),
    ("FR,35000,,,,,Kia,R1,,,", "DE,35000,,,,,Kia,R2,,,"),
    ("FR,,350,,,,Kia,R1,,,", "FR,,35,,,,Kia,R2,,,"),
    ("FR,,,100,199,,Kia,R1,,,", "FR,,,200,250,,Kia,R2,,,"),
    ("FR,,,100,199,,Kia,R1,,,", "FR,150,,,,,Kia,R2,,,"),
    ("FR,35000,,,,,Kia,R1,,,2026-12-31", "FR,35000,,,,,Kia,R2,,2027-01-01,"),
    ("FR,35000,,,,,Kia,R1,,,", "FR,350-00,,,,,Seat,R1,,,"),
]


@pytest.mark.parametrize("rows", CLASHES)
def test_rows_that_clash_are_told_at_the_second_one(rows):
    assert lines(overlapping_territories, *rows) == [3]


@pytest.mark.parametrize("rows", FITS)
def test_rows_that_do_not_clash_are_left_alone(rows):
    assert lines(overlapping_territories, *rows) == []


def test_sharing_is_meant_where_the_nearest_comes_first():
    rows = CLASHES[0]
    assert lines(overlapping_territories, *rows, prefer=", prefer: [nearest, territory]") == []
    assert lines(overlapping_territories, *rows, prefer=", prefer: [in_stock, territory]") == [3]


def test_each_of_three_ranges_is_told_once():
    rows = [f"FR,,,{first},{first + 150},,Kia,R{first},,," for first in (100, 200, 300)]
    assert lines(overlapping_territories, *rows) == [3, 4]


def test_days_between_two_rows_are_told_unless_a_wider_row_has_them():
    rows = ["FR,35000,,,,,Kia,R1,,,2026-12-31", "FR,35000,,,,,Kia,R2,,2027-02-01,"]
    assert lines(territory_gap, *rows) == [3]
    assert lines(territory_gap, *rows, "FR,,3,,,,,R3,,,") == []
    assert lines(territory_gap, *rows, "FR,,3,,,,Seat,R3,,,") == [3]


def test_days_that_are_over_are_nobodys_business():
    rows = ["FR,35000,,,,,Kia,R1,,,2026-10-31", "FR,35000,,,,,Kia,R2,,2026-11-02,"]
    assert lines(territory_gap, *rows) == []


def test_a_row_within_a_longer_one_ends_nothing():
    rows = [
        "FR,,,100,199,,,R1,,2026-01-01,2027-12-31",
        "FR,,,100,199,,,R2,,2026-02-01,2026-12-01",
        "FR,,,100,199,,,R3,,2028-01-01,",
    ]
    assert lines(territory_gap, *rows) == []


CODES = ["35000", "35100", "35200", "35300", "57000"]


def holes(*rows):
    return [problem.message for problem in territory_hole.check(subject(*rows, codes=CODES))]


def test_a_hole_is_told_for_the_brands_that_have_it_and_from_its_first_day():
    rows = [
        "FR,,35,,,,Kia,R1,,,",
        "FR,,,35000,35200,,Seat,R2,,,",
        "FR,35300,,,,,Seat,R2,,,2026-12-31",
    ]
    assert holes(*rows) == [
        "nobody owns 1 of 4 codes of FR 35* for Seat from 2027-01-01: 35300",
    ]


def test_an_area_of_which_half_or_less_is_owned_has_no_holes():
    assert holes("FR,,,35000,35100,,,R1,,,") == []


def test_a_country_whose_rows_name_cities_is_left_alone():
    assert holes("FR,,,35000,35200,,,R1,,,", "FR,,,,,Rennes,,R1,,,") == []
