"""Which number is this, in the one form every system dials? E.164, by the rules of its country."""

from functools import lru_cache

import phonenumbers

from ortoo_daemon.countries import country_code
from ortoo_daemon.intake.form import Form
from ortoo_daemon.intake.trim import outer_trimmed


def standard_phone(form: Form) -> str:
    """The number as ``+33612345678``; raises ValueError saying what is wrong.

    The country comes from the number's own + or 00, else from the record. A number of the right length
    for its country is taken: numbering plans change faster than libraries, and refusing a working
    number costs a customer.
    """
    return _standard(outer_trimmed(form.text), country_code(form.country) or "")


@lru_cache(maxsize=4096)
def _standard(text: str, region: str) -> str:
    dialled = text.removeprefix("tel:")
    if dialled.startswith("00"):
        dialled = "+" + dialled[2:]
    if not region and not dialled.startswith("+"):
        raise ValueError("not a phone number anybody can dial: no country, and no + in front")
    number: phonenumbers.PhoneNumber | None
    try:
        number = phonenumbers.parse(dialled, region or None)
    except phonenumbers.NumberParseException:
        number = _only_one(text, region)
        if number is None:
            raise ValueError("not a phone number") from None
    if number is not None and not phonenumbers.is_possible_number(number):
        number = _only_one(text, region)
    if number is None:
        where = f" for {region}" if region else ""
        raise ValueError(f"too short or too long to be a phone number{where}")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _only_one(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    """The one number that stands among words (``0612345678 after six``); of several none is taken."""
    found = list(phonenumbers.PhoneNumberMatcher(text, region or None))
    return found[0].number if len(found) == 1 else None
