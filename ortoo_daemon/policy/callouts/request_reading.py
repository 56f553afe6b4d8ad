"""How do ``url``, ``query``, ``headers`` and ``body`` of a service become templates?"""

import ipaddress
import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ortoo_daemon.errors import Place
from ortoo_daemon.policy import templates
from ortoo_daemon.policy.callouts.addresses import refusal
from ortoo_daemon.policy.callouts.request import Body, Piece, Value, Written
from ortoo_daemon.policy.expressions import TextTemplate
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.parsing.sections import NO_ROOTS, Section, text_in

_FILLED = re.compile(r"(\{\{.*?\}\})", re.DOTALL)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,80}")
_OURS = frozenset(
    {"host", "content-length", "content-type", "transfer-encoding", "connection", "accept-encoding"}
)
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"})


def read_url(section: Section, *, internal: bool, key: str = "url") -> Written | None:
    """A URL whose host is fixed; values may stand in its path. What is wrong with it is told."""
    node = section.required(key, "write https://host/path")
    text = section.text(key) if node is not None else None
    if text is None or node is None:
        return None
    parts = _split(node, text, section.problems)
    if parts is None:
        return None
    before = len(section.problems.found)
    _check(node, parts, section.problems, internal=internal)
    written = _written(node, text, section.problems)
    return written if len(section.problems.found) == before else None


def read_query(section: Section) -> dict[str, Written]:
    return _texts(section, "query")


def read_headers(section: Section) -> dict[str, Written]:
    """Headers that hold no secret and are not the client's own."""
    found = _texts(section, "headers")
    mapping = section.get("headers")
    for name in found:
        at = mapping.entries[name][0] if isinstance(mapping, MapNode) else section.node
        if not _HEADER.fullmatch(name):
            section.problems.add(at, "wrong_name", f"{name!r} is not the name of a header")
        elif name.casefold() in _SECRET:
            message = f"the header {name} is a secret, and those don't stand in this file"
            section.problems.add(at, "secret", message, "say how the service knows us in 'auth'")
        elif name.casefold() in _OURS:
            section.problems.add(at, "wrong_name", f"the header {name} is written by the client")
    return found


def read_body(section: Section) -> Body | None:
    """``body`` is JSON as YAML writes it, ``form`` a flat mapping."""
    body, form = section.get("body"), section.mapping("form")
    if body is not None and form is not None:
        message = "a request has either a 'body' or a 'form'"
        section.problems.add(form, "wrong_type", message, "leave one of them out")
        return None
    if form is not None:
        return Body(dict(_texts(section, "form")), form=True)
    return None if body is None else Body(_shape(body, section.problems))


def _split(node: Node, text: str, problems: Problems) -> SplitResult | None:
    try:
        parts = urlsplit(_FILLED.sub("x", text))
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        problems.add(node, "wrong_url", "this is no URL", "write https://host/path")
        return None
    return parts


def _check(node: Node, parts: SplitResult, problems: Problems, *, internal: bool) -> None:
    text = node.text if isinstance(node, Scalar) else ""
    host = parts.hostname or ""
    before_path = re.match(r"\s*[a-z]+://[^/]*", text)
    if before_path is None or "{{" in before_path[0]:
        message = "the host can't come from a record"
        problems.add(node, "wrong_url", message, "write the host out; values stand in the path")
    elif parts.username or parts.password or parts.query or parts.fragment:
        message = "the URL holds more than a host and a path"
        mend = "what is asked stands in 'query', who asks in 'auth'"
        problems.add(node, "wrong_url", message, mend)
    elif parts.scheme == "http" and not internal:
        message = f"{host} would be asked without encryption"
        problems.add(node, "wrong_url", message, "use https; http is for internal: true only")
    else:
        _check_address(node, host, problems, internal=internal)


def _check_address(node: Node, host: str, problems: Problems, *, internal: bool) -> None:
    """Of names it is looked at when a connection is made."""
    if host == "localhost" and not internal:
        why: str | None = "it is this machine"
    else:
        try:
            why = refusal(ipaddress.ip_address(host), internal=internal)
        except ValueError:
            return
    if why is not None:
        mend = "write internal: true where that is meant" if not internal else "name another host"
        problems.add(node, "wrong_url", f"{host} is not asked: {why}", mend)


def _texts(section: Section, key: str) -> dict[str, Written]:
    mapping = section.mapping(key)
    found = {}
    for name, (_, value) in mapping.entries.items() if mapping else ():
        text = text_in(value, section.problems, what=f"{name!r}")
        written = None if text is None else _written(value, text, section.problems)
        if written is not None:
            found[name] = written
    return found


def _shape(node: Node, problems: Problems) -> Any:
    if isinstance(node, MapNode):
        return {name: _shape(value, problems) for name, (_, value) in node.entries.items()}
    if isinstance(node, ListNode):
        return [_shape(item, problems) for item in node.items]
    if not isinstance(node, Scalar):
        return None
    value = node.value
    if not isinstance(value, str) or not templates.is_template(value):
        return value
    written = _written(node, value, problems)
    if written is not None and len(written.pieces) == 1 and isinstance(written.pieces[0], Value):
        return written.pieces[0]
    return written


def _written(node: Node, text: str, problems: Problems) -> Written | None:
    """Fixed text and templates by turns."""
    pieces: list[Piece] = []
    for part in _FILLED.split(text):
        if not part:
            continue
        piece = _piece(node, part, problems)
        if piece is None:
            return None
        pieces.append(piece)
    return Written(text, tuple(pieces))


def _piece(node: Node, text: str, problems: Problems) -> Piece | None:
    if not templates.is_template(text):
        return text
    try:
        made = templates.compiled(text, NO_ROOTS)
    except templates.TemplateError as error:
        place = Place(node.file, node.line, node.column)
        problems.add(place, "wrong_template", f"template: {error}")
        return None
    if made.only_name is not None:
        return Value(made.only_name)
    return TextTemplate(node.place, text, made.names, made.template)
