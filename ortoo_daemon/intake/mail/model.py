"""Which nouns does the reading of an e-mail speak in? The mail, its parts, what stands in them.

Every ``start`` and ``end`` counts characters of ``MailReading.text``, which is the mail's text with line
ends as ``\\n``, in Unicode's composed form (NFC), and without characters that nobody sees. For a mail that
is HTML only it is the text that a reader of it sees.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with the mail. ``size`` is in bytes, None where nobody counted."""

    name: str
    content_type: str = "application/octet-stream"
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One e-mail as it came, whether from a file or from an EmailMessage of the org.

    Addresses are as written, without names. Headers are named in lower case; those that tell automatic
    mail (``auto-submitted``, ``precedence``, ``x-autoreply``…) are what reading asks for, and none may be
    known. ``text_body`` is empty where the mail has HTML only.
    """

    subject: str = ""
    from_address: str = ""
    from_name: str = ""
    to_address: str = ""
    received_at: datetime | None = None
    text_body: str = ""
    html_body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attachment, ...] = ()


class PartKind(StrEnum):
    """What a stretch of text is to the person who sent it."""

    GREETING = "greeting"
    NEW = "new"
    HEADER = "header"  # From:, Sent:, "On … wrote:" above what is quoted or forwarded
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    SIGNATURE = "signature"  # from the words of farewell on
    DISCLAIMER = "disclaimer"  # legal notices, banners of mail gateways, advice not to print


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPart:
    """A stretch of the text. Parts follow each other and together are the whole text.

    ``message`` is 0 in what the sender wrote and counts earlier messages below it from 1, so that the
    signature of a forwarded message is told from the sender's. ``reason`` says why it was cut here.
    """

    kind: PartKind
    start: int
    end: int
    text: str
    reason: str
    message: int = 0


class IdentifierKind(StrEnum):
    """What kinds of names and numbers a reading looks for."""

    DEALER_CODE = "dealer_code"
    VIN = "vin"
    PHONE = "phone"
    EMAIL = "email"
    PLATE = "plate"
    ORDER = "order"
    LISTING = "listing"
    INVOICE = "invoice"
    CLAIM = "claim"
    CASE = "case"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """A name or number with its place.

    ``value`` is the standard form: VINs and plates without spaces in upper case, phone numbers as
    E.164, addresses in lower case, dealer codes as the directory writes them, other numbers as written.
    ``part`` indexes ``MailReading.parts``; None means that it stands in the subject, and then ``start``
    and ``end`` count characters of the subject. ``valid`` is False for what is nearly one, such as a VIN
    of sixteen characters; ``note`` says what else is known, or what is wrong.
    """

    kind: IdentifierKind
    value: str
    start: int
    end: int
    part: int | None
    valid: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of the text and what it was found to be. Hidden text has no place: both ends are 0."""

    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class MailReading:
    """What was read: the text, its parts, and what stands in them.

    ``sender`` is the address in lower case. ``language`` is ISO 639-1 (``fr``, ``de``, ``es``, ``it``,
    ``en``, ``nl``), "" where the text is too short to tell. ``automatic`` names what sent the mail when no
    person did (``out_of_office``, ``bounce``, ``receipt``), else None. ``injection`` holds stretches that
    try to give orders to a machine: reported, never obeyed. ``hidden`` is text of the HTML that nobody sees.
    """

    subject: str
    sender: str
    sender_name: str
    received_at: datetime | None
    text: str
    language: str
    parts: tuple[MailPart, ...]
    identifiers: tuple[Identifier, ...]
    attachments: tuple[Attachment, ...]
    automatic: str | None
    injection: tuple[Span, ...]
    hidden: tuple[str, ...] = ()
    forward_speaks: bool = False

    @cached_property
    def body(self) -> tuple[MailPart, ...]:
        """The parts that say what is asked for, in order.

        These are the sender's own words; and where those only point to a forwarded message
        (``forward_speaks``), the words of that message too.
        """
        kinds = {PartKind.GREETING, PartKind.NEW}
        if self.forward_speaks:
            kinds.add(PartKind.FORWARDED)
        return tuple(part for part in self.parts if part.kind in kinds)

    @cached_property
    def clean_body(self) -> str:
        """The text of ``body``: what a person would have to read to do what is asked."""
        pieces: list[str] = []
        end = -1
        for part in self.body:
            if part.start == end:
                pieces[-1] += part.text
            else:
                pieces.append(part.text)
            end = part.end
        return "\n".join(piece.strip() for piece in pieces).strip()
