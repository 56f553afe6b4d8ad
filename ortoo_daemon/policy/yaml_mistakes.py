"""What did an admin probably do whose YAML can't be read? The place to look at, and how to mend it.

The parser stops where it can't go on, which is often behind the mistake: an invisible character, a quotation
mark of a word processor or a bracket that was never closed is told of where it stands.
"""

import re
from dataclasses import dataclass
from typing import Protocol

from ortoo_daemon.errors import Place

QUOTES = frozenset("“”„‟‘’‚‛«»‹›")
"""Quotation marks of word processors: for YAML they are letters."""

_BLANKS = re.compile("[\u00a0\u2007\u202f\u3000\u200b\u2060\ufeff]")
_QUOTE = re.compile(rf"(?:^|(?<=[\s\[{{,:]))[{''.join(sorted(QUOTES))}]")
_IN_QUOTES = ('put text that holds ": " or starts with a sign such as * & ! % @ in quotes',)
_COLUMN = "let all of it, from line {line} on, begin in one column"
_QUOTED = re.compile("[“”„‟«](?:[^“”„‟«»]*|.*[“”«»])|[‘‚‛‹].*[‘’›]", re.DOTALL)
_OPENED = {
    "while parsing a flow mapping": "close the {{ of line {line}, or put a comma between its parts",
    "while parsing a flow sequence": "close the [ of line {line}, or put a comma between its parts",
    "while scanning a quoted scalar": "close the quotation mark of line {line}",
    "while parsing a block mapping": _COLUMN,
    "while parsing a block collection": _COLUMN,
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong where, and how to mend it."""

    place: Place
    message: str
    mend: str


def is_quoted(text: str) -> bool:
    """Whether such marks were meant to quote: they stand around the text, or begin one that was torn apart.

    An apostrophe begins many a name (’t Hart), and words in marks many a sentence.
    """
    return _QUOTED.fullmatch(text) is not None


class Mark(Protocol):
    """A place as the parser counts: from 0 on."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Stopped(Protocol):
    """An error of the parser: what it was at, since where, and what is wrong where."""

    @property
    def context(self) -> str | None: ...

    @property
    def context_mark(self) -> Mark | None: ...

    @property
    def problem(self) -> str | None: ...

    @property
    def problem_mark(self) -> Mark | None: ...


def mistake(file: str, text: str, error: Stopped) -> Mistake:
    """What is probably meant by an error of the parser."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Mistake(Place(file), str(error), "")
    lines = text.splitlines()
    began = error.context_mark.line if error.context_mark else mark.line - 1
    for number in range(mark.line, max(min(began, mark.line - 1), 0) - 1, -1):
        if found := _wrong_character(file, number, lines[number] if number < len(lines) else ""):
            return found
    place = Place(file, mark.line + 1, mark.column + 1)
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: mark.column + 1]:
        return Mistake(place, "a tab where YAML wants blanks", "indent with blanks")
    said = ", ".join(part for part in (error.context, error.problem) if part)
    return Mistake(place, said, _mend(said, error, lines, mark.line))


def _wrong_character(file: str, number: int, line: str) -> Mistake | None:
    if found := _BLANKS.search(line):
        place = Place(file, number + 1, found.start() + 1)
        message = f"an invisible character that is no blank (U+{ord(found.group()):04X})"
        return Mistake(place, message, "write an ordinary blank there")
    if found := _QUOTE.search(line):
        place = Place(file, number + 1, found.start() + 1)
        message = f"{found.group()} is no quotation mark of YAML"
        return Mistake(place, message, "write \" or '")
    return None


def _mend(said: str, error: Stopped, lines: list[str], number: int) -> str:
    if "mapping values are not allowed" in said or "alphabetic" in said:
        deeper = number > 0 and _indent(lines[number]) > _indent(lines[number - 1])
        further = ("let the line begin where the one above it does",) if deeper else ()
        return ", or ".join((*further, *_IN_QUOTES))
    opened, began = _OPENED.get(error.context or ""), error.context_mark
    return opened.format(line=began.line + 1) if opened and began else ""


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
