"""What others wrote is shown, and steers neither the terminal nor a spreadsheet."""

from __future__ import annotations

import json

import pytest
from rich.text import Text

from ortoo_daemon.audit.explain import Node, Style
from ortoo_daemon.cli.controls import csv_cell, without_controls
from ortoo_daemon.cli.terminal import console, say, show_json, show_table, show_tree

STEERING = {
    "colour": "\x1b[31mred",
    "title of the window": "\x1b]0;owned\x07",
    "one byte of the same": "\x9b2J",
    "a line of its own": "Doe\rERROR all is lost",
    "bell": "\x07",
    "writing from the right": "Doe\u202egpj.exe",
}
MEANT = set("\x1b\x9b\x07\r\u202e")


@pytest.mark.parametrize("text", STEERING.values(), ids=STEERING.keys())
def test_nothing_a_record_says_steers_the_terminal(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say(text)
    show_table(["Name"], [[text]])
    show_tree(Node(text=text, style=Style.PLAIN, children=()))
    console().print(Text(text))
    show_json({"name": text})
    shown = capsys.readouterr().out
    assert not MEANT & set(shown)
    assert "owned" in shown or "Doe" in shown or "red" in shown or "·" in shown


def test_a_value_makes_no_second_line_of_a_table_or_a_tree(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_table(["Name", "Owner"], [["Doe\nRoe\tAnna", "Bo"]])
    show_tree(Node(text="Name is 'Doe\n  held: true'", style=Style.PLAIN, children=()))
    assert capsys.readouterr().out.splitlines() == [
        "name\towner",
        "Doe·Roe·Anna\tBo",
        "Name is 'Doe·  held: true'",
    ]


def test_what_json_shows_is_still_what_was_there(capsys: pytest.CaptureFixture[str]) -> None:
    show_json(STEERING)
    assert json.loads(capsys.readouterr().out) == STEERING


def test_names_of_people_are_shown_as_they_are() -> None:
    for name in ("Zoë Müller-Öz", "O\u00a0Neill", "王小明", "12\u202f000"):
        assert without_controls(name) == name


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x.example","click")', "+1+cmd|'/C calc'!A0", "-2+3", "@SUM(A1)"]
)
def test_a_text_is_no_formula_of_a_spreadsheet(text: str) -> None:
    assert csv_cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-12.5", "+3", "Web", "", None, -4, "A=B"])
def test_figures_and_plain_texts_stay_as_they_are(value: object) -> None:
    assert csv_cell(value) == value
