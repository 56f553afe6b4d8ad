"""Which phrases stand in a text? Thousands of them are looked for at once.

A phrase is words; a word may have any ending (``rechnung*``), any beginning (``*rechnung``) or both, and
``..`` stands for up to three words between. Case and accents don't matter, ``ä`` is also found as ``ae``.
A word of seven letters or more is also found with one letter wrong, missing, too many or swapped.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from ortoo_daemon.intake.triage.words import Word, plain_words

MOST_BETWEEN = 3
SHORTEST_FOR_TYPOS = 7
SHORTEST_STEM_FOR_TYPOS = 8
"""Of words with any ending: shorter stems with a wrong letter are too often the stem of another word."""

_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))
_GAP = ".."
_LONGEST_KEPT = 64
"""Letters. What is longer is a file or a key that was pasted into the mail, and never comes again."""


@dataclass(frozen=True, slots=True)
class Hit:
    """``name`` was found in the words [first, last]."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Step:
    """One word of a phrase, and how many words may stand before it."""

    piece: int
    between: int


@dataclass(frozen=True, slots=True)
class _Tail:
    name: str
    steps: tuple[_Step, ...]


class PhraseBook:
    """Phrases by name, compiled once; looked for in as many texts as there are."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._pieces: dict[str, int] = {}
        self._tails: dict[int, list[_Tail]] = defaultdict(list)
        self._known: dict[str, tuple[int, ...]] = {}
        for name, written in phrases.items():
            for phrase in written:
                self._add(name, phrase)

    def find(self, words: Sequence[Word]) -> list[Hit]:
        """Every phrase that stands in the words, in the order of its first word."""
        pieces = [self._pieces_of(word.text) for word in words]
        found: list[Hit] = []
        for first, here in enumerate(pieces):
            for piece in here:
                for tail in self._tails.get(piece, ()):
                    last = _follow(tail.steps, pieces, first)
                    if last is not None:
                        found.append(Hit(tail.name, first, last))
        return found

    def _add(self, name: str, phrase: str) -> None:
        steps: list[_Step] = []
        between = 0
        for part in phrase.split():
            if part == _GAP:
                between = MOST_BETWEEN
                continue
            for number, written in enumerate(_patterns(part)):
                piece = self._pieces.setdefault(written, len(self._pieces))
                steps.append(_Step(piece, between if number == 0 else 0))
            between = 0
        if steps:
            tail = _Tail(name, tuple(steps[1:]))
            if tail not in self._tails[steps[0].piece]:
                self._tails[steps[0].piece].append(tail)

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_KEPT:
            return self._look_up(word)
        known = self._known.get(word)
        if known is None:
            if len(self._known) > 100_000:
                self._known.clear()
            known = self._known[word] = self._look_up(word)
        return known

    def _look_up(self, word: str) -> tuple[int, ...]:
        found = self._as_written(word)
        for spelled, folded in _UMLAUTS:
            if spelled in word:
                found |= self._as_written(word.replace(spelled, folded))
        if not found and len(word) >= SHORTEST_FOR_TYPOS and word.isalpha():
            found = self._nearly(word)
        return tuple(sorted(found))

    def _as_written(self, word: str) -> set[int]:
        found = set(self._exact.get(word, ()))
        for length in range(2, min(len(word), self._longest) + 1):
            found.update(self._beginnings.get(word[:length], ()))
            found.update(self._endings.get(word[-length:], ()))
        found.update(piece for inner, piece in self._inner if inner in word)
        return found

    def _nearly(self, word: str) -> set[int]:
        """A letter more than the longest phrase has is the most that a typo adds."""
        found: set[int] = set()
        if len(word) <= self._longest + 1:
            for form in _with_one_less(word):
                found.update(self._typos.get(form, ()))
        for length in range(SHORTEST_STEM_FOR_TYPOS, min(len(word), self._longest + 2)):
            for form in _with_one_less(word[:length]):
                found.update(self._typos_before_endings.get(form, ()))
        return found

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._pieces), default=0)

    @cached_property
    def _exact(self) -> dict[str, list[int]]:
        return _by(self._pieces, lambda written: None if "*" in written else written)

    @cached_property
    def _beginnings(self) -> dict[str, list[int]]:
        return _by(self._pieces, lambda w: w[:-1] if w[-1] == "*" and w[0] != "*" else None)

    @cached_property
    def _endings(self) -> dict[str, list[int]]:
        return _by(self._pieces, lambda w: w[1:] if w[0] == "*" and w[-1] != "*" else None)

    @cached_property
    def _inner(self) -> list[tuple[str, int]]:
        pairs = self._pieces.items()
        return [(w.strip("*"), piece) for w, piece in pairs if w[0] == "*" and w[-1] == "*"]

    @cached_property
    def _typos(self) -> dict[str, Sequence[int]]:
        return _near(self._exact, SHORTEST_FOR_TYPOS)

    @cached_property
    def _typos_before_endings(self) -> dict[str, Sequence[int]]:
        return _near(self._beginnings, SHORTEST_STEM_FOR_TYPOS)


def _patterns(part: str) -> list[str]:
    """The folded words of one written word (``e-mail*`` is two), with its stars kept."""
    bare = list(plain_words(part))
    if not bare:
        return []
    if part.startswith("*"):
        bare[0] = "*" + bare[0]
    if part.endswith("*"):
        bare[-1] += "*"
    return bare


def _by(pieces: Mapping[str, int], key: Callable[[str], str | None]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for written, piece in pieces.items():
        said = key(written)
        if said is not None:
            found[said].append(piece)
    return found


def _near(forms: Mapping[str, Sequence[int]], shortest: int) -> dict[str, Sequence[int]]:
    """Nearly every form leads to one word alone, and shares its pieces with all others that do: there are
    more than a hundred thousand."""
    found: dict[str, Sequence[int]] = {}
    for form, pieces in forms.items():
        if len(form) >= shortest and form.isalpha():
            for near in _with_one_less(form):
                known = found.get(near)
                found[near] = pieces if known is None else (*known, *pieces)
    return found


def _with_one_less(word: str) -> set[str]:
    """The word, and the word without one of its letters but the first.

    Two words that share such a form differ by one letter that is wrong, missing, too many or swapped
    with its neighbour.
    """
    return {word} | {word[:at] + word[at + 1 :] for at in range(1, len(word))}


def _follow(steps: tuple[_Step, ...], pieces: Sequence[tuple[int, ...]], first: int) -> int | None:
    at = first
    for step in steps:
        for skipped in range(step.between + 1):
            place = at + 1 + skipped
            if place < len(pieces) and step.piece in pieces[place]:
                at = place
                break
        else:
            return None
    return at
