"""Which number plates does a text name, of France, Germany, Spain, Italy, Great Britain, the Netherlands?

Plates are short and look like other things, so most are only taken where a word such as "Kennzeichen"
announces them; French and Dutch ones, whose hyphens nobody else writes so, stand for themselves.
"""

import re
from collections.abc import Iterator

_ANNOUNCE = (
    r"(?:immatricul\w+|immat\.?|plaque|kennzeichen|kfz-?kz\.?|amtl\.? ?kz\.?|matr[íi]cula"
    r"|targa(?:ta|to)?|kenteken"
    r"|registration|\breg(?:\.|istered)?|licen[cs]e plate|number plate|\bplate|\bvrm)"
    r"[ \t:]{0,3}(?:n[°o.r]*|nr\.?|no\.?|number|mark|is)?[ \t:#]{0,3}"
)
_FORMS = (
    ("FR", r"[A-HJ-NP-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NP-TV-Z]{2}"),
    ("IT", r"[A-HJ-NPR-TV-Z]{2} ?\d{3} ?[A-HJ-NPR-TV-Z]{2}"),
    ("DE", r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?\d{1,4}[EH]?"),
    ("ES", r"\d{4}[ -]?[BCDFGHJ-NPR-TV-Z]{3}"),
    ("GB", r"[A-Z]{2}\d{2} ?[A-Z]{3}"),
    (
        "NL",
        r"(?=[A-Z0-9-]{8}\b)(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})",
    ),
)
_EDGES = (r"(?<![A-Z0-9-])", r"(?![A-Z0-9-])")
_ANNOUNCED = tuple(
    (country, re.compile(rf"(?i:{_ANNOUNCE})({_EDGES[0]}{form}{_EDGES[1]})"))
    for country, form in _FORMS
)
_PLAIN = (
    ("FR", re.compile(rf"{_EDGES[0]}([A-HJ-NP-TV-Z]{{2}}-\d{{3}}-[A-HJ-NP-TV-Z]{{2}}){_EDGES[1]}")),
    (
        "NL",
        re.compile(
            rf"{_EDGES[0]}((?:[BDF-HJ-NPR-TV-XZ]{{1,3}}-\d{{2,3}}-[BDF-HJ-NPR-TV-XZ]{{1,3}}"
            rf"|\d{{1,2}}-[BDF-HJ-NPR-TV-XZ]{{2,3}}-\d{{1,2}})){_EDGES[1]}"
        ),
    ),
)


def find_plates(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, plate without spaces and hyphens, and the country whose form it has."""
    taken: set[int] = set()
    for country, pattern in (*_ANNOUNCED, *_PLAIN):
        for match in pattern.finditer(text):
            if match.start(1) not in taken:
                taken.add(match.start(1))
                yield match.start(1), match.end(1), re.sub(r"[ -]", "", match.group(1)), country
