"""Is a line nothing but a farewell or thanks, perhaps with a name or a place besides?"""

import re

from ortoo_daemon.intake.mail import card_words, phrases
from ortoo_daemon.intake.mail.characters import folded
from ortoo_daemon.intake.mail.lines import Line

_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?…]['\"»”)]*$")
_BETWEEN = re.compile(r"^[\s,.;:!/&+)(*-]*(?:(?:et|und|y|e|and|en)\s+)?")
_HALVES = re.compile(r"(?<!\s)\s++[/|]\s+")  # a stretch that was blanked is begun with once
_LONGEST_HALF = 4  # words
_FROM_A_PLACE = re.compile(r"(?:aus|from|de|du|depuis|desde|da|dal|dalla|uit|van)\s")
_TO_ALL = re.compile(
    r"(?:(?:a|aux|pour|an|to|for|fur|para|per|aan|voor|und|y|e|en|et) )?"
    r"(?:tous|toutes|vous(?: tous)?|toi|l'equipe|alle|euch|ihnen"
    r"|zusammen|allerseits|todos|todas|vosotros|tutti|tutte|voi|all"
    r"|everyone|everybody|you(?: all)?|allen|allemaal|jullie"
    r"|iedereen)\W*$"
)
_LONGEST_PLACE = 7  # words
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
    """Whether a line holds words of farewell and at most a name, a place, or what is wished besides.

    Of a line in two languages (``Cofion gorau / Kind regards``) one half is enough.
    """
    if phrases.FORMAL_CLOSING.search(line.key):
        return True
    halves = _HALVES.split(line.key)
    if len(halves) == 2 and all(len(_WORD.findall(half)) <= _LONGEST_HALF for half in halves):
        return any(_is_farewell(half, line.content) for half in halves)
    return _is_farewell(line.key, line.content)


def _is_farewell(key: str, content: str) -> bool:
    rest = key.strip(" *_")
    found = False
    for _ in range(4):
        match = phrases.FAREWELL.match(rest) or phrases.THANKS.match(rest)
        if not match:
            break
        found = True
        rest = _BETWEEN.sub("", rest[match.end() :], count=1)
    return found and _is_short_rest(rest, content)


def _is_short_rest(rest: str, content: str) -> bool:
    words = _WORD.findall(rest)
    if not words or card_words.CONTACT.match(rest) or _TO_ALL.match(rest):
        return True
    if _FROM_A_PLACE.match(rest) and len(words) <= _LONGEST_PLACE:
        last: str = _WORD.findall(content)[-1]
        return last[0].isupper()
    if _SENTENCE_END.search(rest) and len(words) > 3:
        return False
    tail = _WORD.findall(content)[-len(words) :]
    named = sum(word[:1].isupper() or folded(word) in _LINKING for word in tail)
    return len(words) <= 1 or (len(words) <= 7 and named >= len(words) - 1)
