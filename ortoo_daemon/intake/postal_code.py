"""How is this postal code written in its country?

Blanks, hyphens, country prefixes and leading zeros lost by spreadsheets are mended; anything else that
does not fit stays as it was.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from ortoo_daemon.countries import country_code
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.meant import meant

_BETWEEN = re.compile(r"[\s,;:/()|]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How codes of one country look without blanks and hyphens, and how they are written.

    ``digits`` is the length of all-digit codes whose lost zeros can be restored, ``fewest`` the shortest
    text that such a code can be left with.
    """

    pattern: re.Pattern[str]
    written: Callable[[str], str] = str
    digits: int = 0
    fewest: int = 0


def standard_postal_code(form: Form) -> str:
    """The code as its country writes it; raises ValueError saying what is wrong."""
    country = country_code(form.country)
    if country is None:
        raise ValueError("no country is known, so no way to write it is")
    return _standard(meant(form.text), country)


@lru_cache(maxsize=4096)
def _standard(text: str, country: str) -> str:
    shape = SHAPES.get(country)
    if shape is None:
        return text.upper()
    bare = _bare(text, country)
    if bare.isdigit() and shape.fewest <= len(bare) < shape.digits:
        bare = bare.zfill(shape.digits)
    if country == "US" and bare.isdigit() and len(bare) == 8:
        bare = bare.zfill(9)
    if not shape.pattern.fullmatch(bare):
        bare = _only_one(text, country, shape)
    return shape.written(bare)


def _only_one(text: str, country: str, shape: Shape) -> str:
    """The one code that stands among words (``69003 Lyon``, ``New York, NY 10001``); of several none is
    taken, and what a spreadsheet did to it is not undone."""
    words = [_bare(word, country) for word in _BETWEEN.split(text) if word]
    has_gap = shape.written is not str
    parted = {one + other for one, other in pairwise(words) if has_gap}
    for candidates in (parted, set(words)):
        found = [each for each in candidates if shape.pattern.fullmatch(each)]
        if len(found) == 1:
            return found[0]
    raise ValueError(f"not a postal code of {country}")


def _bare(text: str, country: str) -> str:
    """Without blanks, hyphens, dots and a country prefix such as ``F-`` or ``DE ``."""
    whole = text.upper()
    whole = re.sub(r"\.0$", "", whole)
    for prefix in (country, _CAR_SIGNS.get(country, country)):
        rest = re.fullmatch(rf"{prefix}(?:[\s-]*(\d.*)|[\s-]+(.+))", whole)
        if rest:
            whole = rest[1] or rest[2]
            break
    return re.sub(r"[\s.\-\u2010-\u2015]+", "", whole)


def _parted(at: int, between: str) -> Callable[[str], str]:
    """Writes a code in two parts, counted from the end where ``at`` is negative."""
    return lambda code: f"{code[:at]}{between}{code[at:]}"


def _us(code: str) -> str:
    return code if len(code) == 5 else f"{code[:5]}-{code[5:]}"


def _numeric(digits: int, fewest: int = 0) -> Shape:
    pattern = re.compile(rf"[0-9]{{{digits}}}")
    return Shape(pattern=pattern, digits=digits, fewest=fewest or digits)


def _split(digits: int, at: int, between: str) -> Shape:
    return Shape(pattern=re.compile(rf"[0-9]{{{digits}}}"), written=_parted(at, between))


_GB = (
    r"GIR0AA|(?:[A-Z][0-9]{1,2}|[A-Z][0-9][A-Z]|[A-Z]{2}[0-9]{1,2}|[A-Z]{2}[0-9][A-Z])[0-9][A-Z]{2}"
)

SHAPES: Mapping[str, Shape] = {
    "FR": _numeric(5, fewest=4),
    "MC": _numeric(5),
    "DE": _numeric(5, fewest=4),
    "ES": _numeric(5, fewest=4),
    "IT": _numeric(5, fewest=2),
    "US": Shape(pattern=re.compile(r"[0-9]{5}(?:[0-9]{4})?"), written=_us, digits=5, fewest=3),
    "FI": _numeric(5, fewest=3),
    "HR": _numeric(5),
    "TR": _numeric(5, fewest=4),
    "UA": _numeric(5, fewest=4),
    "AT": _numeric(4),
    "BE": _numeric(4),
    "BG": _numeric(4),
    "CH": _numeric(4),
    "DK": _numeric(4, fewest=3),
    "HU": _numeric(4),
    "LI": _numeric(4),
    "LU": _numeric(4),
    "NO": _numeric(4, fewest=3),
    "SI": _numeric(4),
    "RO": _numeric(6, fewest=5),
    "NL": Shape(pattern=re.compile(r"[1-9][0-9]{3}[A-Z]{2}"), written=_parted(4, " ")),
    "GB": Shape(pattern=re.compile(_GB), written=_parted(-3, " ")),
    "IE": Shape(pattern=re.compile(r"[A-Z][0-9][0-9W][0-9A-Z]{4}"), written=_parted(3, " ")),
    "CA": Shape(pattern=re.compile(r"(?:[A-Z][0-9]){3}"), written=_parted(3, " ")),
    "PL": _split(5, 2, "-"),
    "PT": _split(7, 4, "-"),
    "CZ": _split(5, 3, " "),
    "SK": _split(5, 3, " "),
    "SE": _split(5, 3, " "),
    "GR": _split(5, 3, " "),
}
"""Countries whose codes are known here; codes of any other are only trimmed and set in capitals."""

_CAR_SIGNS = {
    "FR": "F",
    "DE": "D",
    "ES": "E",
    "IT": "I",
    "AT": "A",
    "BE": "B",
    "SE": "S",
    "NO": "N",
    "PT": "P",
    "FI": "FIN",
    "LU": "L",
}
