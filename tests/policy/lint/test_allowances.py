"""Comments that let a problem stand: where they count, and what is wrong with some."""

import pytest

from ortoo_daemon.errors import Level, Place, Problem
from ortoo_daemon.policy.lint.allowances import read_allowances, without_allowed

HINTS = ("never_matches", "unknown_value")


def read(text, file="policies/leads.yaml"):
    return read_allowances(
        {file: text.encode()}, allowable=HINTS, known=(*HINTS, "unknown_field", "policy-test")
    )


def problem(line, rule="never_matches", file="policies/leads.yaml"):
    return Problem(place=Place(file, line, 3), rule=rule, message="…")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: 2  # check: allow never_matches because it waits\n", 2),
        ("# check: allow never_matches because it waits\na: 1\n", 2),
        ("a: 1\n  # check: allow never_matches because it waits\n\n  # and more\nb: 2\n", 5),
        ("é: 'ü # c'  # Check: allow never_matches because it waits\n", 1),
    ],
)
def test_a_comment_behind_a_line_or_above_it_silences_the_rule_there(text, line):
    (allowance,), wrong = read(text)
    assert (allowance.reason, wrong) == ("it waits", [])
    others = [problem(line + 1), problem(line, "unknown_value"), problem(line, file="b.yaml")]
    assert without_allowed([problem(line), *others], [allowance], asked=HINTS) == others


def test_text_in_quotes_and_blocks_is_no_comment():
    text = 'a: "x # check: allow never_matches because no"\nb: |\n  # check: allow this\n'
    assert read(text) == ([], [])


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("allow never_matches", "an allowance needs a rule and a reason"),
        ("allow never_matches because", "an allowance needs a rule and a reason"),
        ("allow", "an allowance needs a rule and a reason"),
        ("allow nevermatches because x", "there is no rule 'nevermatches'"),
        (
            "allow unknown_field because x",
            "unknown_field can't be allowed: what it finds keeps policies from working",
        ),
        (
            "allow policy-test because x",
            "policy-test can't be allowed: what it finds keeps policies from working",
        ),
    ],
)
def test_an_allowance_without_reason_or_for_another_rule_is_a_problem(comment, message):
    found, (wrong,) = read(f"a: 1  # check: {comment}\n")
    assert found == []
    assert (wrong.message, wrong.place, wrong.level) == (
        message, Place("policies/leads.yaml", 1, 7), Level.ERROR,
    )  # fmt: skip


def test_an_allowance_that_silences_nothing_is_a_hint():
    found, _ = read("a: 1  # check: allow never_matches because it waits\n")
    (left,) = without_allowed([], found, asked=HINTS)
    assert (left.message, left.level) == ("never_matches has nothing to say here", Level.HINT)


def test_nothing_is_said_where_the_rule_could_not_be_asked():
    found, _ = read("a: 1  # check: allow unknown_value because it comes\n")
    assert without_allowed([], found, asked=["never_matches"]) == []


def test_a_line_that_names_a_table_allows_what_is_said_about_the_table():
    text = "x: {territories: tables/t.csv}  # check: allow never_matches because shared\n"
    found, _ = read(text, file="config/policies/leads.yaml")
    mine, other = (problem(7, file=f"config/tables/{name}.csv") for name in "tu")
    assert without_allowed([mine, other], found, asked=HINTS) == [other]
