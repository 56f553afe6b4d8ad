"""What does this e-mail say, and which of its words are its writer's own?

The whole of reading: text out of HTML, the cut into parts, language, identifiers, what is automatic and
what is an order to machines. Nothing here decides what the mail means.
"""

from collections.abc import Sequence

from ortoo_daemon.intake.mail.automatic import automatic_kind
from ortoo_daemon.intake.mail.characters import seen_text
from ortoo_daemon.intake.mail.codes import NO_CODES, DealerCodes
from ortoo_daemon.intake.mail.cutting import Writer, cut
from ortoo_daemon.intake.mail.forwarding import forward_speaks
from ortoo_daemon.intake.mail.heeding import lines_without, parts_without
from ortoo_daemon.intake.mail.html import read_html
from ortoo_daemon.intake.mail.identifiers import countries_of, find_identifiers
from ortoo_daemon.intake.mail.languages import language_of
from ortoo_daemon.intake.mail.lines import Line, lines_of_rendered, lines_of_text
from ortoo_daemon.intake.mail.model import (
    Attachment,
    Identifier,
    IdentifierKind,
    Mail,
    MailPart,
    MailReading,
    PartKind,
    Span,
)
from ortoo_daemon.intake.mail.orders import find_orders, orders_in_names

__all__ = [
    "NO_CODES",
    "Attachment",
    "DealerCodes",
    "Identifier",
    "IdentifierKind",
    "Mail",
    "MailPart",
    "MailReading",
    "PartKind",
    "Span",
    "read_mail",
]

LATEST_YEAR = (
    2049  # of a mail without date: letters of years are then read as late as they can be meant
)


def read_mail(mail: Mail, codes: DealerCodes = NO_CODES) -> MailReading:
    """Reads one mail. Any text is taken; nothing is refused, and nothing of it is dropped.

    ``codes`` are the directory's dealer codes; without them none are found.
    """
    text, lines, hidden = _text_of(mail)
    subject = seen_text(mail.subject).strip()
    orders = find_orders(text, hidden, subject)
    sender = mail.from_address.strip().lower()
    writer = Writer(name=mail.from_name, address=sender)
    parts = cut(text, lines_without(orders, text, lines), writer=writer, subject=subject)
    heard = parts_without(orders, text, parts)
    speaks = forward_speaks(heard)
    language = _language(heard, subject, speaks=speaks) or _language(parts, subject, speaks=speaks)
    return MailReading(
        subject=subject,
        sender=sender,
        sender_name=mail.from_name.strip(),
        received_at=mail.received_at,
        text=text,
        language=language,
        parts=parts,
        identifiers=_identifiers(mail, text, subject, parts=parts, codes=codes, language=language),
        attachments=mail.attachments,
        automatic=automatic_kind(
            sender=sender, subject=subject, headers=dict(mail.headers), parts=parts
        ),
        injection=orders + orders_in_names([mail.from_name, *(a.name for a in mail.attachments)]),
        hidden=hidden,
        forward_speaks=speaks,
    )


def _text_of(mail: Mail) -> tuple[str, tuple[Line, ...], tuple[str, ...]]:
    """The text that is read, its lines, and what the HTML hides. Plain text goes before HTML."""
    seen = read_html(mail.html_body) if mail.html_body else None
    hidden = seen.hidden if seen else ()
    plain = seen_text(mail.text_body)
    if plain.strip() or seen is None:
        return plain, lines_of_text(plain), hidden
    shown, lines = lines_of_rendered(seen.lines)
    return shown, lines, hidden


def _language(parts: Sequence[MailPart], subject: str, *, speaks: bool) -> str:
    """Of the words that count; where those are too few, of the subject or of the whole text."""
    kinds = {PartKind.NEW, PartKind.GREETING} | ({PartKind.FORWARDED} if speaks else set())
    said = " ".join(part.text for part in parts if part.kind in kinds)
    for text in (said, f"{said} {subject}", " ".join(part.text for part in parts)):
        if language := language_of(text):
            return language
    return ""


def _identifiers(
    mail: Mail,
    text: str,
    subject: str,
    *,
    parts: Sequence[MailPart],
    codes: DealerCodes,
    language: str,
) -> tuple[Identifier, ...]:
    countries = countries_of(language, mail.from_address)
    latest = (mail.received_at.year if mail.received_at else LATEST_YEAR) + 1
    in_subject = find_identifiers(
        subject, None, codes=codes, countries=countries, latest_year=latest
    )
    in_text = find_identifiers(text, parts, codes=codes, countries=countries, latest_year=latest)
    return in_subject + in_text
