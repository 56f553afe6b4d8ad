"""Sentences end where people end them: not behind abbreviations, days and numbers of items."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.intake.triage.sentences import clauses_of, sentences_of


def texts(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentences_of(text, [(0, len(text))])]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Rien depuis le 3. Agen est fermé.", 2),
        ("Seit dem 3. September steht alles. Bitte prüfen.", 2),
        ("Protokoll liegt seit dem 14.03. im Vorgang.", 1),
        ("Es geht um Hrn. Weber bzw. Frau Lang.", 1),
        ("Deux points :\n1. Dijon est muet.\n2. Dole va bien.", 3),
        ("Un prix de 3.890 € au lieu de 38.900 €.", 1),
        ("This line is wrapped\nby the mail program. And here is another.", 2),
    ],
)
def test_a_text_has_as_many_sentences_as_its_writer_meant(text, count):
    assert len(texts(text)) == count


def test_what_has_no_end_is_cut_between_words():
    text = "Dole reste muet et " * 1000
    found = texts(text)
    assert " ".join(found) == text.strip()
    assert max(map(len, found)) <= 800


def test_a_word_without_end_is_cut_too():
    assert "".join(texts("a" * 5000)) == "a" * 5000


def test_items_rows_and_labelled_lines_are_told_from_plain_sentences():
    text = "Hello,\n- Dijon is mute\n2) Dole is slow\nGray: all fine\nAutun | nothing arrives"
    items = [s.item for s in sentences_of(text, [(0, len(text))])]
    assert items == [False, True, True, True, True]


def test_a_rule_between_rows_is_no_sentence():
    assert texts("site | problem\n-----+------\nDole | mute") == ["site | problem", "Dole | mute"]


def test_clauses_are_cut_at_commas_and_contrasts():
    text = "Lille is mute, Arras is fine but Nice is slow"
    assert [text[a:b].strip() for a, b in clauses_of(text, 0, len(text))] == [
        "Lille is mute",
        "Arras is fine",
        "but Nice is slow",
    ]


@given(st.text(alphabet="ab. \n-:|,1)!é\t", max_size=300))
def test_sentences_follow_each_other_and_lie_in_the_text(text):
    at = 0
    for sentence in sentences_of(text, [(0, len(text))]):
        assert at <= sentence.start < sentence.end <= len(text)
        at = sentence.end
