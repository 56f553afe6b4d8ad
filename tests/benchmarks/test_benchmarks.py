"""The benchmarks run at tiny sizes and keep what they found. No figure is judged here."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks import (
    burst,
    calendars,
    directory,
    duplicates,
    engines,
    machine,
    replay,
    reports,
    rules,
    sla,
    steady,
    triage,
)
from benchmarks.catalogue import BENCHMARKS, Benchmark
from benchmarks.figures import Figure, Measured, at_least, at_most, percentile, with_growth
from benchmarks.morning import next_morning
from benchmarks.network import Row, facts
from benchmarks.report import Run, keep, table


def test_a_tiny_burst_is_routed_whole_and_written_whole_by_the_bare_client():
    found = values(burst.measure(30))
    assert found["calls per record"] > 0
    assert found["of the bare client's rate"] > 0
    # one batch: the leads, then their decisions
    assert found["calls per record, bare client"] == pytest.approx(2 / 30)


def test_customers_that_are_known_are_found_among_the_others():
    found = values(duplicates.measure(10_000))
    assert found["earlier leads found, of those that may be"] == 1
    assert found["calls per record"] > 0


def test_every_lead_of_a_steady_stream_gets_a_waiting_time():
    found = values(steady.measure(20, lasts=0.5))
    assert 0 < found["p50"] <= found["p99"] <= found["worst"]


def test_a_report_is_made_with_its_calls_and_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reports, "_SITES", 118)
    monkeypatch.setattr(reports, "_PEOPLE", 100)
    found = values(reports.measure(40))
    assert found["calls"] > 10
    assert found["peak memory"] > 50


def test_mails_are_understood_over_a_directory_of_any_size():
    assert values(triage.measure(130, lasts=0.05))["mails understood"] > 0


def test_decisions_are_timed_in_a_process_of_their_own_with_the_goal_of_that_many_rules():
    figures = {figure.name: figure for figure in rules.decide_apart(1_000, lasts=0.05)}
    assert figures["decisions"].value > 0
    assert figures["decisions"].goal == at_least(5_000)
    assert figures["peak memory"].goal is None


def test_the_first_match_is_timed_beside_every_engine_that_is_installed():
    figures = {figure.name: figure for figure in engines.measure(40, lasts=0.02)}
    ours = figures.pop(engines.OURS)
    others = [figures[name].value for name in engines.OTHERS if name in figures]
    assert ours.value > 0
    assert ours.goal == (at_least(max(others)) if others else None)
    assert figures[f"{engines.OURS}: until it can be asked"].value > 0


def test_engines_that_find_other_rules_are_not_compared(monkeypatch):
    def told(name: str, size: int, lasts: float) -> dict[str, object]:
        return {"answers": [1 if name == engines.OURS else 2], "rate": 1.0, "made_in": 0.1}

    monkeypatch.setattr(engines, "_apart", told)
    monkeypatch.setattr(engines, "find_spec", lambda module: module if module == "zen" else None)
    with pytest.raises(RuntimeError, match="zen-engine finds other rules"):
        engines.measure(40)
    assert "not installed: rule-engine, cel-python" in engines.about(40)


def test_every_engine_is_asked_by_the_rules_that_we_are():
    row = Row(brand="Kia", country="FR", area="07", sources=("Web", "Fair"), electric_or_cheap=True)
    assert engines._rule_engine_text(row) == (
        'Brand__c == "Kia" and Country == "FR" and PostalCode.starts_with("07") '
        'and LeadSource in ["Web", "Fair"] and (Fuel__c == "EV" or Budget__c < 30000)'
    )
    assert engines._cel_text(row) == (
        'Brand__c == "Kia" && Country == "FR" && PostalCode.startsWith("07") '
        '&& LeadSource in ["Web", "Fair"] && (Fuel__c == "EV" || Budget__c < 30000)'
    )
    found = facts(20, rules=40)
    ours = engines._ours(40)
    held = [ours(each) for each in found]
    assert [number for number in held if number is not None]
    model = engines._zen_model(40)
    assert len(model["nodes"][1]["content"]["rules"]) == 40


def test_loading_is_timed_apart_from_linting():
    found = values(rules.load_apart(40))
    assert found["reading and compiling"] > 0
    assert found["linting"] > 0


def test_open_time_is_added_over_many_calendars():
    found = values(calendars.measure(5, lasts=0.02))
    assert found.keys() == {"additions", "is it open", "open time between"}
    assert min(found.values()) > 0


def test_every_step_that_falls_due_is_taken_and_none_is_taken_early():
    quickly = sla.Pace(sweep_every=1, third={"sla_every": "1s"}, fall_due_for=timedelta(seconds=1))
    found = values(sla.measure(200, pace=quickly))
    assert 0 < found["nothing due: calls of a sweep, all objects"] <= 2
    assert found["due at once: rate"] > 0
    assert 0 < found["one by one: step late by, worst"] < 60
    assert (
        found["one by one: step early by, worst"] <= 1.5
    )  # the daemon's reading of the org's clock


def test_a_change_of_one_person_among_many_is_found_and_read():
    quickly = directory.Pace(look_every=1, burst=10, decide_for=0.05)
    found = values(directory.measure(600, pace=quickly))
    assert found["decisions with trace"] > 0
    assert 0 < found["one person changed: known after"] < 60
    assert found["nothing changed: calls of a look"] < found["one person changed: calls"]


def test_a_daemon_that_was_down_hears_every_event_of_the_day_when_it_is_back():
    found = values(replay.measure(100))
    assert found["heard"] == 100
    assert found["handled"] >= 55  # all but the notes
    assert found["caught up after"] >= found["ready after"]


def test_a_benchmark_runs_at_half_its_size_and_says_how_its_figures_grow():
    asked: list[int] = []

    def measure(size: int) -> Sequence[Figure]:
        asked.append(size)
        return [Figure(name="pairs", value=size * size, unit="pairs")]

    found = benchmark(measure).run(quick=False, growth=True)
    assert asked == [5, 10, 50, 100]
    assert [(figure.name, figure.growth) for figure in found.figures] == [
        ("pairs, 10 things", 4.0),
        ("pairs, 100 things", 4.0),
    ]


def test_without_growth_only_the_sizes_themselves_are_measured():
    asked: list[int] = []

    def measure(size: int) -> Sequence[Figure]:
        asked.append(size)
        return [Figure(name="same", value=1.0, unit="")]

    found = benchmark(measure).run(quick=True, growth=False)
    assert asked == [3]
    assert [(figure.name, figure.growth) for figure in found.figures] == [("same", None)]


def test_a_figure_that_was_nothing_at_half_the_size_has_no_growth():
    before = [Figure(name="none", value=0.0, unit="s")]
    after = [Figure(name="none", value=1.0, unit="s"), Figure(name="new", value=1.0, unit="s")]
    assert [figure.growth for figure in with_growth(before, after)] == [None, None]


def test_what_was_measured_is_kept_with_the_machine_and_whether_goals_were_met(tmp_path):
    page = keep(run(), tmp_path)
    kept = json.loads(page.with_suffix(".json").read_text())
    assert [figure["met"] for figure in kept["benchmarks"][0]["figures"]] == [True, False]
    assert kept["machine"]["cores"] >= 1
    assert kept["machine"]["python"]
    assert "| fast | 3 records/s | × 1.50 | ≥ 2 met |" in page.read_text().splitlines()


def test_a_page_says_when_others_kept_the_machine_busy(tmp_path):
    assert "busy" in keep(run(load=2.0), tmp_path).read_text()
    assert "busy" not in keep(run(load=0.1), tmp_path).read_text()


def test_a_description_of_the_machine_names_no_host_and_no_folder():
    told = json.dumps(machine.describe())
    assert machine.platform.node() not in told
    assert "/" not in told.replace("GNU/Linux", "")


def test_a_table_shows_every_figure_with_its_goal():
    figure = Figure(name="fast", value=1234.5, unit="records/s", goal=at_least(2000))
    shown = table(Measured(name="one", about="", figures=[figure]))
    assert [list(column.cells) for column in shown.columns] == [
        ["fast"],
        ["1,234 records/s"],
        [""],
        ["≥ 2,000 missed"],
    ]


def test_a_percentile_is_one_of_the_values():
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


def test_a_working_morning_is_one_to_come():
    tuesday_noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert next_morning(tuesday_noon) == datetime(2026, 12, 1, 9, tzinfo=UTC)
    assert next_morning(tuesday_noon - timedelta(days=1)) == datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_every_benchmark_has_a_quick_size_that_can_be_halved():
    for each in BENCHMARKS.values():
        assert all(size >= 2 for size in (*each.sizes, *each.quick_sizes))
        assert max(each.quick_sizes) < max(each.sizes)


def benchmark(measure):
    return Benchmark(
        name="quadratic",
        unit="things",
        sizes=(10, 100),
        quick_sizes=(3,),
        about=lambda size: f"{size} things",
        measure=measure,
    )


def run(*, load: float = 0.0) -> Run:
    fast = Figure(name="fast", value=3.0, unit="records/s", goal=at_least(2), growth=1.5)
    large = Figure(name="large", value=3.0, unit="MiB", goal=at_most(2))
    return Run(
        began_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        quick=True,
        machine=machine.describe() | {"load_before": [load, 0.0, 0.0]},
        measured=[Measured(name="both", about="two figures", figures=[fast, large])],
    )


def values(found: Sequence[Figure]) -> dict[str, float]:
    return {figure.name: figure.value for figure in found}
