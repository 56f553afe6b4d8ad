"""What does this e-mail say, and which of its words are its writer's own?

The whole of reading: text out of HTML, the cut into parts, language, identifiers, what is automatic and
what is an order to machines. Nothing here decides what the mail means.
"""

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
]
