"""What does this e-mail say, and which of its words are its writer's own?

The whole of reading: text out of HTML, the cut into parts, language, identifiers, what is automatic and
what is an order to machines. Nothing here decides what the mail means.
"""

from ortoo_daemon.intake.mail.characters import seen_text
from ortoo_daemon.intake.mail.cutting import Writer, cut
from ortoo_daemon.intake.mail.forwarding import forward_speaks
from ortoo_daemon.intake.mail.html import read_html
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

__all__ = [
    "Attachment",
    "Identifier",
    "IdentifierKind",
    "Mail",
    "MailPart",
    "MailReading",
    "PartKind",
    "Span",
    "read_mail",
]


def read_mail(mail: Mail) -> MailReading:
    text, lines, hidden = _text_of(mail)
    subject = seen_text(mail.subject).strip()
    parts = cut(
        text, lines, writer=Writer(name=mail.from_name, address=mail.from_address), subject=subject
    )
    speaks = forward_speaks(parts, subject)
    said = " ".join(
        part.text
        for part in parts
        if part.kind in {PartKind.NEW, PartKind.GREETING}
        or (speaks and part.kind is PartKind.FORWARDED)
    )
    return MailReading(
        subject=subject,
        sender=mail.from_address.strip().lower(),
        sender_name=mail.from_name,
        received_at=mail.received_at,
        text=text,
        language=language_of(said),
        parts=parts,
        identifiers=(),
        attachments=mail.attachments,
        automatic=None,
        injection=(),
        hidden=hidden,
        forward_speaks=speaks,
    )


def _text_of(mail: Mail) -> tuple[str, tuple[Line, ...], tuple[str, ...]]:
    seen = read_html(mail.html_body) if mail.html_body else None
    text = seen_text(mail.text_body)
    if text.strip() or seen is None:
        return text, lines_of_text(text), seen.hidden if seen else ()
    shown, lines = lines_of_rendered(seen.lines)
    return shown, lines, seen.hidden
