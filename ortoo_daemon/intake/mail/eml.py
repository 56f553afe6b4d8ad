"""Which Mail is in the bytes of a message file (.eml, RFC 5322)?

Messages are taken as they come: wrong or missing charsets, broken MIME and eight-bit headers give the best
text that can be made of them, never an error.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from charset_normalizer import from_bytes

from ortoo_daemon.intake.mail.model import Attachment, Mail

_DEEPEST = 20
_ENOUGH_TO_TELL = 12
_WESTERN = frozenset({"iso-8859-1", "latin-1", "latin1", "iso8859-1"})
"""Mail programs write these names for Windows' own charset, as browsers know."""
_SAMPLE = 20_000
_FORWARD_MARK = "---------- Forwarded message ---------"


def read_eml(data: bytes) -> Mail:
    """The mail in a message file. Texts of attached messages follow the mail's own as forwarded messages."""
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
    return _mail(message, depth=0)


def _mail(message: MIMEPart, *, depth: int) -> Mail:
    plain: list[str] = []
    html: list[str] = []
    attachments: list[Attachment] = []
    for part in _leaves(message, depth):
        kind = part.get_content_type()
        if kind == "message/rfc822":
            plain.append(_attached_message(part, depth))
        elif _is_file(part) or not _is_words(kind):
            attachments.append(_attachment(part))
        elif kind == "text/html":
            html.append(_text(part))
        else:
            plain.append(_text(part))
    name, address = _sender(message)
    return Mail(
        subject=_header(message, "subject"),
        from_address=address,
        from_name=name,
        to_address=parseaddr(_header(message, "to"))[1],
        received_at=_date(message),
        text_body="\n".join(plain) if any(text.strip() for text in plain) else "",
        html_body="\n".join(html),
        headers=tuple(_headers(message)),
        attachments=tuple(attachments),
    )


def _leaves(message: MIMEPart, depth: int) -> Iterator[MIMEPart]:
    """The parts that hold something, of alternatives all, in order; an attached message is one part."""
    if depth > _DEEPEST:
        return
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.iter_parts():
        yield from _leaves(part, depth + 1)


def _attached_message(part: MIMEPart, depth: int) -> str:
    inner = part.get_payload()
    attached = inner[0] if isinstance(inner, list) and inner else None
    if not isinstance(attached, MIMEPart) or depth >= _DEEPEST:
        return ""
    mail = _mail(attached, depth=depth + 1)
    head = (
        f"{_FORWARD_MARK}\nFrom: {mail.from_name} <{mail.from_address}>\nSubject: {mail.subject}\n"
    )
    return f"\n{head}\n{mail.text_body or mail.html_body}"


def _is_words(kind: str) -> bool:
    """Whether a part is text to read; one that claims to be several and isn't is taken for its text."""
    return kind in {"text/plain", "text/html"} or kind.startswith("multipart/")


def _is_file(part: MIMEPart) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _attachment(part: MIMEPart) -> Attachment:
    payload = part.get_payload(decode=True)
    return Attachment(
        name=_plain(part.get_filename() or ""),
        content_type=part.get_content_type(),
        size=len(payload) if isinstance(payload, bytes) else None,
    )


def _text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    if _is_undecoded(part, payload):
        payload = _base64(payload)
    declared = part.get_content_charset()
    if declared in _WESTERN:
        declared = "cp1252" if _reads_as(payload, "cp1252") else declared
    for charset in dict.fromkeys([*([declared] if declared else []), "utf-8"]):
        try:
            return payload.decode(charset)
        except (LookupError, UnicodeError):
            continue
    return _guessed(payload)


def _is_undecoded(part: MIMEPart, payload: bytes) -> bool:
    """The standard library gives base64 with a broken end back as it stands."""
    if _raw(part, "content-transfer-encoding").strip().lower() != "base64":
        return False
    return bool(payload.strip()) and payload.strip() == str(part.get_payload()).strip().encode(
        "ascii", "replace"
    )


def _base64(payload: bytes) -> bytes:
    """As much of it as can be told."""
    signs = re.sub(rb"[^A-Za-z0-9+/]", b"", payload)
    return b64decode(signs[: len(signs) // 4 * 4])


def _reads_as(payload: bytes, charset: str) -> bool:
    try:
        payload.decode(charset)
    except UnicodeError:
        return False
    return True


def _guessed(payload: bytes) -> str:
    """Of a few letters nobody can tell the language: then it is the charset of western Europe."""
    few = sum(byte > 0x7F for byte in payload[:_SAMPLE]) < _ENOUGH_TO_TELL
    if few and _reads_as(payload, "cp1252"):
        return payload.decode("cp1252")
    best = from_bytes(
        payload[:_SAMPLE], cp_isolation=["cp1252", "iso8859_15", "utf_16", "cp1250"]
    ).best()
    return payload.decode(best.encoding if best else "cp1252", errors="replace")


def _header(message: MIMEPart, name: str) -> str:
    try:
        return _plain(str(message.get(name, "")))
    except (MessageError, ValueError, IndexError, AttributeError, TypeError):
        return _plain(_raw(message, name))  # the registry's parser gives up on some broken headers


def _raw(message: MIMEPart, name: str) -> str:
    wanted = name.lower()
    return next((str(value) for key, value in message.raw_items() if key.lower() == wanted), "")


def _headers(message: MIMEPart) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys(key.lower() for key, _ in message.raw_items()):
        yield name, _header(message, name)


def _plain(text: str) -> str:
    """Without what can't be encoded again: bytes of no charset come through headers as surrogates."""
    return " ".join(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").split())


def _sender(message: MIMEPart) -> tuple[str, str]:
    try:
        addresses = getattr(message.get("from"), "addresses", ())
    except (MessageError, ValueError, IndexError, AttributeError, TypeError):
        addresses = ()
    first = addresses[0] if addresses else None
    if isinstance(first, Address) and first.addr_spec.strip("<>"):
        return _plain(first.display_name), _plain(first.addr_spec)
    name, address = parseaddr(_header(message, "from"))
    return name, address


def _date(message: MIMEPart) -> datetime | None:
    try:
        moment = parsedate_to_datetime(_header(message, "date"))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
