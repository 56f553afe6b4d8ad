"""Where do the words of a message end and its signature begin?

The signature begins at the first of: a line of ``--``, what the mail program marked as one, words of
farewell that only names and addresses follow, the writer's own name, a closing paragraph that is nothing
but a card. A sentence after it that says more than a card does keeps the cut from being made there:
better a signature in the text than words lost.
"""

import re
from collections.abc import Sequence

from ortoo_daemon.intake.mail import phrases
from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.lines import Hint, Line

_DELIMITER = re.compile(r"^(?:--|__|—|–|-- ?-|_{3,}|-{3,}|={3,}|\*{3,}|~{3,})$")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_AFTER_NAME = re.compile(r"^\s*(?:$|[|,/(•·;:-]|[–—●]|- )")
_SENTENCE_END = re.compile(r"[.!?…]['\"»”)]*$")
_BULLET = re.compile(r"^(?:[-*•·+]|\d{1,2}[.)/°]|[a-z]\))\s")
_BETWEEN = re.compile(r"^[\s,.;:!/&+)(*-]*(?:(?:et|und|y|e|and|en)\s+)?")
_MOST_CARD_WORDS = 14
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
        if reason and _only_card_follows(lines, number + 1, firm=_is_firm(line)):
            return _with_courtesy(lines, number), reason
    card = _closing_card(lines)
    return None if card is None else (_with_courtesy(lines, card), "closing lines are a card")


def name_words(name: str, address: str = "") -> frozenset[str]:
    """The words by which a writer may sign: of the name, and of the address before its @."""
    local = address.partition("@")[0]
    words = {word for word in re.split(r"[^\w]+|_", folded(f"{name} {local}")) if len(word) > 1}
    return frozenset(word for word in words if not word.isdigit())


def is_farewell(line: Line) -> bool:
    """Whether a line holds words of farewell and at most a name, a place, or what is wished besides."""
    rest = line.key.strip(" *_")
    found = False
    for _ in range(4):
        match = phrases.FAREWELL.match(rest) or phrases.THANKS.match(rest)
        if not match:
            break
        found = True
        rest = _BETWEEN.sub("", rest[match.end() :], count=1)
    return found and _is_short_rest(rest, line.content)


def _is_short_rest(rest: str, content: str) -> bool:
    words = _WORD.findall(rest)
    if not words:
        return True
    if _SENTENCE_END.search(rest) and len(words) > 3:
        return False
    tail = _WORD.findall(content)[-len(words) :]
    linking = {
        "aus",
        "from",
        "de",
        "du",
        "von",
        "van",
        "der",
        "da",
        "an",
        "vom",
        "den",
        "i.a",
        "i.v",
        "ia",
        "iv",
        "team",
    }
    named = sum(word[:1].isupper() or folded(word) in linking for word in tail)
    return len(words) <= 1 or (len(words) <= 7 and named >= len(words) - 1)


def _sign(lines: Sequence[Line], number: int, names: frozenset[str]) -> str:
    line = lines[number]
    if _DELIMITER.match(line.content) and number and _followed(lines, number):
        return "line of dashes"
    if phrases.MOBILE.match(line.key):
        return "line of a phone or mail program"
    if _is_name(line, names) and number:
        return "the writer's name"
    return "words of farewell" if is_farewell(line) and (number or len(lines) > 1) else ""


def _followed(lines: Sequence[Line], number: int) -> bool:
    return any(not line.blank for line in lines[number + 1 :])


def _is_name(line: Line, names: frozenset[str]) -> bool:
    words = list(_WORD.finditer(line.key))
    if not words or not names:
        return False
    matched = 0
    for word in words[:5]:
        text = word.group().strip(".")
        parts = [part for part in re.split(r"[.'’-]", text) if part]
        known = text in names or all(part in names or _initial(part, names) for part in parts)
        if not known and text not in {
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
        }:
            break
        matched += 1
    if not matched or not any(len(word.group()) > 2 or len(words) == 1 for word in words[:matched]):
        return False
    end = words[matched - 1].end()
    ends = _AFTER_NAME.match(line.key[end:].lstrip("."))
    return ends is not None and not _BULLET.match(line.key)


def _initial(part: str, names: frozenset[str]) -> bool:
    return len(part) <= 2 and any(name.startswith(part[0]) for name in names)


def _is_firm(line: Line) -> bool:
    """Whether a line is a farewell that nobody writes in the midst of a text, as thanks are."""
    return bool(phrases.FAREWELL.match(line.key)) or bool(_DELIMITER.match(line.content))


def _only_card_follows(lines: Sequence[Line], first: int, *, firm: bool) -> bool:
    """Whether what comes after a farewell is no text: notices and a postscript aside, no sentences.

    After a firm farewell one line in three may read like one ("We are agents of …").
    """
    full = speaking = 0
    for line in lines[first : first + _LONGEST_CARD]:
        if phrases.POSTSCRIPT.match(line.key) or line.hint is Hint.SIGNATURE:
            break
        if phrases.DISCLAIMER.search(line.key):
            break
        full += not line.blank
        speaking += not line.blank and _speaks(line)
    return speaking == 0 or (firm and speaking <= full / 3)


def _speaks(line: Line) -> bool:
    """Whether a line is a sentence that asks or tells something."""
    if phrases.COURTESY.match(line.key) or phrases.COMPANY.search(line.key) or is_farewell(line):
        return False
    if phrases.FOLLOW_US.match(line.key) or phrases.MOBILE.match(line.key):
        return False
    if phrases.CONTACT.search(line.key):
        return False
    words = [folded(word) for word in _WORD.findall(line.content)]
    if len(words) < 5:
        return False
    function = sum(word in phrases.FUNCTION_WORDS for word in words)
    return function >= 2 and function > 0.18 * len(words)


def _with_courtesy(lines: Sequence[Line], start: int) -> int:
    """The start moved up over lines of politeness, and over thanks, that stand right above."""
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


def _closing_card(lines: Sequence[Line]) -> int | None:
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


def _is_card(paragraph: Sequence[Line]) -> bool:
    if any(
        _BULLET.match(line.content) and not phrases.CONTACT.search(line.key) for line in paragraph
    ):
        return False
    if any(_speaks(line) or line.content.endswith(("?", ":")) for line in paragraph):
        return False
    contact = sum(bool(_is_contact(line)) for line in paragraph)
    proper = sum(_is_proper(line) for line in paragraph)
    short = all(len(_WORD.findall(line.content)) <= _MOST_CARD_WORDS for line in paragraph)
    return short and (contact + proper) >= len(paragraph) and (contact >= 1 or len(paragraph) >= 2)


def _is_contact(line: Line) -> bool:
    key = line.key
    return bool(
        phrases.CONTACT.search(key) or phrases.COMPANY.search(key) or phrases.ROLE.search(key)
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
