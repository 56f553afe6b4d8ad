"""Which elements hold which, once unclosed and misspelt tags are mended?

What the standard says of where elements stand decides what an unclosed tag held. Bounded in size and
depth; what is beyond is refused as a whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ortoo_daemon.intake.adf.model import Odd, Oddity, Refusal
from ortoo_daemon.intake.adf.names import (
    CONTAINERS,
    DOCUMENT,
    NAME_PARTS,
    OTHER_NAMES,
    PARENTS,
    PHONE_TYPES,
)
from ortoo_daemon.intake.adf.tokens import End, Lines, Start, Text, tokens

MOST_ELEMENTS = 20_000
DEEPEST = 32
KEPT_ODDITIES = 60


class Refused(Exception):
    """The document is not read; ``reason`` says why."""

    def __init__(self, reason: Refusal, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(slots=True)
class Element:
    """One element by its name in the standard; ``at`` is an offset."""

    name: str
    at: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: "list[Element]" = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its own text, blanks at the ends of lines taken away."""
        lines = "".join(self.texts).replace("\u00a0", " ").strip().splitlines()
        return "\n".join(line.strip() for line in lines).strip()

    def all(self, name: str) -> "Iterator[Element]":
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        return next(self.all(name), None)


class Oddities:
    """What is odd, in order; so many are kept, the rest is counted."""

    def __init__(self, text: str, before: list[Oddity]) -> None:
        self._lines = Lines(text)
        self.kept = before[:KEPT_ODDITIES]
        self.left_out = len(before) - len(self.kept)

    def tell(self, kind: Odd, at: int, message: str) -> None:
        if len(self.kept) >= KEPT_ODDITIES:
            self.left_out += 1
            return
        self.kept.append(Oddity(kind, self._lines.spot(at), message))


def tree(text: str, oddities: Oddities) -> Element:
    """The document, above its roots. Raises Refused."""
    return _Builder(oddities).built(text)


class _Builder:
    def __init__(self, oddities: Oddities) -> None:
        self._odd = oddities
        self._root = Element(DOCUMENT, 0)
        self._open: list[Element] = [self._root]
        self._count = 0

    def built(self, text: str) -> Element:
        for token in tokens(text, self._odd.tell):
            match token:
                case Start():
                    self._start(token)
                case End():
                    self._end(token)
                case Text():
                    self._text(token)
        for element in reversed(self._open[1:]):
            self._odd.tell(Odd.NOT_CLOSED, element.at, f"{element.name} is not closed")
        return self._root

    def _start(self, token: Start) -> None:
        name = self._name(token.name, token.at)
        if name is None:
            self._markup(token.name, token.at)
            return
        self._make_room(name, token.at)
        element = Element(name, token.at, dict(token.attributes))
        raw = _local(token.name)
        if raw in NAME_PARTS:
            element.attributes.setdefault("part", NAME_PARTS[raw])
        if raw in PHONE_TYPES:
            element.attributes.setdefault("type", PHONE_TYPES[raw])
        self._count += 1
        if self._count > MOST_ELEMENTS:
            raise Refused(Refusal.TOO_MANY_ELEMENTS, f"more than {MOST_ELEMENTS:,} elements")
        self._open[-1].children.append(element)
        if token.closed:
            return
        self._open.append(element)
        if len(self._open) > DEEPEST:
            raise Refused(Refusal.TOO_DEEP, f"elements are more than {DEEPEST} deep in each other")

    def _make_room(self, name: str, at: int) -> None:
        """End what can't hold this element."""
        top = self._open[-1]
        if name not in PARENTS or top.name in PARENTS[name]:
            return
        for number in range(len(self._open) - 1, -1, -1):
            if self._open[number].name in PARENTS[name]:
                self._close_above(number)
                return
        while self._open[-1].name in PARENTS and self._open[-1].name not in CONTAINERS:
            self._close_above(len(self._open) - 2)
        inside = self._open[-1].name
        self._odd.tell(Odd.MISPLACED, at, f"{name} stands in {inside or 'no root'}")

    def _close_above(self, number: int) -> None:
        for element in reversed(self._open[number + 1 :]):
            self._odd.tell(Odd.NOT_CLOSED, element.at, f"{element.name} is not closed")
        del self._open[number + 1 :]

    def _end(self, token: End) -> None:
        name = self._name(token.name, token.at, quiet=True)
        if name is None:
            return
        for number in range(len(self._open) - 1, 0, -1):
            if self._open[number].name == name:
                self._close_above(number)
                self._open.pop()
                return
        self._odd.tell(Odd.STRAY_END, token.at, f"/{name} ends nothing")

    def _text(self, token: Text) -> None:
        top = self._open[-1]
        if top.name in CONTAINERS and not token.text.strip():
            return
        top.texts.append(token.text)

    def _markup(self, name: str, at: int) -> None:
        """A tag that the standard does not know: of HTML within a text, or of the sender's own."""
        top = self._open[-1]
        local = _local(name)
        if top.name in PARENTS and top.name not in CONTAINERS:
            self._odd.tell(Odd.MARKUP, at, f"markup ({local}) within {top.name}")
            top.texts.append("\n" if local in ("br", "p", "div", "li", "tr") else " ")
            return
        self._odd.tell(Odd.UNKNOWN_ELEMENT, at, f"{local} is not known to ADF")
        if top.name in CONTAINERS and top.name != DOCUMENT:
            self._count += 1

    def _name(self, raw: str, at: int, *, quiet: bool = False) -> str | None:
        """The standard's name; None where it knows none."""
        plain = raw.rpartition(":")[2]
        local = plain.casefold()
        inside = self._open[-1].name
        known = local if local in PARENTS else self._other(local, inside)
        if known is None or quiet:
            return known
        if plain != raw:
            self._odd.tell(Odd.NAMESPACE, at, f"{raw} bears a prefix")
        if local != plain:
            self._odd.tell(Odd.WRONG_CASE, at, f"{plain} is written {local}")
        if known != local:
            self._odd.tell(Odd.OTHER_NAME, at, f"{local} is read as {known}")
        return known

    def _other(self, local: str, inside: str) -> str | None:
        if local in NAME_PARTS:
            return "name"
        if local in PHONE_TYPES:
            return "phone"
        known = OTHER_NAMES.get(local)
        if known is None:
            return None
        if inside in PARENTS and inside not in CONTAINERS:
            return None  # markup of a text
        return known if any(each.name in PARENTS[known] for each in self._open) else None


def _local(raw: str) -> str:
    return raw.rpartition(":")[2].casefold()
