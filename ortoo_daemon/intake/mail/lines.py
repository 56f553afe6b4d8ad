"""How is a text laid out: which line stands where, how deep is it quoted, what did the HTML call it?

Plain text shows quoting by ``>`` in front of lines, HTML by the element ``blockquote``; cutting sees both
the same way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ortoo_daemon.intake.mail.characters import folded

_MARKS = re.compile(r"[ \t]{0,3}(?:(?:>|&gt;)[ \t]?)+(?!\w+>)")


class Hint(StrEnum):
    """What a mail program called the element that a line of HTML stands in."""

    NONE = ""
    SIGNATURE = "signature"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. ``text[start:end]`` includes its line end.

    ``content`` is without quote marks and space around; ``key`` is that folded for comparing.
    ``depth`` counts how many times the line is quoted.
    """

    start: int
    end: int
    content: str
    depth: int = 0
    hint: Hint = Hint.NONE
    key: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", folded(self.content))

    @property
    def blank(self) -> bool:
        """Whether nothing is on it."""
        return not self.content


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A line as HTML shows it, before its place in the whole text is known."""

    text: str
    depth: int = 0
    hint: Hint = Hint.NONE


def lines_of_text(text: str) -> tuple[Line, ...]:
    """The lines of plain text, whose quote marks are ``>``; ends of lines are ``\\n``."""
    return tuple(_plain_lines(text))


def lines_of_rendered(rendered: Sequence[Rendered]) -> tuple[str, tuple[Line, ...]]:
    """The text that rendered lines make, and its lines."""
    text = "\n".join(line.text for line in rendered)
    lines: list[Line] = []
    start = 0
    for number, line in enumerate(rendered):
        end = start + len(line.text) + (number < len(rendered) - 1)
        marks = _MARKS.match(line.text)
        content = line.text[marks.end() :] if marks else line.text
        depth = line.depth + (_depth(marks.group()) if marks else 0)
        lines.append(
            Line(start=start, end=end, content=content.strip(), depth=depth, hint=line.hint)
        )
        start = end
    return text, tuple(lines)


def _plain_lines(text: str) -> Iterator[Line]:
    start = 0
    for whole in text.splitlines(keepends=True):
        end = start + len(whole)
        marks = _MARKS.match(whole)
        content = whole[marks.end() :] if marks else whole
        depth = _depth(marks.group()) if marks else 0
        yield Line(start=start, end=end, content=content.strip(), depth=depth)
        start = end


def _depth(marks: str) -> int:
    return marks.replace("&gt;", ">").count(">")
