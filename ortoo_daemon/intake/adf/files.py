"""Which ADF documents are in a file? The file itself, or the bodies and attachments of a message."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser

from ortoo_daemon.intake.adf.model import AdfReading
from ortoo_daemon.intake.adf.reading import LONGEST, read_adf

_MOST_PARTS = 200
_DEEPEST = 10
_LARGEST_MESSAGE = 50_000_000


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """``where`` names the part of a message, and is empty of a file."""

    where: str
    reading: AdfReading


def documents_in(data: bytes, *, is_message: bool) -> list[FoundDocument]:
    """Every document; of a message also where it stands twice as body and attachment, once.

    One entry that has nothing found where there is none.
    """
    if not is_message or len(data) > _LARGEST_MESSAGE:
        return [FoundDocument("", read_adf(data))]
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
    found: list[FoundDocument] = []
    for where, source in _parts(message):
        reading = read_adf(source)
        known = any(reading.prospects == each.reading.prospects for each in found)
        if reading.found and not (known and reading.prospects):
            found.append(FoundDocument(where, reading))
    return found or [FoundDocument("", AdfReading(found=False))]


def _parts(message: MIMEPart) -> Iterator[tuple[str, bytes]]:
    """Plain bodies before those in HTML, attachments last."""
    plain: list[tuple[str, bytes]] = []
    html: list[tuple[str, bytes]] = []
    files: list[tuple[str, bytes]] = []
    for part in _leaves(message, 0):
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or len(payload) > LONGEST:
            continue
        name = part.get_filename()
        if name or part.get_content_maintype() != "text":
            files.append((name or part.get_content_type(), payload))
        elif part.get_content_subtype() == "html":
            html.append(("the HTML body", _as_utf8(part, payload)))
        else:
            plain.append(("the body", _as_utf8(part, payload)))
    yield from (plain + html + files)[:_MOST_PARTS]


def _leaves(message: MIMEPart, depth: int) -> Iterator[MIMEPart]:
    if not message.is_multipart():
        yield message
        return
    if depth < _DEEPEST:
        for part in message.iter_parts():
            yield from _leaves(part, depth + 1)


def _as_utf8(part: MIMEPart, payload: bytes) -> bytes:
    """By the charset that the part names, where the bytes are in it."""
    charset = part.get_content_charset("utf-8")
    try:
        return payload.decode(charset).encode("utf-8")
    except (LookupError, UnicodeDecodeError, UnicodeEncodeError):
        return payload
