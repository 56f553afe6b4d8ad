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
