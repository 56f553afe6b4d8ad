"""Text that was read in the wrong encoding says what its writer wrote; all other text stays as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ortoo_daemon.intake.mail.model import Mail
from ortoo_daemon.intake.mail.mojibake import unspoiled
from ortoo_daemon.intake.mail.reading import read_mail

WRITTEN = [
    "Le véhicule est à Saint-Étienne, 24 990 € — c’est réglé…",
    "Für Köln müßte der Preis geändert werden.",
    "¿Qué pasó el año pasado? ¡Niño!",
    "È più caro: 15 €",
    "Eén auto uit ’s-Hertogenbosch, Škoda",
    "La pièce est ‘perdue’, l’œuvre aussi",
]


def _read_as(text: str, encoding: str) -> str:
    return "".join(
        bytes([byte]).decode(encoding, errors="ignore") or chr(byte) for byte in text.encode()
    )


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_text_read_in_the_wrong_encoding_says_what_was_written(text, encoding, times):
    spoiled = text
    for _ in range(times):
        spoiled = _read_as(spoiled, encoding)
    assert unspoiled(spoiled) == text


def test_a_grave_whose_second_byte_became_a_space_is_read():
    assert unspoiled("Ã  Vannes, voilÃ , dÃ©jÃ ") == "à Vannes, voilà, déjà"


@pytest.mark.parametrize("text", ["«CLÉ»", "SÃO PAULO", "ÂGE", "«ÀÉ» Åland ÄÖÜ", "24 990 €"])
def test_letters_that_somebody_may_write_stay(text):
    assert unspoiled(text) == text


@given(st.text("aéèàçœôäöüßñïÉÈÀÄÖÜ «»’€.,\n", max_size=60))
def test_no_text_of_the_six_languages_is_changed(text):
    assert unspoiled(text) == text


def test_a_mail_is_read_as_it_was_written():
    mail = Mail(subject="DÃ©lai", text_body="Bonjour,\n\nle prix est erronÃ© Ã\xa0 NÃ®mes.")
    reading = read_mail(mail)
    assert reading.subject == "Délai"
    assert reading.clean_body.endswith("le prix est erroné à Nîmes.")
