"""What can be found in a text without any model? The closed set of finders that a map of fields may name.

``amount``, ``amount near budget|presupuesto``, ``line budget|modell``, ``words``: a kind, and words beside
which it must stand. Every finder is a fixed pattern whose time grows with the text alone: what an admin
writes is compared as words, never run as a regular expression.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from ortoo_daemon.policy.values import fold


class FinderKind(StrEnum):
    """WORDS: one of the words that the row translates. LINE: what follows one of the words and a colon."""

    EMAIL = "email"
    PHONE = "phone"
    VIN = "vin"
    AMOUNT = "amount"
    MILEAGE = "mileage"
    NUMBER = "number"
    YEAR = "year"
    DATE = "date"
    POSTAL_CODE = "postal_code"
    WORDS = "words"
    LINE = "line"


class FinderError(ValueError):
    """The cell names no finder; says why."""


NEAR = "near"
_MOST_WORDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """``near``: words, folded, one of which stands shortly before what is found; none: anywhere."""

    kind: FinderKind
    near: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.kind.value


def read_finder(cell: str, *, choices: tuple[str, ...]) -> Finder:
    """``kind``, ``kind near word|word`` or ``line word|word``. Raises FinderError."""
    word, _, rest = cell.strip().partition(" ")
    kinds = [each.value for each in FinderKind]
    if word not in kinds:
        raise FinderError(f"no finder is called {word!r}: there are {', '.join(kinds)}")
    kind, rest = FinderKind(word), rest.strip()
    if kind is FinderKind.LINE:
        if not rest:
            raise FinderError("'line' needs words, for example: line budget|presupuesto")
        return Finder(kind=kind, near=_words(rest))
    if kind is FinderKind.WORDS and not choices:
        raise FinderError("'words' needs words to look for: write them into 'values'")
    if not rest:
        return Finder(kind=kind, choices=choices)
    sign, _, named = rest.partition(" ")
    if sign != NEAR or not named.strip():
        raise FinderError(f"after {word!r} comes 'near' with words, for example: near budget|prix")
    return Finder(kind=kind, near=_words(named), choices=choices)


def _words(text: str) -> tuple[str, ...]:
    found = [re.sub(r"\s+", " ", fold(each)) for each in text.split("|")]
    if not all(found) or len(found) > _MOST_WORDS:
        raise FinderError(f"between the bars stand words, at most {_MOST_WORDS}")
    return tuple(dict.fromkeys(found))
