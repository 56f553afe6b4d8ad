"""What do the finders of a map find in a text, without any model?

Each takes the first that fits; of several different ones, none: a finder never chooses. Evidence is the
stretch of the text itself.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from ortoo_daemon.enrichment.denied import is_denied
from ortoo_daemon.policy.finders import Finder, FinderKind
from ortoo_daemon.policy.values import fold
from ortoo_daemon.records import FieldValue

_REACH = 40
"""So many characters before a finding may one of its words stand."""

_LONGEST_LINE = 500

_AMOUNT = r"(?<![\w.,])(\d{1,3}(?:[ .,'\u00a0\u202f]\d{3})+|\d{1,9})(?:[.,](\d{1,2}))?(?![\w])"
_EMAIL = re.compile(r"[\w.+'-]{1,64}@(?:[\w-]{1,63}\.){1,6}[A-Za-z]{2,24}\b")
_PHONE = re.compile(r"(?<![\w+])(?:\+|00)?\(?\d[\d\s()./\u00a0-]{6,20}\d(?!\w)")
_VIN = re.compile(r"(?<![A-Za-z0-9])[A-HJ-NPR-Z0-9]{13}\d{4}(?![A-Za-z0-9])", re.I)
_SIGN = r"(?:€|£|\$|(?:EUR|GBP|CHF|USD|euros?)\b)"
_MONEY = re.compile(
    rf"{_SIGN}\s?{_AMOUNT}|{_AMOUNT}\s?{_SIGN}|(?<![\w.,])(\d{{1,4}})()\s?k\s?{_SIGN}", re.I
)
_MILEAGE = re.compile(rf"{_AMOUNT}\s?(?:km\b|kilom[eè]t\w*|kilómetros?|chilometri|miles?\b)", re.I)
_NUMBER = re.compile(_AMOUNT)
_YEAR = re.compile(r"(?<![\w.,/-])((?:19|20)\d\d)(?![\w/-])")
_DAY = re.compile(r"(?<!\d)(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})[./](\d{1,2})[./](\d{4}))(?!\d)")
_POSTAL_CODE = re.compile(
    r"(?<![\w.,])(\d{5}|\d{4}\s?[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2})(?![\w.,]\d)"
)


class Finding(NamedTuple):
    """A value, and the words of the text that it is."""

    value: FieldValue
    evidence: str


class _Hit(NamedTuple):
    value: FieldValue
    start: int
    end: int


def find(
    finder: Finder, text: str, *, meaning: Mapping[str, str] = MappingProxyType({})
) -> Finding | None:
    """What the text holds; None for nothing, and for several different things.

    ``meaning`` is what a folded word stands for: words of one meaning are the same thing.
    """
    hits = sorted(_hits(finder, text), key=lambda hit: hit.start)
    if finder.near and finder.kind is not FinderKind.LINE:
        hits = list(_nearest(finder, text, hits))
    values = {fold(meaning.get(fold(hit.value), hit.value)) for hit in hits}
    if len(values) != 1:
        return None
    first = hits[0]
    return Finding(first.value, " ".join(text[first.start : first.end].split()))


def _nearest(finder: Finder, text: str, hits: Iterable[_Hit]) -> Iterator[_Hit]:
    """The first behind each of the words, in the same line."""
    last = 0
    for hit in hits:
        before = text[max(last, hit.start - _REACH) : hit.start].splitlines()
        if before and _any_of(finder.near).search(before[-1]) is not None:
            yield hit
        last = hit.end


def _hits(finder: Finder, text: str) -> Iterator[_Hit]:
    match finder.kind:
        case FinderKind.WORDS:
            yield from _words(finder, text)
        case FinderKind.LINE:
            yield from _lines(finder, text)
        case kind:
            pattern, value = _PATTERNS[kind]
            for found in pattern.finditer(text):
                read = value(found)
                if read is not None:
                    yield _Hit(read, found.start(), found.end())


def _words(finder: Finder, text: str) -> Iterator[_Hit]:
    """Longer words first: "plug-in hybrid" is no "hybrid". What is not wanted is not found."""
    taken: list[tuple[int, int]] = []
    for word in sorted(finder.choices, key=len, reverse=True):
        for found in _any_of((fold(word),)).finditer(text):
            if all(found.end() <= a or b <= found.start() for a, b in taken):
                taken.append(found.span())
                if not is_denied(text, *found.span()):
                    yield _Hit(word, found.start(), found.end())


def _lines(finder: Finder, text: str) -> Iterator[_Hit]:
    """``Budget: 30 000 €``, as forms write it: the rest of the line."""
    start = 0
    for line in text.splitlines(keepends=True):
        head, sign, rest = line.partition(":")
        value = rest.strip()
        if (
            sign
            and value
            and len(value) <= _LONGEST_LINE
            and fold(head.strip(" -*•")) in finder.near
        ):
            at = start + len(head) + 1 + rest.index(value)
            yield _Hit(value, at, at + len(value))
        start += len(line)


@lru_cache(maxsize=512)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    written = "|".join(r"\s+".join(map(re.escape, word.split())) for word in words)
    return re.compile(rf"(?<!\w)(?:{written})(?!\w)", re.I)


def _figure(found: re.Match[str]) -> FieldValue:
    """``30 000``, ``30.000,50``: one figure, whatever separates its thousands."""
    whole, part = next(
        (found[at], found[at + 1]) for at in range(1, len(found.groups()), 2) if found[at]
    )
    digits = re.sub(r"\D", "", whole)
    return float(f"{digits}.{part}") if part else int(digits)


def _money(found: re.Match[str]) -> FieldValue:
    """``30k €`` is thirty thousand."""
    return int(found[5]) * 1000 if found[5] else _figure(found)


def _phone(found: re.Match[str]) -> FieldValue:
    digits = sum(sign.isdigit() for sign in found[0])
    starts = found[0].lstrip("(")[:1]
    return found[0].strip() if 9 <= digits <= 15 and starts in ("0", "+") else None


def _vin(found: re.Match[str]) -> FieldValue:
    text = found[0].upper()
    return text if any(sign.isalpha() for sign in text) else None


def _day(found: re.Match[str]) -> FieldValue:
    year, month, day, d, m, y = found.groups()
    try:
        if year:
            return date(int(year), int(month), int(day)).isoformat()
        return date(int(y), int(m), int(d)).isoformat()
    except ValueError:
        return None


_PATTERNS: dict[FinderKind, tuple[re.Pattern[str], Callable[[re.Match[str]], FieldValue]]] = {
    FinderKind.EMAIL: (_EMAIL, lambda found: found[0]),
    FinderKind.PHONE: (_PHONE, _phone),
    FinderKind.VIN: (_VIN, _vin),
    FinderKind.AMOUNT: (_MONEY, _money),
    FinderKind.MILEAGE: (_MILEAGE, _figure),
    FinderKind.NUMBER: (_NUMBER, _figure),
    FinderKind.YEAR: (_YEAR, lambda found: int(found[1])),
    FinderKind.DATE: (_DAY, _day),
    FinderKind.POSTAL_CODE: (_POSTAL_CODE, lambda found: found[1]),
}
