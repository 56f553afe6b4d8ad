"""How mails end in six languages and more: what is said stays, how it is signed goes."""

import pytest

from ortoo_daemon.intake.mail.reading import Mail, PartKind, read_mail

SAID = "Die Kupplung vom Clio fehlt noch, bitte nachsenden."


def clean(text: str, subject: str = "") -> str:
    return read_mail(Mail(text_body=text, subject=subject)).clean_body


@pytest.mark.parametrize(
    "closing",
    [
        "Dans l'attente de votre réponse, que nous espérons rapide et favorable, nous vous prions"
        " d'agréer, Madame, Monsieur, l'expression de nos salutations distinguées.\n\nP/o la"
        " Direction,\nJeanne RENARD",
        "Veuillez croire, Messieurs, en l'assurance de ma considération distinguée.\nMe Paul Lefort",
        "Votre bien dévoué,\n\nMe Paul Lefort\nCe courriel est couvert par le secret professionnel.",
        "Mit vorzüglicher Hochachtung\nSommer, Rechtsanwältin",
        "In Erwartung Ihrer Nachricht verbleiben wir mit freundlichem Gruß\nAutohaus Sommer",
        "Herzliche Grüße aus dem verregneten Allgäu\nVera Sommer",
        "Gruß, Tel 0228/5561731",
        "Sin otro particular, les saluda atentamente\nPedro Ruiz",
        "Aprovechamos la ocasión para enviarles un cordial saludo.\nPedro Ruiz",
        "Vogliate gradire i nostri più distinti saluti.\nStudio Bianchi",
        "Con osservanza\nAvv. Bianchi",
        "Cofion gorau / Kind regards\n\nMegan Price\nCysylltiadau Cwsmeriaid",
        "I remain, yours faithfully\nMegan Price",
        "m.vr.gr.\nInkoop De Boer Groep",
        "In afwachting van uw reactie verblijven wij met vriendelijke groet\nDe Boer",
        "Get BlueMail for Android",
        "Enviado dende o meu iPhone",
        "Enviat des del meu mòbil",
        "Skickat från min iPhone",
        "Von meinem Handy gesendet, Tippfehler bitte verzeihen",
        "Obtenez Outlook pour Android",
        "--\nMessage généré automatiquement, ne pas répondre à ce courriel. Vous recevez ce message"
        " car votre adresse est déclarée.",
        "--\nThis is an automated message. Please do not reply to this address.",
        "Service gestion de parc\nLocation Ouest – 4 bd Solférino, 35000 Rennes\nPensez à"
        " l'environnement avant d'imprimer",
        "Customer Enquiries Team",
        "Afdeling marketing\nLeeuwarden - Groningen",
    ],
)
def test_a_closing_is_no_part_of_what_is_said(closing):
    assert clean(f"Guten Tag,\n\n{SAID}\n\n{closing}") == f"Guten Tag,\n\n{SAID}"


@pytest.mark.parametrize(
    "line",
    [
        "Merci de voir ça",
        "merci de faire vite svp",
        "Our service team is waiting for it",
        "My iPhone no longer gets the codes",
        "L'application Outlook ne reçoit plus les leads",
        "The sales desk has had no leads since Monday",
        "Das Handy zeigt nichts an / die App auch nicht",
    ],
)
def test_a_line_that_says_something_stays_though_it_looks_like_a_closing(line):
    assert clean(f"Hello,\n\n{SAID}\n{line}").endswith(line)


def test_of_a_returned_mail_the_mail_is_kept_and_the_servers_notice_is_not():
    text = (
        "Votre boîte rejette mes messages, je vous renvoie donc ma demande.\n\n"
        "-------- Message transféré --------\nDe : MAILER-DAEMON@mx.example\n"
        "Pour : jeanne@garage.example\nObjet : Undelivered Mail Returned to Sender\n\n"
        "This is the mail system. Your message could not be delivered.\n"
        "550 5.1.1 User unknown\n\n"
        "----- Message d'origine -----\n"
        "Bonjour, nous souhaitons résilier l'option photos.\nJeanne Renard\n"
    )
    reading = read_mail(Mail(subject="TR: Undelivered Mail", text_body=text))
    assert "résilier l'option" in reading.clean_body
    assert "mail system" not in reading.clean_body
    notice = next(part for part in reading.parts if "User unknown" in part.text)
    assert notice.kind is PartKind.DISCLAIMER


def test_a_chain_of_forwards_is_followed_down_to_what_is_asked():
    text = (
        "Voir ci-dessous, merci de leur répondre.\n\n"
        "De : Rémi Petit <remi@garage.example>\nEnvoyé : mercredi 14 mai 2025 11:02\n"
        "Objet : TR: pièce\n\nPour toi.\n\n"
        "De : Anaïs Roux <anais@garage.example>\nEnvoyé : mercredi 14 mai 2025 10:40\n"
        "Objet : pièce\n\nIl manque toujours le turbo commandé le 3, pouvez-vous relancer ?\n"
    )
    assert "manque toujours le turbo" in clean(text, subject="TR: TR: pièce")


CARDS = [
    "Vera Sommer\nLeiterin Disposition\nAutohaus Sommer\nHauptstraße 5, 50667 Köln\n"
    "Wir verarbeiten Ihre Daten nach den Regeln, die auf der Seite stehen.",
    "Vera Sommer\nSales Controller\n402 High Road\nSlough SL1 6BB\n01753 960000\n"
    "We are authorised and regulated by the conduct authority. If this is not for you, bin it.",
    "Vera Sommer\nDirectrice\nGarage Sommer\nMessage réservé à la personne à qui il est adressé.",
    "Vera Sommer\nJefa de ventas\nSommer Motor\nEl tratamiento de sus datos se rige por el RGPD.",
    "Vera Sommer\nCapo officina\nSommer Auto\nI dati sono trattati secondo le norme che valgono.",
    "Vera Sommer\nHoofd magazijn\nSommer Auto\nOp al onze leveringen zijn de voorwaarden van toepassing.",
    "Vera\nSommer Operations\n--\nThis is a monitored mailbox for all of our clients.",
    "Vera Sommer\nParts Manager\nSommer Ford\n\n---\nThis message was created automatically by the"
    " server.\nA message that you sent could not be delivered to one or more of its recipients.",
    "Merci i fins ara,\nVera Sommer\nSommer Motor",
    "Hasta otra ratito,\nVera Sommer\nSommer Motor",
    "Bonne journée à tous\nVera S.",
    "Schönen Tag zusammen\nVera S.",
    "Buona giornata a tutti\nVera S.",
    "Groetjes allemaal\nVera S.",
    "Cheers all\nVera S.",
]


@pytest.mark.parametrize("card", CARDS)
def test_a_card_below_the_writers_name_is_a_signature_whatever_its_notices_say(card):
    mail = Mail(
        text_body=f"Guten Tag,\n\n{SAID}\n\n{card}",
        from_name="Vera Sommer",
        from_address="vera.sommer@sommer.example",
    )
    assert read_mail(mail).clean_body == f"Guten Tag,\n\n{SAID}"


@pytest.mark.parametrize(
    "text",
    [
        f"Grüß Gott,\n\n{SAID}\n\nOffenburg braucht die Rechnung noch einmal.",
        f"Salut à tous,\n\n{SAID}\n\nEt la facture de Dole est fausse.",
        f"Please set these up:\n\nVera Sommer\nAnna Winter\n\n{SAID} We need both of them today.",
        f"Vera Sommer here, two things.\n\n{SAID}\n\nAnd the invoice of the second is wrong.",
    ],
)
def test_greetings_and_names_in_a_text_end_nothing(text):
    mail = Mail(text_body=text, from_name="Vera Sommer", from_address="vera.sommer@sommer.example")
    assert read_mail(mail).clean_body == text


def test_a_line_between_stars_above_the_greeting_is_a_banner():
    text = f"*** This message was held for two hours and is now released. ***\n\nHello,\n\n{SAID}"
    assert clean(text) == f"Hello,\n\n{SAID}"
