"""Claims about the table of performance: bounded, drawn to the network where there is little, reviewed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.policy.nodes import Problems
from ortoo_daemon.policy.performance import PerformanceTable, read_performances
from ortoo_daemon.reporting.weights import (
    COLUMNS,
    Answered,
    Rules,
    Weight,
    difference,
    new_table,
    weights,
)

FROM = date(2026, 12, 1)


def site(name: str, met: int, ended: int) -> Answered:
    return Answered(names=(name, f"001{name}"), title=name, met=met, ended=ended)


def figures(*sites: Answered, **rules: float) -> dict[str, float]:
    return {each.rooftop.names[0]: each.figure for each in weights(sites, Rules(**rules))}  # type: ignore[arg-type]


def test_a_figure_is_the_share_mixed_with_the_networks():
    """Network: 150 of 200. A: 100 × (90 + 20 × 0.75) ÷ 120. B: 100 × (60 + 15) ÷ 120."""
    assert figures(site("A", 90, 100), site("B", 60, 100)) == {"A": 87.5, "B": 62.5}


def test_three_clocks_are_neither_the_best_nor_the_worst():
    found = figures(site("large", 80, 100), site("lucky", 3, 3), site("unlucky", 0, 3))
    assert found["lucky"] == pytest.approx(81.2, abs=0.2)
    assert found["unlucky"] == pytest.approx(68.2, abs=0.2)


def test_nobody_is_below_the_floor_or_above_the_ceiling():
    found = figures(site("A", 1000, 1000), site("B", 0, 1000), floor=60.0, ceiling=95.0)
    assert found == {"A": 95, "B": 60}


def test_without_a_prior_it_is_the_plain_share():
    assert figures(site("A", 3, 4), prior=0.0) == {"A": 75}


def test_too_few_clocks_give_no_figure_but_count_for_the_network():
    assert figures(site("A", 5, 10), site("B", 4, 4), least=5) == {"A": 59.5}
    assert figures() == {}
    assert figures(site("A", 0, 0)) == {}


counts = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500)).map(lambda two: (min(two), max(two))),
    max_size=12,
)


@given(counts, st.floats(0, 60), st.floats(60, 100), st.floats(0, 200))
def test_every_figure_lies_within_the_bounds_and_between_its_share_and_the_networks(
    found, floor, ceiling, prior
):
    sites = [site(str(number), met, ended) for number, (met, ended) in enumerate(found)]
    ended = sum(each.ended for each in sites)
    rules = Rules(floor=round(floor, 1), ceiling=round(ceiling, 1), prior=prior)
    for each in weights(sites, rules):
        assert rules.floor <= each.figure <= rules.ceiling
        network = 100 * sum(one.met for one in sites) / ended
        low, high = sorted((each.plain, network))
        assert min(max(low, rules.floor), rules.ceiling) - 0.06 <= each.figure
        assert each.figure <= max(min(high, rules.ceiling), rules.floor) + 0.06


OLD = """\
rooftop,performance,valid_from,valid_to,source
A,71,2026-07-01,2026-09-30,Q2
A,91.5,2026-10-01,,Q3
B,74,2026-10-01,,Q3
C,80,2026-10-01,,Q3
"""


def read(text: str) -> PerformanceTable:
    problems = Problems()
    found = read_performances(text.encode(), path="t.csv", file="t.csv", problems=problems)
    assert problems.found == []
    assert found is not None
    return found


def made(**new: float) -> str:
    found = [
        Weight(rooftop=site(name, 1, 1), figure=each, plain=each) for name, each in new.items()
    ]
    sources = {2: "Q2", 3: "Q3", 4: "Q3", 5: "Q3"}
    rows = new_table(read(OLD).rows, found, valid_from=FROM, source="Q4", sources=sources)
    return "\n".join(",".join(row) for row in [COLUMNS, *rows]) + "\n"


def test_what_held_ends_the_day_before_and_what_is_not_looked_at_stays():
    assert made(A=93.0, D=66.0).splitlines()[1:] == [
        "A,71,2026-07-01,2026-09-30,Q2",
        "A,91.5,2026-10-01,2026-11-30,Q3",
        "A,93,2026-12-01,,Q4",
        "B,74,2026-10-01,,Q3",
        "C,80,2026-10-01,,Q3",
        "D,66,2026-12-01,,Q4",
    ]


def test_a_figure_that_stays_leaves_its_row_alone():
    assert made(A=91.5, B=74.0, C=80.0) == OLD


def test_a_row_may_name_the_rooftop_by_its_id():
    rows = new_table(
        read(OLD.replace("B,74", "001B,74")).rows,
        [Weight(rooftop=site("B", 1, 1), figure=60.0, plain=60.0)],
        valid_from=FROM,
        source="Q4",
        sources={},
    )
    assert [row[:4] for row in rows if row[0] in ("B", "001B")] == [
        ("001B", "74", "2026-10-01", "2026-11-30"),
        ("B", "60", "2026-12-01", ""),
    ]


def test_the_same_day_again_replaces_what_was_made_for_it():
    once = made(A=93.0)
    found = [Weight(rooftop=site("A", 1, 1), figure=95.0, plain=95.0)]
    rows = new_table(read(once).rows, found, valid_from=FROM, source="Q4", sources={})
    assert [row[1:4] for row in rows if row[0] == "A"] == [
        ("71", "2026-07-01", "2026-09-30"),
        ("91.5", "2026-10-01", "2026-11-30"),
        ("95", "2026-12-01", ""),
    ]


@given(st.dictionaries(st.sampled_from("ABCDE"), st.integers(500, 990).map(lambda n: n / 10)))
def test_the_new_table_is_one_that_policies_take_with_one_figure_a_day(new):
    table = read(made(**new))
    for row in table.rows:
        on = [each for each in table.rows if each.rooftop == row.rooftop and each.is_valid(FROM)]
        assert len(on) == 1


def test_the_difference_shows_both_sides_and_nothing_where_nothing_changed():
    lines = difference(OLD, made(B=60.0), "answered_in_time.csv")
    assert "-B,74,2026-10-01,,Q3" in lines
    assert "+B,60,2026-12-01,,Q4" in lines
    assert difference(OLD, OLD, "answered_in_time.csv") == []
