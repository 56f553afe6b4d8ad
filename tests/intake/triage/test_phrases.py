"""Phrases are found whatever their case, accents and endings, and not where they don't stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.intake.triage.phrases import PhraseBook
from ortoo_daemon.intake.triage.words import words_of


def found(phrase: str, text: str) -> bool:
    return bool(PhraseBook({"here": [phrase]}).find(words_of(text)))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("Öffnungszeiten", "die OFFNUNGSZEITEN stimmen"),
        ("öffnungszeiten", "unsere Oeffnungszeiten"),
        ("rechnung*", "Rechnungsnummer 7"),
        ("*rechnung", "eine Sammelrechnung"),
        ("*rechnung*", "Sammelrechnungen"),
        ("n'apparaît plus", "elle n’apparait plus"),
        ("kommt .. nicht", "es kommt hier wohl nicht"),
        ("main d'oeuvre", "la main d'œuvre"),
        ("probefahrt", "eine Probefahtr morgen"),
        ("invisible*", "the advert is invisibel"),
    ],
)
def test_a_phrase_is_found_in_the_forms_in_which_people_write_it(phrase, text):
    assert found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("rechnung", "Rechnungen"),
        ("rechnung*", "Abrechnung"),
        ("kommt .. nicht", "kommt eins zwei drei vier nicht"),
        ("prix faux", "faux prix"),
        ("lead", "leads"),
        ("preis", "Press"),
    ],
)
def test_a_phrase_is_not_found_where_its_words_do_not_stand(phrase, text):
    assert not found(phrase, text)


def test_a_word_that_is_itself_a_phrase_is_never_taken_for_a_typing_error_of_another():
    book = PhraseBook({"invoice": ["invoice*"], "involved": ["involved"]})
    assert [hit.name for hit in book.find(words_of("involved"))] == ["involved"]


def test_a_hit_tells_the_words_that_it_covers():
    (hit,) = PhraseBook({"here": ["mise .. ligne"]}).find(words_of("la mise vite en ligne rate"))
    assert (hit.first, hit.last) == (1, 4)


@given(st.text(max_size=200))
def test_any_text_is_searched_without_an_error_and_words_lie_in_it(text):
    words = words_of(text)
    PhraseBook({"here": ["a*", "*b", "*c*", "d .. e"]}).find(words)
    assert all(0 <= word.start < word.end <= len(text) for word in words)
