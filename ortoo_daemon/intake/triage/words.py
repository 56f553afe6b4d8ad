"""What are the words of a text, without case and accents, and where do they stand?"""

import re
from dataclasses import dataclass
from functools import lru_cache

from ortoo_daemon.policy.values import without_accents

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"})


@dataclass(frozen=True, slots=True)
class Word:
    """One word: ``text`` as compared, and the characters [start, end) where it stands."""

    text: str
    start: int
    end: int
    capital: bool


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Text without case, accents and ligatures: ``Straße`` and ``STRASSE`` are ``strasse``."""
    return without_accents(text.casefold().translate(_LIGATURES))


def words_of(text: str, start: int = 0, end: int | None = None) -> tuple[Word, ...]:
    """The words of ``text[start:end]``; places count characters of the whole text."""
    limit = len(text) if end is None else end
    return tuple(
        Word(plain(found[0]), found.start(), found.end(), found[0][0].isupper())
        for found in _WORD.finditer(text, start, limit)
    )


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text without their places."""
    return tuple(plain(found[0]) for found in _WORD.finditer(text))
