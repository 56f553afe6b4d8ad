"""What is read out of message files, also out of damaged ones?"""

import base64
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from ortoo_daemon.intake.mail.eml import read_eml
from ortoo_daemon.intake.mail.reading import read_mail

TEXT = "Guten Tag,\nder Preis für den Škoda Superb stimmt nicht, es fehlt ein „Komma“."


def message(**more: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Jürgen Beispiel <J.Beispiel@dealer.example>"
    made["To"] = "desk@brand.example"
    made["Subject"] = "Preis für Škoda"
    made["Date"] = "Mon, 03 Mar 2025 10:02:00 +0100"
    for name, value in more.items():
        made[name.replace("_", "-")] = value
    return made


def test_headers_and_text_are_read():
    made = message(Auto_Submitted="auto-replied")
    made.set_content(TEXT)
    mail = read_eml(made.as_bytes())
    assert mail.subject == "Preis für Škoda"
    assert (mail.from_name, mail.from_address) == ("Jürgen Beispiel", "J.Beispiel@dealer.example")
    assert mail.to_address == "desk@brand.example"
    assert mail.received_at == datetime(2025, 3, 3, 9, 2, tzinfo=UTC)
    assert mail.text_body.strip() == TEXT
    assert dict(mail.headers)["auto-submitted"] == "auto-replied"


def test_html_beside_text_and_files_are_told_apart():
    made = message()
    made.set_content(TEXT)
    made.add_alternative("<p>rich</p>", subtype="html")
    made.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Rechnung.pdf")
    mail = read_eml(made.as_bytes())
    assert (mail.text_body.strip(), mail.html_body.strip()) == (TEXT, "<p>rich</p>")
    assert [(one.name, one.content_type, one.size) for one in mail.attachments] == [
        ("Rechnung.pdf", "application/pdf", 8)
    ]


@pytest.mark.parametrize(
    ("declared", "encoded"),
    [
        ("utf-8", "utf-8"),
        ("windows-1252", "cp1252"),
        ("iso-8859-15", "iso-8859-15"),
        ("us-ascii", "utf-8"),
        ("utf-8", "cp1252"),
        ("no-such-charset", "utf-8"),
        ("", "cp1252"),
    ],
)
def test_text_is_read_whatever_charset_is_declared(declared, encoded):
    words = "Guten Tag, der Preis für die Überführung fällt täglich höher aus, bitte prüfen."
    kind = f"text/plain; charset={declared}" if declared else "text/plain"
    head = f"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: {kind}\r\n"
    data = (head + "Content-Transfer-Encoding: 8bit\r\n\r\n").encode() + words.encode(encoded)
    assert read_eml(data).text_body.strip() == words


def test_an_attached_message_is_read_as_forwarded():
    inner = EmailMessage()
    inner["From"] = "Pat Buyer <pat@x.example>"
    inner["Subject"] = "test drive"
    inner.set_content("I can't make the test drive tomorrow at ten.")
    made = message()
    made.set_content("see attached")
    made.add_attachment(inner)
    reading = read_mail(read_eml(made.as_bytes()))
    assert reading.forward_speaks
    assert reading.clean_body.endswith("I can't make the test drive tomorrow at ten.")


@pytest.mark.parametrize(
    "head",
    [
        b"From: \xff\xfe <>\r\nSubject: \xe9t\xe9\r\n",
        b"From: =?utf-8?b?broken\r\nDate: not a date\r\n",
        b"Content-Type: multipart/mixed\r\n",
        b"Content-Type: multipart/mixed; boundary=x\r\n",
        b"Content-Type: text/plain; charset*=''%\r\n",
        b"From: a@[\r\nTo: <<<>>>, ;\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"",
    ],
)
def test_broken_headers_cost_no_text(head):
    mail = read_eml(head + b"\r\n--x\r\n\r\nhello there\r\n")
    assert "hello" in mail.text_body or b"base64" in head or b"boundary" in head


HEAD = b"From: a@b.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset="


@pytest.mark.parametrize(
    ("charset", "written"),
    [("iso-8859-1", "cp1252"), ("latin1", "cp1252"), ("utf-8", "latin1"), ("us-ascii", "utf-8")],
)
def test_a_charset_that_is_written_wrongly_costs_no_letters(charset, written):
    text = "L'annonce prélevée à tort" if written == "latin1" else "L’annonce « à 9 € » – là"
    mail = read_eml(HEAD + charset.encode() + b"\r\n\r\n" + text.encode(written))
    assert mail.text_body == text


def test_base64_with_a_broken_end_is_read_as_far_as_it_goes():
    text = "La facture est en double, merci de faire un avoir."
    whole = base64.b64encode(text.encode())
    for broken in (whole[:-3] + b"*&^", whole[:-1], whole[:20] + b"!\r\n" + whole[20:] + b"="):
        head = HEAD + b"utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        assert read_eml(head + broken).text_body[:30] == text[:30]
