"""The failure matrix of docs/operations.md names tests that are there, and signs that can be seen."""

import re

from tests.docs.pages import ROOT, modules_of_tests, page

PAGE = page("docs/operations.md")
MATRIX = PAGE.partition("## Failure matrix")[2].partition("\n## ")[0]
ROWS = [
    line.split(" | ") for line in MATRIX.splitlines() if re.match(r"\| (?!failure|code|-)", line)
]
MODES = [row for row in ROWS if len(row) == 5]


def test_all_twelve_modes_are_there() -> None:
    assert len(MODES) == 12


def test_every_mode_is_held_by_tests_that_exist() -> None:
    known = modules_of_tests("tests/acceptance")
    for row in MODES:
        named = re.findall(r"`(test_\w+)`", row[-1])
        assert named, row[0]
        assert not set(named) - known, f"{row[0]}: {set(named) - known}"


def test_every_sign_is_an_event_or_a_metric_of_the_page() -> None:
    listed = set(re.findall(r"^\| `([\w.]+)` \|", PAGE, re.M))
    for row in MODES:
        signs = re.findall(r"`((?:ortoo_|[a-z]+[._])[a-z_.]+)`", row[1])
        assert signs, row[0]
        for sign in signs:
            assert sign in listed, f"{row[0]}: {sign}"


def test_every_refusal_the_daemon_is_tried_with_has_its_end_told() -> None:
    tried = (ROOT / "tests" / "acceptance" / "test_refused_rows.py").read_text("utf-8")
    codes = set(re.findall(r"Refusal\(\s*\"([A-Z_]+)\"", tried))
    assert len(codes) > 15
    assert not {code for code in codes if f"`{code}`" not in MATRIX}
