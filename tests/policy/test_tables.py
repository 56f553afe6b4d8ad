"""Tables and territories: which row belongs to a record, on which day."""

import time
from datetime import date, timedelta

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.policy.area_codes import CALLING_CODES
from ortoo_daemon.policy.enrichment_model import MatchKind, TableMatch
from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.performance import read_performances
from ortoo_daemon.policy.tables import CsvTable, read_table
from ortoo_daemon.policy.territories import TerritoryFile, read_territories

DAY = date(2026, 11, 23)


def table(text: str) -> CsvTable:
    problems = Problems()
    found = read_table(text.encode(), path="t.csv", file="tables/t.csv", problems=problems)
    assert found is not None
    assert not problems.found
    return found


def territories(*lines: str, header: str) -> TerritoryFile:
    problems = Problems()
    text = "\n".join([header, *lines])
    found = read_territories(text.encode(), path="t.csv", file="t.csv", problems=problems)
    assert found is not None
    assert not problems.found
    return found


EXACT = TableMatch(field="Model__c", columns=("model",))
PREFIX = TableMatch(field="PostalCode", columns=("start",), kind=MatchKind.PREFIX)
RANGE = TableMatch(field="PostalCode", columns=("first", "last"), kind=MatchKind.RANGE)


def test_text_is_found_without_case_and_blanks():
    row = table("model,brand\n e-208 ,Peugeot\n").find([(EXACT, "E-208 ")], DAY)
    assert row == {"model": "e-208", "brand": "Peugeot"}


def test_semicolons_quotes_and_a_byte_order_mark_are_read_as_spreadsheets_write_them():
    row = table('\ufeffmodel;brand\n"C3; ""X""";Citroën\n').find([(EXACT, 'c3; "x"')], DAY)
    assert row is not None
    assert row["brand"] == "Citroën"


def test_nothing_is_found_for_an_empty_value_or_an_empty_cell():
    found = table("model,brand\n,Any\n208,Peugeot\n")
    assert found.find([(EXACT, None)], DAY) is None
    assert found.find([(EXACT, "308")], DAY) is None


def test_the_longest_prefix_wins_and_dates_are_inclusive():
    found = table(
        "start,who,valid_from,valid_to\n6,six,,\n69,old,,2026-11-22\n69,new,2026-11-23,\n"
    )
    assert found.find([(PREFIX, "69003")], DAY)["who"] == "new"
    assert found.find([(PREFIX, "69003")], date(2026, 11, 22))["who"] == "old"
    assert found.find([(PREFIX, "60000")], DAY)["who"] == "six"


def test_ranges_include_both_ends_and_compare_codes_by_number():
    found = table("first,last,who\n01000,01999,ain\n1000,1500,small\n")
    assert found.find([(RANGE, "01000")], DAY)["who"] == "ain"
    assert found.find([(RANGE, "01999")], DAY)["who"] == "ain"
    assert found.find([(RANGE, "02000")], DAY) is None


def test_more_digits_than_any_number_has_are_text():
    found = table("first,last,who\n01000,01999,ain\n")
    assert found.find([(RANGE, "9" * 350)], DAY) is None


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("ab"), st.text("12", max_size=3), st.integers(0, 9)), max_size=12
    ),
    key=st.sampled_from("ab"),
    code=st.text("12", min_size=1, max_size=4),
)
def test_the_index_finds_what_a_scan_finds(rows, key, code):
    rows = list(dict.fromkeys(rows))
    found = table("model,start,n\n" + "".join(f"{k},{p},{n}\n" for k, p, n in rows))
    best = None
    for k, p, n in rows:
        longer = best is None or len(p) > len(best[0])
        if k == key and p and code.startswith(p) and longer:
            best = (p, n)
    row = found.find([(EXACT, key), (PREFIX, code)], DAY)
    assert (None if row is None else row["n"]) == (None if best is None else str(best[1]))


HEADER = "country,postal_code,prefix,first,last,city,brand,rooftop,region,valid_from,valid_to"


def test_the_most_exact_territory_comes_first_and_the_brand_before_any_brand():
    found = territories(
        "FR,,,,,Lyon,,city,,,",
        "FR,,,69000,69999,,,range,,,",
        "FR,,69,,,,,any,,,",
        "FR,,69,,,,Peugeot,own,,,",
        "FR,,69,,,,Audi,other,,,",
        "FR,,6,,,,,wide,,,",
        "FR,69 003,,,,,,exact,,,",
        "FR,69003,,,,,,over,,,2026-11-22",
        "DE,69003,,,,,,abroad,,,",
        header=HEADER,
    )
    rows = found.find(country="fr", postal_code="69003", city="LYON", brand="peugeot", on=DAY)
    assert [row.rooftop for row in rows] == ["exact", "own", "any", "wide", "range", "city"]


def test_a_whole_country_is_owned_by_who_has_what_no_other_row_names():
    found = territories(
        "BE,,*,,,,,rest,,,", "BE,,*,,,,Kia,kia,,,", "BE,,1,,,,,near,,,", "BE,,,,,Gent,,city,,,",
        header=HEADER,
    )  # fmt: skip

    def owners(**place):
        asked = {"country": "BE", "postal_code": "", "city": "", "brand": "", "on": DAY} | place
        return [row.rooftop for row in found.find(**asked)]

    assert owners(postal_code="1000", city="Gent") == ["near", "city", "rest"]
    assert owners(postal_code="9000") == owners() == ["rest"]
    assert owners(brand="Kia") == ["kia", "rest"]
    assert owners(country="") == owners(country="NL", postal_code="1000") == []


ROWS_IN_YAML = """\
# who owns Rennes
- {country: FR, postal_code: 35000, rooftop: R1, valid_from: 2026-01-01, source: "agreement, 2025"}
- country: FR
  prefix: 01
  rooftop: 0123
  brand: ~
"""


def test_rows_may_be_written_in_yaml_each_with_the_columns_that_it_needs():
    problems = Problems()
    found = read_territories(ROWS_IN_YAML.encode(), path="t", file="t.yaml", problems=problems)
    assert found is not None
    assert not problems.found
    first, second = found.rows
    assert (first.postal_code, first.source, first.valid_from) == (
        "35000",
        "agreement, 2025",
        date(2026, 1, 1),
    )
    assert (second.prefix, second.rooftop, second.brand) == ("01", "0123", None)
    assert second.place.line == 3


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("country: FR\n", 1, "a table in YAML is a list of rows"),
        ("", 1, "a table in YAML is a list of rows"),
        ("- {country: FR, rooftop: R1, prefix: [1, 2]}\n", 1, "prefix is a list, not one value"),
        ("- FR\n", 1, "a row is a mapping"),
        ("- {country: FR, prefx: 1, rooftop: R1}\n", 1, "has no column 'prefx'"),
        ("- {country: FR, rooftop: R}\n" * 2, 2, "the same row stands in line 1"),
        ("- {country: FR, country: DE}\n", 1, "'country' stands here twice"),
        (
            "- {country: FR, prefix: 1, rooftop: R}\n- {country: FR, rooftop: R}\n",
            2,
            "one of postal_code",
        ),
    ],
)
def test_a_yaml_table_that_can_not_be_used_is_told_with_its_line(text, line, message):
    problems = Problems()
    read_territories(text.encode(), path="t", file="t.yaml", problems=problems)
    assert any(message in each.message and each.place.line == line for each in problems.found)


def test_tabs_part_columns_as_a_spreadsheet_copies_them_and_a_cell_may_have_lines():
    row = table('model\tbrand\r\n"C3\r\nX"\tKia\r\n').find([(EXACT, "c3\r\nx")], DAY)
    assert row is not None
    assert row["brand"] == "Kia"


def test_an_answer_for_one_day_and_brand_is_none_for_another():
    found = territories(
        "FR,,69,,,,Peugeot,own,,,",
        "FR,,69,,,,,until,,,2026-11-22",
        "FR,,69,,,,,since,,2026-11-23,",
        header=HEADER,
    )

    def owners(brand, on):
        rows = found.find(country="FR", postal_code="69003", city="", brand=brand, on=on)
        return [row.rooftop for row in rows]

    for _ in range(2):
        assert owners("Peugeot", date(2026, 11, 23)) == ["own", "since"]
        assert owners("Peugeot", date(2026, 11, 22)) == ["own", "until"]
        assert owners("Audi", date(2026, 11, 23)) == ["since"]


def test_british_codes_are_found_by_their_area():
    found = territories("GB,,LS,,,,,,North,,", "GB,,LS10,,,,,VX-07741,,,", header=HEADER)
    rows = found.find(country="GB", postal_code="ls10 1pl", city="", brand="", on=DAY)
    assert [(row.rooftop, row.region) for row in rows] == [("VX-07741", None), (None, "North")]


def test_fifty_thousand_territory_rows_load_and_answer_fast():
    lines = [f"FR,{code:05},,,,,Brand{code % 15},,Region{code % 9},," for code in range(50_000)]
    started = time.process_time()
    found = territories(*lines, header=HEADER)
    assert time.process_time() - started < 6
    started = time.process_time()
    for code in range(0, 50_000, 10):
        assert found.find(
            country="FR", postal_code=f"{code:05}", city="", brand=f"Brand{code % 15}", on=DAY
        )
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file has no header"),
        ("a,a\n1,2\n", "two columns are named 'a'"),
        ("a,\n1,2\n", "column 2 has no name"),
        ('a,b\n1,"2\n', "not CSV"),
    ],
)
def test_a_file_that_is_no_table_is_told(text, message):
    problems = Problems()
    read_table(text.encode(), path="t.csv", file="t.csv", problems=problems)
    assert message in problems.found[0].message


AREAS = territories(
    "FR,35000,,,R1",
    "FR,,0299,,R2",
    "FR,,02,,R3",
    "FR,,02 99,Renault,R4",
    "IT,,06,,R5",
    "DE,,+49 30,,R6",
    "US,,415,,R7",
    header="country,postal_code,area_code,brand,rooftop",
)


@pytest.mark.parametrize(
    ("country", "phone", "expected"),
    [
        ("FR", "+33299123456", ["R2", "R3"]),
        ("FR", "+33 2 99 12 34 56", ["R2", "R3"]),
        ("FR", "+33 (0)2 99 12 34 56", ["R2", "R3"]),
        ("FR", "0033299123456", ["R2", "R3"]),
        ("FR", "02.99.12.34.56", ["R2", "R3"]),
        ("FR", "02 40 12 34 56", ["R3"]),
        ("FR", "0612345678", []),
        ("FR", "+49301234567", []),
        ("IT", "+390612345", ["R5"]),
        ("IT", "06 12345", ["R5"]),
        ("DE", "030/1234567", ["R6"]),
        ("US", "(415) 555-2671", ["R7"]),
        ("", "+49301234567", ["R6"]),
        ("", "030 1234567", []),
        ("FR", "", []),
        ("FR", "call me", []),
    ],
)
def test_an_area_code_is_known_in_any_spelling_of_the_number(country, phone, expected):
    found = AREAS.find(country=country, postal_code="", city="", brand="", on=DAY, phone=phone)
    assert [row.rooftop for row in found] == expected


def test_a_postal_code_is_more_exact_than_an_area_code_and_a_row_of_the_brand_than_one_of_any():
    found = AREAS.find(
        country="FR", postal_code="35000", city="", brand="Renault", on=DAY, phone="+33299123456"
    )
    assert [row.rooftop for row in found] == ["R1", "R4", "R2", "R3"]


def test_one_area_code_in_two_spellings_is_told_as_a_double():
    problems = Problems()
    text = "country,area_code,rooftop\nFR,0299,R1\nFR,+33 299,R1\nFR,call,R2\nXX,01,R3\n"
    read_territories(text.encode(), path="t.csv", file="t.csv", problems=problems)
    assert [problem.message for problem in problems.found] == [
        "'call' is no area code of FR: write 0299 or +33299",
        "'01' is no area code of XX: write 0299 or +33299",
        "the same territory stands in line 2",
    ]


def test_calling_codes_are_those_of_the_numbering_plan():
    for iso, code in CALLING_CODES.items():
        assert phonenumbers.country_code_for_region(iso) == int(code)
    assert len(CALLING_CODES) >= 240


KINDS = st.sampled_from(["postal_code", "prefix", "area_code"])
OWNERS = st.sampled_from(["R1", "R2", "R3"])
DAYS = st.dates(min_value=date(2026, 11, 1), max_value=date(2026, 12, 31))


@st.composite
def dated_rows(draw):
    """Rows of a few places with days on which they hold."""
    kind = draw(KINDS)
    place = draw(st.text("0123", min_size=1, max_size=3 if kind != "postal_code" else 5))
    first, last = sorted((draw(DAYS), draw(DAYS)))
    brand = draw(st.sampled_from(["", "Kia"]))
    return {"kind": kind, "place": place, "brand": brand, "owner": draw(OWNERS),
            "first": first, "last": last}  # fmt: skip


def written(rows) -> TerritoryFile | None:
    header = "country,postal_code,prefix,area_code,brand,rooftop,valid_from,valid_to,source"
    lines = []
    for number, row in enumerate(rows):
        at = {"postal_code": "", "prefix": "", "area_code": "", row["kind"]: row["place"]}
        cells = ("FR", *at.values(), row["brand"], row["owner"], row["first"], row["last"], number)
        lines.append(",".join(map(str, cells)))
    problems = Problems()
    text = "\n".join([header, *lines])
    return read_territories(text.encode(), path="t.csv", file="t.csv", problems=problems)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(dated_rows(), min_size=1, max_size=12),
    cuts=st.lists(DAYS, min_size=12, max_size=12),
    places=st.lists(st.text("0123", min_size=1, max_size=5), min_size=1, max_size=6),
    day=DAYS,
)
def test_rows_split_in_time_or_laid_over_each_other_own_the_same_places(rows, cuts, places, day):
    split = []
    for row, cut in zip(rows, cuts, strict=False):
        if row["first"] < cut <= row["last"]:
            split.append({**row, "last": cut - timedelta(days=1)})
            split.append({**row, "first": cut})
        else:
            split.append(row)
    whole, parts = written(rows), written(split)
    for place in places:
        for brand in ("Kia", "Audi"):
            asked = {"country": "FR", "postal_code": place, "city": "", "brand": brand, "on": day}
            found = [
                [row.rooftop for row in file.find(**asked, phone=f"+33{place}")]
                for file in (whole, parts)
            ]
            assert found[0] == found[1]


@settings(max_examples=100, deadline=None)
@given(
    prefix=st.text("0123456789", min_size=1, max_size=3),
    codes=st.lists(st.text("0123456789", min_size=5, max_size=5), min_size=1, max_size=8),
)
def test_a_prefix_split_into_its_ten_longer_ones_owns_the_same_codes(prefix, codes):
    header = "country,prefix,rooftop"
    whole = territories(f"FR,{prefix},R1", header=header)
    parts = territories(*(f"FR,{prefix}{digit},R1" for digit in range(10)), header=header)
    for code in codes:
        asked = {"country": "FR", "postal_code": code, "city": "", "brand": "", "on": DAY}
        assert [row.rooftop for row in whole.find(**asked)] == [
            row.rooftop for row in parts.find(**asked)
        ]


def test_a_row_whose_day_cannot_be_read_says_nothing_of_the_other_rows():
    text = (
        "rooftop,performance,valid_from,valid_to\nR1,71,2026-07-01,2026-09-30\nR1,91,01.10.2026,\n"
    )
    problems = Problems()
    read_performances(text.encode(), path="t.csv", file="t.csv", problems=problems)
    assert [str(each) for each in problems.found] == [
        "t.csv:3:1: valid_from is not a day: '01.10.2026' (write 2026-11-23) [wrong_row]"
    ]
