"""Which mails did a machine send, and which only look so?"""

import pytest

from ortoo_daemon.intake.mail.reading import Mail, read_mail


def automatic(
    subject: str, text: str, *, sender: str = "a@dealer.example", **headers: str
) -> str | None:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return read_mail(
        Mail(subject=subject, text_body=text, from_address=sender, headers=named)
    ).automatic


ABSENCES = [
    (
        "Automatic reply: your case",
        "I am out of the office until Monday with limited access to e-mail.",
    ),
    ("Réponse automatique : dossier", "Bonjour,\nJe suis absent jusqu'au 12 août.\nCordialement"),
    (
        "Abwesenheitsnotiz",
        "Guten Tag,\nich bin bis 12.08. im Urlaub. In meiner Abwesenheit wenden Sie sich an die Zentrale.",
    ),
    ("Respuesta automática: caso", "Estoy de vacaciones hasta el 12 de agosto."),
    ("Risposta automatica: pratica", "Sono fuori ufficio fino al 12 agosto."),
    (
        "Automatisch antwoord: melding",
        "Ik ben tot 12 augustus met vakantie en dan weer bereikbaar. Ik ben afwezig.",
    ),
    ("RE: feed", "Hello, I am on annual leave until 12 August and will reply on my return."),
]
BOUNCES = [
    ("Undeliverable: lead 4711", "Your message could not be delivered: 550 5.1.1 user unknown"),
    ("Unzustellbar: Lead", "Ihre Nachricht konnte nicht zugestellt werden."),
    ("Non remis : lead", "Votre message n'a pas pu être remis."),
    ("Mancata consegna: lead", "Il messaggio non è stato recapitato."),
    ("Niet bezorgd: lead", "Uw bericht kon niet worden bezorgd."),
    ("No se puede entregar: lead", "No se ha podido entregar su mensaje."),
]


@pytest.mark.parametrize(("subject", "text"), ABSENCES)
def test_an_absence_is_told_by_its_words(subject, text):
    assert automatic(subject, text) == "out_of_office"


@pytest.mark.parametrize(("subject", "text"), BOUNCES)
def test_a_bounce_is_told_by_its_words(subject, text):
    assert automatic(subject, text) == "bounce"


def test_headers_tell_what_words_do_not():
    assert (
        automatic("Bedankt", "Wij nemen contact op.", auto_submitted="auto-replied")
        == "out_of_office"
    )
    assert automatic("x", "y", sender="MAILER-DAEMON@mx.example") == "bounce"
    assert (
        automatic("x", "y", content_type="multipart/report; report-type=delivery-status")
        == "bounce"
    )
    assert automatic("Read: offer", "Your message was read on Monday.") == "receipt"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Automatic reply: invoice", "The invoice bills us twice, please re-issue it."),
        ("Undeliverable: lead 4711", "Your leads bounce, see below. Please use the new address."),
        (
            "opening hours",
            "We are on holiday from 3 to 17 August, please show the site as closed. Can you?",
        ),
        ("Absence de leads", "Nous n'avons plus de leads depuis lundi."),
        ("away from keyboard", "The technician is out of the office, who can reset his password?"),
    ],
)
def test_a_request_below_such_a_subject_or_with_such_words_is_a_persons(subject, text):
    assert automatic(subject, text) is None


def test_a_mail_of_a_person_may_say_that_it_is_not_automatic():
    assert automatic("feed", "Our feed is down.", auto_submitted="no") is None
