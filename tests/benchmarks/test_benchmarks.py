"""The benchmarks run at tiny sizes and keep what they found. No figure is judged here."""

import json

import pytest

from benchmarks import burst, machine, rules, steady
from benchmarks.__main__ import keep, table
from benchmarks.figures import Figure, Measured, at_least, at_most, percentile


def test_a_tiny_burst_is_routed_whole_and_written_whole_by_the_bare_client():
    found = values(burst.measure(quick=True, records=30))
    assert found["calls per record"] > 0
    assert found["of the bare client's rate"] > 0
    # one batch: the leads, then their decisions
    assert found["calls per record, bare client"] == pytest.approx(2 / 30)


def test_every_lead_of_a_steady_stream_gets_a_waiting_time():
    found = values(steady.measure(quick=True, seconds=0.5))
    assert 0 < found["p50"] <= found["p99"] <= found["worst"]


def test_decisions_are_timed_for_every_size_that_was_asked_for():
    found = values(rules.measure(quick=True, sizes=(10, 20), lasts=0.01))
    assert found["decide, 10 rules"] > 0
    assert found["load, 20 rules"] > 0


def test_what_was_measured_is_kept_with_the_machine_and_whether_goals_were_met(tmp_path):
    fast = Figure(name="fast", value=3.0, unit="records/s", goal=at_least(2))
    large = Figure(name="large", value=3.0, unit="MiB", goal=at_most(2))
    file = keep(
        [Measured(name="both", about="two figures", figures=[fast, large])],
        machine.describe(),
        quick=True,
        folder=tmp_path,
    )
    kept = json.loads(file.read_text())
    assert [figure["met"] for figure in kept["benchmarks"][0]["figures"]] == [True, False]
    assert kept["machine"]["cores"] >= 1
    assert kept["machine"]["python"]


def test_a_table_shows_every_figure_with_its_goal():
    figure = Figure(name="fast", value=1234.5, unit="records/s", goal=at_least(2000))
    shown = table(Measured(name="one", about="", figures=[figure]))
    assert [list(column.cells) for column in shown.columns] == [
        ["fast"],
        ["1,234 records/s"],
        ["≥ 2,000 missed"],
    ]


def test_a_percentile_is_one_of_the_values():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


def values(measured: Measured) -> dict[str, float]:
    return {figure.name: figure.value for figure in measured.figures}
