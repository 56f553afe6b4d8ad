"""How is this street written in its country? Case, abbreviations, and the side of the number."""

import re

from ortoo_daemon.countries import country_code
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.names import standard_name

_NUMBER = r"\d{1,4}(?:\s?(?:bis|ter|quater|[a-zA-Z]))?(?:\s?[-/]\s?\d{1,4}\s?[a-zA-Z]?)?"
_BEFORE = re.compile(rf"({_NUMBER}),?\s+(\D.*)")
_AFTER = re.compile(rf"(\D.*\D),?\s+({_NUMBER})")
_BOX = re.compile(
    r"(p\.?\s?o\.?\s?box|postfach|postbus|b\.?p\.|bp|bo[iî]te postale|apartado|casella postale)\b.*",
    re.IGNORECASE,
)
"""A box at the post office: its number stays where it is."""

_NUMBER_LAST = frozenset(
    {"DE", "AT", "CH", "NL", "BE", "ES", "IT", "PL", "CZ", "DK", "SE", "NO", "FI"}
)
_NUMBER_FIRST = frozenset({"FR", "LU", "GB", "IE", "US", "CA", "AU"})
_FRENCH = (
    (r"^(av|ave)\.?\s", "avenue "),
    (r"^(bd|blvd|boul)\.?\s", "boulevard "),
    (r"^r\.\s", "rue "),
)
_GERMAN = (
    (r"str\.(?=\s|$)", "straße"),
    (r"(?<=[a-zäöü])strasse(?=\s|$)", "straße"),
    (r"pl\.(?=\s|$)", "platz"),
)
_SHORT = {
    "FR": _FRENCH,
    "BE": _FRENCH,
    "LU": _FRENCH,
    "DE": _GERMAN,
    "AT": _GERMAN,
    "ES": ((r"^c/\s*", "calle "), (r"^(avda|av)\.?\s", "avenida "), (r"^pza\.?\s", "plaza ")),
    "IT": ((r"^v\.le\s", "viale "), (r"^p\.?(zza|za)\.?\s", "piazza "), (r"^c\.so\s", "corso ")),
}


def standard_street(form: Form) -> str:
    """One line as its country writes it; raises ValueError where nothing is left of it."""
    text = " ".join(form.text.split()).strip(" ,;")
    if not any(sign.isalpha() for sign in text):
        raise ValueError("not a street")
    if _BOX.match(text) is not None:
        return text
    country = country_code(form.country)
    number, street = _parted(text)
    street = standard_name(Form(form.field, street))
    for pattern, whole in _SHORT.get(country or "", ()):
        found = re.search(pattern, street, flags=re.IGNORECASE)
        if found is not None:
            street = street[: found.start()] + _as(found[0], whole) + street[found.end() :]
    if not number:
        return street
    if country in _NUMBER_LAST or (country not in _NUMBER_FIRST and not text[0].isdigit()):
        return f"{street} {number}"
    return f"{number} {street}"


def _parted(text: str) -> tuple[str, str]:
    """Number and street; no number where none stands at either end."""
    if (found := _BEFORE.fullmatch(text)) is not None:
        return found[1], found[2]
    if (found := _AFTER.fullmatch(text)) is not None:
        return found[2], found[1].rstrip(" ,")
    return "", text


def _as(written: str, whole: str) -> str:
    return whole[:1].upper() + whole[1:] if written[:1].isupper() else whole
