"""YAML that can't be read: told where the mistake is, which is seldom where the parser gives up."""

import pytest

from ortoo_daemon.policy.documents import read_document
from ortoo_daemon.policy.nodes import Problems


def told(text: str) -> str:
    problems = Problems()
    read_document("p.yaml", text.encode(), problems)
    (problem,) = problems.found
    return str(problem)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "enter:\n  a: no\n  Status:\u00a0[New]\nb: 1\n",
            "p.yaml:3:10: an invisible character that is no blank (U+00A0) (write an ordinary blank",
        ),
        (
            "a: 1\nb: {c: “of {{ it }}”}\n",
            "p.yaml:2:8: for YAML “ is a letter of the text",
        ),
        ("a:\n  when: {b: c\n  assign: {d: e}\n", "(close the { of line 2, or put a comma"),
        ("a: 1\nb: [c “d e: f: g]\n", "p.yaml:2:7: “ is no quotation mark of YAML (write"),
        ("a:\n  b: [c\n  d: e\n", "(close the [ of line 2, or put a comma"),
        ('a: 1\nb: "two\nc: 3\n', "(close the quotation mark of line 2)"),
        (
            "a: 1\n   b: 2\n",
            "p.yaml:2:5: mapping values are not allowed in this context (let the line",
        ),
        ("a:\n  b: 1\n c: 2\n", "p.yaml:3:2: while parsing a block mapping"),
        ("a: 1\n\tb: 2\n", "p.yaml:2:1: a tab where YAML wants blanks (indent with blanks)"),
    ],
)
def test_a_slip_is_told_where_it_stands_with_how_to_mend_it(text: str, said: str) -> None:
    assert said in told(text)


@pytest.mark.parametrize(
    "words",
    ["“within a week”", "„innerhalb einer Woche“", "«sous huit jours»", "“within, a: week”"],
)
def test_a_value_in_quotation_marks_of_a_word_processor_is_refused_as_no_record_ever_has_it(words):
    assert told(f"a: 1\nwhen: {{Timeframe__c: {words}}}\n").startswith("p.yaml:2:22: for YAML")


def test_such_marks_within_a_text_or_within_quotes_are_text():
    problems = Problems()
    lines = [
        "a: he said “yes” to it",
        'b: "“within a week”"',
        "c: ’t Hart",
        "d: “yes” he said",
        "e: |",
        "  “all of it”",
    ]
    assert read_document("p.yaml", "\n".join(lines).encode(), problems) is not None
    assert problems.found == []
