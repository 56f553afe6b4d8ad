"""Where in a text does an ADF document stand, and how was it wrapped on its way?

Mail programs and forms escape it, quote it, and write before and behind it. Here it is unwrapped.
"""

import html
import quopri
import re
from typing import NamedTuple

from ortoo_daemon.intake.adf.model import Odd, Oddity, Spot

_ROOT = re.compile(
    r"<\s{0,5}(?:[A-Za-z_][\w.-]{0,40}:)?(?:adf|adfxml|adf_xml|prospect)(?=[\s/>])", re.IGNORECASE
)
_HEAD = re.compile(r"<\?\s*(?:xml|adf)\b|<!doctype\s+adf\b", re.IGNORECASE)
_LAST = re.compile(
    r"</\s{0,5}(?:[\w.-]{1,40}:)?(?:adf|adfxml|adf_xml|prospect)\s{0,20}>", re.IGNORECASE
)
_ESCAPED = re.compile(
    r"&(?:amp;)?(?:lt|#60|#x3c);\s{0,5}(?:\?\s*(?:xml|adf)|adf|prospect)\b", re.IGNORECASE
)
_SOFT_BREAK = re.compile(r"=3D[\"']|=\r?\n")
_QUOTE_MARK = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.MULTILINE)
_QUOTED_ROOT = re.compile(r"^[ \t]{0,3}>[> \t]{0,10}<", re.MULTILINE)
_MOST_UNESCAPED = 2
_ENTITY = re.compile(r"<!\s*entity\b|<!doctype[^>]{0,2000}\[", re.IGNORECASE)


class Fragment(NamedTuple):
    """The document's text with what stood around it blanked, so that places stay those of the whole.

    ``text`` is None where there is no ADF.
    """

    text: str | None
    oddities: list[Oddity]


def declares_entities(text: str) -> bool:
    """Whether a document brings declarations of its own: such a one is not read."""
    return _ENTITY.search(text) is not None


def fragment(text: str) -> Fragment:
    """The ADF document in a text, unwrapped."""
    oddities: list[Oddity] = []
    text = _unwrapped(text.replace("\r\n", "\n").replace("\r", "\n"), oddities)
    root = _ROOT.search(text)
    if root is None:
        return Fragment(text if _HEAD.search(text) else None, oddities)
    head = _HEAD.search(text, 0, root.start())
    start = root.start() if head is None else head.start()
    end = _end(text, root.start())
    if text[:start].strip():
        oddities.append(_odd(text, 0, Odd.TEXT_AROUND, "text stands before the document"))
    if text[end:].strip():
        oddities.append(_odd(text, end, Odd.TEXT_AROUND, "text stands behind the document"))
    blank = "".join("\n" if sign == "\n" else " " for sign in text[:start])
    return Fragment(blank + text[start:end], oddities)


def _end(text: str, start: int) -> int:
    """Behind the last end tag of a root; the end of the text where there is none."""
    ends = [found.end() for found in _LAST.finditer(text, start)]
    return ends[-1] if ends else len(text)


def _unwrapped(text: str, oddities: list[Oddity]) -> str:
    if _QUOTED_ROOT.search(text):
        oddities.append(_odd(text, 0, Odd.QUOTED, "the lines are quoted as in an answer"))
        text = _QUOTE_MARK.sub("", text)
    for _ in range(_MOST_UNESCAPED):
        found = _ESCAPED.search(text)
        if found is None or _ROOT.search(text):
            break
        oddities.append(_odd(text, found.start(), Odd.ESCAPED, "the document is escaped as HTML"))
        text = html.unescape(text)
    if _ROOT.search(text) and re.search(r"=3D[\"']", text):
        found = _SOFT_BREAK.search(text)
        at = 0 if found is None else found.start()
        oddities.append(
            _odd(text, at, Odd.MAIL_ENCODING, "the mail's transfer encoding stands in it")
        )
        data = quopri.decodestring(text.encode("utf-8", "replace"))
        text = data.decode("utf-8", "replace")
    return text


def _odd(text: str, offset: int, kind: Odd, message: str) -> Oddity:
    before = text.count("\n", 0, offset)
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    return Oddity(kind, Spot(before + 1, column), message)
