"""What finders find in texts, without any model."""

import pytest

from ortoo_daemon.enrichment.finding import find
from ortoo_daemon.policy.finders import FinderError, read_finder

FOUND = [
    ("amount", "Budget um die 30.000 €, mehr nicht", 30_000),
    ("amount", "budget de 24 500,50 euros maximum", 24_500.5),
    ("amount", "up to £12,000 cash", 12_000),
    ("amount", "max 25k € alles inclusief", 25_000),
    ("amount near budget|presupuesto", "Precio 9.000 €. Mi presupuesto: 15.000 €", 15_000),
    ("mileage", "gereden: 84.000 km", 84_000),
    ("year", "ein Golf von 2019", 2019),
    ("date", "ab dem 05.12.2026", "2026-12-05"),
    ("date", "from 2026-12-05 on", "2026-12-05"),
    ("vin", "châssis vf3cuhmz6ky123456.", "VF3CUHMZ6KY123456"),
    ("email", "write to jo@example.com please", "jo@example.com"),
    ("phone", "appelez le 06 12 34 56 78 ce soir", "06 12 34 56 78"),
    ("postal_code near plz|code postal", "PLZ 50667, Lager 12345", "50667"),
    ("line modell|modèle", "Marke: Opel\nModell: Corsa Electric \n", "Corsa Electric"),
    ("number near véhicules", "nos véhicules, 12 en tout", 12),
]


@pytest.mark.parametrize(("cell", "text", "value"), FOUND)
def test_a_finder_finds_what_it_is_for_and_shows_the_words(cell, text, value):
    found = find(read_finder(cell, choices=()), text)
    assert found is not None
    assert found.value == value
    assert found.evidence in text


def test_of_several_different_things_a_finder_chooses_none():
    assert find(read_finder("amount", choices=()), "10.000 € oder 12.000 €") is None
    assert find(read_finder("amount", choices=()), "10.000 €, ja 10 000 €!").value == 10_000


def test_words_of_one_meaning_are_the_same_thing_and_longer_words_go_first():
    words = read_finder("words", choices=("hybrid", "plug-in hybrid", "hybride"))
    meaning = {"hybrid": "H", "hybride": "H", "plug-in hybrid": "P"}
    assert find(words, "hybrid or hybride", meaning=meaning).value == "hybrid"
    assert find(words, "a plug-in  hybrid", meaning=meaning).value == "plug-in hybrid"
    assert find(words, "hybrids and hybridisation", meaning=meaning) is None


DRIVE = (
    "test drive",
    "essai routier",
    "Probefahrt",
    "prueba",
    "prova su strada",
    "proefrit",
    "quote",
)


@pytest.mark.parametrize(
    "text",
    [
        "ich will keine Probefahrt",
        "Je ne veux pas d'essai routier",
        "I don't want a test drive.",
        "Please call, no test drive",
        "no quiero ninguna prueba",
        "senza prova su strada",
        "geen proefrit aub",
        "Probefahrt ist nicht nötig",
        "test drive not needed",
    ],
)
def test_what_is_not_wanted_is_not_found(text):
    assert find(read_finder("words", choices=DRIVE), text) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("no test drive please, just a quote", "quote"),
        ("not a quote but a test drive", "test drive"),
        ("nicht nur Probefahrt", "Probefahrt"),
        ("pourquoi pas un essai routier", "essai routier"),
        ("I can not wait. A test drive", "test drive"),
        ("Probefahrt, nicht dringend", "Probefahrt"),
        ("test drive not on Monday", "test drive"),
    ],
)
def test_a_denial_reaches_no_further_than_what_it_denies(text, word):
    assert find(read_finder("words", choices=DRIVE), text).value == word


def test_a_longer_word_that_is_not_wanted_leaves_no_part_of_it():
    words = read_finder("words", choices=("hybrid", "plug-in hybrid"))
    assert find(words, "kein plug-in hybrid") is None


@pytest.mark.parametrize("cell", ["(.*)+", "amounts", "amount behind x", "line", "words"])
def test_what_is_no_finder_is_refused(cell):
    with pytest.raises(FinderError):
        read_finder(cell, choices=())
