"""Which text do the bytes of a feed stand for? By their mark, then by what they hold, then by what they say.

What a document says of its own encoding is believed last: feeds declare UTF-8 and send Latin-1.
"""

import codecs
import re

from ortoo_daemon.intake.adf.model import Odd, Oddity, Spot

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_START = Spot(1, 1)


def decoded(data: bytes) -> tuple[str, list[Oddity]]:
    """The text, and what was odd about its bytes. Never fails: what is no character becomes U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = data.decode(encoding, "replace").removeprefix("\ufeff")
            return text, [_odd(f"begins with a byte order mark, read as {encoding}")]
    wide = _without_mark(data)
    if wide is not None:
        text = data.decode(wide, "replace")
        return text, [_odd(f"no byte order mark, read as {wide}")]
    said = _declared(data)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        if said in ("", "utf-8", "iso8859-1", "ascii"):
            read = data.decode("cp1252", "replace")
            declared = said or "utf-8"
            return read, [_odd(f"is not {declared}, as it should be; read as windows-1252")]
        return data.decode(said, "replace"), []
    if said in ("", "utf-8", "ascii") or data.isascii():
        return text, []
    return text, [_odd(f"declares {said} and is utf-8")]


def _without_mark(data: bytes) -> str | None:
    """UTF-16 shows by the zero bytes beside ``<``."""
    start = data[:64].lstrip(b" \t\r\n")
    if start[:4] == b"<\0?\0" or start[:4] == b"<\0a\0":
        return "utf-16-le"
    return "utf-16-be" if start[:4] in (b"\0<\0?", b"\0<\0a") else None


def _declared(data: bytes) -> str:
    """The declared encoding by Python's name; "" where there is none, or none that is known."""
    found = _DECLARED.search(data[:1024])
    if found is None:
        return ""
    try:
        return codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return ""


def _odd(message: str) -> Oddity:
    return Oddity(Odd.ENCODING, _START, message)
