"""`score fit` and `score compare`, as an operations lead uses them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.command import ROOT, ortoo
from tests.processes import SandboxProcess
from tests.simulation.scorecards.past import CARD, rows

FILES = ("--from", "leads.csv", "--by", "Country")


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of records, and a card beside it."""
    folder = tmp_path_factory.mktemp("past")
    (folder / "card.yaml").write_text(CARD)
    found = rows(3_000)
    with (folder / "leads.csv").open("w", newline="") as file:
        written = csv.DictWriter(file, fieldnames=list(found[0]))
        written.writeheader()
        written.writerows(found)
    return folder


def test_a_card_learned_from_an_export_beats_the_old_one(past: Path) -> None:
    shown = ortoo("score", "fit", "card.yaml", *FILES, "--out", "new.yaml", cwd=past)
    assert shown.code == 0, shown.err
    assert "past: learned from 3,000 records" in shown.out
    assert "wish\tquote\t+" in shown.out
    assert "Germany\t" in shown.out
    assert "written: new.yaml" in shown.out
    compared = ("score", "compare", "card.yaml", "new.yaml", *FILES)
    found = ortoo(*compared, "--json", cwd=past).json()
    assert found["new"]["quality"]["auc"] > found["old"]["quality"]["auc"] + 0.05
    lines = ortoo(*compared, cwd=past).out.splitlines()
    assert lines[0].startswith("3,000 records, ")
    assert [line.split("\t")[:2] for line in lines if line.startswith("new\t")][1:] == [
        ["new", "hot"],
        ["new", "warm"],
        ["new", "cold"],
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--since", "60d"), "records came to a good end: at least 30 of each kind are needed"),
        (("--outcome", "{IsConverted: {like: x}}"), "--outcome:1:16: no operator 'like'"),
        (("--object", "Task"), "nothing says what a good end of Task is (write --outcome"),
        (("--from", "none.csv"), "none.csv:1:1: can't be read: No such file"),
        (("--from", "card.yaml"), "card.yaml:1:1: is no record (write one JSON object a line"),
    ],
)
def test_what_teaches_nothing_is_told(past: Path, arguments: tuple[str, str], said: str) -> None:
    ended = ortoo("score", "fit", "card.yaml", *FILES[:2], *arguments, cwd=past)
    assert ended.code == 1
    assert said in ended.err


def test_the_orgs_own_records_are_scored_by_the_shipped_card(
    sandbox: SandboxProcess, env: dict[str, str]
) -> None:
    drives, others = {"Request__c": "test_drive"}, {"Request__c": "brochure"}
    for count, values in (
        (40, {**drives, "Status": "Qualified"}),
        (40, {**others, "Status": "New"}),
    ):
        sandbox.leads(count, Company="Private", **values)
    card = ROOT / "config" / "tables" / "retail_intent.yaml"
    asked = ("--outcome", "{Status: Qualified}", "--ripe", "0", "--by", "Country")
    ended = ortoo("score", "compare", card, card, *asked, "--json", env=env)
    assert ended.code == 0, ended.err
    found = ended.json()
    assert found["good"] >= 40
    assert found["moved"] == 0
    assert found["old"]["quality"]["auc"] > 0.6
