"""What did a YAML file say, and where? The nodes of a read document, and the list of problems.

Every key and every value knows its line and column, so that whatever is found wrong later can be
shown where it was written. Scalars follow the core schema of YAML 1.2, a little stricter: ``NO``,
``on``, ``01234``, ``12:30``, ``1e5`` and ``+33`` stay text, because in routing they are codes.
"""

import re
from dataclasses import dataclass, field

from ortoo_daemon.errors import Place, Problem

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}")
_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip

ScalarValue = str | int | float | bool | None


class Node:
    """Anything in a document; lines and columns count from 1."""

    __slots__ = ("column", "file", "line")

    kind = "a value"

    def __init__(self, file: str, line: int, column: int) -> None:
        self.file = file
        self.line = line
        self.column = column

    @property
    def place(self) -> Place:
        return Place(self.file, self.line, self.column)


class Scalar(Node):
    """One value. ``text`` is what was written; ``plain`` is False for quoted and block text."""

    __slots__ = ("plain", "text")

    def __init__(self, file: str, line: int, column: int, *, text: str, plain: bool) -> None:
        super().__init__(file, line, column)
        self.text = text
        self.plain = plain

    @property
    def value(self) -> ScalarValue:
        """The value by the core schema; text when quoted."""
        text = self.text
        if not self.plain:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if text[-1].isdigit() and (text[0].isdigit() or text[0] == "-"):
            if _INTEGER.fullmatch(text):
                return int(text)
            if _DECIMAL.fullmatch(text):
                return float(text)
        return text


class ListNode(Node):
    """A list, in block or flow style."""

    __slots__ = ("items",)

    kind = "a list"

    def __init__(self, file: str, line: int, column: int) -> None:
        super().__init__(file, line, column)
        self.items: list[Node] = []


class MapNode(Node):
    """A mapping; the first of duplicate keys counts, the others are reported when it is read."""

    __slots__ = ("entries",)

    kind = "a mapping"

    def __init__(self, file: str, line: int, column: int) -> None:
        super().__init__(file, line, column)
        self.entries: dict[str, tuple[Scalar, Node]] = {}

    def get(self, key: str) -> Node | None:
        entry = self.entries.get(key)
        return entry[1] if entry else None

    def without(self, *keys: str) -> "MapNode":
        """The same mapping, at the same place, less some keys."""
        rest = MapNode(self.file, self.line, self.column)
        rest.entries = {key: entry for key, entry in self.entries.items() if key not in keys}
        return rest


@dataclass(slots=True)
class Problems:
    """Collects what is wrong, so that an admin sees everything at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, at: Node | Place, rule: str, message: str, mend: str = "") -> None:
        place = at if isinstance(at, Place) else at.place
        self.found.append(Problem(place=place, rule=rule, message=message, mend=mend))


def written(node: Node, *, most: int = 6) -> str:
    """The node in one line of flow style, long lists shortened, for messages and traces."""
    if isinstance(node, Scalar):
        return node.text if node.plain else f'"{node.text}"'
    if isinstance(node, ListNode):
        shown = [written(item) for item in node.items[:most]]
        left = len(node.items) - len(shown)
        return "[" + ", ".join(shown) + (f", … {left} more" if left > 0 else "") + "]"
    if isinstance(node, MapNode):
        return "{" + ", ".join(f"{key}: {written(v)}" for key, (_, v) in node.entries.items()) + "}"
    return ""
