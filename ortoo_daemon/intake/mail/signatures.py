"""Where do the words of a message end and its signature begin?

The signature begins at the first of: a line of ``--``, what the mail program marked as one, words of
farewell that only names and addresses follow, the writer's own name, a closing paragraph that is nothing
but a card. A sentence after it that says more than a card does keeps the cut from being made there:
better a signature in the text than words lost.
"""

import re
from collections.abc import Sequence
from itertools import islice

from ortoo_daemon.intake.mail import card_words, footers, phrases
from ortoo_daemon.intake.mail.cards import BULLET, closing_card, is_card_line, speaks
from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.farewells import is_farewell
from ortoo_daemon.intake.mail.lines import Hint, Line

_DELIMITER = re.compile(r"^(?:--|__|—|–|-- ?-|_{3,}|-{3,}|={3,}|\*{3,}|~{3,})$")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_AFTER_NAME = re.compile(r"^\s*(?:$|[|,/(•·;:-]|[–—●]|- )")
_NAME = "the writer's name"
_LONGEST_NAME = 5  # words
_BESIDE_NAMES = frozenset(
    {
        "dr",
        "mme",
        "mr",
        "mrs",
        "dott",
        "ing",
        "i.a",
        "i.v",
        "herr",
        "frau",
        "le",
        "van",
        "der",
        "de",
    }
)
_CARD_LINES = 2
_LONGEST_CLOSING = 5  # words
_LONGEST_CARD = 80  # lines; what comes later says nothing of where the text ends


def signature_start(lines: Sequence[Line], names: frozenset[str]) -> tuple[int, str] | None:
    """The first line of the signature and why, or None; ``lines`` are those of one message.

    ``names`` are the folded words of the writer's name.
    """
    for number, line in enumerate(lines):
        if line.blank:
            continue
        if line.hint is Hint.SIGNATURE:
            return number, "marked as signature by the mail program"
        reason = _sign(lines, number, names)
        firm = _is_firm(lines, number) or (reason == _NAME and _heads_a_card(lines, number))
        if reason and _only_card_follows(lines, number + 1, firm=firm):
            return _with_courtesy(lines, number, named=reason == _NAME), reason
    card = closing_card(lines)
    return None if card is None else (_with_courtesy(lines, card), "closing lines are a card")


def name_words(name: str, address: str = "") -> frozenset[str]:
    """The words by which a writer may sign: of the name, and of the address before its @."""
    local = address.partition("@")[0]
    words = {word for word in re.split(r"[^\w]+|_", folded(f"{name} {local}")) if len(word) > 1}
    return frozenset(word for word in words if not word.isdigit())


def _sign(lines: Sequence[Line], number: int, names: frozenset[str]) -> str:
    line = lines[number]
    if _DELIMITER.match(line.content) and number and _followed(lines, number):
        return "line of dashes"
    if footers.PROGRAM.match(line.key):
        return "line of a phone or mail program"
    if _is_name(line, names) and number:
        return _NAME
    if number and _is_department(line) and not _followed(lines, number):
        return "a department signs"
    return "words of farewell" if is_farewell(line) and (number or len(lines) > 1) else ""


def _followed(lines: Sequence[Line], number: int) -> bool:
    return any(not line.blank for line in islice(lines, number + 1, None))


def _is_department(line: Line) -> bool:
    short = len(_WORD.findall(line.content)) <= _LONGEST_NAME
    return short and line.content[:1].isupper() and bool(card_words.DEPARTMENT.match(line.key))


def _is_name(line: Line, names: frozenset[str]) -> bool:
    """Whether a line is the writer's name, alone or with what a card has behind it."""
    words = list(_WORD.finditer(line.key))
    named: list[str] = []
    end = 0
    for word in words[:_LONGEST_NAME]:
        text = word.group().strip(".")
        if text not in _BESIDE_NAMES:
            if not _belongs(text, names):
                break
            named.append(text)
        end = word.end()
    if not named or (max(map(len, named)) < 3 and len(words) > 1):
        return False
    ends = _AFTER_NAME.match(line.key[end:].lstrip("."))
    return ends is not None and not BULLET.match(line.key)


def _belongs(word: str, names: frozenset[str]) -> bool:
    """Whether a word is of the writer's name, or its initials: ``anna``, ``a``, ``j.-m``."""
    parts = [part for part in re.split(r"[.'’-]", word) if part]
    return word in names or (
        bool(parts) and all(one in names or _initial(one, names) for one in parts)
    )


def _initial(part: str, names: frozenset[str]) -> bool:
    return len(part) <= 2 and any(name.startswith(part[0]) for name in names)


def _is_firm(lines: Sequence[Line], number: int) -> bool:
    """Whether a line is a farewell that nobody writes in the midst of a text, as thanks are.

    The first words of a mail greet, whatever they are (*Grüß Gott*).
    """
    line = lines[number]
    return any(not before.blank for before in islice(lines, number)) and bool(
        phrases.FAREWELL.match(line.key)
        or phrases.FORMAL_CLOSING.search(line.key)
        or _DELIMITER.match(line.content)
    )


def _heads_a_card(lines: Sequence[Line], number: int) -> bool:
    """Whether a role, a firm, an address stand right below a name: sentences below those are a notice's."""
    rest = islice(lines, number + 1, None)
    below = list(islice((line for line in rest if not line.blank), _CARD_LINES))
    return len(below) == _CARD_LINES and all(
        is_card_line(line) or _DELIMITER.match(line.content) for line in below
    )


def _only_card_follows(lines: Sequence[Line], first: int, *, firm: bool) -> bool:
    """Whether what comes after a farewell is no text: notices and a postscript aside, no sentences.

    After a firm farewell one line in three may read like one ("We are agents of …").
    """
    full = speaking = 0
    for line in lines[first : first + _LONGEST_CARD]:
        if phrases.POSTSCRIPT.match(line.key) or line.hint is Hint.SIGNATURE:
            break
        if phrases.DISCLAIMER.search(line.key) or phrases.AUTOMATIC_NOTICE.search(line.key):
            break
        full += not line.blank
        speaking += not line.blank and speaks(line)
    return speaking == 0 or (firm and speaking <= full / 3)


def _with_courtesy(lines: Sequence[Line], start: int, *, named: bool = False) -> int:
    """The start moved up over lines of politeness, and over thanks, that stand right above.

    Over a writer's name a few words with a comma behind them take leave in whatever language.
    """
    if named and start > 1 and _takes_leave(lines[start - 1]):
        start -= 1
    at = start
    while at > 0:
        above = at - 1
        while above > 0 and lines[above].blank:
            above -= 1
        line = lines[above]
        polite = bool(phrases.COURTESY.match(line.key.strip(" .!"))) or is_farewell(line)
        if above == 0 or line.blank or not polite:
            return at
        at = above
    return at


def _takes_leave(line: Line) -> bool:
    return line.content.endswith(",") and 0 < len(line.content.split()) <= _LONGEST_CLOSING
