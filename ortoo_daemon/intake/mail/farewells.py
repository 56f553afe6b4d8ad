"""Is a line nothing but a farewell or thanks, perhaps with a name or a place besides?"""

import re

from ortoo_daemon.intake.mail import phrases
from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.lines import Line

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]['\"»”)]*$")
_BETWEEN = re.compile(r"^[\s,.;:!/&+)(*-]*(?:(?:et|und|y|e|and|en)\s+)?")
_LINKING = frozenset(
    {
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
)


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
    named = sum(word[:1].isupper() or folded(word) in _LINKING for word in tail)
    return len(words) <= 1 or (len(words) <= 7 and named >= len(words) - 1)
