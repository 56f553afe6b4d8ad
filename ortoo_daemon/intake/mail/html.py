"""What does a reader of this HTML see, line by line, and what is in it that no reader sees?

Layout is followed as far as lines go: blocks and ``<br>`` end a line, cells of a table row stand beside
each other, parted by a tab. Text that is styled away (``display:none``, no size, the colour of its ground)
or stands in a comment is kept apart: it is never part of the mail's words, but may hold orders to a
machine.
"""

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ortoo_daemon.intake.mail.characters import seen_text
from ortoo_daemon.intake.mail.lines import Hint, Rendered

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote body center dd details dir div dl dt fieldset figure footer form h1"
        " h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul",
    )
)
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "pre", "table"})
_UNSEEN = frozenset(
    {
        "head",
        "script",
        "style",
        "title",
        "template",
        "noscript",
        "object",
        "iframe",
        "svg",
        "select",
    }
    | {"textarea", "audio", "video"}
)
_DEEPEST = 120  # elements; three frames of Python each, and no mail goes half as deep
_MOST_NODES = 60_000
_DEEPEST_TAGS = 1_000
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]{0,30})")
_NEVER_DEEP = frozenset(
    re.findall(
        r"\w+", "area base br col dd dt embed hr img input li link meta p param td th tr wbr"
    )
)
"""Elements that hold nothing, or that the next of their kind ends."""
_SPACE = re.compile(r"[ \t\n\r\f]+")
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$|!)"
    r"|font-size\s*:\s*[01](?:\.\d+)?\s*(?:px|pt|em|%)?\s*(?:;|$|!)"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px|pt)?\s*(?:;|$|!)"
    r"|(?:left|top|text-indent)\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_COLOUR = re.compile(r"(?<![\w-])color\s*:\s*([^;!]+)", re.IGNORECASE)
_GROUND = re.compile(r"background(?:-color)?\s*:\s*([^;!]+)", re.IGNORECASE)
_WHITE = re.compile(
    r"\s*(?:white|#fff(?:fff)?|rgba?\(\s*255\s*,\s*255\s*,\s*255\b.*|transparent)\s*$", re.I
)
_SIGNATURE = re.compile(
    r"(?:gmail|moz|yahoo|ms-outlook-mobile|protonmail|outlook|apple)[-_]*signature", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the HTML shows, and the stretches of text that it doesn't."""

    lines: tuple[Rendered, ...]
    hidden: tuple[str, ...]


def read_html(html: str) -> Seen:
    """The lines that a reader sees. Any text is taken, as browsers do; nothing is fetched."""
    page = _Page()
    body = LexborHTMLParser(_not_too_deep(html)).body if html.strip() else None
    if body is not None:
        page.walk(body)
    page.end_line()
    return Seen(lines=tuple(page.trimmed()), hidden=tuple(page.hidden))


def _not_too_deep(html: str) -> str:
    """Without the opening tags beyond a depth that no mail has: parsing takes the square of it in time."""
    if html.count("<") <= _DEEPEST_TAGS:
        return html
    kept: list[str] = []
    at = depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() in _NEVER_DEEP:
            continue
        if tag[1]:
            depth = max(0, depth - 1)
            continue
        depth += 1
        if depth > _DEEPEST_TAGS:
            end = html.find(">", tag.end())
            kept.append(html[at : tag.start()])
            at = max(at, end + 1) if end >= 0 else len(html)
            kept.append(" ")
            depth -= 1
            if end < 0:
                break
    return "".join([*kept, html[at:]]) if kept else html


@dataclass(slots=True, kw_only=True)
class _Surroundings:
    """What the elements around a node say about it."""

    depth: int = 0
    hint: Hint = Hint.NONE
    preformatted: bool = False
    hidden: bool = False
    ground: str = "white"


@dataclass(slots=True)
class _Page:
    """The page as it fills, from its first element to its last."""

    lines: list[Rendered] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    around: _Surroundings = field(default_factory=_Surroundings)
    level: int = 0
    nodes: int = 0

    def walk(self, node: LexborNode) -> None:
        """Takes in what is below a node. Beyond a depth or number that no mail has, only its text."""
        child = node.first_child
        while child is not None and self.nodes < _MOST_NODES:
            self.nodes += 1
            self._take(child)
            child = child.next

    def end_line(self, *, blank_before: bool = False) -> None:
        """Ends the line if anything is on it; ``blank_before`` leaves space as between paragraphs."""
        text = "".join(self.words)
        self.words.clear()
        if not self.around.preformatted:
            text = text.strip(" \n")
        if text.strip():
            self._add(text)
        if blank_before and self.lines and self.lines[-1].text:
            self._add("")

    def trimmed(self) -> list[Rendered]:
        """The lines without blank ones at either end, and never more than one blank line in a row."""
        kept: list[Rendered] = []
        for line in self.lines:
            if line.text.strip() or (kept and kept[-1].text.strip()):
                kept.append(line)
        while kept and not kept[-1].text.strip():
            kept.pop()
        return kept

    def _add(self, text: str) -> None:
        for part in text.split("\n"):
            self.lines.append(
                Rendered(text=part.rstrip(), depth=self.around.depth, hint=self.around.hint)
            )

    def _take(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            self._take_text(node.text_content or "")
        elif tag == "-comment":
            self._keep_hidden(node.comment_content or "")
        elif tag == "br":
            self._break()
        elif tag == "img":
            self._keep_hidden(node.attributes.get("alt") or "")
        elif tag in _UNSEEN or tag.startswith("-"):
            return
        elif self.level >= _DEEPEST:
            self._take_text(node.text())
        else:
            self._take_element(node, tag)

    def _take_text(self, text: str) -> None:
        text = seen_text(text)
        if self.around.hidden:
            self._keep_hidden(text)
        elif self.around.preformatted:
            self.words.append(text)
        elif (shown := _SPACE.sub(" ", text)) and (shown != " " or self._wants_space()):
            self.words.append(shown.lstrip(" ") if not self._wants_space() else shown)

    def _wants_space(self) -> bool:
        return bool(self.words) and not self.words[-1].endswith((" ", "\t", "\n"))

    def _keep_hidden(self, text: str) -> None:
        plain = _SPACE.sub(" ", seen_text(text)).strip()
        if len(plain) > 3:
            self.hidden.append(plain)

    def _break(self) -> None:
        text = "".join(self.words)
        self.words.clear()
        if not self.around.hidden:
            self._add(text.strip(" \n"))

    def _take_element(self, node: LexborNode, tag: str) -> None:
        before = self.around
        block = tag in _BLOCKS
        if block:
            self.end_line(blank_before=tag in _SPACED)
        elif tag in {"td", "th"} and "".join(self.words).strip():
            self.words.append("\t")
        self.around = _surroundings(node, tag, before)
        self.level += 1
        if tag == "hr":
            self._add("-" * 20)
        elif tag == "li":
            self.words.append("- ")
        self.walk(node)
        self.level -= 1
        if block:
            self.end_line()
        self.around = before
        if block and tag in _SPACED:
            self.end_line(blank_before=True)


def _surroundings(node: LexborNode, tag: str, outer: _Surroundings) -> _Surroundings:
    attributes = node.attributes
    style = attributes.get("style") or ""
    ground = _GROUND.search(style)
    behind = (
        ground.group(1).strip().lower() if ground else attributes.get("bgcolor") or outer.ground
    )
    return _Surroundings(
        depth=outer.depth + (tag == "blockquote"),
        hint=outer.hint or _hint(attributes),
        preformatted=outer.preformatted or tag == "pre",
        hidden=outer.hidden or "hidden" in attributes or _styled_away(attributes, style, behind),
        ground=behind,
    )


def _styled_away(attributes: dict[str, str | None], style: str, ground: str) -> bool:
    if _HIDING.search(style):
        return True
    colour = _COLOUR.search(style)
    ink = (colour.group(1) if colour else attributes.get("color") or "").strip().lower()
    return bool(ink) and (ink == ground or bool(_WHITE.match(ink) and _WHITE.match(ground)))


def _hint(attributes: dict[str, str | None]) -> Hint:
    element_id = attributes.get("id") or ""
    names = f"{attributes.get('class') or ''} {element_id} {attributes.get('data-smartmail') or ''}"
    if _SIGNATURE.search(names) or element_id.lower() in {"signature", "x_signature"}:
        return Hint.SIGNATURE
    return Hint.NONE
