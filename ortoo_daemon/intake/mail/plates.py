"""Which number plates does a text name, of France, Germany, Spain, Italy, Great Britain, the Netherlands?

Plates are short and look like other things, so most are only taken where a word such as "Kennzeichen"
announces them; French and Dutch ones, whose hyphens nobody else writes so, stand for themselves.
"""

import re
from collections.abc import Iterator

_ANNOUNCE = re.compile(
    r"\b(?:immatricul\w{1,8}|immat\.?|plaque|kennzeichen|kfz-?kz\.?|amtl\.? ?kz\.?|matr[íi]cula"
    r"|targa(?:ta|to)?|kenteken|registration|reg(?:\.|istered)?|licen[cs]e plate|number plate|plate|vrm)"
    r"[ \t:]{0,3}(?:n[°o.r]*|nr\.?|no\.?|number|mark|is)?[ \t:#]{0,3}",
    re.IGNORECASE,
)
_EDGE = r"(?![A-Z0-9-])"
_FRENCH = r"[A-HJ-NP-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NP-TV-Z]{2}"
_FORMS = tuple(
    (country, re.compile(form + _EDGE))
    for country, form in (
        ("FR", _FRENCH),
        ("DE", r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?\d{1,4}[EH]?"),
        ("ES", r"\d{4}[ -]?[BCDFGHJ-NPR-TV-Z]{3}"),
        ("GB", r"[A-Z]{2}\d{2} ?[A-Z]{3}"),
        (
            "NL",
            r"(?=[A-Z0-9-]{8}\b)(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})-(?:[A-Z]{1,3}|\d{1,3})",
        ),
    )
)
_PLAIN = re.compile(
    rf"(?<![A-Z0-9-])(?:(?P<FR>[A-HJ-NP-TV-Z]{{2}}-\d{{3}}-[A-HJ-NP-TV-Z]{{2}})"
    rf"|(?P<NL>[BDF-HJ-NPR-TV-XZ]{{1,3}}-\d{{2,3}}-[BDF-HJ-NPR-TV-XZ]{{1,3}}"
    rf"|\d{{1,2}}-[BDF-HJ-NPR-TV-XZ]{{2,3}}-\d{{1,2}})){_EDGE}"
)


def find_plates(text: str) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, plate without spaces and hyphens, and the country whose form it has.

    Plates of Italy have the form of French ones; the country is then ``FR/IT``.
    """
    taken: set[int] = set()
    for found, country in (*_announced(text), *_plain(text)):
        if found.start() not in taken:
            taken.add(found.start())
            yield found.start(), found.end(), re.sub(r"[ -]", "", found.group()), country


def _announced(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for word in _ANNOUNCE.finditer(text):
        for country, form in _FORMS:
            if plate := form.match(text, word.end()):
                yield plate, "FR/IT" if country == "FR" else country
                break


def _plain(text: str) -> Iterator[tuple[re.Match[str], str]]:
    for plate in _PLAIN.finditer(text):
        yield plate, plate.lastgroup or ""
