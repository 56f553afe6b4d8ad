"""docs/report.md and the code say the same: every figure with its formula, every option, the example."""

import pytest
import typer
import yaml

from ortoo_daemon.cli.main import app
from ortoo_daemon.daemon.asking.reports.report_settings import ReportedObject, ReportSettings
from ortoo_daemon.reporting.catalogue import HOW_SUMMED_UP, MEASURES
from ortoo_daemon.reporting.measure import Better, Measure, Topic
from ortoo_daemon.reporting.periods import Against
from ortoo_daemon.reporting.weights import Rules
from tests.docs.pages import blocks, first_cells, page, section

NAME = "docs/report.md"


@pytest.mark.parametrize("topic", Topic)
def test_every_figure_is_listed_under_its_heading_and_no_other(topic: Topic) -> None:
    listed = first_cells(section(NAME, f"### {topic}"))
    assert listed == [each.key for each in MEASURES if each.topic is topic]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda each: each.key)
def test_a_figure_is_told_with_the_formula_that_is_printed_beside_it(measure: Measure) -> None:
    better = "–" if measure.better is Better.NEITHER else measure.better
    row = f"| `{measure.key}` | {measure.title} | {measure.formula} | {better} |"
    assert row in page(NAME).splitlines()


def test_how_lengths_are_summed_up_is_told_word_for_word() -> None:
    assert HOW_SUMMED_UP in page(NAME)


def test_every_key_of_an_object_is_told_and_no_other() -> None:
    cells = first_cells(section(NAME, "## What the settings say"))
    assert set(cells) == set(ReportedObject.model_fields)


def test_the_example_of_settings_is_one() -> None:
    (block,) = blocks(NAME, "yaml")
    ReportSettings(**yaml.safe_load(block.text)["report"])


def test_every_option_and_named_period_is_told() -> None:
    told = page(NAME).partition("## What the settings say")[0]
    report = typer.main.get_command(app).commands["report"]  # type: ignore[attr-defined]
    options = {option for each in report.params for option in each.opts}
    left = {"--config", "--json", "--help", "-h"}
    assert {each for each in options - left if f"`{each}`" not in told} == set()
    assert {each for each in Against if f"`{each}`" not in told} == set()


def test_the_bounds_of_weights_are_told_as_they_are() -> None:
    text = section(NAME, "## Performance for routing")
    rules = Rules()
    for name, value in (("floor", rules.floor), ("ceiling", rules.ceiling), ("prior", rules.prior)):
        assert f"`--{name}` ({value:g})" in text
