"""Where is an e-mail cut, and what is never cut off?"""

import pytest

from ortoo_daemon.intake.mail.reading import Mail, MailReading, PartKind, read_mail


def read(text: str, *, subject: str = "", name: str = "", address: str = "") -> MailReading:
    return read_mail(Mail(subject=subject, text_body=text, from_name=name, from_address=address))


REQUEST = "Der Preis vom Golf ist falsch, bitte ändern."

ATTRIBUTIONS = {
    "fr": "Le lun. 3 mars 2025 à 10:02, Support <s@desk.example> a écrit :",
    "fr wrapped": "Le lundi 3 mars 2025 à 10:02, Service des concessionnaires <s@desk.example>\na écrit :",
    "de": "Am Mo., 3. März 2025 um 10:02 Uhr schrieb Support <s@desk.example>:",
    "es": "El lun, 3 mar 2025 a las 10:02, Soporte (<s@desk.example>) escribió:",
    "it": "Il giorno lun 3 mar 2025 alle ore 10:02 Supporto <s@desk.example> ha scritto:",
    "en": "On Mon, 3 Mar 2025 at 10:02, Support <s@desk.example> wrote:",
    "nl": "Op ma 3 mrt 2025 om 10:02 schreef Support <s@desk.example>:",
}
HEADERS = {
    "fr": (
        "De : Support <s@desk.example>\n"
        "Envoyé : lundi 3 mars 2025 10:02\n"
        "À : Anne Exemple\n"
        "Objet : RE: prix"
    ),
    "de": "Von: Support <s@desk.example>\nGesendet: Montag, 3. März 2025 10:02\nAn: Anne\nBetreff: AW: Preis",
    "es": (
        "De: Soporte <s@desk.example>\n"
        "Enviado el: lunes, 3 de marzo de 2025 10:02\n"
        "Para: Ana\n"
        "Asunto: RE: precio"
    ),
    "it": "Da: Supporto <s@desk.example>\nInviato: lunedì 3 marzo 2025 10:02\nA: Anna\nOggetto: R: prezzo",
    "en": "From: Support <s@desk.example>\nSent: Monday, 3 March 2025 10:02\nTo: Ann\nSubject: RE: price",
    "nl": (
        "Van: Support <s@desk.example>\n"
        "Verzonden: maandag 3 maart 2025 10:02\n"
        "Aan: Anna\n"
        "Onderwerp: RE: prijs"
    ),
}


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "unmarked"])
def test_what_stands_below_an_attribution_is_quoted(attribution, mark):
    reading = read(
        f"{REQUEST}\n\n{attribution}\n\n{mark}alte Nachricht eins\n{mark}alte Nachricht zwei\n"
    )
    assert reading.clean_body == REQUEST
    assert {part.kind for part in reading.parts} == {PartKind.NEW, PartKind.HEADER, PartKind.QUOTED}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("rule", ["", "________________________________\n"], ids=["plain", "ruled"])
def test_what_stands_below_a_block_of_headers_is_quoted(header, rule):
    assert read(f"{REQUEST}\n\n{rule}{header}\n\nAltes.\n").clean_body == REQUEST


@pytest.mark.parametrize(
    "sentence",
    [
        "Le vendeur m'a écrit : je ne peux rien faire.",
        "Le client du garage nous a écrit :",
        "On the phone he was polite, but later he wrote:",
        "The customer wrote: please call me.",
        "Der Kunde schrieb: bitte zurückrufen.",
        "El cliente escribió: no me llaman.",
        "Il cliente ha scritto: nessuno mi richiama.",
        "De klant schreef: niemand belt terug.",
        "From: what I see the price is wrong\nand it was wrong before.",
    ],
)
def test_prose_that_looks_like_an_attribution_is_no_cut(sentence):
    text = f"{sentence}\nWhat shall I answer?"
    assert read(text).clean_body == text


FAREWELLS = [
    "Merci et bonne journée", "Cordialement,", "Bien à vous", "Cdlt", "Merci d'avance,",
    "Bonne journée !", "Sincères salutations", "Mit freundlichen Grüßen",
    "Viele Grüße aus dem Norden", "MfG", "VG", "Danke und Gruß", "Schönen Tag noch!",
    "Un saludo,", "Saludos cordiales", "Atentamente,", "Muchas gracias", "Un abrazo",
    "Cordiali saluti", "Distinti saluti", "Grazie mille e buon lavoro", "Buona giornata",
    "Kind regards,", "Many thanks", "Cheers", "Yours faithfully", "Thanks in advance!", "Best",
    "Met vriendelijke groet,", "Mvg", "Groetjes", "Alvast bedankt!", "Hoogachtend,",
]  # fmt: skip


@pytest.mark.parametrize("farewell", FAREWELLS)
def test_the_signature_begins_with_the_farewell(farewell):
    text = f"{REQUEST}\n\n{farewell}\nToni Beispiel\nVerkauf\nAutohaus Beispiel GmbH\nTel. 0335 606180\n"
    reading = read(text)
    assert reading.clean_body == REQUEST
    assert reading.parts[-1].kind is PartKind.SIGNATURE


def test_thanks_before_more_text_end_nothing():
    text = "Merci,\nj'ai bien reçu le véhicule mais il nous manque la deuxième clé.\nVous pouvez l'envoyer ?"
    assert read(text).clean_body == text


def test_the_name_of_the_writer_begins_the_signature_without_a_farewell():
    reading = read(
        f"{REQUEST}\n\nA. Beispiel | Verkauf | 0335 606180",
        name="Anna Beispiel",
        address="a@b.example",
    )
    assert reading.clean_body == REQUEST
    assert reading.parts[-1].reason == "the writer's name"


def test_a_word_that_stands_in_many_names_is_no_name():
    text = f"{REQUEST}\nVan: lieber nicht mehr anbieten."
    assert read(text, name="Jan van der Example").clean_body == text


def test_a_card_begins_the_signature_without_name_and_farewell():
    reading = read(
        "Need an ETA on the bracket for the van on my lift.\n\nExample Ford Parts\nSpringfield\nMon-Fri 7-5"
    )
    assert reading.clean_body == "Need an ETA on the bracket for the van on my lift."


def test_a_list_of_vehicles_is_no_card():
    text = "Please publish these two:\n\n- Golf GTI red\n- Polo Life blue"
    assert read(text).clean_body == text


def test_a_line_of_dashes_begins_the_signature():
    assert read(f"{REQUEST}\n-- \nautobeispiel\nwe sell cars").clean_body == REQUEST


def test_an_address_that_the_text_leads_over_to_is_no_signature():
    text = "Please change our address to:\n\nExample Motors\n12 High Street\nLeeds LS1 2AB"
    assert read(text).clean_body == text


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Envoyé de mon iPhone",
        "Télécharger Outlook pour Android",
        "Von meinem iPhone gesendet",
        "Enviado desde mi móvil",
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Outlook voor Android downloaden",
        "Outlook voor iOS ophalen<https://aka.ms/o0ukef>",
        "Outlook für Android herunterladen",
        "Holen Sie sich Outlook für iOS",
        "Diese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.",
        "Mit freundlichen Grüßen vom iPhone gesendet",
        "Obtenir Outlook pour iOS",
        "Envoyé à partir de Courrier pour Windows",
        "Provenance : Courrier pour Windows 10",
        "Obtén Outlook para Android",
        "Descargar Outlook para Android",
        "Ottieni Outlook per iOS",
        "Scarica l'app Outlook per iOS",
        "Sent from the all-new AOL app for iOS",
        "Please excuse typos, sent from my phone",
        "Get BlueMail for Android",
        "Cet e-mail a été vérifié par le logiciel antivirus d'Avast.",
        "Diese E-Mail wurde von Avast Antivirus-Software auf Viren geprüft.",
    ],
)
def test_the_line_of_a_mail_program_is_no_word_of_the_writer(line):
    assert read(f"{REQUEST}\n\n{line}").clean_body == REQUEST


@pytest.mark.parametrize(
    "courtesy",
    [
        "Je reste à votre disposition.",
        "Für Rückfragen stehe ich gerne zur Verfügung.",
        "Quedo a la espera de vuestra respuesta.",
        "Resto in attesa di un vostro riscontro.",
        "Let me know if you need anything else.",
        "Thanks for looking into this.",
        "Ik hoor graag van jullie.",
    ],
)
def test_politeness_right_above_the_signature_belongs_to_it(courtesy):
    assert (
        read(f"{REQUEST}\n\n{courtesy}\n\nToni Beispiel", name="Toni Beispiel").clean_body
        == REQUEST
    )


@pytest.mark.parametrize(
    "line", ["Bei Rückfragen: 0335 606180.", "Please call me before noon.", "Somebody help please"]
)
def test_a_last_line_that_asks_or_tells_something_stays(line):
    text = f"{REQUEST}\n\n{line}"
    assert read(f"{text}\n\nToni Beispiel", name="Toni Beispiel").clean_body == text


def test_headers_run_together_in_one_line_are_a_heading():
    head = "From: Desk <s@desk.example> Sent: Monday, 3 March 2025 To: Ann Subject: RE: price"
    assert read(f"{REQUEST}\n\n{head}\n\nold").clean_body == REQUEST


def test_a_postscript_is_the_writers_word():
    reading = read(f"{REQUEST}\n\nGruß\nToni\n\nPS: Der Polo auch.\n\nAutohaus Beispiel")
    assert "PS: Der Polo auch." in reading.clean_body
    assert "Autohaus" not in reading.clean_body


def test_a_mail_that_is_only_a_farewell_keeps_its_words():
    assert read("Thanks, all fine now").clean_body == "Thanks, all fine now"


def test_notices_are_told_from_the_signature():
    text = f"{REQUEST}\n\nGruß\nToni\n\nDiese E-Mail enthält vertrauliche Informationen.\n"
    assert read(text).parts[-1].kind is PartKind.DISCLAIMER


def test_a_banner_of_the_gateway_is_no_greeting_and_no_request():
    text = f"CAUTION: This email originated from outside the organization.\n\nHallo,\n{REQUEST}"
    assert read(text).clean_body == f"Hallo,\n{REQUEST}"


def test_answers_between_quoted_lines_are_the_writers():
    text = (
        "siehe unten\n\nAm 3. März 2025 um 10:02 schrieb Support <s@desk.example>:\n"
        "> Welches Fahrzeug?\nDer rote Golf.\n> Welcher Preis?\n18.900 Euro.\n"
    )
    assert read(text).clean_body == "siehe unten\nDer rote Golf.\n18.900 Euro."


FORWARDS = {
    "en": (
        "---------- Forwarded message ---------\n"
        "From: Pat Buyer <pat@x.example>\n"
        "Date: Fri, 2 May 2025\n"
        "Subject: test drive\n"
        "To: <sales@d.example>"
    ),
    "apple de": (
        "Anfang der weitergeleiteten Nachricht:\n"
        "\n"
        "Von: Pat Buyer <pat@x.example>\n"
        "Betreff: test drive\n"
        "Datum: 2. Mai 2025\n"
        "An: sales@d.example"
    ),
    "thunderbird fr": (
        "-------- Message transféré --------\n"
        "Sujet : \ttest drive\n"
        "Date : \tFri, 2 May 2025\n"
        "De : \tPat Buyer <pat@x.example>\n"
        "Pour : \tsales@d.example"
    ),
    "outlook it": (
        "Da: Pat Buyer [mailto:pat@x.example]\n"
        "Inviato: venerdì 2 maggio 2025 10:00\n"
        "A: sales@d.example\n"
        "Oggetto: test drive"
    ),
}


@pytest.mark.parametrize("head", FORWARDS.values(), ids=FORWARDS)
def test_where_the_writer_only_points_the_forwarded_words_speak(head):
    reading = read(
        f"see below please\n\nTony\n\n{head}\n\n"
        "I can't make the test drive tomorrow.\n\nKind regards\nPat Buyer\n",
        subject="Fwd: test drive",
        name="Tony Sales",
    )
    assert reading.forward_speaks
    assert reading.clean_body == "see below please\nI can't make the test drive tomorrow."
    assert [part.message for part in reading.parts if part.kind is PartKind.SIGNATURE] == [0, 1]


def test_a_word_or_two_above_a_forwarded_message_leave_it_to_speak():
    reading = read(
        f"urgent !!\n\n{FORWARDS['en']}\n\nI can't make it tomorrow.", subject="Fwd: test drive"
    )
    assert reading.clean_body == "urgent !!\nI can't make it tomorrow."


def test_where_the_writer_says_what_is_wanted_the_forwarded_words_do_not_speak():
    own = (
        "Please cancel the customer's test drive in your system and send him a new slot for Tuesday 13 May"
        " at ten, the blue one is sold."
    )
    reading = read(f"{own}\n\n{FORWARDS['en']}\n\nI can't make it.", subject="Fwd: test drive")
    assert not reading.forward_speaks
    assert reading.clean_body == own


def test_every_cut_says_why():
    reading = read(f"Hallo,\n{REQUEST}\n\nGruß\nToni\n\n{ATTRIBUTIONS['de']}\n> alt\n")
    assert all(part.reason for part in reading.parts)
    assert [part.kind for part in reading.parts] == [
        PartKind.GREETING,
        PartKind.NEW,
        PartKind.SIGNATURE,
        PartKind.HEADER,
        PartKind.QUOTED,
    ]


@pytest.mark.parametrize(
    "asked",
    [
        "Sent you the form on Monday, but the price is still wrong on the site.",
        "The photos that we sent from the new iPhone are not shown on the site.",
        "Enviamos las fotos desde el móvil y no se ven en la web de la concesión.",
        "Outlook zeigt die Leads nicht mehr an, bitte prüfen Sie die Weiterleitung.",
        "Nous recevons un virus dans ce message depuis hier, pouvez-vous vérifier ?",
    ],
)
def test_a_sentence_about_phones_and_mail_programs_is_the_writers(asked):
    text = f"Hello,\n\n{asked}\n\nHelen Marsh"
    reading = read_mail(Mail(text_body=text, from_name="Helen Marsh", from_address="h@x.example"))
    assert asked in reading.clean_body
