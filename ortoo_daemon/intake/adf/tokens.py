"""Which tags and texts does a document consist of, however broken it is? One pass, forwards only.

Nothing declared in a document is ever followed: no DTD is read, no entity is looked up beyond the
characters that XML and HTML name. Time and memory grow with the length of the text alone.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ortoo_daemon.intake.adf.model import Odd, Spot

Tell = Callable[[Odd, int, str], None]
"""Notes something odd at an offset of the text."""

_TAG = re.compile(r"<(/?)\s{0,20}([A-Za-z_][\w.:-]{0,100})")
_ATTRIBUTE = re.compile(
    r"""\s*([^\s=<>/"']{1,100})(?:\s*=\s*("[^"<]*"|'[^'<]*'|[\u201c\u201d][^\u201c\u201d<]*[\u201c\u201d]|[^\s<>]*))?"""
)
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ANY_AMPERSAND = re.compile(r"&")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Start(NamedTuple):
    """A start tag; ``closed``: it is the end tag, too. Attribute names are in small letters."""

    name: str
    attributes: dict[str, str]
    closed: bool
    at: int


class End(NamedTuple):
    name: str
    at: int


class Text(NamedTuple):
    text: str
    at: int


Token = Start | End | Text


class Lines:
    """Where an offset stands, in lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def spot(self, offset: int) -> Spot:
        line = bisect_right(self._starts, offset)
        return Spot(line, offset - self._starts[line - 1] + 1)


def tokens(text: str, tell: Tell) -> Iterator[Token]:
    """The document's pieces in order."""
    at, length = 0, len(text)
    unended: set[str] = set()
    while at < length:
        sign = text.find("<", at)
        if sign < 0:
            sign = length
        if sign > at:
            yield Text(plain(text[at:sign], at, tell), at)
        if sign == length:
            return
        if text.startswith("<![CDATA[", sign):
            end = _end(text, sign + 9, "]]>", unended)
            stop = text.find("</", sign) if end is None else end
            stop = length if stop < 0 else stop
            if end is None:
                tell(Odd.NOT_CLOSED, sign, "a CDATA section is not closed")
            yield Text(clean(text[sign + 9 : stop]), sign)
            at = stop if end is None else stop + 3
        elif text.startswith("<!--", sign):
            at = _skipped(text, sign, "-->", "a comment", unended, tell)
        elif text.startswith("<?", sign):
            at = _skipped(text, sign, "?>", "an instruction", unended, tell)
        elif text.startswith("<!", sign):
            at = _skipped(text, sign, ">", "a declaration", unended, tell)
        else:
            token, at = _tag(text, sign, tell)
            yield token


def plain(text: str, at: int, tell: Tell) -> str:
    """With references to characters put in; an ampersand that is none stays."""
    if "&" in text:
        known = {found.start() for found in _REFERENCE.finditer(text)}
        stray = next((f for f in _ANY_AMPERSAND.finditer(text) if f.start() not in known), None)
        if stray is not None:
            tell(Odd.STRAY_SIGN, at + stray.start(), "an & that begins no reference")
        text = _REFERENCE.sub(lambda found: html.unescape(found[0]), text)
    return clean(text)


def clean(text: str) -> str:
    """Without characters that no XML document may hold."""
    return _FORBIDDEN.sub("", text)


def _end(text: str, start: int, mark: str, unended: set[str]) -> int | None:
    """Where the mark stands; what was not found once is not looked for again."""
    if mark in unended:
        return None
    found = text.find(mark, start)
    if found < 0:
        unended.add(mark)
        return None
    return found


def _skipped(text: str, sign: int, mark: str, what: str, unended: set[str], tell: Tell) -> int:
    """Where the document goes on behind something that says nothing."""
    end = _end(text, sign + 2, mark, unended)
    if end is not None:
        return end + len(mark)
    tell(Odd.NOT_CLOSED, sign, f"{what} is not closed")
    end = _end(text, sign, ">", unended)
    return len(text) if end is None else end + 1


def _tag(text: str, sign: int, tell: Tell) -> tuple[Token, int]:
    found = _TAG.match(text, sign)
    if found is None:
        tell(Odd.STRAY_SIGN, sign, "a < that begins no tag")
        return Text("<", sign), sign + 1
    slash, name = found.groups()
    attributes: dict[str, str] = {}
    at, closed = found.end(), False
    while True:
        at = _past_blanks(text, at)
        if at >= len(text) or text[at] == "<":
            tell(Odd.BROKEN_TAG, sign, f"the tag {slash}{name} has no >")
            break
        if text[at] == ">":
            at += 1
            break
        if text[at] in "/\"'=":
            closed = text[at] == "/"
            at += 1
            continue
        at = _attribute(text, at, name, attributes, tell)
        closed = False
    if slash:
        return End(name, sign), at
    return Start(name, attributes, closed, sign), at


def _attribute(text: str, at: int, tag: str, attributes: dict[str, str], tell: Tell) -> int:
    found = _ATTRIBUTE.match(text, at)
    if found is None:
        return at + 1
    name, value = found[1].rpartition(":")[2].casefold(), found[2]
    end = found.end()
    if value is None:
        value = ""
    elif value[:1] in ('"', "'", "\u201c", "\u201d") and len(value) > 1:
        if value[-1] in ('"', "'", "\u201c", "\u201d"):
            value = value[1:-1]
        else:
            tell(Odd.BROKEN_TAG, at, f"the value of {name} in {tag} has no closing quote")
            end -= len(value) - len(value.rstrip("/"))
            value = value[1:].rstrip("/")
    else:
        end -= len(value) - len(value.rstrip("/\"'"))
        tell(Odd.BROKEN_TAG, at, f"the value of {name} in {tag} stands without quotes")
        value = value.rstrip("/").strip("\"'")
    if name in attributes:
        tell(Odd.TWICE, at, f"{name} stands twice in {tag}; the first counts")
    else:
        attributes[name] = plain(value, at, tell).strip()
    return end


def _past_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at
