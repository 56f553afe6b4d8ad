"""Which language is told of short texts, of others than those served, and of none at all?"""

import pytest

from ortoo_daemon.intake.mail.languages import language_of
from ortoo_daemon.intake.mail.reading import Mail, read_mail


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Annonce refusée, merci de voir", "fr"),
        ("Probefahrt verschieben bitte", "de"),
        ("Hola, factura duplicada", "es"),  # Portuguese, if that could be meant
        ("salve, manca la fattura", "it"),
        ("feed down again", "en"),
        ("hoi, wachtwoord werkt niet", "nl"),
        ("BONJOUR, VOUS AVEZ PRÉLEVÉ DEUX FOIS LA FACTURE", "fr"),
    ],
)
def test_a_few_words_are_enough(text, language):
    assert language_of(text) == language


def test_a_language_that_is_not_served_is_named_and_not_bent_into_one_that_is():
    assert language_of(
        "Bom dia, o anúncio do nosso Clio continua por publicar desde segunda-feira e o cliente está à"
        " espera. Podem verificar, por favor? Obrigado."
    ) == "pt"  # fmt: skip


@pytest.mark.parametrize("text", ["", "KO?", "VF1RFB00X67123456", "a@b.example 02 61 91 10 20"])
def test_numbers_and_addresses_have_no_language(text):
    assert language_of(text) == ""


def test_the_signature_and_the_history_do_not_decide():
    reading = read_mail(
        Mail(
            text_body="Geen leads sinds gisteren, kunnen jullie kijken?\n\nKind regards\nAnn Example\n\n"
            "On 3 March 2025 at 10:02, Desk <d@x.example> wrote:\n"
            "> Thank you for your message, we are going to look into it as soon as possible.\n"
        )
    )
    assert reading.language == "nl"


def test_where_the_text_is_too_short_the_subject_tells():
    assert read_mail(Mail(subject="Rechnung doppelt erhalten", text_body="??")).language == "de"
