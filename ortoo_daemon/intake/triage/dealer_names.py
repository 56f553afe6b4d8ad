"""In which forms do people write the name of a dealer, a group, a street?"""

import re
from collections.abc import Iterator

from ortoo_daemon.intake.triage.dealers import Dealer
from ortoo_daemon.intake.triage.ordinary_words import (
    DIRECTIONS,
    GENERIC,
    STREET_WORDS,
    STREETS_SHORT,
)
from ortoo_daemon.intake.triage.words import plain_words

_LEGAL_ENDS = frozenset(
    {"gmbh", "sarl", "kg", "srl", "spa", "sl", "bv", "ltd", "e", "k", "r", "l", "s"}
)
_LONG = 7
_DASH = re.compile(r"\s+[–—|-]\s+")


def spoken(kind: str, words: str) -> list[str]:
    """The words, and what people of a town are called in German (``Ehrenfelder``)."""
    if kind == "name" and any(pair in words for pair in ("ae", "oe", "ue")):
        return [words, words.replace("ae", "a").replace("oe", "o").replace("ue", "u")]
    if kind in {"place", "mark"} and len(words) > 3 and " " not in words:
        return [words, f"{words}er", f"{words}s"]
    if kind == "place" and words.count(" ") == 1 and len(words.split()[1]) > 2:
        return [words, words.replace(" ", " .. ")]
    return [words]


def name_forms(name: str) -> Iterator[tuple[str, ...]]:
    """The name, its parts around a dash, each without its legal form, and with ``AH`` for ``Autohaus``."""
    for part in {name, _DASH.sub(" ", name), *(_DASH.split(name))}:
        for words in _without_legal_form(plain_words(part)):
            yield words
            if len(words) > 1 and words[0] == "autohaus":
                yield ("ah", *words[1:])


def _without_legal_form(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    while words and words[-1] in _LEGAL_ENDS:
        words = words[:-1]
        yield words


def former_forms(name: str) -> Iterator[tuple[str, ...]]:
    """Former names as name_forms has them, and without what ends them (``& Sohn``)."""
    for words in name_forms(name):
        yield words
        yield without_end(words)
    bare = tuple(word for word in plain_words(name) if word not in GENERIC and len(word) > 2)
    if len(bare) > 1:
        yield bare


def without_end(name: tuple[str, ...]) -> tuple[str, ...]:
    """A name without what may be left out at its end; () where what is left is what many are called."""
    end = len(name)
    while end and name[end - 1] in GENERIC:
        end -= 1
    rare = any(len(word) >= _LONG and word not in GENERIC for word in name[:end])
    return name[:end] if end > 1 and rare else ()


def one_word_name(name: str) -> tuple[str, ...]:
    """A former name of a single long word that no other word is, without its legal form: ``Autoasti``."""
    for words in name_forms(name):
        if len(words) == 1 and len(words[0]) >= _LONG and words[0] not in GENERIC:
            return words
    return ()


def without_kind(group: tuple[str, ...]) -> tuple[str, ...]:
    """A group's name without what says that it is one: ``Groupe``, ``Automobiles``, ``Auto's``."""
    start, end = 0, len(group)
    while start < end and group[start] in GENERIC and len(group[start]) > 3:
        start += 1
    while end > start and (group[end - 1] in GENERIC or len(group[end - 1]) == 1):
        end -= 1
    bare = group[start:end]
    return bare if len(bare) > 1 and set(bare) - GENERIC - DIRECTIONS else ()


def telling_words(name: str, dealer: Dealer) -> Iterator[str]:
    """Single words of a former name by which people still call it."""
    town = plain_words(dealer.city)
    known = set(plain_words(dealer.name))
    for word in plain_words(name):
        if len(word) > 4 and word not in GENERIC and word not in town and word not in known:
            yield word


def street_name(street: str) -> tuple[str, ...]:
    """The street's name without its number, where it has one that tells something."""
    words = tuple(word for word in plain_words(street) if not any(c.isdigit() for c in word))
    telling = [word for word in words if word not in STREET_WORDS and word not in GENERIC]
    return words if telling and len(words) > 0 else ()


def street_forms(name: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A street's name, and with what kind of street it is cut short: ``Stevenson Dr``, ``Heerstr``."""
    yield name
    if name and name[-1] in STREETS_SHORT:
        yield (*name[:-1], STREETS_SHORT[name[-1]])
    elif name and len(name[-1]) > _LONG and name[-1].endswith("strasse"):
        yield (*name[:-1], name[-1].removesuffix("asse"))


def runs(words: tuple[str, ...], skipped: frozenset[str] | set[str]) -> Iterator[tuple[str, ...]]:
    """Stretches of words that are not skipped; small words may stand inside one, not at its ends."""
    run: list[str] = []
    for word in (*words, ""):
        if word and (
            word not in skipped or (run and word in {"de", "la", "du", "des", "am", "of"})
        ):
            run.append(word)
            continue
        while run and run[-1] in {"de", "la", "du", "des", "am", "of"}:
            run.pop()
        if run:
            yield tuple(run)
        run = []
