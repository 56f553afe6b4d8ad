"""Which number is this, in the one form every system dials? E.164, by the rules of its country."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber

from ortoo_daemon.countries import country_code
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.meant import meant

_LOST_POINT = re.compile(r"(?<=\d{6})\.0$")
"""What a spreadsheet leaves of a number that it took for an amount."""

_LETTERS_DIALLED = 3
_FEWEST_DIGITS = 7


def standard_phone(form: Form) -> str:
    """The number as ``+33612345678``; raises ValueError saying what is wrong.

    The country comes from the number's own + or 00, else from the record. A number of the right length
    for its country is taken: numbering plans change faster than libraries, and refusing a working
    number costs a customer.
    """
    return _standard(meant(form.text), country_code(form.country) or "")


@lru_cache(maxsize=4096)
def _standard(text: str, region: str) -> str:
    dialled = _LOST_POINT.sub("", text.removeprefix("tel:"))
    if dialled.startswith("00"):
        dialled = "+" + dialled[2:]
    if not region and not dialled.startswith("+"):
        raise ValueError("not a phone number anybody can dial: no country, and no + in front")
    number = _only_one(text, region) if _has_words(dialled) else _read(dialled, region)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _has_words(text: str) -> bool:
    """Whether letters stand beside a number: libphonenumber takes three and more for keys of a dial
    (``1-800-FLOWERS``), and ``0171 1234567 (mobil)`` for a number of seventeen digits."""
    letters = sum(char.isalpha() for char in text)
    return letters >= _LETTERS_DIALLED and sum(char.isdigit() for char in text) >= _FEWEST_DIGITS


def _read(text: str, region: str) -> PhoneNumber:
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return _only_one(text, region)
    if not _is_whole(number):
        return _only_one(text, region)
    return _without_plus(text, region) or number


def _is_whole(number: PhoneNumber) -> bool:
    """Of a possible length, and not for calls within one town or one country alone."""
    found = phonenumbers.is_possible_number_with_reason(number)
    return bool(found == phonenumbers.ValidationResult.IS_POSSIBLE) and not _kept_its_zero(number)


def _kept_its_zero(number: PhoneNumber) -> bool:
    """Whether the 0 of calls within the country still stands behind its code, as in ``+33 06 12 34 56 7``:
    a digit is missing, or one too many."""
    if not number.italian_leading_zero or phonenumbers.is_valid_number(number):
        return False
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    return bool(phonenumbers.ndd_prefix_for_region(region, True) == "0")


def _without_plus(text: str, region: str) -> PhoneNumber | None:
    """``49 171 1234567``: the code of the record's own country, and no + before it.

    Only where calls within the country begin with a 0, which is not there; elsewhere, and where the rest
    is no number, the digits are what they seem to be.
    """
    digits = "".join(char for char in text if char.isdigit())
    code = str(phonenumbers.country_code_for_region(region)) if region else ""
    if text.startswith("+") or not code or not digits.startswith(code):
        return None
    if phonenumbers.ndd_prefix_for_region(region, True) != "0":
        return None
    try:
        number = phonenumbers.parse("+" + digits)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _only_one(text: str, region: str) -> PhoneNumber:
    """The one number that stands among words (``0612345678 after six``); of several none is taken."""
    for leniency in (phonenumbers.Leniency.VALID, phonenumbers.Leniency.POSSIBLE):
        found = list(phonenumbers.PhoneNumberMatcher(text, region or None, leniency=leniency))
        if len(found) > 1:
            raise ValueError("several phone numbers, and nothing tells which one is meant")
        if found and _is_whole(found[0].number):
            number: PhoneNumber = found[0].number
            return number
    where = f" for {region}" if region else ""
    if any(char.isdigit() for char in text):
        raise ValueError(f"too short or too long to be a phone number{where}")
    raise ValueError("not a phone number")
