"""Are lines a card (names, roles, addresses, numbers), or do they say something?

A card below a text is its signature, also where neither farewell nor name announces it.
"""

import re
from collections.abc import Sequence

from ortoo_daemon.intake.mail import card_words, footers, phrases
from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.farewells import is_farewell
from ortoo_daemon.intake.mail.lines import Line

BULLET = re.compile(r"^(?:[-*•·+]|\d{1,2}[.)/°]|[a-z]\))\s")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]['\"»”)]*$")
_MOST_WORDS = 14


def speaks(line: Line) -> bool:
    """Whether a line is a sentence that asks or tells something."""
    if phrases.COURTESY.match(line.key) or card_words.COMPANY.search(line.key) or is_farewell(line):
        return False
    if card_words.FOLLOW_US.match(line.key) or footers.PROGRAM.match(line.key):
        return False
    if card_words.CONTACT.search(line.key):
        return False
    words = [folded(word) for word in _WORD.findall(line.content)]
    if len(words) < 5 or (_is_proper(line) and not line.content.isupper()):
        return False
    function = sum(word in card_words.FUNCTION_WORDS for word in words)
    return function >= 2 and function > 0.18 * len(words)


def closing_card(lines: Sequence[Line]) -> int | None:
    """The first line of closing paragraphs that hold names, numbers and addresses, and no sentence."""
    last = len(lines)
    start = None
    for first, end in reversed(_paragraphs(lines)):
        if first == 0:
            break
        paragraph = lines[first:end]
        if _announced(lines[:first]):
            break
        notice = all(phrases.DISCLAIMER.search(line.key) for line in paragraph)
        if not notice and not _is_card(paragraph):
            break
        start = first
        last = first
    return start if start is not None and last < len(lines) else None


def _announced(lines: Sequence[Line]) -> bool:
    """Whether the text before leads over to what follows: "our new address is:"."""
    last = next((line for line in reversed(lines) if not line.blank), None)
    return last is not None and last.content.endswith(":")


def _is_card(whole: Sequence[Line]) -> bool:
    paragraph = [line for line in whole if not phrases.DISCLAIMER.search(line.key)]
    if any(
        BULLET.match(line.content) and not card_words.CONTACT.search(line.key) for line in paragraph
    ):
        return False
    if any(speaks(line) or line.content.endswith(("?", ":")) for line in paragraph):
        return False
    contact = sum(bool(_is_contact(line)) for line in paragraph)
    proper = sum(_is_proper(line) for line in paragraph)
    short = all(len(_WORD.findall(line.content)) <= _MOST_WORDS for line in paragraph)
    return short and (contact + proper) >= len(paragraph) and (contact >= 1 or len(paragraph) >= 2)


def is_card_line(line: Line) -> bool:
    """Whether a line is a name, a role, a firm, an address or a number, and no sentence."""
    return (_is_contact(line) or _is_proper(line)) and not (
        speaks(line) or BULLET.match(line.content) or line.content.endswith(("?", ":"))
    )


def _is_contact(line: Line) -> bool:
    key = line.key
    return bool(
        card_words.CONTACT.search(key)
        or card_words.COMPANY.search(key)
        or card_words.ROLE.search(key)
        or card_words.DEPARTMENT.match(key)
    )


def _is_proper(line: Line) -> bool:
    """Whether a line is made of names: capitals or digits begin nearly every word, and no sentence ends."""
    words: list[str] = _WORD.findall(line.content)
    if not words or len(words) > 9 or _SENTENCE_END.search(line.content):
        return False
    capital = sum(word[0].isupper() or word[0].isdigit() for word in words)
    return capital >= len(words) - len(words) // 3


def _paragraphs(lines: Sequence[Line]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    first: int | None = None
    for number, line in enumerate(lines):
        if line.blank and first is not None:
            found.append((first, number))
            first = None
        elif not line.blank and first is None:
            first = number
    if first is not None:
        found.append((first, len(lines)))
    return found
