"""Which telephone numbers does a text name, in the form every system dials?

Where a number has no country of its own, the countries given are tried in turn. What is written like a number
but belongs to a bank account, a company register or a VIN is left out by what stands in front of it.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

import phonenumbers

_CANDIDATE = re.compile(r"(?<![\w.,+/-])(?:\+|00)?\(?\d(?:[\d()\u00a0 ./–-]{5,22})\d(?!\w)")
_OTHER = re.compile(
    r"(?:iban|siret|siren|rcs|hrb|hra|kvk|btw|tva|ust\W?id\w*|p\.? ?iva|c\.?f\.|cif|nif|vat|\bno\."
    r"|n[°º]|nr\.|\bcapital de|invoice|facture|rechnung|factura"
    r"|fattura|factuur|order|commande|cde|auftrag|bestellung|pedido|ordine|bestelling|ticket"
    r"|vertrag|contrat|ref\.?|dossier)\W{0,3}(?:[a-z]{2}\d{0,2}[ \d]*|[\d ]+)?$",
    re.IGNORECASE,
)
_DATE = re.compile(r"^\(?\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\)?(?!\d)")
_AMOUNT = re.compile(r"^\d{1,3}(?:[ .\u00a0]\d{3})+$")
_MONEY = re.compile(r"\s?(?:€|eur\b|£|\$|km\b|%|h\b|uhr\b)", re.IGNORECASE)
_BEFORE = 24
_FEWEST, _MOST = 8, 15
_FIRST_DIGITS = {
    "ES": ("6", "7", "8", "9"),
    "IT": ("0", "3", "8"),
    "PT": ("2", "3", "9"),
    "LU": ("2", "3", "4", "5", "6", "7", "8"),
    "US": tuple("123456789"),
}


def find_phones(text: str, *, countries: Sequence[str]) -> Iterator[tuple[int, int, str, bool]]:
    """Start, end, E.164 and whether the numbering plan has such a number.

    ``countries`` are ISO codes, the likeliest first.
    """
    for match in _CANDIDATE.finditer(text):
        written = match.group().rstrip(" ./-–(")
        digits = sum(letter.isdigit() for letter in written)
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        after = text[match.start() + len(written) :]
        if not _FEWEST <= digits <= _MOST or "\n" in written or _OTHER.search(before):
            continue
        if _DATE.match(written) or _AMOUNT.match(written) or _MONEY.match(after):
            continue
        number = _number(written, tuple(countries))
        if number:
            yield match.start(), match.start() + len(written), number[0], number[1]


@lru_cache(maxsize=4096)
def _number(written: str, countries: tuple[str, ...]) -> tuple[str, bool] | None:
    dialled = "+" + written[2:] if written.startswith("00") else written
    if dialled.startswith("+"):
        return _in_country(dialled, None)
    tried = [found for country in countries if (found := _in_country(dialled, country))]
    return next((found for found in tried if found[1]), tried[0] if tried else None)


def _in_country(dialled: str, country: str | None) -> tuple[str, bool] | None:
    if country and not _begins(dialled, country):
        return None
    try:
        number = phonenumbers.parse(dialled, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written, phonenumbers.is_valid_number(number)


def _begins(dialled: str, country: str) -> bool:
    """Whether a national number begins as numbers of the country do: elsewhere with a 0 in front."""
    return re.sub(r"\D", "", dialled).startswith(_FIRST_DIGITS.get(country, ("0",)))
