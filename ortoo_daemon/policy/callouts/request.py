"""What is sent to a service for these values? Templates of URL, query, headers and body, filled in.

What comes from a record can't change where a request goes: it is escaped for the place it stands in, and a
value that could still lead elsewhere (``..`` in a path, a line end in a header) is refused.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from ortoo_daemon.json_text import json_bytes
from ortoo_daemon.policy.expressions import TextTemplate
from ortoo_daemon.policy.templates import LONGEST_RESULT
from ortoo_daemon.policy.values import text_of
from ortoo_daemon.records import FieldValue

Sent = Mapping[str, FieldValue]

LONGEST_URL = 8_000


class NotSendableError(ValueError):
    """The request can't be made of these values; says which and why, and quotes none."""


@dataclass(frozen=True, slots=True)
class Value:
    """A template that is nothing but a name: the value itself, with its type."""

    name: str


Piece = str | Value | TextTemplate
"""Fixed text, or what is filled in."""


@dataclass(frozen=True, slots=True)
class Written:
    """Text with values in it, as ``text`` in the file."""

    text: str
    pieces: tuple[Piece, ...]

    def names(self) -> frozenset[str]:
        return frozenset().union(*(_names(piece) for piece in self.pieces))

    def fill(self, sent: Sent) -> str:
        return "".join(_filled(piece, sent) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Body:
    """``shape`` is JSON whose texts may be `Written` or `Value`; ``form``: sent as a form, else as JSON."""

    shape: Any
    form: bool = False

    def names(self) -> frozenset[str]:
        return frozenset(_names_in(self.shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One request, less what says who we are."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


def rendered(
    method: str,
    url: Written,
    sent: Sent,
    *,
    query: Mapping[str, Written],
    headers: Mapping[str, Written],
    body: Body | None,
) -> Rendered:
    """Raises NotSendableError. Empty values of the query are left out, one of the URL is refused."""
    whole = _url(url, sent)
    pairs = [(name, each.fill(sent)) for name, each in query.items()]
    asked = urlencode([(name, text) for name, text in pairs if text], quote_via=quote)
    if asked:
        whole = f"{whole}?{asked}"
    if len(whole) > LONGEST_URL:
        raise NotSendableError(f"the URL would have {len(whole):,} characters")
    filled = {name: _header(name, each, sent) for name, each in headers.items()}
    filled = {name: text for name, text in filled.items() if text}
    return Rendered(
        method=method,
        url=whole,
        headers=filled | ({} if body is None else {"Content-Type": _content_type(body)}),
        body=None if body is None else _body(body, sent),
    )


def _url(url: Written, sent: Sent) -> str:
    found = []
    for piece in url.pieces:
        if isinstance(piece, str):
            found.append(piece)
            continue
        text = _filled(piece, sent)
        if not text:
            raise NotSendableError(f"{', '.join(sorted(_names(piece)))} is empty")
        found.append(quote(text, safe=""))
    whole = "".join(found)
    if any(part in (".", "..") for part in whole.split("/")):
        raise NotSendableError("a value would lead to another path of the URL")
    return whole


_LINE_END = re.compile(r"[\r\n\0]")


def _header(name: str, written: Written, sent: Sent) -> str:
    text = written.fill(sent)
    if _LINE_END.search(text):
        raise NotSendableError(f"a value of the header {name} has more than one line")
    return text


def _content_type(body: Body) -> str:
    return "application/x-www-form-urlencoded" if body.form else "application/json"


def _body(body: Body, sent: Sent) -> bytes:
    shape = _shaped(body.shape, sent)
    if not body.form:
        return json_bytes(shape)
    pairs = [(name, text_of(value)) for name, value in shape.items()]
    return urlencode([pair for pair in pairs if pair[1]]).encode()


def _shaped(shape: Any, sent: Sent) -> Any:
    if isinstance(shape, dict):
        return {name: _shaped(each, sent) for name, each in shape.items()}
    if isinstance(shape, list):
        return [_shaped(each, sent) for each in shape]
    if isinstance(shape, Value):
        return sent.get(shape.name)
    return shape.fill(sent) if isinstance(shape, Written) else shape


def _names_in(shape: Any) -> frozenset[str]:
    if isinstance(shape, dict | list):
        parts = shape.values() if isinstance(shape, dict) else shape
        return frozenset().union(*(_names_in(each) for each in parts))
    if isinstance(shape, Written):
        return shape.names()
    return frozenset((shape.name,)) if isinstance(shape, Value) else frozenset()


def _names(piece: Piece) -> frozenset[str]:
    if isinstance(piece, Value):
        return frozenset((piece.name,))
    return frozenset() if isinstance(piece, str) else piece.fields()


def _filled(piece: Piece, sent: Sent) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Value):
        return text_of(sent.get(piece.name))
    values = {variable: text_of(sent.get(name)) for variable, name in piece.names.items()}
    return piece.template.render(values)[:LONGEST_RESULT].strip()
