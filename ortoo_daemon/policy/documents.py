"""How does YAML text become nodes that know their places?

A small loader over libyaml's event parser. What can hurt is refused while it is read: aliases and
anchors (a few lines can unfold to gigabytes), tags, several documents, deep nesting, huge files.
Duplicate keys are reported, never silently resolved.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import yaml

from ortoo_daemon.errors import Place
from ortoo_daemon.policy.nodes import ListNode, MapNode, Node, Problems, Scalar
from ortoo_daemon.policy.yaml_mistakes import QUOTES, is_quoted, mistake

MOST_BYTES = 16 * 1024 * 1024
DEEPEST = 32

_COMMENT = re.compile(r"(?<!\S)#")

_CONTAINERS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _Refused(Exception):
    """Reading can't go on; the problem is already noted."""


def read_document(file: str, data: bytes, problems: Problems) -> Node | None:
    """The document in ``data``; None when it is empty or can't be read (the problem is noted)."""
    text = _decoded(file, data, problems)
    if text is None:
        return None
    try:
        return _Builder(file, problems).build(text)
    except yaml.MarkedYAMLError as error:
        found = mistake(file, text, error)
        if all(each.place != found.place for each in problems.found):
            problems.add(found.place, "yaml_syntax", found.message, found.mend)
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        problems.add(Place(file), "yaml_syntax", f"this is not YAML: {said}")
    except _Refused:
        pass
    return None


def comments(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Comments as (line, column of the #, text behind it).

    Text in quotes and blocks is none. Of a file that can't be read there are none to be had.
    """
    text = data.decode("utf-8-sig", "replace")
    if "#" not in text:
        return
    try:
        spans = [(e.start_mark.index, e.end_mark.index) for e in _scalars(text)]
    except yaml.YAMLError:
        return
    spans.sort()
    begins = [begin for begin, _ in spans]
    at = 0
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        for found in _COMMENT.finditer(line):
            sign = at + found.start()
            before = bisect_right(begins, sign) - 1
            if before < 0 or spans[before][1] <= sign:
                yield number, found.end(), line[found.end() :].strip()
                break
        at += len(line)


def _scalars(text: str) -> Iterator[Any]:
    """Text in quotes and blocks: what may have a # in it."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if type(event) is yaml.ScalarEvent and event.style:
            yield event


def _decoded(file: str, data: bytes, problems: Problems) -> str | None:
    if len(data) > MOST_BYTES:
        message = f"the file has {len(data):,} bytes; at most {MOST_BYTES:,} are read"
        problems.add(Place(file), "too_large", message, "split it, or move rows into a table")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        message = "the file is not UTF-8 text"
        problems.add(Place(file, line, column), "yaml_syntax", message, "save it as UTF-8")
        return None


class _Builder:
    """Builds nodes from one document's events (untyped: the stubs don't know which marks are set)."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.root: Node | None = None
        self.open: list[tuple[MapNode | ListNode, Scalar | None]] = []
        self.key: Scalar | None = None
        self.documents = 0

    def build(self, text: str) -> Node | None:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind in _CONTAINERS:
                self._start(event)
            elif kind in _ENDS:
                self._end()
            elif kind is yaml.AliasEvent:
                self._refuse(event, "aliases (*name) are not allowed here", "write the value out")
            elif kind is yaml.DocumentStartEvent:
                self.documents += 1
                if self.documents > 1:
                    self._refuse(event, "more than one document (---) in a file", "split the file")
        return self.root

    def _scalar(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_extras(event)
        mark = event.start_mark
        node = Scalar(
            self.file, mark.line + 1, mark.column + 1, text=event.value, plain=event.implicit[0]
        )
        if event.implicit[0] and event.value[:1] in QUOTES and is_quoted(event.value):
            message = f"for YAML {event.value[0]} is a letter of the text, and no quotation mark"
            mend = "write \" or '; put these around the whole where it is meant as a letter"
            self.problems.add(node, "yaml_refused", message, mend)
        if self.key is None and self.open and type(self.open[-1][0]) is MapNode:
            self.key = node
        else:
            self._place(node)

    def _start(self, event: Any) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_extras(event)
        if len(self.open) >= DEEPEST:
            self._refuse(event, f"nested deeper than {DEEPEST} levels", "flatten it")
        mark = event.start_mark
        if self.key is None and self.open and type(self.open[-1][0]) is MapNode:
            self._refuse(event, "a key must be plain text, not a list or a mapping", "")
        made = MapNode if type(event) is yaml.MappingStartEvent else ListNode
        node = made(self.file, mark.line + 1, mark.column + 1)
        self.open.append((node, self.key))
        self.key = None

    def _end(self) -> None:
        node, self.key = self.open.pop()
        self._place(node)

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1][0]
        if isinstance(parent, ListNode):
            parent.items.append(node)
            return
        key, self.key = self.key, None
        assert key is not None
        if key.text in parent.entries:
            first = parent.entries[key.text][0]
            message = f"{key.text!r} stands here twice, first in line {first.line}"
            self.problems.add(key, "duplicate_key", message, "remove one of them")
        else:
            parent.entries[key.text] = (key, node)

    def _refuse_extras(self, event: Any) -> None:
        if event.anchor is not None:
            self._refuse(event, "anchors (&name) are not allowed here", "name it under `define`")
        if event.tag is not None and event.tag != "!":
            self._refuse(event, f"tags ({event.tag}) are not allowed here", "remove the tag")

    def _refuse(self, event: Any, message: str, mend: str) -> None:
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        self.problems.add(place, "yaml_refused", message, mend)
        raise _Refused
