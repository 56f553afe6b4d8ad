"""Tables and territories: which row belongs to a record, on which day."""

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ortoo_daemon.policy.enrichment_model import MatchKind, TableMatch
from ortoo_daemon.policy.nodes import Problems
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
